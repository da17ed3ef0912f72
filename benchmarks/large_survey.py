"""Closes, an import and the results page of 10,000 respondents, next to a plain statement or a ready page.

Every run works on a fresh copy of the same database; the measures take turns. Processor time of this process and of the
database server.
"""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.engine import make_url

from assessment.cli.server import garbage_collection
from assessment.domain.answers import Answers, list_answer_codes
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import Confidentiality
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.synthetic_answers import draw_answers
from assessment.services.assessments import closing
from assessment.services.auth import tokens
from assessment.services.people import response_import
from assessment.storage import database, schema, tables
from benchmarks.sample_database import ASSESSMENT, NOW, WORKSPACE, fill_database, insert_parent_rows
from benchmarks.size import SEED, read_processor_seconds, run_group_by
from benchmarks.write_path import Browser, ServerProcess, run_bare, run_product

PEOPLE = 10_000
FEWER = 1_000
PAGE_VIEWS = 50
READY_VIEWS = 3000
KEY = AssessmentKey(WORKSPACE, ASSESSMENT)
RESULTS_PATH = f"/console/assessments/{ASSESSMENT}/results"
SESSION_TOKEN = "benchmark-session"  # noqa: S105  # of a database that is deleted afterwards
PARTS = (tables.response, tables.answer)

Costs = dict[str, list[float]]


class DatabaseCopies:
    """Makes databases by copying a filled one: a file, or a PostgreSQL template."""

    def __init__(self, kind: str, folder: Path, server: Any) -> None:  # noqa: ANN401  # pgserver has no types
        self._kind, self._folder, self._server = kind, folder, server
        self._count = 0

    def create(self, template: str = "") -> str:
        """Create a database, empty or as a copy; return its URL."""
        self._count += 1
        name = f"large_{self._count}"
        if self._kind == "sqlite":
            target = self._folder / f"{name}.sqlite3"
            if template:
                shutil.copy(template.removeprefix("sqlite:///"), target)
            return f"sqlite:///{target}"
        source = f" TEMPLATE {make_url(template).database}" if template else ""
        self._server.psql(f"CREATE DATABASE {name}{source}")
        return str(self._server.get_uri(name))


def measure_closes(copies: DatabaseCopies, questionnaire: Questionnaire, runs: int) -> Costs:
    """Measure by turns; return milliseconds by what was measured, the plain statement first."""
    with garbage_collection.exempt_loaded_objects():
        pass  # as in a server process, which looks for garbage less often
    full = fill_copy(copies.create(), questionnaire, PEOPLE)
    empty = fill_copy(copies.create(), questionnaire, 0)
    text = _make_csv(questionnaire, draw_answers(questionnaire, PEOPLE, np.random.default_rng(SEED)))
    imported = copies.create(empty)
    run_work(imported, lambda engine: _import_rows(engine, text))
    rows = _read_rows(imported)
    measures: dict[str, tuple[str, Callable[[Engine], object]]] = {
        "GROUP BY of 10,000 people": (full, run_group_by),
        "close, confidential": (full, partial(close_survey, Confidentiality.CONFIDENTIAL)),
        "close, anonymous": (full, partial(close_survey, Confidentiality.ANONYMOUS)),
        "insert of the imported rows": (empty, partial(_insert_rows, rows)),
        "import of 10,000 rows": (empty, lambda engine: _import_rows(engine, text)),
    }
    costs: Costs = {name: [] for name in measures}
    for turn in range(runs + 1):
        for name, (template, work) in measures.items():
            seconds = run_work(copies.create(template), work)
            if turn:  # the first one compiles statements
                costs[name].append(seconds * 1000)
    return costs


def fill_copy(url: str, questionnaire: Questionnaire, people: int) -> str:
    engine = database.make_engine(url)
    if people:
        fill_database(engine, questionnaire, people, SEED)
    else:
        schema.migrate_schema(engine, NOW)
        insert_parent_rows(engine, questionnaire)
    with database.write_session(engine) as session:
        session.execute(update(tables.published_questionnaire).values(content=msgspec.json.encode(questionnaire)))
    if database.is_sqlite(engine):
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("PRAGMA query_only = OFF")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return url


def run_work(url: str, work: Callable[[Engine], object]) -> float:
    engine = database.make_engine(url)
    before = read_processor_seconds(engine)
    work(engine)
    seconds = read_processor_seconds(engine) - before
    engine.dispose()
    return seconds


def close_survey(confidentiality: Confidentiality, engine: Engine) -> None:
    with database.write_session(engine) as session:
        session.execute(update(tables.assessment).values(confidentiality=confidentiality))
    with database.write_session(engine) as session:
        closing.close_assessment(session, KEY, NOW, without_results=True)


