"""Queries on organisations: a workspace's clients."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from assessment.errors import NotFoundError
from assessment.storage import tables
from assessment.storage.cursor_pagination import PageRequest, RowPage, choose_order, load_page

organisation = tables.organisation


class Organisation(Struct, frozen=True):
    id: str
    name: str
    created_at: datetime


ORGANISATION_COLUMNS = (organisation.c.id, organisation.c.name, organisation.c.created_at)


def add_organisation(session: Session, workspace_id: str, new: Organisation) -> None:
    session.execute(
        insert(organisation).values(id=new.id, workspace_id=workspace_id, name=new.name, created_at=new.created_at)
    )


def find_organisation(session: Session, workspace_id: str, organisation_id: str) -> Organisation:
    """Return an organisation; raises NotFoundError."""
    row = session.execute(
        select(*ORGANISATION_COLUMNS).where(
            organisation.c.workspace_id == workspace_id, organisation.c.id == organisation_id
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return _read_organisation(row)


def lock_names(session: Session, workspace_id: str) -> tuple[str, ...]:
    """Return all organisation names; no other transaction adds one to this workspace until the commit."""
    session.execute(select(tables.workspace.c.id).where(tables.workspace.c.id == workspace_id).with_for_update())
    return tuple(session.scalars(select(organisation.c.name).where(organisation.c.workspace_id == workspace_id)))


def list_organisations(session: Session, workspace_id: str, place: PageRequest) -> RowPage[Organisation]:
    """List organisations, the newest first unless sorted otherwise."""
    statement = select(*ORGANISATION_COLUMNS).where(organisation.c.workspace_id == workspace_id)
    order = choose_order(
        place.sort,
        "-created_at",
        created_at=(organisation.c.created_at, organisation.c.id),
        name=(organisation.c.name, organisation.c.id),
    )
    return load_page(session, statement, order, place, _read_organisation)


def _read_organisation(row: Any) -> Organisation:  # noqa: ANN401  # a row
    return Organisation(row.id, row.name, row.created_at)
