"""The group-commit writer, on both databases: nothing acknowledged is lost, nothing late gets in."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import OperationalError

from assessment.errors import AlreadySentError, ClosedError, InvalidError, NotFoundError, UnavailableError
from assessment.storage import answer_writer, database, tables
from assessment.storage.answer_writer import SEQUENCE_STEP, AnswerWriter
from tests.storage import rows

NOW = datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)
SECONDS = 30


def clock():
    return NOW


def save_answers(*arguments, **values):
    return rows.make_save(*arguments, now=NOW, **values)


@pytest.fixture
def running(survey):
    running = AnswerWriter(survey, clock)
    running.start()
    yield running
    running.stop()


def change_response(engine, table, **values):
    with database.write_session(engine) as session:
        session.execute(update(table).values(**values))


def test_saved_answer_is_stored_and_acknowledged(running, survey):
    kept = running.save(save_answers("A1", "3", 1)).result(SECONDS)

    assert (kept.item, kept.value, kept.sequence, kept.saved_at, kept.stale) == ("A1", "3", 1, NOW, False)
    assert rows.load_answers(survey) == {("response-1", "A1"): ("3", 1)}


def test_late_retry_does_not_overwrite_newer_answer(running, survey):
    running.save(save_answers("A1", "3", 2)).result(SECONDS)

    kept = running.save(save_answers("A1", "1", 1)).result(SECONDS)

    assert (kept.value, kept.sequence, kept.stale) == ("3", 2, True)
    assert rows.load_answers(survey) == {("response-1", "A1"): ("3", 2)}


def test_same_sequence_twice_keeps_first_and_marks_second_stale(running):
    running.save(save_answers("A1", "3", 1)).result(SECONDS)

    repeated = running.save(save_answers("A1", "3", 1)).result(SECONDS)
    other_tab = running.save(save_answers("A1", "0", 1)).result(SECONDS)

    assert (repeated.value, repeated.stale) == ("3", False)
    assert (other_tab.value, other_tab.stale) == ("3", True)


def test_other_window_replaces_only_answer_it_received(running):
    first = running.save(save_answers("A1", "3", SEQUENCE_STEP + 1, base=0)).result(SECONDS)

    refused = running.save(save_answers("A1", "0", 9 * SEQUENCE_STEP + 2, base=0)).result(SECONDS)
    taken = running.save(save_answers("A1", "0", 9 * SEQUENCE_STEP + 2, base=first.sequence)).result(SECONDS)

    assert (refused.value, refused.stale) == ("3", True)
    assert (taken.value, taken.stale) == ("0", False)


def test_same_window_replaces_own_answer_with_lost_acknowledgement(running):
    running.save(save_answers("A1", "3", SEQUENCE_STEP + 1, base=0)).result(SECONDS)

    kept = running.save(save_answers("A1", "0", 2 * SEQUENCE_STEP + 1, base=0)).result(SECONDS)

    assert (kept.value, kept.stale) == ("0", False)


def test_saves_in_any_order_keep_newest(running, survey):
    saves = [
        save_answers(item, str(sequence % 5), sequence) for item in ("A1", "A2", "A3") for sequence in range(1, 40)
    ]
    random.Random(7).shuffle(saves)  # noqa: S311  # an order, not a secret

    wait([running.save(each) for each in saves + saves[:50]], SECONDS)

    assert rows.load_answers(survey) == {("response-1", item): ("4", 39) for item in ("A1", "A2", "A3")}


def test_save_without_sequence_takes_next_if_changed(running):
    running.save(save_answers("A1", "3", 7)).result(SECONDS)

    same = running.save(save_answers("A1", "3", None)).result(SECONDS)
    other = running.save(save_answers("A1", "2", None)).result(SECONDS)

    assert (same.sequence, other.sequence, other.value) == (7, 8, "2")


def test_invalid_save_in_batch_fails_alone(survey):
    """The queue is filled before the thread starts, so that all of it is one batch."""
    running = AnswerWriter(survey, clock)
    running._open = True
    futures = [running.save(save_answers(f"A{n}", "3", 1)) for n in range(20)]
    bad = running.save(save_answers("A99", "3", -1))
    futures += [running.save(save_answers(f"B{n}", "3", 1)) for n in range(20)]

    running._thread.start()
    running.stop()

    with pytest.raises(InvalidError):
        bad.result(SECONDS)
    assert all(future.result(SECONDS).value == "3" for future in futures)
    assert len(rows.load_answers(survey)) == 40


def test_queued_saves_share_one_commit(survey, monkeypatch):
    commits = []
    running = AnswerWriter(survey, clock)
    real = running._run_transaction
    monkeypatch.setattr(running, "_run_transaction", lambda saves: commits.append(len(saves)) or real(saves))
    running._open = True
    futures = [running.save(save_answers(f"A{n}", "3", 1)) for n in range(1200)]

    running._thread.start()
    running.stop()

    assert all(future.done() for future in futures)
    assert commits == [500, 500, 200]


def test_save_is_not_acknowledged_before_commit(survey, monkeypatch):
    running = AnswerWriter(survey, clock)
    seen = []
    real = answer_writer._resolve_future

    def resolve(future, outcome):
        seen.append(len(rows.load_answers(survey)))
        real(future, outcome)

    monkeypatch.setattr(answer_writer, "_resolve_future", resolve)
    running.start()

    running.save(save_answers("A1", "3", 1)).result(SECONDS)
    running.stop()

    assert seen == [1]


def test_thirty_two_concurrent_savers_lose_no_answer(running, survey):
    with database.write_session(survey) as session:
        for number in range(2, 33):
            rows.insert_response(session, f"response-{number}")

    def answer_all(number):
        futures = [running.save(save_answers(f"A{n}", "2", 1, response_id=f"response-{number}")) for n in range(25)]
        return [future.result(SECONDS).value for future in futures]

    with ThreadPoolExecutor(32) as pool:
        kept = list(pool.map(answer_all, range(1, 33)))

    assert kept == [["2"] * 25] * 32
    assert len(rows.load_answers(survey)) == 32 * 25


@pytest.mark.parametrize(
    ("table", "values", "error"),
    [
        (tables.response, {"state": "sent"}, AlreadySentError),
        (tables.response, {"state": "withdrawn"}, NotFoundError),
        (tables.assessment, {"state": "closed", "closed_on": NOW.date()}, ClosedError),
        (tables.assessment, {"state": "draft"}, ClosedError),
    ],
)
def test_save_to_closed_sent_or_withdrawn_response_is_rejected(running, survey, table, values, error):
    change_response(survey, table, **values)

    with pytest.raises(error):
        running.save(save_answers("A1", "3", 1)).result(SECONDS)

    assert rows.load_answers(survey) == {}


@pytest.mark.parametrize("values", [{"response_id": "nobody"}, {"workspace_id": "workspace-2"}])
def test_response_of_other_workspace_looks_like_unknown_one(running, survey, values):
    with pytest.raises(NotFoundError):
        running.save(save_answers("A1", "3", 1, **values)).result(SECONDS)

    assert rows.load_answers(survey) == {}


def test_save_concurrent_with_close_is_rejected(running, survey):
    """The close has begun but not committed: the save waits for it, and is then refused."""
    closing = threading.Event()

    def close():
        with database.write_session(survey) as session:
            session.execute(update(tables.assessment).values(state="closed", closed_on=NOW.date()))
            closing.set()
            time.sleep(0.5)
            return dict(session.execute(text("SELECT item_id, value FROM answer")).all())

    with ThreadPoolExecutor(1) as pool:
        counted = pool.submit(close)
        closing.wait(SECONDS)
        late = running.save(save_answers("A1", "3", 1))

        with pytest.raises(ClosedError):
            late.result(SECONDS)

    assert counted.result() == {}
    assert rows.load_answers(survey) == {}


def test_stopped_writer_stores_queue_and_rejects_saves(survey):
    running = AnswerWriter(survey, clock)
    running.start()
    futures = [running.save(save_answers(f"A{n}", "3", 1)) for n in range(700)]

    running.stop()

    assert all(future.done() for future in futures)
    assert len(rows.load_answers(survey)) == 700
    with pytest.raises(UnavailableError):
        running.save(save_answers("A1", "3", 1))


def test_full_queue_raises_unavailable_at_once(survey):
    running = AnswerWriter(survey, clock, max_waiting=2)
    running._open = True
    running.save(save_answers("A1", "3", 1))
    running.save(save_answers("A2", "3", 1))

    with pytest.raises(UnavailableError):
        running.save(save_answers("A3", "3", 1))


def test_cancelled_future_does_not_stop_other_saves(survey):
    running = AnswerWriter(survey, clock)
    running._open = True
    gone = running.save(save_answers("A1", "3", 1))
    gone.cancel()
    other = running.save(save_answers("A2", "3", 1))

    running._thread.start()
    running.stop()

    assert other.result(SECONDS).value == "3"
    assert ("response-1", "A1") in rows.load_answers(survey)


def test_database_failure_is_raised_and_next_save_succeeds(running, monkeypatch):
    real = running._run_transaction

    def unavailable(*_):
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(running, "_run_transaction", unavailable)
    with pytest.raises(UnavailableError):
        running.save(save_answers("A1", "3", 1)).result(SECONDS)
    monkeypatch.setattr(running, "_run_transaction", real)

    assert running.save(save_answers("A1", "3", 1)).result(SECONDS).value == "3"


def test_dropped_connection_is_reopened(running, survey):
    running.save(save_answers("A1", "3", 1)).result(SECONDS)
    if not database.is_sqlite(survey):
        with database.write_session(survey) as session:
            session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )

    assert running.save(save_answers("A1", "4", 2)).result(SECONDS).value == "4"


def test_aborted_transaction_is_retried(running, monkeypatch):
    """As PostgreSQL does with one of two that wait for each other."""
    real, tries = running._run_transaction, []

    def once_broken(*given):
        tries.append(given)
        if len(tries) == 1:
            raise OperationalError("", {}, Exception())
        return real(*given)

    monkeypatch.setattr(running, "_run_transaction", once_broken)

    assert running.save(save_answers("A1", "3", 1)).result(SECONDS).value == "3"


def test_two_writers_on_one_database_lose_no_answer(running, survey, database_url):
    engine = database.make_engine(database_url)
    other = AnswerWriter(engine, clock)
    other.start()

    def answer_all(mine, letter):
        return [mine.save(save_answers(f"{letter}{n}", "2", 1)).result(SECONDS).value for n in range(150)]

    with ThreadPoolExecutor(2) as pool:
        kept = list(pool.map(answer_all, (running, other), ("A", "B")))
    other.stop()
    engine.dispose()

    assert kept == [["2"] * 150] * 2
    assert len(rows.load_answers(survey)) == 300


@pytest.mark.parametrize(("early", "is_saved"), [(1, True), (0, False), (-1, False)])
def test_save_from_closing_time_on_is_rejected(survey, early, is_saved):
    change_response(survey, tables.assessment, closes_at=NOW)
    running = AnswerWriter(survey, lambda: NOW - timedelta(seconds=early))
    running.start()

    future = running.save(save_answers("A1", "3", 1))
    refused = future.exception(SECONDS)
    running.stop()

    assert isinstance(refused, ClosedError) is not is_saved
    assert len(rows.load_answers(survey)) == is_saved
