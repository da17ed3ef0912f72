"""Every schema that was ever released becomes the newest one, and keeps what it holds."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from assessment.storage import database, schema, tables

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SCHEMAS = Path(__file__).with_name("schemas")
FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH = "0001", "0002", "0003", "0004", "0005", "0006"


@pytest.fixture(params=[FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH])
def version(request):
    return request.param


@pytest.fixture
def old(database_url, version):
    """A database of a schema that was released, with one of everything in it."""
    engine = database.connect(database_url)
    load(engine, (SCHEMAS / f"{version}.{engine.dialect.name}.sql").read_text())
    load(engine, (SCHEMAS / f"{version}.rows.sql").read_text())
    yield engine
    engine.dispose()


def load(engine, script):
    with database.writing(engine) as session:
        for statement in script.split(";\n"):
            if statement.strip():
                session.connection().exec_driver_sql(statement)


def shape(engine):
    """Columns, keys, checks and indexes of every table."""
    inspector = inspect(engine)
    return {
        name: (
            sorted((column["name"], str(column["type"]), column["nullable"]) for column in inspector.get_columns(name)),
            inspector.get_pk_constraint(name)["constrained_columns"],
            sorted(str(key["name"]) for key in inspector.get_foreign_keys(name)),
            sorted((str(check["name"]), check["sqltext"]) for check in inspector.get_check_constraints(name)),
            sorted((str(index["name"]), index["unique"]) for index in inspector.get_indexes(name)),
        )
        for name in inspector.get_table_names()
    }


def test_a_released_schema_is_known_as_an_old_one(old):
    assert schema.schema_state(old) == "old"


def test_an_upgraded_database_ends_like_a_fresh_one(old, tmp_path, request):
    schema.migrate(old, NOW)
    upgraded = shape(old)
    with database.writing(old) as session:
        for name in [*(table.name for table in reversed(tables.metadata.sorted_tables)), "alembic_version"]:
            kind = "" if database.is_sqlite(old) else " CASCADE"
            session.execute(text("PRAGMA defer_foreign_keys = ON" if not kind else "SELECT 1"))
            session.execute(text(f'DROP TABLE "{name}"{kind}'))

    schema.migrate(old, NOW)

    assert upgraded == shape(old)
    assert schema.schema_state(old) == "current"


def test_an_upgrade_keeps_what_was_held(old, version):
    schema.migrate(old, NOW)

    with database.reading(old) as session:
        answer = session.execute(select(tables.answer)).one()
        response = session.execute(select(tables.response)).one()
        assessment = session.execute(select(tables.assessment)).one()
        release = session.execute(select(tables.release)).one()
        filled = re.findall(r"INSERT INTO (\w+)", (SCHEMAS / f"{version}.rows.sql").read_text())
        counts = [len(session.execute(select(tables.metadata.tables[name])).all()) for name in filled]
    assert (answer.value, answer.evidence, answer.sequence) == ("3", "data", 2)
    assert (response.state, response.invitation_id) == ("sent", "i")
    assert (response.code_hash is None, assessment.share_results) == (version == FIRST, version != FIRST)
    assert (assessment.targets, assessment.held_back) == ({"sales": 80}, [])
    assert assessment.in_benchmarks is (version in (FIFTH, SIXTH))
    assert (release.digest, release.basis) == ("digest", "live")
    assert counts == [1] * len(filled)


def test_an_upgrade_of_a_file_leaves_a_copy_of_the_old_schema(old, tmp_path):
    copy = schema.migrate(old, NOW)

    if not database.is_sqlite(old):
        assert copy is None
        return
    beside = database.connect(f"sqlite:///{copy}")
    assert schema.schema_state(beside) == "old"
    beside.dispose()


@pytest.mark.parametrize("version", [SIXTH], indirect=True)
def test_upgrade_keeps_drafts_with_their_sessions_and_numbers_them(old):
    load(old, (SCHEMAS / f"{SIXTH}.drafts.sql").read_text())

    schema.migrate(old, NOW)

    response, session_ = tables.response, tables.respondent_session
    with database.reading(old) as session:
        drafts = session.execute(select(response).where(response.c.state == "started").order_by(response.c.id)).all()
        sessions = session.execute(select(session_.c.cookie_hash, session_.c.response_id, session_.c.moved_on)).all()
        answers = dict(session.execute(select(tables.answer.c.response_id, tables.answer.c.value)).all())
        closing = session.scalar(select(tables.assessment.c.closes_at).where(tables.assessment.c.id == "named"))
    assert [(each.id, each.draft_number, each.code_hash) for each in drafts] == [
        ("begun", 1, None),
        ("unknown", None, stored("unknown-return", old)),
    ]
    assert {tuple(row) for row in sessions} >= {
        (stored("cookie-begun", old), "begun", None),
        (stored("cookie-unknown", old), "unknown", None),
    }
    assert (answers["begun"], answers["unknown"]) == ("2", "4")
    assert closing == datetime(2026, 6, 2, tzinfo=UTC)


def stored(text_, engine):
    """Bytes as the fixture's text left them: SQLite keeps text in a column of bytes as text."""
    return text_ if database.is_sqlite(engine) else text_.encode()
