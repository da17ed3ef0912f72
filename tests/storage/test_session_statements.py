"""Statements on the driver's connection: within the session's transaction, with SQLAlchemy's values and errors."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from sqlalchemy import String, bindparam, event, insert, select, text, update

from assessment.domain.closed_sets import ResponseState
from assessment.errors import ConcurrentChangeError, InvalidError, UnavailableError
from assessment.storage import database, tables
from assessment.storage.session_statements import SessionStatement
from assessment.storage.survey import respondent_sessions
from tests.storage import rows

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ADDED = {"id": "other", "name": "Berg", "created_at": NOW, "languages": ["de"]}  # the time zone is a default
ADD_WORKSPACE = SessionStatement(lambda: insert(tables.workspace))
SELECT_WORKSPACE = SessionStatement(
    lambda: select(tables.workspace.c.name, tables.workspace.c.created_at).where(
        tables.workspace.c.id == bindparam("of_workspace", type_=String())
    )
)
SELECT_STATE = SessionStatement(
    lambda: select(tables.response.c.state).where(tables.response.c.id == bindparam("of_id"))
)
TERMINATE_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
PREPARING_TIMES = 10  # psycopg prepares a statement at its fifth time


@pytest.fixture
def engine(migrated_url):
    engine = database.make_engine(migrated_url)
    yield engine
    engine.dispose()


def find_workspace(session, workspace_id="other"):
    return SELECT_WORKSPACE.find_row(session, {"of_workspace": workspace_id})


def test_values_are_those_that_sqlalchemy_stores_and_reads(engine):
    with database.write_session(engine) as session:
        ADD_WORKSPACE.execute(session, ADDED)

    with database.read_session(engine) as session:
        stored = session.execute(select(tables.workspace).where(tables.workspace.c.id == "other")).one()
        assert (stored.name, stored.created_at, stored.languages, stored.time_zone) == ("Berg", NOW, ["de"], "UTC")
        assert find_workspace(session) == {"name": "Berg", "created_at": NOW}
        assert find_workspace(session, "missing") is None


def test_insert_without_a_computed_default_is_refused(engine):
    without_languages = {name: value for name, value in ADDED.items() if name != "languages"}

    with pytest.raises(TypeError), database.write_session(engine) as session:
        ADD_WORKSPACE.execute(session, without_languages)


def test_statement_is_rolled_back_with_its_session(engine):
    with suppress(KeyError), database.write_session(engine) as session:
        ADD_WORKSPACE.execute(session, ADDED)
        raise KeyError

    with database.read_session(engine) as session:
        assert find_workspace(session) is None


def test_statement_sees_what_its_session_has_written(engine):
    with database.write_session(engine) as session:
        ADD_WORKSPACE.execute(session, ADDED)
        session.execute(update(tables.workspace).where(tables.workspace.c.id == "other").values(name="Tal"))

        assert find_workspace(session)["name"] == "Tal"


def test_read_session_refuses_to_write(engine):
    with pytest.raises(UnavailableError), database.read_session(engine) as session:
        ADD_WORKSPACE.execute(session, ADDED)


def test_snapshot_does_not_see_later_changes(engine):
    with database.snapshot_session(engine) as session:
        before = find_workspace(session)
        with database.write_session(engine) as other:
            ADD_WORKSPACE.execute(other, ADDED)

        assert (before, find_workspace(session)) == (None, None)


def test_duplicate_insert_raises_conflict(engine):
    with database.write_session(engine) as session:
        ADD_WORKSPACE.execute(session, ADDED)

    with pytest.raises(ConcurrentChangeError), database.write_session(engine) as session:
        ADD_WORKSPACE.execute(session, ADDED)


def test_enum_is_stored_by_value_and_read_as_member(engine):
    with database.write_session(engine) as session:
        rows.insert_assessment(session, NOW)
        rows.insert_response(session, "response-1")
        change = SessionStatement(
            lambda: (
                update(tables.response)
                .where(tables.response.c.id == bindparam("of_id"))
                .values(state=bindparam("new_state", type_=tables.response.c.state.type))
            )
        )
        change.execute(session, {"of_id": "response-1", "new_state": ResponseState.SENT})

        assert SELECT_STATE.find_value(session, {"of_id": "response-1"}) is ResponseState.SENT


def test_observers_of_the_engine_see_the_statement(engine):
    seen = []
    event.listen(engine, "before_cursor_execute", lambda *details: seen.append(details[2]))

    with database.read_session(engine) as session:
        find_workspace(session)

    assert [statement for statement in seen if "FROM workspace" in statement]


def test_statement_runs_after_psycopg_has_deallocated_what_was_prepared(migrated_postgres_url):
    engine = database.make_engine(migrated_postgres_url)
    for _ in range(2):
        with database.read_session(engine) as session:
            assert find_workspace(session) is None
            for _ in range(PREPARING_TIMES):
                session.execute(text("SELECT 1")).all()
    engine.dispose()


def test_lost_connection_is_unavailable_once(migrated_postgres_url):
    engine = database.make_engine(migrated_postgres_url)
    other = database.make_engine(migrated_postgres_url)

    def read_across_a_loss() -> None:
        with database.read_session(engine) as session:
            find_workspace(session)
            with other.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text(TERMINATE_OTHERS)).all()
            find_workspace(session)

    with pytest.raises(UnavailableError):
        read_across_a_loss()
    with database.read_session(engine) as session:
        assert find_workspace(session) is None
    engine.dispose()
    other.dispose()


def test_value_that_cannot_be_stored_is_invalid(migrated_postgres_url):
    engine = database.make_engine(migrated_postgres_url)

    with pytest.raises(InvalidError), database.read_session(engine) as session:
        find_workspace(session, "\0")
    engine.dispose()


@pytest.mark.parametrize(("reasons", "is_kept"), [([], False), (["marketing"], True)])
def test_session_says_whether_an_earlier_release_is_kept(engine, reasons, is_kept):
    with database.write_session(engine) as session:
        rows.insert_assessment(session, NOW)
        rows.insert_response(session, "response-1")
        session.execute(update(tables.assessment).values(held_back=reasons))
        respondent_sessions.add_session(session, rows.WORKSPACE, "response-1", b"hash")

    with database.read_session(engine) as session:
        assert respondent_sessions.find_response_by_cookie(session, b"hash").is_earlier_release_kept is is_kept
