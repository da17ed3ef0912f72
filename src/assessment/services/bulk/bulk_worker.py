"""Bulk worker: claims large requests one by one and carries them out. Any number may run.

A job survives the death of its worker: its lease expires, and another worker goes on from the last batch stored.
"""

import asyncio
import logging
import time
from contextlib import suppress
from functools import partial

import anyio
from anyio import create_task_group, to_thread
from sqlalchemy import Engine

from assessment.domain.closed_sets import BulkJobKind, BulkJobState, BulkPartKind
from assessment.errors import AppError, UnavailableError
from assessment.i18n.messages import N_
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.auth import tokens
from assessment.services.auth.tokens import RANDOM
from assessment.services.bulk.bulk_lease import LEASE, BulkLease, Clock, LeaseLostError, ShouldStop
from assessment.services.bulk.bulk_requests import JOBS_KEPT, PARTS_KEPT, encode_failure, encrypt_part
from assessment.services.bulk.invitation_job import record_invited, run_invitation_job
from assessment.services.bulk.response_job import delete_staged_responses, run_response_job
from assessment.storage import bulk_jobs, database
from assessment.storage.bulk_jobs import BulkJob

POLL_SECONDS = 1.0
PAUSE_SECONDS = 15.0
MAINTENANCE_SECONDS = 600.0
MAX_ATTEMPTS = 3  # without progress; a request that crashes its worker would be retried forever
GIVEN_UP = N_(
    "It was begun three times, and each time the server ended in the middle. It is not tried again. Send it in smaller "
    "parts, or name the id of the job when you report it."
)

log = logging.getLogger("assessment.bulk")


class BulkWorker:
    """Worker with its own leases; `run` loops until stopped, `work_once` carries out one job."""

    def __init__(
        self,
        engine: Engine,
        catalogue: QuestionnaireCatalogue,
        secret: str,
        clock: Clock,
        *,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._engine, self._catalogue, self._secret, self._clock = engine, catalogue, secret, clock
        self._poll_seconds = poll_seconds
        self._lease_id = tokens.generate_id(RANDOM)
        self._next_maintenance = 0.0

    async def run(self, stopping: asyncio.Event, _stop_seconds: float = 0.0) -> None:
        """Work until `stopping`; the batch under way is completed, and the job queued again."""
        async with create_task_group() as tasks:
            tasks.start_soon(self._run_loop, stopping)

    async def _run_loop(self, stopping: asyncio.Event) -> None:
        pause = self._poll_seconds
        while not stopping.is_set():
            with anyio.move_on_after(pause):
                await stopping.wait()
                return
            try:
                is_busy = await to_thread.run_sync(partial(self.work_once, stopping.is_set))
                pause = 0.0 if is_busy else self._poll_seconds
            except UnavailableError:
                log.warning("large requests postponed: the database does not answer")
                pause = PAUSE_SECONDS
            except Exception:  # an unexpected error must not end the loop, and with it the server
                log.exception("large requests postponed")
                pause = PAUSE_SECONDS

    def work_once(self, should_stop: ShouldStop = lambda: False) -> bool:
        """Carry out one job; return whether there was one."""
        self._delete_finished()
        with database.read_session(self._engine) as session:
            if not bulk_jobs.has_due_job(session, self._clock()):
                return False
        with database.write_session(self._engine) as session:
            job = bulk_jobs.claim_job(session, self._lease_id, self._clock(), LEASE)
        if job is None:  # another worker was faster
            return False
        self._run_job(job, BulkLease(self._engine, job, self._lease_id, self._clock, should_stop))
        return True

    def _run_job(self, job: BulkJob, lease: BulkLease) -> None:
        """Run a job to its end; queue it again if this worker is to stop or the database fails."""
        if job.attempts > MAX_ATTEMPTS:
            self._give_up(job, lease)
            return
        try:
            if job.kind is BulkJobKind.INVITATIONS:
                run_invitation_job(self._engine, job, lease, self._catalogue, secret=self._secret)
            else:
                run_response_job(self._engine, job, lease, secret=self._secret)
        except LeaseLostError:
            lease.release()
        except UnavailableError:
            raise  # the lease ends by itself
        except AppError as error:
            self._fail(job, lease, error)
        except Exception:
            log.exception("a large request failed", extra={"fields": {"job": job.id}})
            self._fail(job, lease, AppError("It is not your fault. Name the id of the job when you report it."))

    def _give_up(self, job: BulkJob, lease: BulkLease) -> None:
        log.error("a large request was begun too often", extra={"fields": {"job": job.id}})
        try:
            if job.kind is BulkJobKind.RESPONSES:
                delete_staged_responses(self._engine, job, lease)
        except LeaseLostError:
            lease.release()
            return
        self._fail(job, lease, AppError(GIVEN_UP))

    def _fail(self, job: BulkJob, lease: BulkLease, error: AppError) -> None:
        # The lease is lost if the job was deleted with its assessment.
        with suppress(LeaseLostError), lease.finish_step(BulkJobState.FAILED) as session:
            content = encrypt_part(self._secret, encode_failure(error))
            bulk_jobs.add_part(session, job, BulkPartKind.FAILURE, 0, content)
            if job.kind is BulkJobKind.INVITATIONS:
                record_invited(session, job, self._clock())

    def _delete_finished(self) -> None:
        """Delete results after a day and jobs after a week, every ten minutes."""
        if time.monotonic() < self._next_maintenance:
            return
        self._next_maintenance = time.monotonic() + MAINTENANCE_SECONDS
        now = self._clock()
        before = now - PARTS_KEPT, now - JOBS_KEPT
        with database.read_session(self._engine) as session:
            if not bulk_jobs.has_deletable_jobs(session, *before):
                return
        with database.write_session(self._engine) as session:
            bulk_jobs.delete_finished_jobs(session, *before)
