"""Every statement of a journey through all pages, on PostgreSQL: its index, and whether it stays in one workspace."""

# ruff: noqa: S608  # names of our own tables
import asyncio
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
from msgspec import Struct
from sqlalchemy import Table

from assessment.domain.survey.routing import build_survey_pages
from assessment.services.assessments.closing_schedule import close_due_or_log, count_open_or_log
from assessment.services.auth.sign_in_limit import delete_old_tries_or_log
from assessment.storage import database, tables
from assessment.storage.postgres_statements import PostgresStatements
from tests.postgres_pool import create_database
from tests.scale_tables import CROSSING_STATEMENTS, REFERENCE_TABLES, read_first_column
from tests.trust.conftest import Place
from tests.trust.statement_scope import describe_statement, find_crossing_tables, split_tokens
from tests.trust.test_access import ways
from tests.trust.test_queries import FEW, fill, path_of, principals
from tests.web import people

OF_WORKSPACES = frozenset(table.name for table in tables.metadata.sorted_tables if "workspace_id" in table.c)
DISTRIBUTED = OF_WORKSPACES - read_first_column(REFERENCE_TABLES)
RENDERED = ("report.pdf", "report.pptx", "report.docx", "report.xlsx", "openapi.json", "/docs")  # as the pages do
# The server looks for what is due, every 20 seconds or at its start, among all assessments, clients and sessions.
OWN_WORK = {
    "assessment": ("SELECT assessment.workspace_id, assessment.id",),
    "organisation": ("SELECT organisation.workspace_id, organisation.id",),
    "console_session": ("DELETE FROM console_session WHERE console_session.created_at",),
}
INDEX_SCANS = ("Index Scan", "Index Only Scan", "Bitmap Index Scan")
COMPARED_COLUMN = re.compile(r"\(+(?:\w+\.)?(\w+)\)?(?:::\w+)? (?:[=<>]|IS )")
FIRST_COLUMNS = """
SELECT indexrelid::regclass::text, attname FROM pg_index JOIN pg_attribute ON attrelid = indexrelid AND attnum = 1
"""
OF_ANSWERS = ("answer", "respondent_session", "response", "section_time")  # with rows after the journey
# Times of all responses of a workspace that were sent, by the index of these.
OF_WHOLE_WORKSPACE = "SELECT response.id, response.assessment_id, response.functions, response.seconds AS stated"


class SentStatement(Struct, frozen=True):
    """A statement as it was sent, with the parameters of its first time."""

    text: str
    parameters: object


@contextmanager
def record_statements() -> Iterator[dict[str, SentStatement]]:
    """Record what any code of this process sends by psycopg, by the text."""
    recorded: dict[str, SentStatement] = {}

    def note(query, parameters) -> None:
        text = query.decode() if isinstance(query, bytes) else str(query)
        recorded.setdefault(text, SentStatement(text, parameters))

    without_cursor = PostgresStatements.dump_values
    plain, awaited, many = psycopg.Cursor.execute, psycopg.AsyncCursor.execute, psycopg.Cursor.executemany

    def execute(self, query, params=None, **options):
        note(query, params)
        return plain(self, query, params, **options)

    async def execute_async(self, query, params=None, **options):
        note(query, params)
        return await awaited(self, query, params, **options)

    def execute_many(self, query, params_seq, **options):
        rows = list(params_seq)
        note(query, rows[0] if rows else None)
        return many(self, query, rows, **options)

    def dump_values(self, prepared, parameters):
        note(prepared.source, parameters)
        return without_cursor(self, prepared, parameters)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PostgresStatements, "dump_values", dump_values)
        patch.setattr(psycopg.Cursor, "execute", execute)
        patch.setattr(psycopg.AsyncCursor, "execute", execute_async)
        patch.setattr(psycopg.Cursor, "executemany", execute_many)
        yield recorded