def _import_rows(engine: Engine, text: str) -> None:
    with database.read_session(engine) as session:
        prepared = response_import.prepare_import(session, KEY, text, NOW)
    with (
        response_import.stage_import(engine, prepared, NOW) as incoming,
        database.write_session(engine) as session,
    ):
        response_import.finish_import(session, incoming, NOW)


def _read_rows(url: str) -> list[list[tuple[Any, ...]]]:
    engine = database.make_engine(url)
    with engine.connect() as connection:
        if database.is_sqlite(engine):
            rows = [connection.exec_driver_sql(f"SELECT * FROM {table.name}").all() for table in PARTS]  # noqa: S608
        else:
            rows = [connection.execute(select(table)).all() for table in PARTS]
    engine.dispose()
    return [[tuple(row) for row in part] for part in rows]


def _insert_rows(rows: Sequence[Sequence[tuple[Any, ...]]], engine: Engine) -> None:
    """Insert rows as plainly as the driver can: executemany, or COPY; one transaction."""
    pooled = engine.raw_connection()
    driver: Any = pooled.driver_connection
    if database.is_sqlite(engine):
        driver.execute("PRAGMA query_only = OFF")
        driver.execute("BEGIN IMMEDIATE")
    for table, part in zip(PARTS, rows, strict=True):
        if database.is_sqlite(engine):
            marks = ", ".join("?" for _ in table.columns)
            driver.executemany(f"INSERT INTO {table.name} VALUES ({marks})", part)  # noqa: S608  # names of our tables
        else:
            names = ", ".join(column.name for column in table.columns)
            with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
                for row in part:
                    copy.write_row(row)
    driver.commit()
    pooled.close()


def _make_csv(questionnaire: Questionnaire, answers: Answers) -> str:
    functions = [function.id for function in questionnaire.functions]
    texts = [{code: text for text, code in list_answer_codes(item.options).items()} for item in questionnaire.items]
    lines = [",".join(("respondent", "role", "functions", "seconds", *(item.id for item in questionnaire.items)))]
    for row, role in enumerate(answers.roles):
        member = ";".join(name for name, flag in zip(functions, answers.functions[row], strict=True) if flag)
        cells = (texts[column].get(code, "") for column, code in enumerate(answers.values[row].tolist()))
        lines.append(",".join((f"p{row}", role, member, "300", *cells)))
    return "\n".join(lines) + "\n"


def measure_results_page(copies: DatabaseCopies, questionnaire: Questionnaire, runs: int) -> Costs:
    """Measure views of the results page, next to a ready page of the bare application."""
    costs: Costs = {}
    with ExitStack() as stack:
        measures: dict[str, tuple[ServerProcess, str, int]] = {}
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        bare = stack.enter_context(run_bare(f"sqlite:///{folder}/bare.sqlite3"))
        measures["ready page of the bare application"] = (bare, "/page", READY_VIEWS)
        for people in (FEWER, PEOPLE):
            url = fill_copy(copies.create(), questionnaire, people)
            run_work(url, partial(close_survey, Confidentiality.CONFIDENTIAL))
            run_work(url, add_session)
            server = stack.enter_context(run_product(url))
            measures[f"results page, {people:,} people"] = (server, RESULTS_PATH, PAGE_VIEWS)
        for turn in range(runs + 1):
            for name, (server, path, views) in measures.items():
                cost = measure_views(server, path, views)
                if turn:
                    costs.setdefault(name, []).append(cost)
    return costs


def add_session(engine: Engine) -> None:
    named = {"user_id": "u", "workspace_id": WORKSPACE}
    user = {"id": "u", "email": "ada@example.org", "password_hash": "-", "admin": False, "disabled": False}
    now = datetime.now(UTC)
    times = {"created_at": now, "seen_at": now}
    with database.write_session(engine) as session:
        session.execute(insert(tables.user).values(**user, created_at=now))
        session.execute(insert(tables.membership).values(**named, role="owner"))
        row = {"token_hash": tokens.hash_token(SESSION_TOKEN), "browser": ""}
        session.execute(insert(tables.console_session).values(**named, **times, **row))


def measure_views(server: ServerProcess, path: str, views: int) -> float:
    browser = Browser(server.port, {"console": SESSION_TOKEN})
    browser.get_page(path)
    before = server.read_cpu_seconds()
    for _ in range(views):
        browser.get_page(path)
    browser.close()
    return (server.read_cpu_seconds() - before) / views * 1000
