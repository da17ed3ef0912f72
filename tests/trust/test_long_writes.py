"""Large imports and other people's saves on SQLite (trust 10b)."""

from typing import Any

import pytest
from sqlalchemy import func, select

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import BulkJobState
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey import routing
from assessment.errors import ConflictError
from assessment.services.bulk import bulk_requests
from assessment.services.bulk.bulk_worker import BulkWorker
from assessment.services.people import response_import
from assessment.storage import database, tables
from assessment.storage.survey import response_imports
from tests.failing_commits import LostCommitError
from tests.trust.conftest import Place
from tests.trust.long_writes import (
    ANSWERED,
    IMPORTED,
    MOST_ROWS,
    SOAK,
    Saver,
    TransactionSizes,
    close,
    find_assessment,
)
from tests.web import people

IN_BACKGROUND = 50_000 if SOAK else 1_000


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    return migrated_sqlite_url


def csv_of(count: int, questionnaire: Questionnaire) -> str:
    items = [item.id for item in routing.list_asked_items(questionnaire, "staff", ["marketing"])][:ANSWERED]
    head = ",".join(("respondent", "role", "functions", "seconds", *items))
    answers = ",".join(["3"] * len(items))
    return head + "\n" + "".join(f"p-{number},staff,marketing,300,{answers}\n" for number in range(count))


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
