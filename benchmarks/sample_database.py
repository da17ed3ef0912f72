"""Fill an empty database with one assessment of many random respondents."""

import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import Engine, Table, insert

from assessment.domain.answers import Answers, list_answer_codes
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.routing import build_survey_pages
from assessment.domain.synthetic_answers import draw_answers
from assessment.storage import database, schema, tables

NOW = datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)
DAY = NOW.replace(hour=0, minute=0, second=0)  # as answers are stored
WORKSPACE, ASSESSMENT = "workspace", "assessment"
EVIDENCE_SHARE = 0.1

DatabaseRow = tuple[object, ...]


def fill_database(engine: Engine, questionnaire: Questionnaire, people: int, seed: int) -> int:
    """Store `people` random respondents; return the number of their answers."""
    schema.migrate_schema(engine, NOW)
    insert_parent_rows(engine, questionnaire)
    rng = np.random.default_rng(seed)
    answers = draw_answers(questionnaire, people, rng)
    ids = [secrets.token_urlsafe(15) for _ in range(people)]
    answered = list(_make_answers(questionnaire, answers, ids, rng))
    _bulk_insert(engine, tables.response, _make_responses(questionnaire, answers, ids))
    _bulk_insert(engine, tables.section_time, list(_make_section_times(questionnaire, answers, ids, rng)))
    _bulk_insert(engine, tables.answer, answered)
    _analyze_tables(engine)
    return len(answered)


def insert_parent_rows(engine: Engine, questionnaire: Questionnaire) -> None:
    """Store the open assessment and what it belongs to."""
    with database.write_session(engine) as session:
        for table, values in _make_parent_rows(questionnaire):
            session.execute(insert(table).values(values))


def _make_parent_rows(questionnaire: Questionnaire) -> Iterator[tuple[Table, dict[str, Any]]]:
    yield tables.workspace, {"id": WORKSPACE, "name": "Benchmark", "created_at": NOW}
    yield tables.organisation, {"id": "o", "workspace_id": WORKSPACE, "name": "Many", "created_at": NOW}
    named = {"id": questionnaire.id, "version": questionnaire.version, "digest": questionnaire.digest}
    yield tables.published_questionnaire, named | {"content": b"{}"}
    yield (
        tables.assessment,
        {f"questionnaire_{key}": value for key, value in named.items()}
        | {"id": ASSESSMENT, "workspace_id": WORKSPACE, "organisation_id": "o", "title": "Benchmark", "asker": "Us"}
        | {"language": "en", "state": "open", "confidentiality": "confidential", "mode": "survey", "minimum_group": 5}
        | {"weights": {}, "targets": {}, "contacts": {}, "importance": {}, "created_at": NOW, "revision": 1},
    )


def _list_functions(questionnaire: Questionnaire, answers: Answers) -> list[tuple[str, ...]]:
    names = [function.id for function in questionnaire.functions]
    return [tuple(name for name, member in zip(names, row, strict=True) if member) for row in answers.functions]


def _make_responses(questionnaire: Questionnaire, answers: Answers, ids: Sequence[str]) -> list[dict[str, object]]:
    people = zip(ids, answers.roles, _list_functions(questionnaire, answers), strict=True)
    fixed = {"workspace_id": WORKSPACE, "assessment_id": ASSESSMENT, "language": "en", "state": "sent", "sent_at": DAY}
    return [fixed | {"id": id_, "role": role, "functions": ";".join(within)} for id_, role, within in people]


def _make_section_times(
    questionnaire: Questionnaire, answers: Answers, ids: Sequence[str], rng: np.random.Generator
) -> Iterator[dict[str, object]]:
    pages: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for id_, role, within in zip(ids, answers.roles, _list_functions(questionnaire, answers), strict=True):
        if (role, within) not in pages:
            pages[role, within] = [page[0].id for page in build_survey_pages(questionnaire, role, within)]
        for page in pages[role, within]:
            seconds = round(float(rng.uniform(30, 200)), 1)
            yield {"response_id": id_, "section": page, "workspace_id": WORKSPACE, "shown_at": DAY, "seconds": seconds}


def _make_answers(
    questionnaire: Questionnaire, answers: Answers, ids: Sequence[str], rng: np.random.Generator
) -> Iterator[dict[str, object]]:
    texts = [
        {code: text for text, code in list_answer_codes(item.options).items() if text} for item in questionnaire.items
    ]
    for row, id_ in enumerate(ids):
        fixed = {"response_id": id_, "workspace_id": WORKSPACE, "reason": "", "sequence": 1, "saved_at": DAY}
        proven = rng.random(len(texts)) < EVIDENCE_SHARE
        for column, value in enumerate(answers.values[row].tolist()):
            if value in texts[column]:
                evidence = "document" if proven[column] and value >= 0 else ""
                item = questionnaire.items[column].id
                yield fixed | {"item_id": item, "value": texts[column][value], "evidence": evidence}


def _bulk_insert(engine: Engine, table: Table, rows: Sequence[dict[str, object]]) -> None:
    """Insert rows in bulk: executemany (SQLite) or COPY (PostgreSQL)."""
    names = list(rows[0])
    raw = engine.raw_connection()
    driver: Any = raw.driver_connection
    try:
        if database.is_sqlite(engine):
            _bulk_insert_sqlite(driver, table, names, rows)
        else:
            with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([row[name] for name in names])
        raw.commit()
    finally:
        raw.close()


def _bulk_insert_sqlite(
    connection: sqlite3.Connection, table: Table, names: Sequence[str], rows: Sequence[dict[str, object]]
) -> None:
    marks = ", ".join("?" for _ in names)
    connection.execute("PRAGMA query_only = OFF")
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(
        f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608 - names of our own tables
        ([_format_time(row[name]) for name in names] for row in rows),
    )


def _format_time(value: object) -> object:
    return f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value


def _analyze_tables(engine: Engine) -> None:
    """Update the planner's statistics, as autovacuum does in a database that runs for longer."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if database.is_sqlite(engine):
            connection.exec_driver_sql("PRAGMA query_only = OFF")
        connection.exec_driver_sql("ANALYZE" if database.is_sqlite(engine) else "VACUUM ANALYZE")
