"""Delivery log of webhooks, and replays."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.api.http import etags, list_pagination
from assessment.api.http.idempotency import IdempotentRequest
from assessment.api.http.list_pagination import Cursor, Limit, ListName, Page
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources.webhooks import TAG
from assessment.domain.closed_sets import DeliveryProblem, DeliveryState, WebhookEvent
from assessment.services.auth.principals import KeyHolder
from assessment.services.webhooks import delivery_log
from assessment.services.webhooks.event_queue import EventPayload
from assessment.services.webhooks.subscriptions import WebhookEndedError
from assessment.storage import cursor_pagination
from assessment.storage.cursor_pagination import PageRequest
from assessment.storage.delivery.webhook_deliveries import Delivery

DELIVERY_EXAMPLE = {
    "id": "q2uxbcdymz4wmjd3dcsrrbv5",
    "event_id": "msg_wmjd3dcsrrbv5q2uxbcdymz4",
    "event": "report.ready",
    "payload": {
        "type": "report.ready",
        "timestamp": "2026-11-30T22:00:07Z",
        "data": {"assessment": "mf4gk3tbnjzxsyls", "release": 1},
    },
    "state": "queued",
    "attempts": 2,
    "created_at": "2026-11-30T22:00:07Z",
    "attempted_at": "2026-11-30T22:00:14Z",
    "next_attempt_at": "2026-11-30T22:05:14Z",
    "status_code": 503,
    "problem": "status",
    "finished_at": None,
}


class DeliveryOut(Struct, frozen=True):
    """An event on its way to a webhook. `event_id` is sent as `webhook-id`, the same at each attempt and replay.

    `status_code` and `problem` are of the last attempt.
    """

    id: str
    event_id: str
    event: WebhookEvent
    payload: EventPayload
    state: DeliveryState
    attempts: int
    created_at: datetime
    attempted_at: datetime | None
    next_attempt_at: datetime | None
    status_code: int | None
    problem: DeliveryProblem | None
    finished_at: datetime | None


def build_delivery_out(delivery: Delivery) -> DeliveryOut:
    return DeliveryOut(
        id=delivery.id,
        event_id=delivery.event_id,
        event=delivery.event,
        payload=msgspec.json.decode(delivery.payload, type=EventPayload),
        state=delivery.state,
        attempts=delivery.attempts,
        created_at=delivery.created_at,
        attempted_at=delivery.attempted_at,
        next_attempt_at=delivery.not_before if delivery.state is DeliveryState.QUEUED else None,
        status_code=delivery.status_code,
        problem=delivery.problem,
        finished_at=delivery.finished_at,
    )


@get(
    "/webhooks/{webhook:str}/deliveries",
    sync_to_thread=True,
    **build_route_options(
        "List deliveries",
        TAG,
        Operation(
            scope="admin:workspace",
            parameters=list_pagination.PAGE_PARAMETERS,
            has_etag=True,
            error_statuses=(404,),
            response_example={"data": [DELIVERY_EXAMPLE], "next_cursor": None},
        ),
    ),
)
def list_deliveries(
    request: Request[Any, Any, Any],
    webhook: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    cursor: Cursor = "",
    limit: Limit = list_pagination.DEFAULT_LIMIT,
) -> Response[Page[DeliveryOut]]:
    """The delivery log of a webhook, newest first. Finished deliveries are deleted after 30 days."""
    return etags.respond_with_etag(request, _encode_delivery_page(read_session, caller, webhook, cursor, limit))


def _encode_delivery_page(session: Session, caller: KeyHolder, webhook: str, cursor: str, limit: int) -> bytes:
    def find_page(page: PageRequest) -> cursor_pagination.RowPage[Delivery]:
        return delivery_log.list_deliveries(session, caller.workspace_id, webhook, page)

    return etags.encode_json(
        list_pagination.load_page(
            find_page, build_delivery_out, ListName(f"/webhooks/{webhook}/deliveries"), cursor, limit
        )
    )


@post(
    "/webhooks/{webhook:str}/deliveries/{delivery:str}/replay",
    status_code=202,
    sync_to_thread=True,
    **build_route_options(
        "Replay a delivery",
        TAG,
        Operation(
            scope="admin:workspace",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404,),
            problems=(WebhookEndedError,),
            response_example=DELIVERY_EXAMPLE
            | {"attempts": 0, "attempted_at": None, "status_code": None, "problem": None},
        ),
    ),
)
def replay_delivery(
    request: Request[Any, Any, Any],
    webhook: FromPath[str],
    delivery: FromPath[str],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
) -> Response[DeliveryOut]:
    """Deliver the same event once more: same `webhook-id`, same body, new time and signature.

    `If-Match` is compared with the first page of the log.
    """

    def perform_request() -> DeliveryOut:
        page = _encode_delivery_page(idempotent.session, caller, webhook, "", list_pagination.DEFAULT_LIMIT)
        etags.require_match(request, page)
        return build_delivery_out(
            delivery_log.replay_delivery(idempotent.session, caller.workspace_id, webhook, delivery, idempotent.now)
        )

    return idempotent.run_once(perform_request, 202)
