"""Every schema that was ever released becomes the newest one, and keeps what it holds."""

import re
from datetime import UTC, datetime

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import inspect, select, text

from assessment.domain.result import CarelessRow
from assessment.domain.verification.provenance import hash_content, strip_careless_log
from assessment.errors import ConcurrentChangeError
from assessment.storage import database, schema, tables
from assessment.storage.backup.table_rows import open_snapshot, summarise_tables
from tests import reports
from tests.storage.released_schemas import SCHEMAS, VERSIONS, load_schema, migrate_to, read_schema

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
FIRST, SIXTH = "0001", "0006"
SIXTH_ON_BOTH = [(SIXTH, "sqlite"), (SIXTH, "postgresql")]
FROZEN_ON_POSTGRESQL = sorted(path.name[:4] for path in SCHEMAS.glob("*.postgresql.sql"))
ALL_SCHEMAS = [
    (path.name[:4], dialect) for dialect in ("sqlite", "postgresql") for path in sorted(SCHEMAS.glob("*.rows.sql"))
]


@pytest.fixture(params=ALL_SCHEMAS, ids="-".join)
def released(request):
    """A version that was released, and a database."""
    return request.param


@pytest.fixture
def version(released):
    return released[0]


@pytest.fixture
def old(released, request):
    """A database of a schema that was released, with one of everything in it.

    Where PostgreSQL has no frozen script of it, the migrations up to it make the tables.
    """
    version, dialect = released
    engine = database.make_engine(request.getfixturevalue("sqlite_url" if dialect == "sqlite" else "postgres_url"))
    if dialect == "postgresql" and version not in FROZEN_ON_POSTGRESQL:
        migrate_to(engine, version)
    else:
        load_schema(engine, read_schema(version, dialect))
    load_schema(engine, (SCHEMAS / f"{version}.rows.sql").read_text("utf-8"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def fresh_schemas(migrated_file, postgres_pool):
    """Description of the newest schema, by kind of database."""
    descriptions = {}
    with postgres_pool.borrow_database() as postgres_url:
        for url in (f"sqlite:///{migrated_file}", postgres_url):
            engine = database.make_engine(url)
            descriptions[engine.dialect.name] = describe_schema(engine)
            engine.dispose()
    return descriptions


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


def test_every_schema_but_the_newest_has_a_fixture():
    released = {version for version, _ in ALL_SCHEMAS}

    # Run `python -m tests.storage.released_schemas` where this fails. The newest one may still change.
    assert [version for version in VERSIONS[:-1] if version not in released] == []
    assert FROZEN_ON_POSTGRESQL[-1] >= "0020"


def test_database_of_released_schema_is_migrated_with_all_its_rows(old, version, fresh_schemas):
    state = schema.find_schema_state(old)

    copy = schema.migrate_schema(old, NOW)

    assert state == ("current" if version == VERSIONS[-1] else "old")
    assert describe_schema(old) == fresh_schemas[old.dialect.name]
    assert find_lost_rows(old, version) == {}
    assert (copy is None) == (state == "current" or not database.is_sqlite(old))
    if copy:
        before = database.make_engine(f"sqlite:///{copy}")
        assert schema.find_schema_state(before) == "old"
        before.dispose()


def find_lost_rows(engine, version):
    """Return tables whose number of rows differs from the fixture's, and check what some rows say."""
    filled = re.findall(r"INSERT INTO (\w+)", (SCHEMAS / f"{version}.rows.sql").read_text("utf-8"))
    with database.read_session(engine) as session:
        counts = {name: len(session.execute(select(tables.metadata.tables[name])).all()) for name in filled}
        answer = session.execute(select(tables.answer)).one()
        response = session.execute(select(tables.response)).one()
        assessment = session.execute(select(tables.assessment)).one()
        release = session.execute(select(tables.release)).one()
    assert (answer.value, answer.evidence, answer.sequence) == ("3", "data", 2)
    assert (response.state, response.invitation_id) == ("sent", "i")
    assert (response.code_hash is None, assessment.share_results) == (version == FIRST, version != FIRST)
    assert (assessment.targets, assessment.held_back) == ({"sales": 80}, [])
    assert assessment.in_benchmarks is (version >= "0005")
    assert (release.digest, release.basis) == ("digest", "live")
    return {name: count for name, count in counts.items() if count != filled.count(name)}


@pytest.mark.parametrize("released", [SIXTH_ON_BOTH[0]], indirect=True)
def test_lost_row_is_noticed(old, version):
    schema.migrate_schema(old, NOW)
    with database.write_session(old) as session:
        session.execute(tables.invitation_link.delete())

    assert find_lost_rows(old, version) == {"invitation_link": 0}


@pytest.mark.parametrize("released", SIXTH_ON_BOTH, indirect=True)
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


@pytest.mark.parametrize("released", SIXTH_ON_BOTH, indirect=True)
def test_migration_truncates_times_except_those_that_are_still_needed(old):
    exact = "2026-03-02 09:30:15.000000" + ("" if database.is_sqlite(old) else "+00")
    with database.write_session(old) as session:
        for table, column in (("answer", "saved_at"), ("response", "sent_at"), ("section_time", "shown_at")):
            where = " WHERE state <> 'started'" if table == "response" else ""
            session.execute(text(f"UPDATE {table} SET {column} = '{exact}'{where}"))  # noqa: S608
        session.execute(text("UPDATE section_time SET seconds = 12"))
        row = "SELECT response_id, 'unfinished', workspace_id, shown_at FROM section_time LIMIT 1"
        session.execute(text(f"INSERT INTO section_time (response_id, section, workspace_id, shown_at) {row}"))
        columns = "workspace_id, assessment_id, role, functions, language, sent_at"
        session.execute(
            text(
                f"INSERT INTO response (id, label, state, {columns})"  # noqa: S608
                f" SELECT 'importing', 'R1', 'withdrawn', {columns} FROM response WHERE state = 'sent' LIMIT 1"
            )
        )

    schema.migrate_schema(old, NOW)

    midnight, moment = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)
    response, section_time = tables.response.c, tables.section_time.c
    with database.read_session(old) as session:
        saved = set(session.scalars(select(tables.answer.c.saved_at)))
        shown = dict(session.execute(select(section_time.section, section_time.shown_at)).all())
        sent = dict(session.execute(select(response.id, response.sent_at).where(response.sent_at.is_not(None))).all())
    assert saved == {midnight}
    assert (shown.pop("unfinished"), set(shown.values())) == (moment, {midnight})
    assert (sent.pop("importing"), set(sent.values())) == (moment, {midnight})


@pytest.mark.parametrize("released", SIXTH_ON_BOTH, indirect=True)
def test_migration_copies_score_and_level_of_published_results(old):
    content = b'{"overall": {"score": 61.5, "level": 3}}'
    with database.write_session(old) as session:
        session.execute(text("UPDATE release SET content = :content"), {"content": content})

    schema.migrate_schema(old, NOW)

    with database.read_session(old) as session:
        release = session.execute(select(tables.release)).one()
    assert (release.overall_score, release.overall_level) == (61.5, 3)


@pytest.mark.parametrize("released", [("0025", "sqlite"), ("0025", "postgresql")], indirect=True)
def test_migration_of_keys_changes_no_value_and_refuses_what_was_refused(old):
    with open_snapshot(old) as connection:
        before = summarise_tables(connection)

    schema.migrate_schema(old, NOW)

    with database.write_session(old) as session:
        for table, column in (
            ("release", "function_scores"),
            ("user_account", "former_email"),
            ("invitation", "counts"),
        ):
            session.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))  # of later migrations
    with open_snapshot(old) as connection:
        after = summarise_tables(connection)
    assert after == before
    assert min(summary.rows for summary in before.values()) == 1
    for name in ("response", "release", "voice"):
        with pytest.raises(ConcurrentChangeError), database.write_session(old) as session:
            session.execute(text(f"INSERT INTO {name} SELECT * FROM {name}"))  # noqa: S608  # names of this test