async def look_at_everything(place: Place, folder: Path) -> None:
    """Open every page and resource once, answer a survey, and run what the server does by itself."""
    newest = fill(place, FEW)
    async with people.serve_app(place.url, folder) as app, people.open_client(app) as client:
        who = principals(place)
        for way in ways(app):
            if way.method == "GET" and not way.path.endswith(RENDERED):
                for assessment in (newest,) if "report" in way.path else (place.open, newest):
                    await client.get(path_of(way, place, assessment), headers=who[way.policy.name].headers(way))
                    client.cookies.clear()
        await answer_survey(client, place.links[1])
        close_due_or_log(app.state.engine, people.NOW, lambda _: None)
        count_open_or_log(app.state.engine, people.NOW)
        delete_old_tries_or_log(app.state.engine, people.NOW)


async def answer_survey(client: httpx.AsyncClient, link: str) -> None:
    person = people.Person(client, link, "practitioner")
    person.pages = build_survey_pages(people.load_shipped_questionnaire(), "practitioner", ("marketing",))
    await person.enter()
    saved = await person.save(person.items(person.first)[0], "2")
    answered = await person.answer(person.first)
    sent = await person.send()
    assert (saved.status_code, answered.status_code, sent.status_code) == (200, 303, 303)


@pytest.fixture(scope="module")
def statements(postgres_pool, tmp_path_factory) -> Iterator[tuple[str, dict[str, SentStatement]]]:
    """All statements of the journey, and the database in which it took place.

    A new one: plans depend on the pages of a table, and used databases have those of deleted rows, too.
    """
    with create_database(postgres_pool.server, postgres_pool.template) as url, record_statements() as recorded:
        place = Place(url)
        keep_pages(url)
        asyncio.run(look_at_everything(place, tmp_path_factory.mktemp("data")))
        place.engine.dispose()
        yield url, dict(recorded)


def keep_pages(url: str) -> None:
    """Switch autovacuum off: it may truncate a table without rows, which no planner takes for a large one then."""
    with psycopg.connect(url, autocommit=True) as connection:
        for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
            connection.execute(f"ALTER TABLE {name} SET (autovacuum_enabled = false)".encode())


def list_nodes(connection: psycopg.Connection, statement: SentStatement) -> Iterator[dict]:
    row = connection.execute(f"EXPLAIN (FORMAT JSON) {statement.text}".encode(), statement.parameters).fetchone()
    nodes = [row[0][0]["Plan"]]
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", ())
        yield node


def find_scans(connection: psycopg.Connection, statement: SentStatement, first_columns: dict[str, str]) -> set[str]:
    """Return the tables that a statement reads from end to end, although the planner was to avoid that.

    An index does not help if its first column is not compared: newer versions skip from one value of it to the next.
    """
    return {
        node.get("Relation Name") or node["Index Name"]
        for node in list_nodes(connection, statement)
        if node["Node Type"] == "Seq Scan"
        or (
            node["Node Type"] in INDEX_SCANS
            and first_columns[node["Index Name"]] not in COMPARED_COLUMN.findall(node.get("Index Cond", ""))
        )
    }


def find_workspace_reads(url: str, recorded: dict[str, SentStatement]) -> set[tuple[str, str]]:
    """Return index and statement where the workspace is all that an index of a table of answers is searched for.

    The planner is made to believe that every table is large.
    """
    reads = set()
    with psycopg.connect(url, options=database.POSTGRES_SETTINGS) as connection:
        forget_statistics(connection)
        public = "relnamespace = 'public'::regnamespace"
        pages = "greatest(1, pg_relation_size(oid) / 8192)"  # the planner multiplies rows by the pages there are now
        connection.execute(f"UPDATE pg_class SET reltuples = 100000, relpages = {pages} WHERE {public}".encode())
        connection.execute("SET enable_seqscan = off")
        table = "SELECT indexrelid::regclass::text, indrelid::regclass::text FROM pg_index"
        tables_of = dict(connection.execute(table).fetchall())
        for statement in recorded.values():
            if re.match(r"\s*(SELECT|UPDATE|DELETE|WITH)", statement.text):
                reads |= {
                    (node["Index Name"], statement.text)
                    for node in list_nodes(connection, statement)
                    if set(COMPARED_COLUMN.findall(node.get("Index Cond", ""))) == {"workspace_id"}
                    and tables_of[node["Index Name"]] in OF_ANSWERS
                }
        connection.rollback()
    return reads


