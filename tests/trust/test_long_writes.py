"""Long writes and other people's saves on SQLite: an import and a close of a large anonymous assessment (trust 10b)."""

import os
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any, Self

import pytest
from sqlalchemy import Engine, event, func, select

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import BulkJobState, DeliveryMode
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey import routing
from assessment.domain.survey.answer import Answer
from assessment.errors import AppError, ConflictError
from assessment.services.assessments import assessment_setup, order_erasure, staged_close
from assessment.services.auth import tokens
from assessment.services.bulk import bulk_requests
from assessment.services.bulk.bulk_worker import BulkWorker
from assessment.services.delivery import mail_queue, mail_settings
from assessment.services.delivery.mail_settings import make_mail_settings
from assessment.services.people import people_invitations, response_import
from assessment.services.people.invitee_checks import Invitee
from assessment.services.survey import sent_marks, survey_entry
from assessment.storage import database, tables
from assessment.storage.answer_writer import AnswerSave, AnswerWriter
from assessment.storage.survey import response_imports, response_order
from tests.failing_commits import LostCommitError
from tests.trust.conftest import Place
from tests.web import people

SOAK = "ASSESSMENT_TEST_SOAK" in os.environ
IMPORTED = 50_000 if SOAK else 3_000
IN_BACKGROUND = 50_000 if SOAK else 1_000
CLOSED = 10_000 if SOAK else 1_000
MOST_WORK = 0.5  # seconds of processor time of one transaction, so that others wait less than a second (trust 10b)
MOST_ROWS = max(30_000, 2 * IMPORTED)  # of one transaction: the last one of an import marks every response
ANSWERED = 12


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    return migrated_sqlite_url


def respondent_of(place: Place) -> Any:
    with database.write_session(place.engine) as session:
        return survey_entry.enter_survey(session, place.links[0]).respondent


class Saver:
    """Someone who saves answers in another survey all the time, through a writer of another process's kind."""

    def __init__(self, place: Place) -> None:
        self.who = respondent_of(place)
        self.engine = database.make_engine(place.url)
        self.writer = AnswerWriter(self.engine, lambda: people.NOW)
        self.waits: list[float] = []
        self.refused: list[AppError] = []
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self._save_on)

    def __enter__(self) -> Self:
        self.writer.start()
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        self.thread.join()
        self.writer.stop()
        self.engine.dispose()

    def _save_on(self) -> None:
        sequence = 0
        while not self.ending.is_set():
            sequence += 1
            began = time.perf_counter()
            try:
                save = AnswerSave(
                    self.who.workspace_id,
                    self.who.response_id,
                    "MK-P1",
                    Answer(str(sequence % 5), sequence=sequence),
                    people.NOW,
                )
                self.writer.save(save).result(60)
            except AppError as error:
                self.refused.append(error)
            self.waits.append(time.perf_counter() - began)
            time.sleep(0.01)


