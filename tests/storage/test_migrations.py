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
def old(empty_url, version):
    """A database of a schema that was released, with one of everything in it."""
    engine = database.make_engine(empty_url)
    load_schema(engine, (SCHEMAS / f"{version}.{engine.dialect.name}.sql").read_text())
    load_schema(engine, (SCHEMAS / f"{version}.rows.sql").read_text())
    yield engine
    engine.dispose()


def load_schema(engine, script):
    with database.write_session(engine) as session:
        for statement in script.split(";\n"):
            if statement.strip():
                session.connection().exec_driver_sql(statement)


def describe_schema(engine):
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


def test_released_schema_is_recognised_as_old(old):
    assert schema.find_schema_state(old) == "old"


def test_migrated_database_has_schema_of_fresh_one(old, tmp_path, request):
    schema.migrate_schema(old, NOW)
    upgraded = describe_schema(old)
    with database.write_session(old) as session:
        for name in [*(table.name for table in reversed(tables.metadata.sorted_tables)), "alembic_version"]:
            kind = "" if database.is_sqlite(old) else " CASCADE"
            session.execute(text("PRAGMA defer_foreign_keys = ON" if not kind else "SELECT 1"))
            session.execute(text(f'DROP TABLE "{name}"{kind}'))

    schema.migrate_schema(old, NOW)

    assert upgraded == describe_schema(old)
    assert schema.find_schema_state(old) == "current"


def test_migration_keeps_all_rows(old, version):
    schema.migrate_schema(old, NOW)

    with database.read_session(old) as session:
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


def test_migration_of_file_leaves_copy_of_old_schema(old, tmp_path):
    copy = schema.migrate_schema(old, NOW)

    if not database.is_sqlite(old):
        assert copy is None
        return
    beside = database.make_engine(f"sqlite:///{copy}")
    assert schema.find_schema_state(beside) == "old"
    beside.dispose()


@pytest.mark.parametrize("version", [SIXTH], indirect=True)
def test_migration_keeps_and_numbers_drafts_with_their_sessions(old):
    load_schema(old, (SCHEMAS / f"{SIXTH}.drafts.sql").read_text())

    schema.migrate_schema(old, NOW)

    response, session_ = tables.response, tables.respondent_session
    with database.read_session(old) as session:
        drafts = session.execute(select(response).where(response.c.state == "started").order_by(response.c.id)).all()
        sessions = session.execute(select(session_.c.cookie_hash, session_.c.response_id, session_.c.moved_on)).all()
        answers = dict(session.execute(select(tables.answer.c.response_id, tables.answer.c.value)).all())
        closing = session.scalar(select(tables.assessment.c.closes_at).where(tables.assessment.c.id == "named"))
    assert [(each.id, each.draft_number, each.code_hash) for each in drafts] == [
        ("begun", 1, None),
        ("unknown", None, load_rows("unknown-return", old)),
    ]
    assert {tuple(row) for row in sessions} >= {
        (load_rows("cookie-begun", old), "begun", None),
        (load_rows("cookie-unknown", old), "unknown", None),
    }
    assert (answers["begun"], answers["unknown"]) == ("2", "4")
    assert closing == datetime(2026, 6, 2, tzinfo=UTC)


def load_rows(text_, engine):
    """Bytes as the fixture's text left them: SQLite keeps text in a column of bytes as text."""
    return text_ if database.is_sqlite(engine) else text_.encode()


@pytest.mark.parametrize("version", [SIXTH])
def test_migration_copies_score_and_level_of_published_results(old):
    content = b'{"overall": {"score": 61.5, "level": 3}}'
    with database.write_session(old) as session:
        session.execute(text("UPDATE release SET content = :content"), {"content": content})

    schema.migrate_schema(old, NOW)

    with database.read_session(old) as session:
        release = session.execute(select(tables.release)).one()
    assert (release.overall_score, release.overall_level) == (61.5, 3)
