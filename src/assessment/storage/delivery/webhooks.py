"""Webhooks of a workspace: queries."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import WebhookEvent
from assessment.errors import NotFoundError
from assessment.storage import tables
from assessment.storage.cursor_pagination import PageRequest, RowPage, choose_order, load_page

webhook = tables.webhook


class Webhook(Struct, frozen=True):
    """A receiver of events; the secrets are encrypted."""

    id: str
    workspace_id: str
    url: str
    events: tuple[WebhookEvent, ...]
    secret: bytes
    previous_secret: bytes | None
    previous_secret_until: datetime | None
    created_at: datetime
    ended_at: datetime | None
    is_enabled: bool = True


class WebhookFilter(Struct, frozen=True, kw_only=True):
    """Which webhooks to list; None filters nothing."""

    event: WebhookEvent | None = None
    is_enabled: bool | None = None


NO_FILTER = WebhookFilter()
WEBHOOK_COLUMNS = tuple(webhook.c[name] for name in Webhook.__struct_fields__)


def read_webhook(row: Any) -> Webhook:  # noqa: ANN401  # a row
    events = tuple(WebhookEvent(name) for name in row.events.split())
    return Webhook(**{**row._mapping, "events": events})  # noqa: SLF001  # public despite its name


def add_webhook(session: Session, new: Webhook) -> None:
    values = {name: getattr(new, name) for name in Webhook.__struct_fields__}
    session.execute(insert(webhook).values(**values | {"events": " ".join(new.events)}))


def find_webhook(session: Session, workspace_id: str, webhook_id: str, *, lock: bool = False) -> Webhook:
    """Return a webhook; raises NotFoundError."""
    statement = select(*WEBHOOK_COLUMNS).where(webhook.c.workspace_id == workspace_id, webhook.c.id == webhook_id)
    row = session.execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFoundError
    return read_webhook(row)


def list_webhooks(
    session: Session, workspace_id: str, page_request: PageRequest, matching: WebhookFilter = NO_FILTER
) -> RowPage[Webhook]:
    """List webhooks, the newest first unless sorted otherwise."""
    statement = select(*WEBHOOK_COLUMNS).where(webhook.c.workspace_id == workspace_id)
    if matching.event is not None:
        statement = statement.where((" " + webhook.c.events + " ").contains(f" {matching.event} "))
    if matching.is_enabled is not None:
        statement = statement.where(webhook.c.is_enabled == matching.is_enabled)
    order = choose_order(page_request.sort, "-created_at", created_at=(webhook.c.created_at, webhook.c.id))
    return load_page(session, statement, order, page_request, read_webhook)


def count_webhooks(session: Session, workspace_id: str) -> int:
    """Count the webhooks; no other transaction adds one to this workspace until the commit."""
    session.execute(select(tables.workspace.c.id).where(tables.workspace.c.id == workspace_id).with_for_update())
    return session.scalar(select(func.count()).where(webhook.c.workspace_id == workspace_id)) or 0


def list_subscribed(session: Session, workspace_id: str, event: WebhookEvent) -> tuple[str, ...]:
    """Return the ids of webhooks that receive an event now."""
    rows = session.execute(
        select(webhook.c.id, webhook.c.events)
        .where(webhook.c.workspace_id == workspace_id, webhook.c.ended_at.is_(None), webhook.c.is_enabled)
        .order_by(webhook.c.id)
    )
    return tuple(row.id for row in rows if event in row.events.split())


def update_webhook(session: Session, workspace_id: str, webhook_id: str, **values: Any) -> None:  # noqa: ANN401  # columns
    session.execute(
        update(webhook).where(webhook.c.workspace_id == workspace_id, webhook.c.id == webhook_id).values(**values)
    )


def delete_webhook(session: Session, workspace_id: str, webhook_id: str) -> None:
    """Delete a webhook with its deliveries; raises NotFoundError."""
    condition = (webhook.c.workspace_id == workspace_id, webhook.c.id == webhook_id)
    if session.execute(webhook.delete().where(*condition).returning(webhook.c.id)).one_or_none() is None:
        raise NotFoundError
