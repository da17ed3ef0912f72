"""Events for webhooks, queued in the transaction that causes them, so that none is lost and none is made up.

Payloads are thin: type, time, and ids to read the rest with through the API. They say nothing about one person.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import DeliveryState, WebhookEvent
from assessment.services.auth import tokens
from assessment.services.auth.tokens import RANDOM, Random
from assessment.storage.assessments import Assessment
from assessment.storage.delivery import webhook_deliveries, webhooks

EVENT_ID_PREFIX = "msg_"


class EventData(Struct, frozen=True, omit_defaults=True):
    """Subject of an event; `sent` is a multiple of k+1, `release` the number of the published result."""

    assessment: str
    sent: int | None = None
    release: int | None = None


class EventPayload(Struct, frozen=True):
    """Body of a delivery."""

    type: WebhookEvent
    timestamp: datetime
    data: EventData


def queue_event(
    session: Session,
    workspace_id: str,
    event: WebhookEvent,
    data: EventData,
    now: datetime,
    random: Random = RANDOM,
) -> None:
    """Queue an event for every webhook of the workspace that receives it."""
    receivers = webhooks.list_subscribed(session, workspace_id, event)
    if not receivers:
        return
    body = msgspec.json.encode(EventPayload(event, now.astimezone(UTC), data))
    event_id = EVENT_ID_PREFIX + tokens.generate_id(random)
    queue_payload(session, workspace_id, receivers, QueuedPayload(event_id, event, body), now, random)


class QueuedPayload(Struct, frozen=True):
    """An event with its id and encoded body, new or replayed."""

    event_id: str
    event: WebhookEvent
    body: bytes


def queue_payload(
    session: Session,
    workspace_id: str,
    receivers: Iterable[str],
    payload: QueuedPayload,
    now: datetime,
    random: Random = RANDOM,
) -> tuple[str, ...]:
    """Queue a payload for these webhooks; return the ids of the deliveries."""
    rows = [
        {
            "id": tokens.generate_id(random),
            "workspace_id": workspace_id,
            "webhook_id": webhook_id,
            "event_id": payload.event_id,
            "event": payload.event,
            "payload": payload.body,
            "state": DeliveryState.QUEUED,
            "attempts": 0,
            "created_at": now,
            "not_before": now,
        }
        for webhook_id in receivers
    ]
    webhook_deliveries.add_deliveries(session, rows)
    return tuple(str(row["id"]) for row in rows)


def queue_opened(session: Session, key: AssessmentKey, now: datetime) -> None:
    queue_event(session, key.workspace_id, WebhookEvent.ASSESSMENT_OPENED, EventData(key.assessment_id), now)


def queue_closed(session: Session, key: AssessmentKey, now: datetime) -> None:
    queue_event(session, key.workspace_id, WebhookEvent.ASSESSMENT_CLOSED, EventData(key.assessment_id), now)


def queue_report_ready(session: Session, key: AssessmentKey, release: int, now: datetime) -> None:
    data = EventData(key.assessment_id, release=release)
    queue_event(session, key.workspace_id, WebhookEvent.REPORT_READY, data, now)


def queue_sent_count(session: Session, assessment: Assessment, sent: int, now: datetime) -> None:
    """Queue the number of sent responses if it has passed a further multiple of k+1.

    `sent` is the stored hourly count that pages show: a count of this moment would reveal who sent within the hour
    (method 6.11). A number that was announced once is never announced again, also if responses are withdrawn.
    """
    step = assessment.minimum_group + 1
    count = sent - sent % step
    if not count or not webhook_deliveries.raise_announced_count(session, assessment.key, count):
        return
    data = EventData(assessment.id, sent=count)
    queue_event(session, assessment.workspace_id, WebhookEvent.RESPONSE_SENT, data, now)
