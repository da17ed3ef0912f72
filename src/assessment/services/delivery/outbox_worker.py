"""Outbox worker: claims mails, sends them, and marks each. Any number may run at the same time.

A mail is sent twice only if a worker dies, or loses the database or the connection for good, after the mail server
accepted it and before that is stored.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import anyio
from anyio import create_task_group, to_thread
from sqlalchemy import Engine

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import MailKind, OutboxState
from assessment.domain.survey.closing_time import get_workspace_day
from assessment.errors import AppError, UnavailableError
from assessment.services.auth import tokens
from assessment.services.auth.tokens import RANDOM
from assessment.services.delivery import further_links, mail_queue, reminder_plans
from assessment.services.delivery.mail_preparation import MAX_ATTEMPTS, RETRY_DELAYS, PreparedMail, prepare_mails
from assessment.services.delivery.mail_settings import MailSettings
from assessment.services.delivery.smtp_client import MailServerError, SendOutcome, SendResult, SmtpConnection
from assessment.storage import assessments, database
from assessment.storage.delivery import mailings, outbox
from assessment.storage.delivery.outbox import ClaimedMail
from assessment.storage.people import people_summaries

Clock = Callable[[], datetime]
T = TypeVar("T")

BATCH_SIZE = 20
LEASE = timedelta(minutes=3)
RENEWAL_SECONDS = 40.0
LEASE_MARGIN_SECONDS = 30.0  # no mail is begun with less left of the lease
POLL_SECONDS = 1.0
MAINTENANCE_SECONDS = 30.0
STOP_SECONDS = 1.5  # for the mail under way; the server process exits within 10 s in all
MAX_SERVER_REFUSALS = 3  # mails in a row; each costs an attempt, which a server in trouble must not use up for all
SERVER_PAUSES = (5.0, 15.0, 60.0, 300.0)  # seconds after failures of the mail server in a row

log = logging.getLogger("assessment.mail")


class OutboxWorker:
    """Worker with its own leases; `run` loops until stopped, `work_once` handles one batch."""

    def __init__(self, engine: Engine, mail: MailSettings, clock: Clock, *, poll_seconds: float = POLL_SECONDS) -> None:
        self._engine, self._mail, self._clock = engine, mail, clock
        self._poll_seconds = poll_seconds
        self._lease_id = tokens.generate_id(RANDOM)
        self._lease_ends = 0.0  # monotonic seconds
        self._failures = 0
        self._next_maintenance = 0.0

    async def run(self, stopping: asyncio.Event, stop_seconds: float = STOP_SECONDS) -> None:
        """Work until `stopping`; the mail under way then has `stop_seconds` to finish."""
        async with create_task_group() as tasks:
            tasks.start_soon(self._run_loop, stopping, tasks.cancel_scope)
            await stopping.wait()
            tasks.cancel_scope.deadline = anyio.current_time() + stop_seconds

    async def work_once(self, stopping: asyncio.Event | None = None) -> int:
        """Claim and handle one batch; return how many mails were claimed. Raises `MailServerError`.

        Before that, mails of large mailings are made, so that all of them can be seen and cancelled in the outbox.
        """
        await self._call(mail_queue.queue_waiting_mails, self._engine, self._mail, partial(_is_set, stopping))
        claimed = await self._call(self._claim)
        if not claimed:
            return 0
        rest = {mail.id: mail for mail in claimed}
        renewal = asyncio.create_task(self._renew_leases())
        try:
            await self._send_batch(claimed, rest, stopping)
        finally:
            renewal.cancel()
            if rest:
                with anyio.CancelScope(shield=True):
                    await self._call(self._release, tuple(rest.values()))
        return len(claimed)

    async def _run_loop(self, stopping: asyncio.Event, scope: anyio.CancelScope) -> None:
        while not stopping.is_set():
            pause = self._poll_seconds
            try:
                await self._maintain()
                if await self.work_once(stopping):
                    pause = 0.0
                    self._failures = 0
            except MailServerError as error:
                pause = SERVER_PAUSES[min(self._failures, len(SERVER_PAUSES) - 1)]
                self._failures += 1
                log.warning("the mail server can't be used: %s", error)
            except UnavailableError:
                log.warning("mails postponed: the database does not answer")
                pause = SERVER_PAUSES[0]
            except Exception:  # an unexpected error must not end the loop, and with it the server
                log.exception("mails postponed")
                pause = SERVER_PAUSES[0]
            await _wait_for(stopping, pause)
        scope.cancel()

    async def _maintain(self) -> None:
        """Queue what is due by plan, and purge finished mails, every half minute."""
        if time.monotonic() < self._next_maintenance:
            return
        self._next_maintenance = time.monotonic() + MAINTENANCE_SECONDS
        await self._call(self._queue_due_and_purge)

    def _queue_due_and_purge(self) -> None:
        now = self._clock()
        reminder_plans.queue_due_mailings(self._engine, now)
        with database.read_session(self._engine) as session:
            is_due = outbox.has_purgeable_mails(session, now)
        if not is_due:
            return
        with database.write_session(self._engine) as session:
            outbox.purge_finished_mails(session, now)

    async def _send_batch(
        self, claimed: Sequence[ClaimedMail], rest: dict[str, ClaimedMail], stopping: asyncio.Event | None
    ) -> None:
        """Send the mails of a batch over as few connections as possible; each that is marked leaves `rest`.

        Raises `MailServerError` after several mails in a row were refused for a reason of the server.
        """
        refusals = 0
        prepared = [
            mail for mail in await self._call(self._prepare, claimed) if not await self._finish_unsendable(mail, rest)
        ]
        while prepared and not _is_set(stopping) and self._has_lease():
            async with SmtpConnection(self._mail.smtp_url) as connection:
                is_connected = True
                while prepared and is_connected and not _is_set(stopping) and self._has_lease():
                    mail = prepared.pop(0)
                    result = await connection.send_message(self._mail.sender, mail.recipient, mail.message or b"")
                    is_connected = result.is_connected
                    await self._mark(mail.claimed, result)
                    del rest[mail.claimed.id]
                    refusals = refusals + 1 if result.is_server_refusal else 0
                    if refusals == MAX_SERVER_REFUSALS:
                        raise MailServerError(str(result.code), result.code)

    async def _finish_unsendable(self, prepared: PreparedMail, rest: dict[str, ClaimedMail]) -> bool:
        """Finish a mail that is no longer wanted or can't be built; return whether it is finished."""
        if prepared.message is not None:
            return False
        await self._call(self._finish, prepared.claimed, prepared.state, None)
        del rest[prepared.claimed.id]
        return True

    async def _mark(self, claimed: ClaimedMail, result: SendResult) -> None:
        """Store the outcome, again and again until the database takes it: otherwise the mail would be sent twice."""
        with anyio.CancelScope(shield=True):
            while True:
                try:
                    is_stored = await self._call(self._store_result, claimed, result)
                except UnavailableError:
                    if not self._has_lease():
                        raise
                    await anyio.sleep(self._poll_seconds)
                    continue
                if not is_stored:
                    log.error("a mail lost its lease while it was sent")
                return

    async def _renew_leases(self) -> None:
        while True:
            await anyio.sleep(RENEWAL_SECONDS)
            try:
                await self._call(self._renew)
            except AppError:
                log.warning("leases could not be renewed")

    def _has_lease(self) -> bool:
        return time.monotonic() < self._lease_ends - LEASE_MARGIN_SECONDS

    def _claim(self) -> tuple[ClaimedMail, ...]:
        begun = time.monotonic()
        with database.read_session(self._engine) as session:
            if not outbox.has_due_mails(session, self._clock()):
                return ()
        with database.write_session(self._engine) as session:
            claimed = outbox.claim_mails(
                session, self._lease_id, self._clock(), LEASE, BATCH_SIZE, self._mail.mails_per_minute
            )
            further_links.record_claimed(session, claimed, self._clock())
        self._lease_ends = begun + LEASE.total_seconds()
        return claimed

    def _renew(self) -> None:
        begun = time.monotonic()
        with database.write_session(self._engine) as session:
            outbox.renew_leases(session, self._lease_id, self._clock() + LEASE)
        self._lease_ends = begun + LEASE.total_seconds()

    def _prepare(self, claimed: Sequence[ClaimedMail]) -> list[PreparedMail]:
        with database.read_session(self._engine) as session:
            return prepare_mails(session, self._mail, claimed, self._clock())

    def _store_result(self, claimed: ClaimedMail, result: SendResult) -> bool:
        if result.outcome is SendOutcome.SENT:
            return self._finish(claimed, OutboxState.SENT, result.code)
        if result.outcome is SendOutcome.REFUSED:
            return self._finish(claimed, OutboxState.REFUSED, result.code)
        if claimed.attempts >= MAX_ATTEMPTS:
            return self._finish(claimed, OutboxState.FAILED, result.code)
        not_before = self._clock() + RETRY_DELAYS[claimed.attempts - 1]
        with database.write_session(self._engine) as session:
            return outbox.requeue_mail(session, claimed, self._lease_id, not_before, claimed.attempts, result.code)

    def _finish(self, claimed: ClaimedMail, state: OutboxState, code: int | None) -> bool:
        now = self._clock()
        with database.write_session(self._engine) as session:
            is_stored = outbox.finish_mail(session, claimed, self._lease_id, state, now, code)
            if claimed.kind == MailKind.INVITATION and claimed.invitation_id is not None:
                if state == OutboxState.SENT:
                    today = get_workspace_day(now, assessments.find_time_zone(session, claimed.workspace_id))
                    mailings.set_mailed(session, claimed.workspace_id, claimed.invitation_id, today)
                people_summaries.mark_outdated(
                    session, AssessmentKey(claimed.workspace_id, claimed.assessment_id or "")
                )
        return is_stored

    def _release(self, claimed: Sequence[ClaimedMail]) -> None:
        """Queue mails again that were not begun; the attempt does not count."""
        now = self._clock()
        with database.write_session(self._engine) as session:
            for mail in claimed:
                outbox.requeue_mail(session, mail, self._lease_id, now, mail.attempts - 1, None)

    async def _call(self, work: Callable[..., T], *values: object) -> T:
        return await to_thread.run_sync(partial(work, *values))


def _is_set(stopping: asyncio.Event | None) -> bool:
    return stopping is not None and stopping.is_set()


async def _wait_for(stopping: asyncio.Event, seconds: float) -> None:
    with anyio.move_on_after(seconds):
        await stopping.wait()
