"""Delivery log of a webhook, and replays."""

from datetime import datetime

from sqlalchemy.orm import Session

from assessment.errors import NotFoundError
from assessment.i18n.messages import N_
from assessment.services.operations import audit_trail
from assessment.services.survey.answer_validation import is_storable
from assessment.services.webhooks import event_queue, subscriptions
from assessment.services.webhooks.subscriptions import WebhookEndedError
from assessment.storage.cursor_pagination import PageRequest, RowPage
from assessment.storage.delivery import webhook_deliveries, webhooks
from assessment.storage.delivery.webhook_deliveries import Delivery

HAS_ENDED = N_("The receiver replied that it is gone, so nothing is delivered to it any more. Add it again.")
DELIVERY_REPLAYED = "webhook.replayed"


def list_deliveries(session: Session, workspace_id: str, webhook_id: str, page: PageRequest) -> RowPage[Delivery]:
    """List deliveries, the newest first; `NotFoundError` for a webhook of another workspace."""
    subscriptions.get_webhook(session, workspace_id, webhook_id)
    return webhook_deliveries.list_deliveries(session, workspace_id, webhook_id, page)


def replay_delivery(session: Session, workspace_id: str, webhook_id: str, delivery_id: str, now: datetime) -> Delivery:
    """Queue the same event once more, with its id, so that a receiver recognises it; the earlier line stays."""
    subscriptions.get_webhook(session, workspace_id, webhook_id)
    webhook = webhooks.find_webhook(session, workspace_id, webhook_id, lock=True)
    if not is_storable(delivery_id):
        raise NotFoundError
    before = webhook_deliveries.find_delivery(session, workspace_id, webhook_id, delivery_id)
    if webhook.ended_at is not None:
        raise WebhookEndedError(HAS_ENDED)
    payload = event_queue.QueuedPayload(before.event_id, before.event, before.payload)
    (new_id,) = event_queue.queue_payload(session, workspace_id, [webhook_id], payload, now)
    audit_trail.record_event(session, workspace_id, now, DELIVERY_REPLAYED, webhook_id, event=before.event)
    return webhook_deliveries.find_delivery(session, workspace_id, webhook_id, new_id)
