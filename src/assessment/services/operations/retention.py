"""Retention: erase data of closed assessments, old copies and old records after the agreed periods."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.services.auth.workspace_preferences import subtract_months
from assessment.services.operations import audit_trail
from assessment.services.people import progress
from assessment.storage import assessments, database, erasures, retention
from assessment.storage.people import people_summaries
from assessment.storage.results import voices
from assessment.storage.survey import respondent_sessions, responses

PEOPLE_MONTHS, ANSWERS_MONTHS = 12, 36  # after the close
COPY_DAYS = 90
ERASURE_DAYS = 730  # no backup should be as old
BATCH_SIZE = 200  # responses in one transaction
COPY_NAME = re.compile(r"before-migration-(\d{8})T\d{6}Z\.backup|.+\.(\d{8})T\d{6}Z\.(?:backup|replaced)")
# Left by a process that was killed while it wrote a copy or a backup; SQLite has files next to its own.
PARTIAL_NAME = re.compile(r".+[.-](\d{8})T\d{6}Z\.(?:backup|replaced)\.part(?:-journal|-wal|-shm)?")
PARTIAL_DAYS = 2  # by the day alone: the file of yesterday may be an hour old and still be written


class RetentionKind(StrEnum):
    """Part of an assessment that is erased."""

    NAMES = "names"
    ANSWERS = "answers"


class RetentionPeriods(Struct, frozen=True):
    """Months after the close for workspaces that have not set their own, and days of automatic copies."""

    people_months: int = PEOPLE_MONTHS
    answers_months: int = ANSWERS_MONTHS
    copy_days: int = COPY_DAYS


class DueErasure(Struct, frozen=True):
    """One assessment of which something is due; `count` is the number of invitations or responses.

    It is 0 where an earlier version has erased the answers and left the released comments.
    """

    key: AssessmentKey
    kind: RetentionKind
    organisation: str
    title: str
    closed_on: date
    count: int


class RetentionPlan(Struct, frozen=True):
    """Erasures and files of copies that are due now."""

    erasures: tuple[DueErasure, ...]
    copies: tuple[Path, ...]

    @property
    def is_empty(self) -> bool:
        return not self.erasures and not self.copies


def plan_retention(
    session: Session, folders: tuple[Path, ...], periods: RetentionPeriods, today: date
) -> RetentionPlan:
    """Return what is due. Read-only."""
    due = [
        *_plan_kind(session, RetentionKind.NAMES, periods, today),
        *_plan_kind(session, RetentionKind.ANSWERS, periods, today),
    ]
    copies = [
        *_find_old_copies(folders, COPY_NAME, today - timedelta(days=periods.copy_days)),
        *_find_old_copies(folders, PARTIAL_NAME, today - timedelta(days=PARTIAL_DAYS)),
    ]
    return RetentionPlan(tuple(due), tuple(copies))


def apply_retention(engine: Engine, plan: RetentionPlan, now: datetime) -> None:
    """Erase what the plan lists, each with an entry in the audit log; the entry names no person and no number."""
    for due in plan.erasures:
        erase = _erase_people if due.kind == RetentionKind.NAMES else _erase_answers
        erase(engine, due, now)
    with database.write_session(engine) as session:
        erasures.delete_erasures_before(session, now.date() - timedelta(days=ERASURE_DAYS))
    for path in plan.copies:
        path.unlink(missing_ok=True)


def _plan_kind(session: Session, kind: RetentionKind, periods: RetentionPeriods, today: date) -> Iterator[DueErasure]:
    """Yield what is due of one kind, workspace by workspace: each may have set its own period."""
    find = (
        retention.list_assessments_with_people
        if kind == RetentionKind.NAMES
        else retention.list_assessments_with_answers
    )
    for own_months in retention.list_retention_months(session):
        until = subtract_months(today, _choose_months(kind, periods, own_months))
        for key, count in find(session, until, own_months):
            row = assessments.find_assessment(session, key)
            yield DueErasure(key, kind, row.organisation, row.title, row.closed_on or until, count)


def _choose_months(kind: RetentionKind, periods: RetentionPeriods, own_months: int | None) -> int:
    """Return the period of a workspace. Names are never stored for longer than the answers that it lets go."""
    if own_months is None:
        return periods.people_months if kind == RetentionKind.NAMES else periods.answers_months
    return min(periods.people_months, own_months) if kind == RetentionKind.NAMES else own_months


def _find_old_copies(folders: tuple[Path, ...], pattern: re.Pattern[str], until: date) -> Iterator[Path]:
    """Yield copies that were made before a migration or replaced by a restore, by the day in their names."""
    for folder in folders:
        for path in sorted(folder.glob("*.*")):
            match = pattern.fullmatch(path.name)
            if match and datetime.strptime(match[match.lastindex or 0], "%Y%m%d").replace(tzinfo=UTC).date() <= until:
                yield path


def _erase_people(engine: Engine, due: DueErasure, now: datetime) -> None:
    with database.write_session(engine) as session:
        if not _lock_closed(session, due.key):
            return
        retention.erase_people(session, due.key)
        people_summaries.mark_outdated(session, due.key)
        _record(session, due, now)
        database.truncate_wal_after_commit(session)


def _erase_answers(engine: Engine, due: DueErasure, now: datetime) -> None:
    with database.read_session(engine) as session:
        ids = retention.list_responses_with_answers(session, due.key)
    for start in range(0, max(len(ids), 1), BATCH_SIZE):
        with database.write_session(engine) as session:
            if not _lock_closed(session, due.key):
                return
            if start == 0:
                progress.count_if_due(session, due.key, now)  # the last time that there is something to count
                _record(session, due, now)
            for response_id in ids[start : start + BATCH_SIZE]:
                responses.erase_response(session, due.key.workspace_id, response_id)
                respondent_sessions.delete_sessions(session, due.key.workspace_id, response_id)
            if start + BATCH_SIZE >= len(ids):  # until then they go in batches, as when people withdraw
                voices.delete_all_voices(session, due.key)
            database.truncate_wal_after_commit(session)
        database.pause_between_writes(engine)


def _lock_closed(session: Session, key: AssessmentKey) -> bool:
    audit_trail.set_actor(session, audit_trail.OPERATOR_ACTOR)
    return assessments.find_assessment(session, key, lock=True).state == AssessmentState.CLOSED


def _record(session: Session, due: DueErasure, now: datetime) -> None:
    audit_trail.record_event(
        session, due.key.workspace_id, now, audit_trail.RETENTION_APPLIED, due.key.assessment_id, erased=due.kind.value
    )
