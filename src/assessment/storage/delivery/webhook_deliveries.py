"""Deliveries of events to webhooks: an outbox, claimed by workers with leases, and the log of what was delivered."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import DeliveryProblem, DeliveryState, WebhookEvent
from assessment.errors import NotFoundError
from assessment.storage import tables
from assessment.storage.cursor_pagination import PageRequest, RowPage, SortOrder, load_page
from assessment.storage.database import is_sqlite

delivery = tables.webhook_delivery
webhook = tables.webhook
announced_count = tables.announced_count


class Delivery(Struct, frozen=True):
    """One line of the delivery log."""

    id: str
    webhook_id: str
    event_id: str
    event: WebhookEvent
    payload: bytes
    state: DeliveryState
    attempts: int
    created_at: datetime
    not_before: datetime
    attempted_at: datetime | None
    status_code: int | None
    problem: DeliveryProblem | None
    finished_at: datetime | None


class ClaimedDelivery(Struct, frozen=True):
    """One claimed row; `attempts` counts this one."""

    id: str
    workspace_id: str
    webhook_id: str
    event_id: str
    payload: bytes
    attempts: int


DELIVERY_COLUMNS = tuple(delivery.c[name] for name in Delivery.__struct_fields__)
KEY = (delivery.c.workspace_id, delivery.c.id)
CLAIMED_COLUMNS = tuple(delivery.c[name] for name in ClaimedDelivery.__struct_fields__)


def add_deliveries(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Queue deliveries."""
    if rows:
        session.execute(insert(delivery), [dict(row) for row in rows])


def list_deliveries(
    session: Session, workspace_id: str, webhook_id: str, page_request: PageRequest
) -> RowPage[Delivery]:
    """List the deliveries of a webhook, the newest first."""
    statement = select(*DELIVERY_COLUMNS).where(
        delivery.c.workspace_id == workspace_id, delivery.c.webhook_id == webhook_id
    )
    order = SortOrder((delivery.c.created_at, delivery.c.id), descending=True)
    return load_page(session, statement, order, page_request, _read_delivery)


def _read_delivery(row: Any) -> Delivery:  # noqa: ANN401  # a row
    return Delivery(*row)


def find_delivery(session: Session, workspace_id: str, webhook_id: str, delivery_id: str) -> Delivery:
    """Return a delivery; raises NotFoundError."""
    row = session.execute(
        select(*DELIVERY_COLUMNS).where(
            delivery.c.workspace_id == workspace_id,
            delivery.c.webhook_id == webhook_id,
            delivery.c.id == delivery_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return _read_delivery(row)


def has_due_deliveries(session: Session, now: datetime) -> bool:
    """Return whether any delivery can be claimed; a cheap read before the write lock is taken."""
    return session.scalar(select(delivery.c.id).where(_is_due(now)).limit(1)) is not None


def find_oldest_due(session: Session, now: datetime) -> datetime | None:
    """Return since when the oldest queued delivery is due."""
    moment: datetime | None = session.scalar(
        select(delivery.c.not_before)
        .where(delivery.c.state == DeliveryState.QUEUED, delivery.c.not_before <= now)
        .order_by(delivery.c.not_before)
        .limit(1)
    )
    return moment


def claim_deliveries(
    session: Session, lease_id: str, now: datetime, lease: timedelta, limit: int, limit_by_webhook: int
) -> tuple[ClaimedDelivery, ...]:
    """Claim due deliveries, the earliest first: queued ones, or a single one whose lease has expired.

    At most `limit_by_webhook` of each webhook, so that a slow receiver delays only its own events. A delivery that
    ended its worker is claimed alone, so that it alone fails in the end.
    """
    is_due = _is_due(now)
    if session.scalar(select(delivery.c.id).where(_has_expired(now)).limit(1)) is not None:
        limit, is_due = 1, _has_expired(now)
    webhook_key = (delivery.c.workspace_id, delivery.c.webhook_id)
    place = func.row_number().over(partition_by=webhook_key, order_by=(delivery.c.not_before, delivery.c.id))
    ranked = select(*KEY, delivery.c.not_before, place.label("place")).where(is_due).subquery()
    first = (
        select(ranked.c.workspace_id, ranked.c.id)
        .where(ranked.c.place <= limit_by_webhook)
        .order_by(ranked.c.not_before, ranked.c.id)
        .limit(limit)
    )
    locked = select(*KEY).where(tuple_(*KEY).in_(first), is_due).with_for_update(skip_locked=True)
    due = locked.cte("due")  # PostgreSQL may run a subquery once for each row, and then claims more than its limit
    rows = session.execute(
        update(delivery)
        .where(tuple_(*KEY).in_(select(due)))
        .values(
            state=DeliveryState.SENDING,
            lease_id=lease_id,
            lease_until=now + lease,
            attempted_at=now,
            attempts=delivery.c.attempts + 1,
        )
        .returning(*CLAIMED_COLUMNS)
    )
    return tuple(ClaimedDelivery(*row) for row in rows)


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(delivery.c.state == DeliveryState.QUEUED, delivery.c.not_before <= now),
        _has_expired(now),
    )


def _has_expired(now: datetime) -> ColumnElement[bool]:
    return and_(delivery.c.state == DeliveryState.SENDING, delivery.c.lease_until <= now)


def update_claimed(session: Session, claimed: ClaimedDelivery, lease_id: str, **values: Any) -> bool:  # noqa: ANN401  # columns
    """Store the outcome of a claimed delivery and end its lease; False if the worker has lost the lease."""
    changed = session.execute(
        update(delivery)
        .where(
            delivery.c.workspace_id == claimed.workspace_id,
            delivery.c.id == claimed.id,
            delivery.c.state == DeliveryState.SENDING,
            delivery.c.lease_id == lease_id,
        )
        .values(**{"lease_id": None, "lease_until": None, **values})
        .returning(delivery.c.id)
    )
    return changed.one_or_none() is not None


def cancel_deliveries(session: Session, workspace_id: str, webhook_id: str, now: datetime) -> None:
    """Cancel the queued deliveries of a webhook."""
    session.execute(
        update(delivery)
        .where(
            delivery.c.workspace_id == workspace_id,
            delivery.c.webhook_id == webhook_id,
            delivery.c.state == DeliveryState.QUEUED,
        )
        .values(state=DeliveryState.CANCELLED, finished_at=now)
    )


def has_old_deliveries(session: Session, before: datetime) -> bool:
    """Return whether `delete_old_deliveries` would delete anything."""
    return session.scalar(select(delivery.c.id).where(delivery.c.finished_at < before).limit(1)) is not None


def delete_old_deliveries(session: Session, before: datetime) -> None:
    session.execute(delete(delivery).where(delivery.c.finished_at < before))


def raise_announced_count(session: Session, key: AssessmentKey, sent: int) -> bool:
    """Store a count if it is higher than any before; False otherwise, also if another process stores it now."""
    add: Any = (sqlite if is_sqlite(session.connection()) else postgresql).insert(announced_count)
    statement = add.values(assessment_id=key.assessment_id, workspace_id=key.workspace_id, sent=sent)
    raised = session.execute(
        statement.on_conflict_do_update(
            index_elements=[announced_count.c.workspace_id, announced_count.c.assessment_id],
            set_={"sent": statement.excluded.sent},
            where=announced_count.c.sent < statement.excluded.sent,
        ).returning(announced_count.c.assessment_id)
    )
    return raised.one_or_none() is not None
