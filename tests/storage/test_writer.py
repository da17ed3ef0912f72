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
from assessment.storage import database, tables, writer
from assessment.storage.writer import WINDOWS, Writer
from tests.storage import rows

NOW = datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)
SECONDS = 30


def clock():
    return NOW


def save(*arguments, **values):
    return rows.save(*arguments, now=NOW, **values)


@pytest.fixture
def running(survey):
    running = Writer(survey, clock)
    running.start()
    yield running
    running.stop()


def change(engine, table, **values):
    with database.writing(engine) as session:
        session.execute(update(table).values(**values))


def test_an_answer_is_kept_and_told(running, survey):
    kept = running.keep(save("A1", "3", 1)).result(SECONDS)

    assert (kept.item, kept.value, kept.sequence, kept.saved_at, kept.stale) == ("A1", "3", 1, NOW, False)
    assert rows.stored(survey) == {("response-1", "A1"): ("3", 1)}


def test_a_late_retry_does_not_overwrite_a_newer_answer(running, survey):
    running.keep(save("A1", "3", 2)).result(SECONDS)

    kept = running.keep(save("A1", "1", 1)).result(SECONDS)

    assert (kept.value, kept.sequence, kept.stale) == ("3", 2, True)
    assert rows.stored(survey) == {("response-1", "A1"): ("3", 2)}


def test_the_same_sequence_twice_keeps_the_first_and_tells_the_second(running):
    running.keep(save("A1", "3", 1)).result(SECONDS)

    repeated = running.keep(save("A1", "3", 1)).result(SECONDS)
    other_tab = running.keep(save("A1", "0", 1)).result(SECONDS)

    assert (repeated.value, repeated.stale) == ("3", False)
    assert (other_tab.value, other_tab.stale) == ("3", True)


def test_another_window_replaces_only_the_answer_that_it_knows(running):
    first = running.keep(save("A1", "3", WINDOWS + 1, base=0)).result(SECONDS)

    refused = running.keep(save("A1", "0", 9 * WINDOWS + 2, base=0)).result(SECONDS)
    taken = running.keep(save("A1", "0", 9 * WINDOWS + 2, base=first.sequence)).result(SECONDS)

    assert (refused.value, refused.stale) == ("3", True)
    assert (taken.value, taken.stale) == ("0", False)


def test_same_window_replaces_its_own_answer_whose_receipt_was_lost(running):
    running.keep(save("A1", "3", WINDOWS + 1, base=0)).result(SECONDS)

    kept = running.keep(save("A1", "0", 2 * WINDOWS + 1, base=0)).result(SECONDS)

    assert (kept.value, kept.stale) == ("0", False)


def test_in_whatever_order_saves_come_the_newest_stands(running, survey):
    saves = [save(item, str(sequence % 5), sequence) for item in ("A1", "A2", "A3") for sequence in range(1, 40)]
    random.Random(7).shuffle(saves)  # noqa: S311  # an order, not a secret

    wait([running.keep(each) for each in saves + saves[:50]], SECONDS)

    assert rows.stored(survey) == {("response-1", item): ("4", 39) for item in ("A1", "A2", "A3")}


def test_a_form_without_sequence_takes_the_next_where_something_changed(running):
    running.keep(save("A1", "3", 7)).result(SECONDS)

    same = running.keep(save("A1", "3", None)).result(SECONDS)
    other = running.keep(save("A1", "2", None)).result(SECONDS)

    assert (same.sequence, other.sequence, other.value) == (7, 8, "2")


def test_one_bad_row_fails_alone(survey):
    """The queue is filled before the thread starts, so that all of it is one batch."""
    running = Writer(survey, clock)
    running._open = True
    futures = [running.keep(save(f"A{n}", "3", 1)) for n in range(20)]
    bad = running.keep(save("A99", "3", -1))
    futures += [running.keep(save(f"B{n}", "3", 1)) for n in range(20)]

    running._thread.start()
    running.stop()

    with pytest.raises(InvalidError):
        bad.result(SECONDS)
    assert all(future.result(SECONDS).value == "3" for future in futures)
    assert len(rows.stored(survey)) == 40


def test_many_saves_share_a_commit(survey, monkeypatch):
    commits = []
    real = writer.store
    monkeypatch.setattr(writer, "store_answers", lambda *given: commits.append(len(given[1])) or real(*given))
    running = Writer(survey, clock)
    running._open = True
    futures = [running.keep(save(f"A{n}", "3", 1)) for n in range(1200)]

    running._thread.start()
    running.stop()

    assert all(future.done() for future in futures)
    assert commits == [500, 500, 200]


def test_nothing_is_told_before_the_commit(survey, monkeypatch):
    running = Writer(survey, clock)
    seen = []
    real = writer._resolve

    def resolve(future, outcome):
        seen.append(len(rows.stored(survey)))
        real(future, outcome)

    monkeypatch.setattr(writer, "_resolve_future", resolve)
    running.start()

    running.keep(save("A1", "3", 1)).result(SECONDS)
    running.stop()

    assert seen == [1]


def test_thirty_two_at_once_lose_nothing(running, survey):
    with database.writing(survey) as session:
        for number in range(2, 33):
            rows.response(session, f"response-{number}")

    def answer_all(number):
        futures = [running.keep(save(f"A{n}", "2", 1, response_id=f"response-{number}")) for n in range(25)]
        return [future.result(SECONDS).value for future in futures]

    with ThreadPoolExecutor(32) as pool:
        kept = list(pool.map(answer_all, range(1, 33)))

    assert kept == [["2"] * 25] * 32
    assert len(rows.stored(survey)) == 32 * 25