@pytest.mark.parametrize("released", [("0026", "sqlite"), ("0026", "postgresql")], indirect=True)
@pytest.mark.parametrize(
    ("content", "scores"),
    [
        (b'{"functions": {"hr": {"score": 61.5}, "marketing": {"score": null}}}', {"hr": 61.5, "marketing": None}),
        (b"{}", {}),
    ],
)
def test_migration_copies_scores_of_functions_of_published_results(old, content, scores):
    with database.write_session(old) as session:
        session.execute(text("UPDATE release SET content = :content"), {"content": content})

    schema.migrate_schema(old, NOW)

    with database.read_session(old) as session:
        assert session.execute(select(tables.release)).one().function_scores == scores


def migrate_release(engine, content):
    with database.write_session(engine) as session:
        session.execute(text("UPDATE release SET content = :content, digest = 'old'"), {"content": content})
    schema.migrate_schema(engine, NOW)
    with database.read_session(engine) as session:
        return session.execute(select(tables.release.c.content, tables.release.c.digest)).one()


def encode_release(log):
    result = reports.score_case("risk-36", unsuppressed=True)
    return msgspec.json.encode(replace(result, respondents=replace(result.respondents, careless=1, careless_log=log)))


@pytest.mark.parametrize("released", [("0028", "sqlite"), ("0028", "postgresql")], indirect=True)
def test_migration_removes_names_from_releases_and_leaves_what_reports_contain(old):
    named = encode_release((CarelessRow("kim@example.org", ("speed", "contradiction")),))

    release = migrate_release(old, named)

    assert b"kim" in named
    assert release.content == bytes(strip_careless_log(named)) == encode_release(None)
    assert release.digest == hash_content(release.content)


