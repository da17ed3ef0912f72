"""Queries on organisations: a workspace's clients. A client that is being erased is returned by none of them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, Select, insert, select, update
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import AssessmentState
from assessment.errors import NotFoundError
from assessment.storage import tables
from assessment.storage.cursor_pagination import PageRequest, RowPage, choose_order, load_page

organisation = tables.organisation
assessment = tables.assessment


class Organisation(Struct, frozen=True):
    """A client, with the person to talk to there; `revision` increments with every change."""

    id: str
    name: str
    created_at: datetime
    contact_name: str = ""
    contact_email: str = ""
    archived_on: date | None = None
    revision: int = 1


COLUMNS = tuple(organisation.c[name] for name in Organisation.__struct_fields__)


def add_organisation(session: Session, workspace_id: str, new: Organisation) -> None:
    values = {name: getattr(new, name) for name in Organisation.__struct_fields__}
    session.execute(insert(organisation).values(**values, workspace_id=workspace_id))


def find_organisation(session: Session, workspace_id: str, organisation_id: str, *, lock: bool = False) -> Organisation:
    """Return an organisation; raises NotFoundError."""
    statement = _select_organisations(workspace_id).where(organisation.c.id == organisation_id)
    row = session.execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFoundError
    return _read_organisation(row)


def lock_organisations(session: Session, workspace_id: str) -> tuple[Organisation, ...]:
    """Return all organisations; no other transaction adds or renames one in this workspace until the commit."""
    session.execute(select(tables.workspace.c.id).where(tables.workspace.c.id == workspace_id).with_for_update())
    return tuple(_read_organisation(row) for row in session.execute(_select_organisations(workspace_id)))


def list_organisations(
    session: Session, workspace_id: str, page_request: PageRequest, *, archived: bool | None = None
) -> RowPage[Organisation]:
    """List organisations, the newest first unless sorted otherwise; only `archived` ones, only others, or all."""
    statement = _select_organisations(workspace_id)
    if archived is not None:
        statement = statement.where(organisation.c.archived_on.is_not(None) == archived)
    order = choose_order(
        page_request.sort,
        "-created_at",
        created_at=(organisation.c.created_at, organisation.c.id),
        name=(organisation.c.name, organisation.c.id),
    )
    return load_page(session, statement, order, page_request, _read_organisation)


def load_organisations(session: Session, workspace_id: str) -> tuple[Organisation, ...]:
    """Return all organisations of a workspace, in no order."""
    return tuple(_read_organisation(row) for row in session.execute(_select_organisations(workspace_id)))


def update_organisation(session: Session, workspace_id: str, previous: Organisation, values: Mapping[str, Any]) -> None:
    """Update a locked organisation."""
    session.execute(
        update(organisation)
        .where(organisation.c.workspace_id == workspace_id, organisation.c.id == previous.id)
        .values(**values, revision=previous.revision + 1)
    )


def lock_assessment_states(session: Session, workspace_id: str, organisation_id: str) -> tuple[AssessmentState, ...]:
    """Return the state of each assessment of an organisation; none of them is opened until the commit."""
    return tuple(
        session.scalars(
            select(assessment.c.state)
            .where(assessment.c.workspace_id == workspace_id, assessment.c.organisation_id == organisation_id)
            .order_by(assessment.c.id)
            .with_for_update()
        )
    )


def _select_organisations(workspace_id: str) -> Select[Any]:
    return select(*COLUMNS).where(organisation.c.workspace_id == workspace_id, organisation.c.erased_at.is_(None))


def _read_organisation(row: Row[Any]) -> Organisation:
    return Organisation(**row._mapping)  # noqa: SLF001  # public despite its name
