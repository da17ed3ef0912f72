"""Close an assessment of any size without holding SQLite's write lock while its figures are computed.

1. A short transaction marks the assessment: its closing time becomes one in the past, so no server accepts answers.
2. A snapshot is read and everything computed, while others write.
3. A short transaction checks that what was read is still the same, and stores the release. Otherwise it computes again
   under the lock.

If a server dies in between, the mark stays, and the next scheduled close finishes it after `ABANDONED_AFTER`.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta

from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.domain.survey.closing_time import (
    compute_closing_time,
    find_close_beginning,
    get_state_at,
    get_workspace_day,
    make_closing_mark,
)
from assessment.errors import AppError, ClosedError, ConcurrentChangeError
from assessment.i18n.messages import N_
from assessment.services.assessments import closing
from assessment.services.assessments.closing import ComputedClose
from assessment.services.people import progress
from assessment.services.results import change_attribution
from assessment.storage import assessments, closing_inputs, database
from assessment.storage.assessments import Assessment
from assessment.storage.results.releases import Release

ABANDONED_AFTER = timedelta(minutes=3)  # many times what the largest close takes
BEING_CLOSED = N_("This assessment is being closed at this moment. Look again in a minute.")


class StagedClose(Struct, frozen=True):
    """A close that is computed but not stored; `inputs` is the digest of what it was computed from."""

    key: AssessmentKey
    today: date
    inputs: bytes
    computed: ComputedClose


def close_now(
    engine: Engine,
    key: AssessmentKey,
    now: datetime,
    revision: int | None = None,
    *,
    without_results: bool = False,
) -> Release | None:
    """Close an open assessment in transactions of its own; raises as `stage_close`."""
    with (
        stage_close(engine, key, now, revision, without_results=without_results) as staged,
        database.write_session(engine) as session,
    ):
        return finish_close(session, staged, now)


def close_if_due(engine: Engine, key: AssessmentKey, now: datetime) -> bool:
    """Close an assessment at its closing time; False if another process does, or the date has been moved.

    `closed_on` is the closing date, even if the server was down that day: no answer was accepted since.
    """
    with database.write_session(engine) as session:
        assessment = assessments.find_assessment(session, key, lock=True)
        began = _find_beginning(assessment)
        if get_state_at(assessment.state, assessment.closes_at, now) == assessment.state or _is_running(began, now):
            return False
        today = _find_closing_day(assessment, began)
        assessments.save_closing_time(session, key, make_closing_mark(now))
    with _stage_marked(engine, assessment, today, make_closing_mark(now)) as staged:
        try:
            with database.write_session(engine) as session:
                release = finish_close(session, staged, now)
                closing.notify_owners(session, key, now, has_results=release is not None)
        except ClosedError:
            return False
    return True


@contextmanager
def stage_close(
    engine: Engine,
    key: AssessmentKey,
    now: datetime,
    revision: int | None = None,
    *,
    without_results: bool = False,
) -> Iterator[StagedClose]:
    """Stop an open assessment from accepting answers and compute its release; the block stores it by `finish_close`.

    If the block raises, answers are accepted again: commit within it. The caller must not have a connection. Raises
    `ClosedError`, `ChangedError` if `revision` is not the newest, `ConcurrentChangeError` while another close runs, and
    `NothingToShowError` if no figure is expected and `without_results` is not set.
    """
    if not without_results:
        _require_figures(engine, key, now, revision)
    mark = make_closing_mark(now)
    with database.write_session(engine) as session:
        assessment = assessments.find_assessment(session, key, lock=True)
        _check_closable(assessment, now, revision)
        assessments.save_closing_time(session, key, mark)
    with _stage_marked(engine, assessment, get_workspace_day(now, assessment.time_zone), mark) as staged:
        yield staged


def finish_close(session: Session, staged: StagedClose, now: datetime) -> Release | None:
    """Store a staged close and return the newest release; `ClosedError` if another process was faster.

    If anything has changed that it was computed from (answers were withdrawn, a person erased), it is computed again.
    """
    assessment = assessments.find_assessment(session, staged.key, lock=True)
    closing.check_closable(assessment, None)
    change_attribution.lock_earlier_wave(session, assessment)
    computed = staged.computed
    if closing_inputs.digest_inputs(session, assessment) != staged.inputs:
        computed = closing.compute_close(session, assessment, staged.today)
    return closing.store_close(session, assessment, computed, staged.today, now)


@contextmanager
def _stage_marked(engine: Engine, assessment: Assessment, today: date, mark: datetime) -> Iterator[StagedClose]:
    key = assessment.key
    try:
        with database.snapshot_session(engine) as session:
            current = assessments.find_assessment(session, key)
            inputs = closing_inputs.digest_inputs(session, current)
            computed = closing.compute_close(session, current, today)
        yield StagedClose(key, today, inputs, computed)
    except BaseException:
        with suppress(AppError):  # the mark stays: the next scheduled close finishes it
            _remove_mark(engine, assessment, mark)
        raise


def _remove_mark(engine: Engine, before: Assessment, mark: datetime) -> None:
    """Accept answers again; if an earlier close was abandoned, leave it to the next scheduled close instead."""
    with database.write_session(engine) as session:
        current = assessments.find_assessment(session, before.key, lock=True)
        if current.state == AssessmentState.OPEN and current.closes_at == mark:
            closes_at = compute_closing_time(current.closes_on, current.time_zone)
            if _find_beginning(before) is not None:
                closes_at = before.closes_at
            assessments.save_closing_time(session, before.key, closes_at)


def _require_figures(engine: Engine, key: AssessmentKey, now: datetime, revision: int | None) -> None:
    with database.read_session(engine) as session:
        _check_closable(assessments.find_assessment(session, key), now, revision)
    progress.refresh_counts(engine, key.workspace_id, [key.assessment_id], now)
    with database.read_session(engine) as session:
        closing.require_figures(session, assessments.find_assessment(session, key))


def _check_closable(assessment: Assessment, now: datetime, revision: int | None) -> None:
    closing.check_closable(assessment, revision)
    if _is_running(_find_beginning(assessment), now):
        raise ConcurrentChangeError(BEING_CLOSED)


def _find_beginning(assessment: Assessment) -> datetime | None:
    return find_close_beginning(assessment.closes_at, assessment.closes_on, assessment.time_zone)


def _is_running(began: datetime | None, now: datetime) -> bool:
    return began is not None and abs(now - began) < ABANDONED_AFTER  # the clocks of two servers differ


def _find_closing_day(assessment: Assessment, began: datetime | None) -> date:
    """Return the closing date, or the day when an abandoned close began before its end."""
    end = compute_closing_time(assessment.closes_on, assessment.time_zone)
    if assessment.closes_on is not None and (began is None or end is None or began >= end):
        return assessment.closes_on
    return get_workspace_day(began or assessment.created_at, assessment.time_zone)
