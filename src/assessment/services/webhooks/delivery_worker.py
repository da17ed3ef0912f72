"""Webhook worker: claims deliveries, sends them at the same time, and stores each outcome. Any number may run.

An event is delivered at least once: twice if a worker dies after the receiver has replied and before that is stored.
Receivers recognise it by its id.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
from anyio import create_task_group, to_thread
from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import DeliveryProblem, DeliveryState
from assessment.errors import UnavailableError
from assessment.services.auth import tokens
from assessment.services.auth.tokens import RANDOM
from assessment.services.operations import audit_trail
from assessment.services.webhooks import subscriptions
from assessment.services.webhooks.delivery_result import DeliveryResult, WebhookRequest
from assessment.services.webhooks.public_addresses import IpNetwork
from assessment.services.webhooks.signatures import build_headers
from assessment.storage import database
from assessment.storage.delivery import webhook_deliveries, webhooks
from assessment.storage.delivery.webhook_deliveries import ClaimedDelivery

if TYPE_CHECKING:
    from assessment.services.webhooks.http_delivery import WebhookSender

Clock = Callable[[], datetime]
T = TypeVar("T")

BATCH_SIZE = 20
BATCH_SIZE_BY_WEBHOOK = 4
LEASE = timedelta(minutes=2)  # far longer than a request may take
POLL_SECONDS = 5.0
PAUSE_SECONDS = 15.0
STOP_SECONDS = 1.5  # for requests under way; the server process exits within 10 s in all
MAINTENANCE_SECONDS = 3600.0
RETENTION = timedelta(days=30)
# After the first attempt, at once: 5 s to 24 h, three days and three hours in all.
RETRY_DELAYS = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1800)) + tuple(
    timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)
)
MAX_ATTEMPTS = len(RETRY_DELAYS) + 1

log = logging.getLogger("assessment.webhooks")


class WebhookSettings(Struct, frozen=True):
    """`secret` is the server's; `networks` may be reached although they are not public."""

    secret: str
    networks: tuple[IpNetwork, ...] = ()


class PreparedDelivery(Struct, frozen=True):
    """A claimed delivery with its signed request; None if it can't be signed."""

    claimed: ClaimedDelivery
    request: WebhookRequest | None