@pytest.mark.parametrize("released", [("0028", "sqlite"), ("0028", "postgresql")], indirect=True)
@pytest.mark.parametrize("content", [b"{}", b'{"respondents": 1}', encode_release(()), encode_release(None)])
def test_migration_changes_no_release_without_names(old, content):
    assert tuple(migrate_release(old, content)) == (content, "old")


@pytest.mark.parametrize("released", [("0025", "sqlite")], indirect=True)
def test_migration_gives_sqlite_figures_to_plan_with(old):
    schema.migrate_schema(old, NOW)

    with database.read_session(old) as session:
        figures = dict(session.execute(text("SELECT idx, stat FROM sqlite_stat1 WHERE tbl = 'answer'")).all())
        indexes = set(session.scalars(text("SELECT tbl FROM sqlite_stat1")))
    assert figures == {"answer": "4000000 4000000 40 1"}
    assert indexes == {
        name for name, table in tables.metadata.tables.items() if not table.dialect_options["sqlite"]["with_rowid"]
    } - {"erasure"}


@pytest.mark.parametrize("released", [("0028", "sqlite"), ("0028", "postgresql")], indirect=True)
def test_migration_deletes_texts_of_mails_that_were_sent_to_consultants(old):
    columns = "workspace_id, assessment_id, kind, language, subject, body, shown_count, is_planned, queued_at"
    with database.write_session(old) as session:
        for new, assessment in (("sent", "NULL"), ("queued", "NULL"), ("of-assessment", "assessment_id")):
            values = columns.replace("assessment_id", assessment).replace("kind", "'closed'")
            session.execute(text(f"INSERT INTO mailing (id, {columns}) SELECT '{new}', {values} FROM mailing LIMIT 1"))  # noqa: S608
        session.execute(text("UPDATE outbox SET mailing_id = 'queued', assessment_id = NULL"))

    schema.migrate_schema(old, NOW)

    with database.read_session(old) as session:
        assert set(session.scalars(select(tables.mailing.c.id))) == {"id", "queued", "of-assessment"}
