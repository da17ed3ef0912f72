"""Webhooks: subscriptions and signing secrets."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlalchemy.orm import Session

from assessment.api.http import etags, list_pagination
from assessment.api.http.idempotency import IdempotentRequest, Representation
from assessment.api.http.list_pagination import Cursor, Limit, ListName, Page, format_flag
from assessment.api.http.request_bodies import StructBody
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources.wire import copy_fields
from assessment.api.resources.wire.webhooks import (
    DEFAULT_OVERLAP_HOURS,
    REQUEST_EXAMPLE,
    RESPONSE_EXAMPLE,
    SECRET_EXAMPLE,
    NewSubscription,
    SecretRotation,
    SubscriptionChange,
    WebhookOut,
    WebhookSecretOut,
    WebhookSort,
    build_secret_out,
    build_webhook_out,
)
from assessment.domain.closed_sets import WebhookEvent
from assessment.services.auth.principals import KeyHolder
from assessment.services.webhooks import subscriptions
from assessment.services.webhooks.public_addresses import parse_networks
from assessment.services.webhooks.subscriptions import (
    TooManyWebhooksError,
    WebhookEndedError,
    WebhookPatch,
)
from assessment.settings import Settings
from assessment.storage import cursor_pagination
from assessment.storage.cursor_pagination import PageRequest
from assessment.storage.delivery.webhooks import NO_FILTER, Webhook, WebhookFilter

TAG = "Webhooks"


@get(
    "/webhooks",
    sync_to_thread=True,
    **build_route_options(
        "List webhooks",
        TAG,
        Operation(
            scope="admin:workspace",
            parameters=(*list_pagination.PAGE_PARAMETERS, "event", "enabled", "sort"),
            has_etag=True,
            response_example={"data": [RESPONSE_EXAMPLE], "next_cursor": None},
        ),
    ),
)
def list_webhooks(
    request: Request[Any, Any, Any],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    cursor: Cursor = "",
    limit: Limit = list_pagination.DEFAULT_LIMIT,
    event: Annotated[WebhookEvent | None, QueryParameter(description="Only those that receive this event.")] = None,
    enabled: Annotated[
        bool | None, QueryParameter(description="True for those that are switched on, false for the others.")
    ] = None,
    sort: Annotated[WebhookSort, QueryParameter(description="The order; `-` from the last to the first.")] = (
        "-created_at"
    ),
) -> Response[Page[WebhookOut]]:
    """All webhooks of your workspace, or those that match every filter, without their secrets."""
    wanted = WebhookFilter(event=event, is_enabled=enabled)
    return etags.respond_with_etag(request, _encode_webhook_page(read_session, caller, cursor, limit, wanted, sort))


@post(
    "/webhooks",
    sync_to_thread=True,
    dto=StructBody[NewSubscription],
    **build_route_options(
        "Add a webhook",
        TAG,
        Operation(
            scope="admin:workspace",
            is_idempotent=True,
            takes_if_match=True,
            problems=(TooManyWebhooksError,),
            request_example=REQUEST_EXAMPLE,
            response_example=SECRET_EXAMPLE,
        ),
    ),
)
def create_webhook(
    request: Request[Any, Any, Any],
    data: JSONBody[NewSubscription],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
    settings: NamedDependency[Settings],
) -> Response[WebhookSecretOut]:
    """Have events sent to an address, signed as in Standard Webhooks. `secret` is returned only now.

    `If-Match` is compared with the first page of the list.
    """

    def perform_request() -> WebhookSecretOut:
        etags.require_match(request, _encode_webhook_page(idempotent.session, caller))
        new = subscriptions.add_webhook(
            idempotent.session,
            caller.workspace_id,
            data.url,
            data.events,
            idempotent.now,
            secret=settings.secret,
            networks=parse_networks(settings.webhook_networks),
        )
        return build_secret_out(new)

    return idempotent.run_once(perform_request, locate=_locate_webhook)


@get(
    "/webhooks/{webhook:str}",
    sync_to_thread=True,
    **build_route_options(
        "Read a webhook",
        TAG,
        Operation(scope="admin:workspace", has_etag=True, error_statuses=(404,), response_example=RESPONSE_EXAMPLE),
    ),
)
def read_webhook(
    request: Request[Any, Any, Any],
    webhook: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
) -> Response[WebhookOut]:
    """One webhook, without its secret."""
    stored = subscriptions.get_webhook(read_session, caller.workspace_id, webhook)
    return etags.respond_with_etag(request, etags.encode_json(build_webhook_out(stored)))


@patch(
    "/webhooks/{webhook:str}",
    sync_to_thread=True,
    dto=StructBody[SubscriptionChange],
    **build_route_options(
        "Change a webhook",
        TAG,
        Operation(
            scope="admin:workspace",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404,),
            problems=(WebhookEndedError,),
            request_example={"enabled": False},
            response_example=RESPONSE_EXAMPLE | {"enabled": False},
        ),
    ),
)
def change_webhook(
    request: Request[Any, Any, Any],
    webhook: FromPath[str],
    data: JSONBody[SubscriptionChange],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
    settings: NamedDependency[Settings],
) -> Response[WebhookOut]:
    """Change address or events, or switch it off and on. Secret and log stay; queued events go to the new address.

    What was cancelled by switching it off can be replayed.
    """

    def perform_request() -> WebhookOut:
        _require_webhook_match(request, idempotent.session, caller, webhook)
        changed = subscriptions.change_webhook(
            idempotent.session,
            caller.workspace_id,
            webhook,
            WebhookPatch(data.url, data.events, data.enabled),
            idempotent.now,
            networks=parse_networks(settings.webhook_networks),
        )
        return build_webhook_out(changed)

    return idempotent.run_once(perform_request, 200)


@delete(
    "/webhooks/{webhook:str}",
    sync_to_thread=True,
    **build_route_options(
        "Delete a webhook", TAG, Operation(scope="admin:workspace", takes_if_match=True, error_statuses=(404,))
    ),
)
def delete_webhook(
    request: Request[Any, Any, Any],
    webhook: FromPath[str],
    write_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    now: NamedDependency[datetime],
) -> None:
    """Delete it with its delivery log. Nothing more is delivered, also nothing that is queued."""
    _require_webhook_match(request, write_session, caller, webhook)
    subscriptions.delete_webhook(write_session, caller.workspace_id, webhook, now)


@post(
    "/webhooks/{webhook:str}/rotate",
    status_code=200,
    sync_to_thread=True,
    dto=StructBody[SecretRotation],
    **build_route_options(
        "Replace the signing secret",
        TAG,
        Operation(
            scope="admin:workspace",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404,),
            request_example={"overlap_hours": DEFAULT_OVERLAP_HOURS},
            response_example=SECRET_EXAMPLE | {"previous_secret_until": "2026-11-03T09:30:00Z"},
        ),
    ),
)
def rotate_secret(
    request: Request[Any, Any, Any],
    webhook: FromPath[str],
    data: JSONBody[SecretRotation],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
    settings: NamedDependency[Settings],
) -> Response[WebhookSecretOut]:
    """Make a new signing secret. Until `previous_secret_until`, the previous one signs too."""

    def perform_request() -> WebhookSecretOut:
        _require_webhook_match(request, idempotent.session, caller, webhook)
        new = subscriptions.rotate_secret(
            idempotent.session,
            caller.workspace_id,
            webhook,
            idempotent.now,
            secret=settings.secret,
            overlap=timedelta(hours=data.overlap_hours),
        )
        return build_secret_out(new)

    return idempotent.run_once(perform_request, 200)


def _locate_webhook(created: WebhookSecretOut) -> Representation:
    """Return where a webhook can be read, without its secret."""
    return Representation(f"/webhooks/{created.id}", etags.encode_json(copy_fields(created, WebhookOut)))


def _require_webhook_match(request: Request[Any, Any, Any], session: Session, caller: KeyHolder, webhook: str) -> None:
    stored = subscriptions.get_webhook(session, caller.workspace_id, webhook)
    etags.require_match(request, etags.encode_json(build_webhook_out(stored)))


def _encode_webhook_page(
    session: Session,
    caller: KeyHolder,
    cursor: str = "",
    limit: int = list_pagination.DEFAULT_LIMIT,
    wanted: WebhookFilter = NO_FILTER,
    sort: WebhookSort = "-created_at",
) -> bytes:
    def find_page(page: PageRequest) -> cursor_pagination.RowPage[Webhook]:
        return subscriptions.list_webhooks(session, caller.workspace_id, page, wanted)

    name = ListName("/webhooks", (wanted.event, format_flag(wanted.is_enabled), sort))
    return etags.encode_json(list_pagination.load_page(find_page, build_webhook_out, name, cursor, limit, sort))