@pytest.mark.parametrize(
    ("table", "values", "error"),
    [
        (tables.response, {"state": "sent"}, AlreadySentError),
        (tables.response, {"state": "withdrawn"}, NotFoundError),
        (tables.assessment, {"state": "closed", "closed_on": NOW.date()}, ClosedError),
        (tables.assessment, {"state": "draft"}, ClosedError),
    ],
)
def test_what_may_no_longer_be_answered_is_refused(running, survey, table, values, error):
    change(survey, table, **values)

    with pytest.raises(error):
        running.keep(save("A1", "3", 1)).result(SECONDS)

    assert rows.stored(survey) == {}


@pytest.mark.parametrize("values", [{"response_id": "nobody"}, {"workspace_id": "workspace-2"}])
def test_an_unknown_response_and_another_workspaces_look_the_same(running, survey, values):
    with pytest.raises(NotFoundError):
        running.keep(save("A1", "3", 1, **values)).result(SECONDS)

    assert rows.stored(survey) == {}


def test_a_save_cant_slip_past_a_close(running, survey):
    """The close has begun but not committed: the save waits for it, and is then refused."""
    closing = threading.Event()

    def close():
        with database.writing(survey) as session:
            session.execute(update(tables.assessment).values(state="closed", closed_on=NOW.date()))
            closing.set()
            time.sleep(0.5)
            return dict(session.execute(text("SELECT item_id, value FROM answer")).all())

    with ThreadPoolExecutor(1) as pool:
        counted = pool.submit(close)
        closing.wait(SECONDS)
        late = running.keep(save("A1", "3", 1))

        with pytest.raises(ClosedError):
            late.result(SECONDS)

    assert counted.result() == {}
    assert rows.stored(survey) == {}


def test_a_stopped_writer_has_stored_what_waited_and_takes_no_more(survey):
    running = Writer(survey, clock)
    running.start()
    futures = [running.keep(save(f"A{n}", "3", 1)) for n in range(700)]

    running.stop()

    assert all(future.done() for future in futures)
    assert len(rows.stored(survey)) == 700
    with pytest.raises(UnavailableError):
        running.keep(save("A1", "3", 1))


def test_a_full_queue_is_told_at_once(survey):
    running = Writer(survey, clock, waiting_most=2)
    running._open = True
    running.keep(save("A1", "3", 1))
    running.keep(save("A2", "3", 1))

    with pytest.raises(UnavailableError):
        running.keep(save("A3", "3", 1))


def test_a_caller_who_went_away_does_not_stop_the_others(survey):
    running = Writer(survey, clock)
    running._open = True
    gone = running.keep(save("A1", "3", 1))
    gone.cancel()
    other = running.keep(save("A2", "3", 1))

    running._thread.start()
    running.stop()

    assert other.result(SECONDS).value == "3"
    assert ("response-1", "A1") in rows.stored(survey)


def test_a_database_that_fails_is_told_and_the_next_save_goes_through(running, monkeypatch):
    real = writer.store

    def unavailable(*_):
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(writer, "store_answers", unavailable)
    with pytest.raises(UnavailableError):
        running.keep(save("A1", "3", 1)).result(SECONDS)
    monkeypatch.setattr(writer, "store_answers", real)

    assert running.keep(save("A1", "3", 1)).result(SECONDS).value == "3"


def test_a_dropped_connection_is_made_anew(running, survey):
    running.keep(save("A1", "3", 1)).result(SECONDS)
    if not database.is_sqlite(survey):
        with database.writing(survey) as session:
            session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )

    assert running.keep(save("A1", "4", 2)).result(SECONDS).value == "4"


def test_a_transaction_that_the_database_gave_up_is_tried_again(running, monkeypatch):
    """As PostgreSQL does with one of two that wait for each other."""
    real, tries = writer.store, []

    def once_broken(*given):
        tries.append(given)
        if len(tries) == 1:
            raise OperationalError("", {}, Exception())
        return real(*given)

    monkeypatch.setattr(writer, "store_answers", once_broken)

    assert running.keep(save("A1", "3", 1)).result(SECONDS).value == "3"


def test_two_writers_on_one_database_lose_nothing_and_never_meet_a_lock(running, survey, database_url):
    engine = database.connect(database_url)
    other = Writer(engine, clock)
    other.start()

    def answer_all(mine, letter):
        return [mine.keep(save(f"{letter}{n}", "2", 1)).result(SECONDS).value for n in range(150)]

    with ThreadPoolExecutor(2) as pool:
        kept = list(pool.map(answer_all, (running, other), ("A", "B")))
    other.stop()
    engine.dispose()

    assert kept == [["2"] * 150] * 2
    assert len(rows.stored(survey)) == 300


@pytest.mark.parametrize(("early", "is_saved"), [(1, True), (0, False), (-1, False)])
def test_answer_from_the_closing_time_on_is_refused(survey, early, is_saved):
    change(survey, tables.assessment, closes_at=NOW)
    running = Writer(survey, lambda: NOW - timedelta(seconds=early))
    running.start()

    future = running.keep(save("A1", "3", 1))
    refused = future.exception(SECONDS)
    running.stop()

    assert isinstance(refused, ClosedError) is not is_saved
    assert len(rows.stored(survey)) == is_saved
