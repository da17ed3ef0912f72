"""Every statement of a journey through all pages, on SQLite: none reads a whole table, or all people of a workspace."""

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url

from assessment.storage import tables
from tests.trust.conftest import Place
from tests.trust.test_query_plans import OWN_WORK, look_at_everything

LITERALS = re.compile(r"[xX]?'[^']*'|\b\d+(\.\d+)?\b")
STEP = re.compile(r"(?P<how>SCAN|SEARCH) (?P<name>\w+)(?P<only> .*\(workspace_id=\?\)$)?")
# With rows for each person; their number in a workspace has no limit.
OF_PEOPLE = {
    table.name
    for table in (
        *(tables.answer, tables.basis, tables.invitation, tables.invitation_link, tables.mailing_recipient),
        *(tables.mark, tables.outbox, tables.respondent_session, tables.response, tables.section_time, tables.voice),
    )
}
# What needs all people of a workspace: times of its responses, by an index of those that were sent; whom it gave links.
OF_WHOLE_WORKSPACE = {
    "response": "SELECT response.id, response.assessment_id, response.functions, response.seconds AS stated",
    "invitation_link": "sum(CASE WHEN (invitation.id IN (SELECT invitation_link.invitation_id FROM invitation_link",
}
OWN_WORK_ON_SQLITE = {**OWN_WORK, "bulk_job": ("bulk_job.finished_at <",)}


@contextmanager
def record_statements() -> Iterator[dict[str, str]]:
    """Record what any code of this process sends to SQLite, with its values, by the text without them."""
    recorded: dict[str, str] = {}

    def note(statement: str) -> None:
        recorded.setdefault(LITERALS.sub("?", statement), statement)

    def trace(connection, _record) -> None:
        connection.set_trace_callback(note)

    event.listen(Engine, "connect", trace)
    try:
        yield recorded
    finally:
        event.remove(Engine, "connect", trace)


@pytest.fixture(scope="module")
def file_and_statements(migrated_file, tmp_path_factory) -> tuple[Path, list[str]]:
    folder = tmp_path_factory.mktemp("journey")
    file = folder / "journey.sqlite3"
    with closing(sqlite3.connect(migrated_file)) as source, closing(sqlite3.connect(file)) as target:
        source.backup(target)
    with record_statements() as recorded:
        place = Place(f"sqlite:///{file}")
        asyncio.run(look_at_everything(place, folder))
        place.engine.dispose()
    return Path(str(make_url(place.url).database)), list(recorded.values())


def find_long_reads(file: Path, statements: list[str]) -> dict[str, list[str]]:
    """Return the statements that read a whole table, or of a table of people a whole workspace, by the table."""
    found: dict[str, list[str]] = {}
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            if not re.match(r"\s*(SELECT|UPDATE|DELETE|INSERT|WITH)", statement):
                continue
            for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall():
                step = STEP.match(row[3])
                if step and step["name"] in tables.metadata.tables and is_long(step):
                    found.setdefault(step["name"], []).append(" ".join(statement.split()))
    return found


def is_long(step: re.Match[str]) -> bool:
    return step["how"] == "SCAN" or (step["name"] in OF_PEOPLE and step["only"] is not None)


def leave_out_known(reads: dict[str, list[str]]) -> dict[str, list[str]]:
    known = {table: (part,) for table, part in OF_WHOLE_WORKSPACE.items()} | OWN_WORK_ON_SQLITE
    return {
        table: rest
        for table, found in reads.items()
        if (rest := [text for text in found if not any(part in text for part in known.get(table, ()))])
    }


@pytest.mark.slow
def test_statements_on_sqlite_read_neither_a_table_nor_a_workspace_of_people(file_and_statements):
    file, statements = file_and_statements

    reads = find_long_reads(file, statements)

    assert reads.keys() >= {*OF_WHOLE_WORKSPACE, *OWN_WORK_ON_SQLITE}
    assert leave_out_known(reads).keys() <= {"user_account"}  # whether there is any, by its first row
    assert len(statements) > 150


def copy_without(file, folder, dropped):
    copy = folder / "copy.sqlite3"
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute(f"DROP {dropped}")
    return copy


@pytest.mark.slow
def test_mutant_without_figures_to_plan_with_is_caught(file_and_statements, tmp_path):
    file, statements = file_and_statements
    copy = copy_without(file, tmp_path, "TABLE sqlite_stat1")

    reads = leave_out_known(find_long_reads(copy, statements))

    assert reads.keys() >= {"answer", "response", "invitation", "voice"}


@pytest.mark.slow
def test_mutant_without_an_index_is_caught_on_sqlite(file_and_statements, tmp_path):
    file, statements = file_and_statements
    copy = copy_without(file, tmp_path, "INDEX ix_respondent_session_cookie_hash")

    reads = leave_out_known(find_long_reads(copy, statements))

    assert "respondent_session" in reads