class TransactionSizes:
    """Rows written by each transaction on an engine: others wait as long as the largest one takes.

    `seconds` is the processor time that each took: what others wait where the machine has nothing else to do.
    """

    def __init__(self, engine: Engine) -> None:
        self.sizes: list[int] = []
        self.seconds: list[float] = []
        self.engine = engine
        self._began = 0.0

    def __enter__(self) -> Self:
        event.listen(self.engine, "begin", self._begin)
        event.listen(self.engine, "commit", self._end)
        event.listen(self.engine, "after_cursor_execute", self._count)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "begin", self._begin)
        event.remove(self.engine, "commit", self._end)
        event.remove(self.engine, "after_cursor_execute", self._count)

    def _begin(self, _connection: Any) -> None:
        self.sizes.append(0)
        self._began = time.thread_time()

    def _end(self, _connection: Any) -> None:
        self.seconds.append(time.thread_time() - self._began)

    def _count(self, _connection: Any, cursor: Any, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            self.sizes[-1] += max(0, cursor.rowcount)


def csv_of(count: int, questionnaire: Questionnaire) -> str:
    items = [item.id for item in routing.list_asked_items(questionnaire, "staff", ["marketing"])][:ANSWERED]
    head = ",".join(("respondent", "role", "functions", "seconds", *items))
    answers = ",".join(["3"] * len(items))
    return head + "\n" + "".join(f"p-{number},staff,marketing,300,{answers}\n" for number in range(count))


def fill(place: Place, assessment: str, count: int, questionnaire: Questionnaire, *, is_anonymous: bool = True) -> None:
    """Store responses that were sent."""
    items = [item for item in routing.list_asked_items(questionnaire, "staff", ["marketing"]) if not item.options]
    ids = [tokens.generate_id(os.urandom) for _ in range(count)]
    here = {"workspace_id": place.home}
    with database.write_session(place.engine) as session:
        rows = [
            {"id": each, "assessment_id": assessment, "role": "staff", "functions": "marketing", "language": "en"}
            | {"state": "sent", "sent_at": people.NOW}
            | here
            for each in ids
        ]
        session.execute(tables.response.insert(), rows)
        given = [
            {"response_id": each, "item_id": item.id, "value": str(number % 5), "sequence": 1, "saved_at": people.NOW}
            | here
            for number, each in enumerate(ids)
            for item in items
        ]
        session.execute(tables.answer.insert(), given)
        for each in ids if is_anonymous else ():
            sent_marks.mark_sent(session, AssessmentKey(place.home, assessment), each, people.SECRET)


def find_assessment(place: Place, table: Any) -> int:
    with database.read_session(place.engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.slow
def test_saves_succeed_during_a_large_import(place: Place, monkeypatch: pytest.MonkeyPatch):
    assessment = place.opened("Collected elsewhere")
    text = csv_of(IMPORTED, people.load_shipped_questionnaire())
    seen: list[int] = []
    pausing = database.pause_between_writes

    def look(engine: Any) -> None:
        with database.read_session(place.engine) as session:
            seen.append(progress_of(session, place, assessment))
        pausing(engine)

    monkeypatch.setattr(database, "pause_between_writes", look)

    with Saver(place) as saver, TransactionSizes(place.engine) as transactions:
        import_file(place, assessment, text)

    print(f"{IMPORTED} rows: {len(saver.waits)} saves, longest {max(saver.waits):.2f} s")  # noqa: T201 - times are reported
    assert saver.refused == []
    assert 0 < max(transactions.sizes) < MOST_ROWS
    assert len(seen) >= IMPORTED // response_import.BATCH_SIZE
    assert set(seen) == {0}  # until all of them are there, none is
    with database.read_session(place.engine) as session:
        assert progress_of(session, place, assessment) == IMPORTED


@pytest.mark.slow
def test_saves_succeed_during_a_large_import_in_the_background(place: Place):
    key = AssessmentKey(place.home, place.opened("Collected elsewhere"))
    text = csv_of(IN_BACKGROUND, people.load_shipped_questionnaire())
    with database.write_session(place.engine) as session:
        job = bulk_requests.queue_responses(session, key, [text.encode()], people.NOW, secret=people.SECRET)

    with Saver(place) as saver, TransactionSizes(place.engine) as transactions:
        BulkWorker(place.engine, place.catalogue, people.SECRET, lambda: people.NOW).work_once()

    print(f"job of {IN_BACKGROUND} rows: {len(saver.waits)} saves, longest {max(saver.waits):.2f} s")  # noqa: T201
    assert saver.refused == []
    assert 0 < max(transactions.sizes) < MOST_ROWS
    with database.read_session(place.engine) as session:
        assert bulk_requests.get_job(session, place.home, job.id).state == BulkJobState.DONE
        assert progress_of(session, place, key.assessment_id) == IN_BACKGROUND


def import_file(place: Place, assessment: str, text: str) -> None:
    """Do what the API does."""
    with database.read_session(place.engine) as session:
        read = response_import.prepare_import(session, AssessmentKey(place.home, assessment), text, people.NOW)
    with (
        response_import.stage_import(place.engine, read, people.NOW) as incoming,
        database.write_session(place.engine) as session,
    ):
        response_import.finish_import(session, incoming, people.NOW)


def progress_of(session: Any, place: Place, assessment: str) -> int:
    found = select(func.count()).where(tables.response.c.assessment_id == assessment, tables.response.c.state == "sent")
    return session.scalar(found) or 0


@pytest.mark.slow
def test_mutant_with_an_import_in_one_transaction_is_caught(place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(response_import, "BATCH_SIZE", 10**9)
    assessment = place.opened("Collected elsewhere")
    text = csv_of(max(IMPORTED, 12_000), people.load_shipped_questionnaire())

    with TransactionSizes(place.engine) as transactions:
        import_file(place, assessment, text)

    assert max(transactions.sizes) > MOST_ROWS


def close_meanwhile(place: Place, assessment: str, read: response_import.ImportBatch) -> None:
    """Close the assessment between the last row of an import and its end."""
    before = find_assessment(place, tables.response)
    with response_import.stage_import(place.engine, read, people.NOW) as incoming:
        assert find_assessment(place, tables.response) == before + len(read.ids)
        close(place, assessment)
        with database.write_session(place.engine) as session:
            response_import.finish_import(session, incoming, people.NOW)


def import_and_stumble(place: Place, assessment: str, text: str) -> None:
    """Fail between the commit of an import and the end of its block."""
    with database.read_session(place.engine) as session:
        read = response_import.prepare_import(session, AssessmentKey(place.home, assessment), text, people.NOW)
    with response_import.stage_import(place.engine, read, people.NOW) as incoming:
        with database.write_session(place.engine) as session:
            response_import.finish_import(session, incoming, people.NOW)
        raise LostCommitError


def test_error_after_the_commit_of_an_import_deletes_no_counted_responses(
    place: Place, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(response_import, "BATCH_SIZE", 10)
    assessment = place.opened("Collected elsewhere")

    with pytest.raises(LostCommitError):
        import_and_stumble(place, assessment, csv_of(35, people.load_shipped_questionnaire()))

    with database.read_session(place.engine) as session:
        assert progress_of(session, place, assessment) == 35


def test_failed_import_leaves_no_responses(place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(response_import, "BATCH_SIZE", 10)
    assessment = place.opened("Collected elsewhere")
    text = csv_of(35, people.load_shipped_questionnaire())
    before = find_assessment(place, tables.response), find_assessment(place, tables.answer)

    with database.read_session(place.engine) as session:
        read = response_import.prepare_import(session, AssessmentKey(place.home, assessment), text, people.NOW)
    with pytest.raises(ConflictError):
        close_meanwhile(place, assessment, read)

    assert (find_assessment(place, tables.response), find_assessment(place, tables.answer)) == before


def test_abandoned_import_blocks_for_ten_minutes_and_is_then_deleted(place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(response_import, "BATCH_SIZE", 10)
    assessment = place.opened("Collected elsewhere")
    text = csv_of(35, people.load_shipped_questionnaire())
    with database.read_session(place.engine) as session:
        read = response_import.prepare_import(session, AssessmentKey(place.home, assessment), text, people.NOW)
    with database.write_session(place.engine) as session:  # what a server leaves that is killed
        response_import._store_responses(session, read, range(20), people.NOW, state=response_imports.IMPORTING_STATE)

    with pytest.raises(ConflictError, match="being taken in"):
        import_at(place, assessment, text, people.NOW + response_imports.ABANDONED_AFTER / 2)
    import_at(place, assessment, text, people.NOW + response_imports.ABANDONED_AFTER)

    with database.read_session(place.engine) as session:
        assert progress_of(session, place, assessment) == 35


def import_at(place: Place, assessment: str, text: str, now: Any) -> None:
    with database.read_session(place.engine) as session:
        read = response_import.prepare_import(session, AssessmentKey(place.home, assessment), text, now)
    with (
        response_import.stage_import(place.engine, read, now) as incoming,
        database.write_session(place.engine) as session,
    ):
        response_import.finish_import(session, incoming, now)


@pytest.fixture
def anonymous(place: Place) -> str:
    assessment: str = place.opened("Anonymous", confidentiality="anonymous")
    fill(place, assessment, CLOSED, people.load_shipped_questionnaire())
    return assessment


def close(place: Place, assessment: str) -> None:
    """Close; these responses have no invitations, so the hourly count expects no figures."""
    staged_close.close_now(place.engine, AssessmentKey(place.home, assessment), people.NOW, without_results=True)


def exact_times(place: Place) -> int:
    with database.read_session(place.engine) as session:
        moments = [
            *session.scalars(select(tables.answer.c.saved_at)),
            *session.scalars(select(tables.response.c.sent_at)),
        ]
    return sum(bool(moment and (moment.hour or moment.minute)) for moment in moments)


def open_with_answers(place: Place, count: int, questionnaire: Questionnaire, **values: object) -> str:
    """Open an anonymous assessment of people who were all mailed, with different answers of each."""
    assessment: str = place.assessment("Large", confidentiality="anonymous", closes_on=None, **values)
    key, mailed = AssessmentKey(place.home, assessment), tables.invitation.c
    people_by_role = [(role.id, function.id) for role in questionnaire.roles for function in questionnaire.functions]
    guests = [
        Invitee(role=role, functions=(function,), email=f"p{number}@harbour.example", deliver=DeliveryMode.MAIL)
        for number, (role, function) in zip(range(count), cycle(people_by_role), strict=False)
    ]
    with database.write_session(place.engine) as session:
        people_invitations.create_invitations(session, key, guests, place.catalogue, people.NOW)
        yesterday = people.NOW.date() - timedelta(days=1)
        session.execute(
            tables.invitation.update().where(mailed.assessment_id == assessment).values(mailed_on=yesterday)
        )
        assessment_setup.open_assessment(session, key, place.catalogue, people.NOW)
        session.execute(
            tables.assessment.update().where(tables.assessment.c.id == assessment).values(share_results=True)
        )
        _add_responses(session, place, assessment, guests, questionnaire)
    return assessment


def _add_responses(
    session: Any, place: Place, assessment: str, guests: Sequence[Invitee], questionnaire: Questionnaire
) -> None:
    here, choose = {"workspace_id": place.home}, Random(len(guests))  # noqa: S311  # repeatable answers
    sent = {"state": "sent", "sent_at": people.NOW, "language": "en", "counts": True}
    responses, answers, times = [], [], []
    for guest in guests:
        response_id = tokens.generate_id(os.urandom)
        route = {"role": guest.role, "functions": guest.functions[0]}
        responses.append({"id": response_id, "assessment_id": assessment} | route | sent | here)
        times.append({"response_id": response_id, "section": "all", "shown_at": people.NOW, "seconds": 400} | here)
        answers += [
            {"response_id": response_id, "item_id": item.id, "value": str(choose.randrange(5)), "sequence": 1} | here
            for item in routing.list_asked_items(questionnaire, guest.role, guest.functions)
            if not item.options
        ]
    session.execute(tables.response.insert(), responses)
    session.execute(tables.section_time.insert(), times)
    session.execute(tables.answer.insert(), [answer | {"saved_at": people.NOW} for answer in answers])


@pytest.mark.slow
def test_saves_succeed_during_a_large_anonymous_close(place: Place, tmp_path: Path):
    """It is the second of two waves: a release, its changes and a mail to each are stored as well."""
    mail = make_mail_settings(people.make_settings(place.url, tmp_path, smtp_url="smtp://127.0.0.1:1"))
    mail_settings.attach_mail(place.engine, mail)
    questionnaire = people.load_shipped_questionnaire()
    first = open_with_answers(place, CLOSED, questionnaire)
    close(place, first)
    assessment = open_with_answers(place, CLOSED, questionnaire, wave_of=first)

    with Saver(place) as saver, TransactionSizes(place.engine) as transactions:
        close(place, assessment)
        mail_queue.queue_waiting_mails(place.engine, mail)

    print(  # noqa: T201 - times are reported
        f"{CLOSED} responses: {len(saver.waits)} saves, longest {max(saver.waits):.2f} s; "
        f"the longest transaction takes {max(transactions.seconds):.2f} s of processor time"
    )
    assert saver.refused == []
    assert 0 < max(transactions.sizes) < MOST_ROWS
    assert max(transactions.seconds) < MOST_WORK
    assert [find_assessment(place, table) for table in (tables.mark, tables.mailing_recipient)] == [0, 0]
    assert find_assessment(place, tables.release) == 2
    assert find_assessment(place, tables.attribution) == 1
    assert find_assessment(place, tables.outbox) == 2 * CLOSED


@pytest.mark.slow
def test_mutant_with_a_close_in_one_transaction_is_caught(place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(order_erasure, "BATCH_SIZE", 10**9)
    assessment = place.opened("Anonymous", confidentiality="anonymous")
    fill(place, assessment, max(CLOSED, 6_000), people.load_shipped_questionnaire())

    with TransactionSizes(place.engine) as transactions:
        close(place, assessment)

    assert max(transactions.sizes) > MOST_ROWS


@pytest.mark.parametrize("confidentiality", ["anonymous", "confidential"])
def test_interrupted_close_is_finished_by_the_next_server(
    place: Place, monkeypatch: pytest.MonkeyPatch, confidentiality: str
):
    monkeypatch.setattr(order_erasure, "BATCH_SIZE", 10)
    assessment = place.opened("Large", confidentiality=confidentiality)
    fill(place, assessment, 35, people.load_shipped_questionnaire(), is_anonymous=confidentiality == "anonymous")
    rewritten: list[int] = []
    real: Callable[..., None] = order_erasure._erase_order

    def die_in_the_middle(session: Any, survey: Any, ids: list[str]) -> None:
        if len(rewritten) == 2:
            raise InterruptedError
        rewritten.append(len(ids))
        real(session, survey, ids)

    with monkeypatch.context() as patched:
        patched.setattr(order_erasure, "_erase_order", die_in_the_middle)
        patched.setattr(order_erasure, "UNCHANGED_ROWS_FACTOR", 1)
        with pytest.raises(InterruptedError):
            close(place, assessment)
    left = exact_times(place)

    order_erasure.resume_erasures(place.engine)

    assert left > 0
    assert (exact_times(place), find_assessment(place, tables.mark)) == (0, 0)
    with database.read_session(place.engine) as session:
        assert [*response_order.find_assessments_with_exact_times(session)] == []


def test_imported_rows_are_stored_in_order_of_their_random_ids(
    place: Place, anonymous: str, monkeypatch: pytest.MonkeyPatch
):
    stored: list[str] = []
    real: Callable[..., None] = response_order.rewrite_rows
    monkeypatch.setattr(response_order, "rewrite_rows", lambda *given: (stored.extend(given[2]), real(*given)))

    close(place, anonymous)

    assert len(stored) == CLOSED
    assert stored == sorted(stored)
