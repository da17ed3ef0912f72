"""Bulk jobs: large requests, claimed by workers with leases, and their encrypted parts."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, case, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import BulkJobKind, BulkJobState, BulkPartKind
from assessment.errors import NotFoundError
from assessment.storage import tables
from assessment.storage.columns import match_assessment

job = tables.bulk_job
part = tables.bulk_job_part

UNFINISHED_STATES = (BulkJobState.QUEUED, BulkJobState.RUNNING)


class BulkJob(Struct, frozen=True):
    """One large request and how far it is; `attempts` counts how often a worker has begun since the last progress."""

    id: str
    workspace_id: str
    assessment_id: str
    kind: BulkJobKind
    state: BulkJobState
    actor: str
    total: int | None
    done: int
    attempts: int
    created_at: datetime
    finished_at: datetime | None

    @property
    def assessment_key(self) -> AssessmentKey:
        return AssessmentKey(self.workspace_id, self.assessment_id)


PARTS_IN_STATEMENT = 8  # each of up to a megabyte in memory
KEY = (job.c.workspace_id, job.c.id)
JOB_COLUMNS = tuple(job.c[name] for name in BulkJob.__struct_fields__)


def add_job(session: Session, new: BulkJob, contents: Iterable[bytes]) -> None:
    """Queue a job with the parts of its request."""
    session.execute(insert(job).values({name: getattr(new, name) for name in BulkJob.__struct_fields__}))
    rows = (
        {
            "job_id": new.id,
            "kind": BulkPartKind.REQUEST,
            "number": number,
            "workspace_id": new.workspace_id,
            "content": content,
        }
        for number, content in enumerate(contents)
    )
    while batch := list(islice(rows, PARTS_IN_STATEMENT)):
        session.execute(insert(part), batch)


def find_job(session: Session, workspace_id: str, job_id: str) -> BulkJob:
    """Return a job; raises NotFoundError."""
    row = session.execute(
        select(*JOB_COLUMNS).where(job.c.workspace_id == workspace_id, job.c.id == job_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return BulkJob(*row)


def has_unfinished_job(session: Session, key: AssessmentKey, *kinds: BulkJobKind) -> bool:
    """Return whether a job of these kinds is queued or running for an assessment."""
    return (
        session.scalar(
            select(job.c.id)
            .where(*match_assessment(job, key), job.c.state.in_(UNFINISHED_STATES), job.c.kind.in_(kinds))
            .limit(1)
        )
        is not None
    )


def count_unfinished_jobs(session: Session, workspace_id: str) -> int:
    """Count the jobs of a workspace that are queued or running."""
    count = select(func.count()).where(job.c.workspace_id == workspace_id, job.c.state.in_(UNFINISHED_STATES))
    return session.scalar(count) or 0


def has_due_job(session: Session, now: datetime) -> bool:
    """Return whether any job can be claimed; a cheap read before the write lock is taken."""
    return session.scalar(select(job.c.id).where(_is_due(now)).limit(1)) is not None


def find_oldest_queued(session: Session) -> datetime | None:
    """Return since when the oldest queued job waits."""
    moment: datetime | None = session.scalar(
        select(job.c.created_at).where(job.c.state == BulkJobState.QUEUED).order_by(job.c.created_at).limit(1)
    )
    return moment


def claim_job(session: Session, lease_id: str, now: datetime, lease: timedelta) -> BulkJob | None:
    """Claim the oldest job that is queued, or whose worker has lost its lease."""
    oldest = select(*KEY).where(_is_due(now)).order_by(job.c.created_at, job.c.id).limit(1)
    # PostgreSQL may run a subquery once for each row, and then claims more than its limit.
    due = oldest.with_for_update(skip_locked=True).cte("due")
    row = session.execute(
        update(job)
        .where(tuple_(*KEY).in_(select(due)))
        .values(state=BulkJobState.RUNNING, lease_id=lease_id, lease_until=now + lease, attempts=job.c.attempts + 1)
        .returning(*JOB_COLUMNS)
    ).one_or_none()
    return None if row is None else BulkJob(*row)


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(
        job.c.state == BulkJobState.QUEUED,
        and_(job.c.state == BulkJobState.RUNNING, job.c.lease_until <= now),
    )


def update_claimed_job(session: Session, claimed: BulkJob, lease_id: str, /, **values: Any) -> bool:  # noqa: ANN401  # columns
    """Update a claimed job; False if the worker has lost its lease, or the job was deleted with its assessment."""
    changed = session.execute(
        update(job)
        .where(
            job.c.workspace_id == claimed.workspace_id,
            job.c.id == claimed.id,
            job.c.state == BulkJobState.RUNNING,
            job.c.lease_id == lease_id,
        )
        .values(**values)
        .returning(job.c.id)
    )
    return changed.one_or_none() is not None


def release_job(session: Session, claimed: BulkJob, lease_id: str) -> None:
    """Queue a claimed job again, without counting the attempt; no-op if the worker has lost its lease."""
    attempts = case((job.c.attempts > 0, job.c.attempts - 1), else_=0)
    values = {"state": BulkJobState.QUEUED, "lease_id": None, "lease_until": None, "attempts": attempts}
    update_claimed_job(session, claimed, lease_id, **values)


def add_part(session: Session, of_job: BulkJob, kind: BulkPartKind, number: int, content: bytes) -> None:
    session.execute(
        insert(part).values(
            job_id=of_job.id, kind=kind, number=number, workspace_id=of_job.workspace_id, content=content
        )
    )


def find_part(session: Session, workspace_id: str, job_id: str, kind: BulkPartKind, number: int) -> bytes | None:
    """Return the encrypted content of a part; None if there is none, or not any more."""
    content: bytes | None = session.scalar(
        select(part.c.content).where(
            part.c.workspace_id == workspace_id,
            part.c.job_id == job_id,
            part.c.kind == kind,
            part.c.number == number,
        )
    )
    return content


def list_part_numbers(session: Session, workspace_id: str, job_id: str, kind: BulkPartKind) -> Sequence[int]:
    """Return the numbers of the parts of one kind, in order."""
    return session.scalars(
        select(part.c.number)
        .where(part.c.workspace_id == workspace_id, part.c.job_id == job_id, part.c.kind == kind)
        .order_by(part.c.number)
    ).all()


def delete_parts(session: Session, workspace_id: str, job_id: str, kind: BulkPartKind) -> None:
    session.execute(
        delete(part).where(part.c.workspace_id == workspace_id, part.c.job_id == job_id, part.c.kind == kind)
    )


def has_deletable_jobs(session: Session, parts_before: datetime, jobs_before: datetime) -> bool:
    """Return whether `delete_finished_jobs` would delete anything."""
    parts = select(part.c.job_id).where(_is_part_of(select(*KEY).where(job.c.finished_at < parts_before)))
    jobs = select(job.c.id).where(job.c.finished_at < jobs_before)
    return any(session.scalar(statement.limit(1)) is not None for statement in (parts, jobs))


def delete_finished_jobs(session: Session, parts_before: datetime, jobs_before: datetime) -> None:
    """Delete the parts of jobs, and jobs, that were finished before."""
    session.execute(delete(part).where(_is_part_of(select(*KEY).where(job.c.finished_at < parts_before))))
    session.execute(delete(job).where(job.c.finished_at < jobs_before))


def _is_part_of(keys: Select[Any]) -> ColumnElement[bool]:
    """SQL condition: the part belongs to a job that the select returns the key of."""
    return tuple_(part.c.workspace_id, part.c.job_id).in_(keys)