def find_all_scans(
    url: str, recorded: dict[str, SentStatement], *, seqscan: str = "off", least_rows: int = 0
) -> dict[str, list[str]]:
    """Return the statements that read a table of some size from end to end, by the table."""
    scans: dict[str, list[str]] = {}
    with psycopg.connect(url, options=database.POSTGRES_SETTINGS) as connection:
        if not least_rows:
            forget_statistics(connection)
        connection.execute(f"SET enable_seqscan = {seqscan}".encode())
        rows = dict(connection.execute("SELECT relname, reltuples FROM pg_class").fetchall())
        first_columns = dict(connection.execute(FIRST_COLUMNS).fetchall())
        for statement in recorded.values():
            if re.match(r"\s*(SELECT|UPDATE|DELETE|WITH)", statement.text) and OF_WORKSPACES & set(
                split_tokens(statement.text)
            ):
                for table in (
                    name
                    for name in find_scans(connection, statement, first_columns)
                    if rows[name] >= least_rows or not least_rows
                ):
                    scans.setdefault(table, []).append(statement.text)
    return scans


def forget_statistics(connection: psycopg.Connection) -> None:
    """Make the planner guess: in a database that was used before, it may know tables as so small that no index pays."""
    public = "(SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
    connection.execute(f"DELETE FROM pg_statistic WHERE starelid IN {public}".encode())
    connection.execute(f"UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE oid IN {public}".encode())


def read_from_end_to_end(scans: dict[str, list[str]]) -> dict[str, list[str]]:
    """Leave out what the server does by itself, by the first column that it looks for."""
    return {
        table: texts
        for table, found in scans.items()
        if (texts := [text for text in found if not any(part in text for part in OWN_WORK.get(table, ()))])
    }


@pytest.mark.slow
def test_statements_find_their_rows_by_an_index(statements):
    scans = find_all_scans(*statements)

    assert read_from_end_to_end(scans) == {}
    assert scans.keys() == OWN_WORK.keys()


@pytest.mark.slow
def test_statements_read_the_answers_of_no_whole_workspace(statements):
    reads = find_workspace_reads(*statements)

    assert {read for read in reads if not read[1].startswith(OF_WHOLE_WORKSPACE)} == set()
    assert {index for index, _ in reads} == {"ix_response_sent_invitation"}


@pytest.mark.slow
def test_mutant_that_finds_responses_by_the_workspace_alone_is_caught(statements):
    url, recorded = statements
    name = "ix_response_workspace_id_response_assessment_id"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP INDEX {name}".encode())

    reads = find_workspace_reads(url, recorded)

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE INDEX {name} ON response (workspace_id, assessment_id)".encode())
    assert len(reads) > 5


@pytest.mark.slow
def test_mutant_without_an_index_is_caught(statements):
    url, recorded = statements
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER INDEX ix_invitation_link_token_hash RENAME TO saved")
        definition = connection.execute("SELECT pg_get_indexdef('saved'::regclass)").fetchone()[0]
        connection.execute("DROP INDEX saved")

    scans = read_from_end_to_end(find_all_scans(url, recorded))

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(definition.replace("saved", "ix_invitation_link_token_hash"))
    assert scans.keys() & {"invitation_link", "pk_invitation_link"}


@pytest.mark.slow
def test_statements_that_cross_workspaces_are_those_of_the_table(statements):
    _, recorded = statements
    crossing = {describe_statement(text, DISTRIBUTED) for text in recorded if find_crossing_tables(text, DISTRIBUTED)}

    assert crossing == read_first_column(CROSSING_STATEMENTS)
    assert len(recorded) > 150


def fill_with_many(connection: psycopg.Connection, place_open: str) -> None:
    """Add 1,000 assessments, 100,000 respondents and 4 million answers to the workspace of an assessment."""
    connection.execute("SET session_replication_role = replica")  # without checks of foreign keys
    for statement in MANY_ROWS:
        connection.execute(statement.encode(), {"like": place_open})
    connection.commit()
    connection.autocommit = True
    connection.execute("VACUUM ANALYZE")