class WebhookWorker:
    """Worker with its own leases; `run` loops until stopped, `work_once` handles one batch."""

    def __init__(
        self,
        engine: Engine,
        settings: WebhookSettings,
        clock: Clock,
        *,
        sender: "WebhookSender | None" = None,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._engine, self._settings, self._clock = engine, settings, clock
        self._sender = sender
        self._poll_seconds = poll_seconds
        self._lease_id = tokens.generate_id(RANDOM)
        self._next_maintenance = 0.0

    async def run(self, stopping: asyncio.Event, stop_seconds: float = STOP_SECONDS) -> None:
        """Work until `stopping`; requests under way then have `stop_seconds` to finish."""
        async with create_task_group() as tasks:
            tasks.start_soon(self._run_loop, stopping, tasks.cancel_scope)
            await stopping.wait()
            tasks.cancel_scope.deadline = anyio.current_time() + stop_seconds

    async def work_once(self) -> int:
        """Claim and deliver one batch; return how many deliveries were claimed."""
        prepared = await self._call(self._claim)
        if not prepared:
            return 0
        rest = {delivery.claimed.id: delivery.claimed for delivery in prepared}
        try:
            async with create_task_group() as tasks:
                for delivery in prepared:
                    tasks.start_soon(self._deliver, delivery, rest)
        finally:
            if rest:
                with anyio.CancelScope(shield=True):
                    await self._call(self._release, tuple(rest.values()))
        return len(prepared)

    async def _run_loop(self, stopping: asyncio.Event, scope: anyio.CancelScope) -> None:
        pause = self._poll_seconds
        while not stopping.is_set():
            with anyio.move_on_after(pause):
                await stopping.wait()
                break
            try:
                await self._maintain()
                pause = 0.0 if await self.work_once() else self._poll_seconds
            except UnavailableError:
                log.warning("webhooks postponed: the database does not answer")
                pause = PAUSE_SECONDS
            except Exception:  # an unexpected error must not end the loop, and with it the server
                log.exception("webhooks postponed")
                pause = PAUSE_SECONDS
        scope.cancel()

    async def _deliver(self, delivery: PreparedDelivery, rest: dict[str, ClaimedDelivery]) -> None:
        if delivery.request is None:
            result = DeliveryResult(problem=DeliveryProblem.SECRET)
        else:
            try:
                result = await self._get_sender().send_request(delivery.request, self._clock())
            except Exception:  # one broken delivery must not keep the others back
                log.exception("a webhook can't be sent", extra={"fields": {"delivery": delivery.claimed.id}})
                result = DeliveryResult(problem=DeliveryProblem.CONNECTION)
        with anyio.CancelScope(shield=True):  # otherwise it would be delivered again
            await self._call(self._store_result, delivery.claimed, result)
        del rest[delivery.claimed.id]

    def _get_sender(self) -> "WebhookSender":
        if self._sender is None:
            from assessment.services.webhooks.http_delivery import (  # noqa: PLC0415  # httpx: few servers have webhooks
                WebhookSender,
            )

            self._sender = WebhookSender(self._settings.networks)
        return self._sender

    def _claim(self) -> list[PreparedDelivery]:
        now = self._clock()
        with database.read_session(self._engine) as session:
            if not webhook_deliveries.has_due_deliveries(session, now):
                return []
        with database.write_session(self._engine) as session:
            claimed = webhook_deliveries.claim_deliveries(
                session, self._lease_id, now, LEASE, BATCH_SIZE, BATCH_SIZE_BY_WEBHOOK
            )
            prepared = [self._prepare(session, delivery, now) for delivery in claimed]
        return [delivery for delivery in prepared if delivery is not None]

    def _prepare(self, session: Session, claimed: ClaimedDelivery, now: datetime) -> PreparedDelivery | None:
        webhook = webhooks.find_webhook(session, claimed.workspace_id, claimed.webhook_id)
        # A delivery that was under way when the receiver replied 410, or the webhook was switched off.
        if webhook.ended_at is not None or not webhook.is_enabled:
            values = {"state": DeliveryState.CANCELLED, "finished_at": now}
            webhook_deliveries.update_claimed(session, claimed, self._lease_id, **values)
            return None
        if claimed.attempts > MAX_ATTEMPTS:  # one that crashes its worker would be retried forever
            log.error("a webhook was begun too often", extra={"fields": {"delivery": claimed.id}})
            values = {"state": DeliveryState.FAILED, "finished_at": now}
            webhook_deliveries.update_claimed(session, claimed, self._lease_id, **values)
            return None
        try:
            secrets = subscriptions.list_secrets(webhook, now, secret=self._settings.secret)
        except subscriptions.UnreadableSecretError:
            return PreparedDelivery(claimed, None)
        headers = build_headers(secrets, claimed.event_id, now, claimed.payload)
        return PreparedDelivery(claimed, WebhookRequest(webhook.url, headers, claimed.payload))

    def _store_result(self, claimed: ClaimedDelivery, result: DeliveryResult) -> None:
        now = self._clock()
        values: dict[str, Any] = {"status_code": result.status, "problem": result.problem}
        if result.is_delivered:
            values |= {"state": DeliveryState.DELIVERED, "finished_at": now}
        elif result.is_gone or claimed.attempts >= MAX_ATTEMPTS:
            values |= {"state": DeliveryState.FAILED, "finished_at": now}
        else:
            delay = max(RETRY_DELAYS[claimed.attempts - 1], result.retry_after or timedelta(0))
            values |= {"state": DeliveryState.QUEUED, "not_before": now + delay}
        with database.write_session(self._engine) as session:
            is_stored = webhook_deliveries.update_claimed(session, claimed, self._lease_id, **values)
            if result.is_gone and is_stored:
                self._end_webhook(session, claimed, now)
        if not is_stored:
            log.warning("a webhook lost its lease while it was delivered, or was deleted")

    def _end_webhook(self, session: Session, claimed: ClaimedDelivery, now: datetime) -> None:
        """End the subscription: the receiver replied 410, that it is gone for good."""
        key = claimed.workspace_id, claimed.webhook_id
        webhooks.update_webhook(session, *key, ended_at=now)
        webhook_deliveries.cancel_deliveries(session, *key, now)
        audit_trail.record_event(session, claimed.workspace_id, now, subscriptions.WEBHOOK_ENDED, claimed.webhook_id)

    def _release(self, claimed: tuple[ClaimedDelivery, ...]) -> None:
        """Queue deliveries again that were cut off; the attempt does not count."""
        now = self._clock()
        with database.write_session(self._engine) as session:
            for delivery in claimed:
                values = {"state": DeliveryState.QUEUED, "not_before": now, "attempts": delivery.attempts - 1}
                webhook_deliveries.update_claimed(session, delivery, self._lease_id, **values)

    async def _maintain(self) -> None:
        """Delete what was finished a month ago, once an hour."""
        if time.monotonic() < self._next_maintenance:
            return
        self._next_maintenance = time.monotonic() + MAINTENANCE_SECONDS
        await self._call(self._delete_old)

    def _delete_old(self) -> None:
        before = self._clock() - RETENTION
        with database.read_session(self._engine) as session:
            is_due = webhook_deliveries.has_old_deliveries(session, before)
        if not is_due:
            return
        with database.write_session(self._engine) as session:
            webhook_deliveries.delete_old_deliveries(session, before)

    async def _call(self, work: Callable[..., T], *values: object) -> T:
        return await to_thread.run_sync(partial(work, *values))
