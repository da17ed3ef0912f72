"""Lease of a worker on a bulk job: every step is one transaction that also stores the progress and renews the lease.

A worker that has lost its lease, or is to stop, can't commit a step; another one goes on from the last that is stored.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import BulkJobState, BulkPartKind
from assessment.errors import UnavailableError
from assessment.services.operations import audit_trail
from assessment.storage import bulk_jobs, database
from assessment.storage.bulk_jobs import BulkJob

Clock = Callable[[], datetime]
ShouldStop = Callable[[], bool]

LEASE = timedelta(minutes=2)  # far longer than a step
RENEWAL_SECONDS = 20.0


class LeaseLostError(UnavailableError):
    """The worker is to stop, or another one has the job, or it was deleted."""


class BulkLease:
    """Lease on one job. `read_clock` returns the present time."""

    def __init__(
        self, engine: Engine, job: BulkJob, lease_id: str, read_clock: Clock, should_stop: ShouldStop = lambda: False
    ) -> None:
        self.read_clock = read_clock
        self._engine, self._job, self._lease_id, self._should_stop = engine, job, lease_id, should_stop
        self._renewed = time.monotonic()

    @contextmanager
    def write_step(self, **progress: Any) -> Iterator[Session]:  # noqa: ANN401  # columns
        """Open a transaction that stores `progress` and renews the lease first. Raises `LeaseLostError`."""
        if self._should_stop():
            raise LeaseLostError
        if progress:
            progress["attempts"] = 1
        with database.write_session(self._engine) as session:
            audit_trail.set_actor(session, self._job.actor)
            self._update(session, lease_until=self.read_clock() + LEASE, **progress)
            yield session
        self._renewed = time.monotonic()

    @contextmanager
    def finish_step(self, state: BulkJobState = BulkJobState.DONE) -> Iterator[Session]:
        """Open the last transaction of the job: it ends the job, and deletes what was sent."""
        with database.write_session(self._engine) as session:
            audit_trail.set_actor(session, self._job.actor)
            self._update(session, state=state, finished_at=self.read_clock(), lease_id=None, lease_until=None)
            bulk_jobs.delete_parts(session, self._job.workspace_id, self._job.id, BulkPartKind.REQUEST)
            yield session

    def renew_if_due(self) -> None:
        """Renew the lease in long work without steps. Raises `LeaseLostError`."""
        if self._should_stop():
            raise LeaseLostError
        if time.monotonic() > self._renewed + RENEWAL_SECONDS:
            with self.write_step():
                pass

    def release(self) -> None:
        """Queue the job again, for this worker or another one; no-op if the lease is lost."""
        with database.write_session(self._engine) as session:
            bulk_jobs.release_job(session, self._job, self._lease_id)

    def _update(self, session: Session, **values: Any) -> None:  # noqa: ANN401  # columns
        if not bulk_jobs.update_claimed_job(session, self._job, self._lease_id, **values):
            raise LeaseLostError