def copy_row(table: Table, changes: dict[str, str], source: str) -> str:
    """Build an INSERT that repeats a row with other values, each an SQL expression."""
    columns = [column.name for column in table.columns]
    values = ", ".join(changes.get(name, f"old.{name}") for name in columns)
    return f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT {values} FROM {source}"


FEW_BLOCKS = 150  # more, two for each of 60 people: the index of answers is higher; all responses are 1,600
ASSESSMENT_COUNT, PEOPLE_OF_EACH, ANSWERS_OF_EACH = 1000, 100, 40
OF_OPEN = "(SELECT * FROM {table} WHERE assessment_id = %(like)s LIMIT 1) AS old"
NUMBERED = f"generate_series(1, {ASSESSMENT_COUNT}) AS a, generate_series(1, {PEOPLE_OF_EACH}) AS p"
MANY_ROWS = (
    copy_row(
        tables.assessment,
        {"id": "'many-' || a"},
        f"(SELECT * FROM assessment WHERE id = %(like)s) AS old, generate_series(1, {ASSESSMENT_COUNT}) AS a",
    ),
    copy_row(
        tables.release,
        {"assessment_id": "'many-' || a"},
        f"(SELECT * FROM release LIMIT 1) AS old, generate_series(1, {ASSESSMENT_COUNT}) AS a",
    ),
    copy_row(
        tables.invitation,
        {"id": "'i-' || a || '-' || p", "assessment_id": "'many-' || a", "position": "p", "name": "'Guest ' || p"},
        f"{OF_OPEN.format(table='invitation')}, {NUMBERED}",
    ),
    copy_row(
        tables.response,
        {"id": "'r-' || a || '-' || p", "assessment_id": "'many-' || a", "invitation_id": "'i-' || a || '-' || p"}
        | {"code_hash": "NULL", "withdraw_hash": "NULL", "draft_number": "1", "label": "NULL"},
        f"{OF_OPEN.format(table='response')}, {NUMBERED}",
    ),
    copy_row(
        tables.answer,
        {"response_id": "'r-' || a || '-' || p", "item_id": "'item-' || n"},
        f"(SELECT * FROM answer LIMIT 1) AS old, {NUMBERED}, generate_series(1, {ANSWERS_OF_EACH}) AS n",
    ),
)


def count_buffers(url: str, recorded: dict[str, SentStatement]) -> dict[str, int]:
    """Return the 8 KB blocks that each select touches."""
    blocks = {}
    with psycopg.connect(url, options=database.POSTGRES_SETTINGS) as connection:
        for statement in recorded.values():
            if statement.text.startswith("SELECT") and OF_WORKSPACES & set(split_tokens(statement.text)):
                explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement.text}".encode()
                plan = connection.execute(explained, statement.parameters).fetchone()[0][0]["Plan"]
                blocks[statement.text] = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return blocks


@pytest.mark.slow
@pytest.mark.skipif(
    "ASSESSMENT_TEST_SOAK" not in os.environ, reason="`make soak` fills a database with 4 million answers"
)
def test_statements_use_an_index_among_four_million_answers(statements):
    url, recorded = statements
    before = count_buffers(url, recorded)
    with psycopg.connect(url) as connection:
        fill_with_many(connection, find_open_assessment(connection))

    scans = read_from_end_to_end(find_all_scans(url, recorded, seqscan="on", least_rows=10_000))

    after = count_buffers(url, recorded)
    for text in sorted(after, key=lambda text: before[text] - after[text])[:25]:
        print(f"{before[text]:6} -> {after[text]:6} blocks: {' '.join(text.split())[:160]}")  # noqa: T201
    print(f"{len(after)} statements, {len(scans)} of them read a large table from end to end")  # noqa: T201
    assert scans == {}
    assert {text: after[text] for text in after if " answer " in text and after[text] > before[text] + FEW_BLOCKS} == {}


def find_open_assessment(connection: psycopg.Connection) -> str:
    """Return an open assessment in which someone has answered."""
    return connection.execute(
        "SELECT assessment.id FROM assessment JOIN response ON response.assessment_id = assessment.id"
        " JOIN invitation ON invitation.assessment_id = assessment.id WHERE assessment.state = 'open' LIMIT 1"
    ).fetchone()[0]
