"""Saves on PostgreSQL that one statement locks, checks, stores and commits: results are those of a transaction."""

import time
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import Engine, delete, insert, select, text, update

from assessment.errors import ClosedError, UnavailableError
from assessment.storage import database, postgres_answer_connection, tables
from assessment.storage.answer_connection import SectionParameters
from assessment.storage.answer_writer import AnswerSave, AnswerWriter
from assessment.storage.postgres_answer_connection import PostgresConnection
from assessment.storage.postgres_statements import PostgresStatements
from tests.storage import rows

NOW = datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)
SHOWN = NOW - timedelta(seconds=83, microseconds=250_001)
SECONDS = 30
LIMIT = 600.0
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def database_url(migrated_postgres_url: str) -> str:
    return migrated_postgres_url


@pytest.fixture
def writer(survey: Engine) -> Iterator[AnswerWriter]:
    writer = AnswerWriter(survey, lambda: NOW)
    writer.start()
    yield writer
    writer.stop()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The first word of every statement and command that the writer sends."""
    sent: list[str] = []
    execute, run_command = PostgresStatements.execute, PostgresStatements.run_command

    def record_statement(self, statement, parameters):
        sent.append(statement.split()[0])
        return execute(self, statement, parameters)

    def record_command(self, command):
        sent.append(command.decode().split()[0])
        return run_command(self, command)

    monkeypatch.setattr(PostgresStatements, "execute", record_statement)
    monkeypatch.setattr(PostgresStatements, "run_command", record_command)
    return sent


@pytest.fixture
def connection(survey: Engine) -> Iterator[PostgresConnection]:
    connection = PostgresConnection(survey)
    yield connection
    connection.close()


def make_section(*, day: datetime | None = None, seconds: float | None = None, moment=NOW) -> SectionParameters:
    return SectionParameters(rows.WORKSPACE, "response-1", "embedding", moment, day, seconds, LIMIT)


def list_times(engine: Engine) -> list[tuple[float | None, datetime | None]]:
    times = tables.section_time
    with database.read_session(engine) as session:
        return [(seconds, shown) for seconds, shown in session.execute(select(times.c.seconds, times.c.shown_at)).all()]


def show_section(engine: Engine) -> None:
    values = {"workspace_id": rows.WORKSPACE, "response_id": "response-1", "section": "embedding", "shown_at": SHOWN}
    with database.write_session(engine) as session:
        session.execute(insert(tables.section_time).values(values))


@pytest.mark.parametrize(
    "saves",
    [
        [rows.make_save("A1", now=NOW)],
        [rows.make_save(f"A{number}", now=NOW) for number in range(3)],
        [rows.make_save("A1", sequence=None, now=NOW)],
        [make_section()],
        [make_section(day=NOW, seconds=12.5)],
    ],
    ids=["answer", "answers", "answer without sequence", "display", "seconds"],
)
def test_accepted_save_is_one_statement(writer: AnswerWriter, survey: Engine, sent: list[str], saves: list):
    if isinstance(saves[0], SectionParameters) and saves[0].day:
        show_section(survey)
    writer.save(rows.make_save("B1", now=NOW)).result(SECONDS)
    sent.clear()

    for future in writer.save_together(saves):
        future.result(SECONDS)

    assert sent == ["WITH"]
    assert len(rows.load_answers(survey)) == 1 + sum(isinstance(save, AnswerSave) for save in saves)
    assert len(list_times(survey)) == sum(isinstance(save, SectionParameters) for save in saves)


@pytest.mark.parametrize("many", [False, True])
def test_refused_answer_next_to_accepted_one_is_refused_alone(writer: AnswerWriter, survey: Engine, *, many: bool):
    with database.write_session(survey) as session:
        rows.insert_response(session, "response-2", state="sent")
    accepted = [rows.make_save(f"A{number}", now=NOW) for number in range(1 + many)]

    futures = writer.save_together([*accepted, rows.make_save("A1", now=NOW, response_id="response-2")])

    assert [future.result(SECONDS).value for future in futures[:-1]] == ["3"] * len(accepted)
    assert futures[-1].exception(SECONDS) is not None
    assert {who for who, _ in rows.load_answers(survey)} == {"response-1"}


def test_answer_stored_at_once_is_not_refused_by_a_close_before_the_rest(
    writer: AnswerWriter, survey: Engine, monkeypatch: pytest.MonkeyPatch
):
    writer.save(rows.make_save("A1", sequence=9, now=NOW)).result(SECONDS)
    begin = PostgresConnection.begin

    def close_first(connection: PostgresConnection) -> None:
        with database.write_session(survey) as session:
            session.execute(update(tables.assessment).values(state="closed", closed_on=NOW.date()))
        begin(connection)

    monkeypatch.setattr(PostgresConnection, "begin", close_first)

    stale, new = writer.save_together([rows.make_save("A1", "1", 1, now=NOW), rows.make_save("A2", now=NOW)])

    assert new.result(SECONDS).value == "3"
    assert isinstance(stale.exception(SECONDS), ClosedError)
    assert rows.load_answers(survey).keys() == {("response-1", "A1"), ("response-1", "A2")}


@pytest.mark.parametrize("seconds", [None, 12.5])
@pytest.mark.parametrize("moment", [NOW, NOW + timedelta(hours=2), SHOWN - timedelta(seconds=5)])
def test_seconds_of_a_section_are_those_of_a_transaction(
    survey: Engine, connection: PostgresConnection, seconds: float | None, moment: datetime
):
    found = []
    for is_at_once in (True, False):
        show_section(survey)
        time = make_section(day=NOW, seconds=seconds, moment=moment)
        if is_at_once:
            assert connection.record_section_at_once(time, NOW)
        else:
            connection.begin()
            connection.record_section(time)
            connection.commit()
        found.append(list_times(survey))
        with database.write_session(survey) as session:
            session.execute(delete(tables.section_time))

    assert found[0] == found[1]
    assert found[0][0][0] is not None


def wait_for_lock(engine: Engine) -> None:
    """Return when a statement waits for a lock."""
    arguments = database.make_postgres_arguments(engine)
    until = time.monotonic() + SECONDS
    with psycopg.connect(**arguments, autocommit=True) as connection:
        while connection.execute(WAITING).fetchone() == (0,):
            assert time.monotonic() < until
            time.sleep(0.02)


def save_while_locked(engine: Engine) -> Future:
    """Save an answer while someone else has the assessment, and the closing time passes."""
    now = [NOW - timedelta(seconds=1)]
    with database.write_session(engine) as session:
        session.execute(update(tables.assessment).values(closes_at=NOW))
    writer = AnswerWriter(engine, lambda: now[0])
    writer.start()
    with database.write_session(engine) as session:
        session.execute(select(tables.assessment.c.id).with_for_update())
        future = writer.save(rows.make_save("A1", now=NOW))
        wait_for_lock(engine)
        now[0] = NOW
    writer.stop()
    return future


def test_save_that_waits_past_closing_time_is_rejected(survey: Engine):
    future = save_while_locked(survey)

    assert isinstance(future.exception(SECONDS), ClosedError)
    assert rows.load_answers(survey) == {}


def test_mutant_that_waits_for_locks_saves_after_closing_time(survey: Engine, monkeypatch: pytest.MonkeyPatch):
    own = postgres_answer_connection.OWN_RESPONSE
    monkeypatch.setattr(postgres_answer_connection, "OWN_RESPONSE", own.replace("SKIP LOCKED", ""))

    assert save_while_locked(survey).exception(SECONDS) is None


def close_during_save(engine: Engine) -> None:
    """Close while the statement of a save waits for another one of the same answer; the close waits half a second."""
    saved = rows.make_save("A1", now=NOW)
    values = {"workspace_id": saved.workspace_id, "response_id": saved.response_id, "item_id": saved.item}
    content = {"value": "1", "reason": "", "evidence": "", "sequence": 0, "saved_at": NOW}
    writer = AnswerWriter(engine, lambda: NOW)
    writer.start()
    with database.write_session(engine) as session:
        session.execute(insert(tables.answer).values(values | content))
        # A foreign key locks the response, which is no obstacle for a save or a close of the assessment.
        future = writer.save(saved)
        wait_for_lock(engine)
        try:
            with database.write_session(engine) as other:
                other.execute(text("SET LOCAL lock_timeout = '500ms'"))
                other.execute(update(tables.assessment).values(state="closed", closed_on=NOW.date()))
        finally:
            session.rollback()
            future.exception(SECONDS)
            writer.stop()


def test_close_waits_for_a_save(survey: Engine):
    with pytest.raises(UnavailableError):
        close_during_save(survey)


def test_mutant_that_locks_nothing_lets_a_close_overtake_a_save(survey: Engine, monkeypatch: pytest.MonkeyPatch):
    own = postgres_answer_connection.OWN_RESPONSE
    unlocked = own.replace(postgres_answer_connection.LOCKED, "").replace("SKIP LOCKED", "")
    monkeypatch.setattr(postgres_answer_connection, "OWN_RESPONSE", unlocked)

    close_during_save(survey)
