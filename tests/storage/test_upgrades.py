"""Every schema that was ever released becomes the newest one, and keeps what it holds."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from assessment.storage import database, schema, tables

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SCHEMAS = Path(__file__).with_name("schemas")
FIRST = "0001"


@pytest.fixture
def first(database_url):
    """A database of the first schema, with one of everything in it."""
    engine = database.connect(database_url)
    load(engine, (SCHEMAS / f"{FIRST}.{engine.dialect.name}.sql").read_text())
    load(engine, (SCHEMAS / f"{FIRST}.rows.sql").read_text())
    yield engine
    engine.dispose()


def load(engine, script):
    with database.writing(engine) as session:
        for statement in script.split(";\n"):
            if statement.strip():
                session.connection().exec_driver_sql(statement)


def shape(engine):
    """Columns, keys and indexes of every table."""
    inspector = inspect(engine)
    return {
        name: (
            sorted((column["name"], str(column["type"]), column["nullable"]) for column in inspector.get_columns(name)),
            inspector.get_pk_constraint(name)["constrained_columns"],
            sorted(str(key["name"]) for key in inspector.get_foreign_keys(name)),
            sorted((str(index["name"]), index["unique"]) for index in inspector.get_indexes(name)),
        )
        for name in inspector.get_table_names()
    }


def test_the_first_schema_is_known_as_an_old_one(first):
    assert schema.schema_state(first) == "old"


def test_an_upgraded_database_ends_like_a_fresh_one(first, tmp_path, request):
    schema.migrate(first, NOW)
    upgraded = shape(first)
    with database.writing(first) as session:
        for name in upgraded:
            kind = "" if database.is_sqlite(first) else " CASCADE"
            session.execute(text("PRAGMA defer_foreign_keys = ON" if not kind else "SELECT 1"))
            session.execute(text(f'DROP TABLE "{name}"{kind}'))

    schema.migrate(first, NOW)

    assert upgraded == shape(first)
    assert schema.schema_state(first) == "current"


def test_an_upgrade_keeps_what_was_held(first):
    schema.migrate(first, NOW)

    with database.reading(first) as session:
        answer = session.execute(select(tables.answer)).one()
        response = session.execute(select(tables.response)).one()
        assessment = session.execute(select(tables.assessment)).one()
        filled = re.findall(r"INSERT INTO (\w+)", (SCHEMAS / f"{FIRST}.rows.sql").read_text())
        counts = [len(session.execute(select(tables.metadata.tables[name])).all()) for name in filled]
    assert (answer.value, answer.evidence, answer.sequence) == ("3", "data", 2)
    assert (response.state, response.invitation_id, response.return_hash) == ("sent", "i", None)
    assert (assessment.share_results, assessment.targets) == (False, {"sales": 80})
    assert counts == [1] * len(filled)


def test_an_upgrade_of_a_file_leaves_a_copy_of_the_first_schema(first, tmp_path):
    copy = schema.migrate(first, NOW)

    if not database.is_sqlite(first):
        assert copy is None
        return
    beside = database.connect(f"sqlite:///{copy}")
    assert schema.schema_state(beside) == "old"
    beside.dispose()
