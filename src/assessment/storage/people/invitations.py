"""Queries on invitations."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, bindparam, case, exists, func, insert, literal, select, update
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import DeliveryMode
from assessment.errors import NotFoundError
from assessment.i18n import SOURCE_LANGUAGE
from assessment.i18n.collation import make_sort_key
from assessment.storage import tables
from assessment.storage.columns import match_assessment
from assessment.storage.cursor_pagination import PageRequest, RowPage, choose_order, load_page
from assessment.storage.people import people_summaries
from assessment.storage.people.replaced_invitations import select_replaced
from assessment.storage.session_statements import SessionStatement
from assessment.storage.sql_expressions import match_ids

invitation = tables.invitation
link = tables.invitation_link
workspace = tables.workspace

SPANISH = "es"  # the only language that sorts differently: ñ is a letter of its own


class Invitation(Struct, frozen=True):
    """One invitation; nothing in it shows whether the person has answered (method 6.5).

    `replaces` is the id of the invitation that this one corrects; `is_late`: created after the assessment opened.
    """

    id: str
    assessment_id: str
    position: int
    email: str | None
    name: str | None
    role: str
    functions: tuple[str, ...]
    deliver: DeliveryMode
    mailed_on: date | None
    replaces: str | None
    is_late: bool
    created_on: date
    revoked_on: date | None
    revision: int


LOCK_INVITATIONS = SessionStatement(
    lambda: (
        select(invitation.c.id)
        .where(invitation.c.workspace_id == bindparam("of_workspace"), match_ids(invitation.c.id, "of_invitations"))
        .order_by(invitation.c.id)
        .with_for_update(key_share=True)
    )
)
INVITATION_COLUMNS = tuple(invitation.c[name] for name in Invitation.__struct_fields__)


def find_invitation(session: Session, key: AssessmentKey, invitation_id: str) -> Invitation:
    """Return an invitation; raises NotFoundError."""
    row = session.execute(
        select(*INVITATION_COLUMNS).where(
            *match_assessment(invitation, key),
            invitation.c.id == invitation_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return read_invitation(row)


class InvitationFilter(Struct, frozen=True):
    """Which invitations to list; empty for all. `email` is in its stored form."""

    email: str = ""
    role: str = ""
    function: str = ""


ALL_INVITATIONS = InvitationFilter()


def list_invitations(
    session: Session, key: AssessmentKey, page_request: PageRequest, matching: InvitationFilter = ALL_INVITATIONS
) -> RowPage[Invitation]:
    """List invitations in the order of creation, or from the newest to the first with `-created_on`."""
    statement = select(*INVITATION_COLUMNS).where(*match_assessment(invitation, key))
    if matching.email:
        statement = statement.where(invitation.c.email == matching.email)
    if matching.role:
        statement = statement.where(invitation.c.role == matching.role)
    if matching.function:
        functions = literal(";") + invitation.c.functions + literal(";")
        statement = statement.where(functions.contains(f";{matching.function};", autoescape=True))
    order = choose_order(page_request.sort, "created_on", created_on=(invitation.c.position, invitation.c.id))
    return load_page(session, statement, order, page_request, read_invitation)


def list_active_invitations(session: Session, key: AssessmentKey) -> tuple[Invitation, ...]:
    """Return the invitations that are not revoked, by position."""
    return _select_active(session, key)


def list_invitations_by_id(session: Session, key: AssessmentKey, ids: Collection[str]) -> tuple[Invitation, ...]:
    """Return those of `ids` that exist, revoked ones too, in no order."""
    rows = session.execute(
        select(*INVITATION_COLUMNS).where(*match_assessment(invitation, key), invitation.c.id.in_(ids))
    )
    return tuple(read_invitation(row) for row in rows)


def find_invited_addresses(session: Session, key: AssessmentKey, addresses: Collection[str]) -> set[str]:
    """Return those of `addresses`, normalized, that an invitation has which is not revoked."""
    return {
        address
        for address in session.scalars(
            select(invitation.c.email).where(
                *match_assessment(invitation, key), invitation.c.revoked_on.is_(None), invitation.c.email.in_(addresses)
            )
        )
        if address
    }


def list_link_invitations(
    session: Session, key: AssessmentKey, *, without_link: bool = False
) -> tuple[Invitation, ...]:
    """Return active invitations whose links a consultant hands out; `without_link`: only those that never had one."""
    has_link = exists().where(link.c.workspace_id == key.workspace_id, link.c.invitation_id == invitation.c.id)
    more = (~has_link,) if without_link else ()
    return _select_active(session, key, invitation.c.deliver == DeliveryMode.LINK, *more)


def count_link_invitations(session: Session, key: AssessmentKey) -> tuple[int, int]:
    """Count the invitations of `list_link_invitations`: all, and those that never had a link."""
    linked = select(link.c.invitation_id).where(link.c.workspace_id == key.workspace_id)
    never_linked = case((invitation.c.id.in_(linked), 0), else_=1)
    row = session.execute(
        select(func.count(), func.coalesce(func.sum(never_linked), 0)).where(
            *match_assessment(invitation, key),
            invitation.c.revoked_on.is_(None),
            invitation.c.deliver == DeliveryMode.LINK,
        )
    ).one()
    return row[0], row[1]


def list_current_addresses(session: Session, key: AssessmentKey) -> list[str]:
    """Return the addresses of invitations that are neither revoked nor replaced, by position."""
    return list(
        session.scalars(
            select(invitation.c.email)
            .where(
                *match_assessment(invitation, key),
                invitation.c.revoked_on.is_(None),
                invitation.c.email.is_not(None),
                invitation.c.id.not_in(select_replaced(key.workspace_id)),
            )
            .order_by(invitation.c.position)
        )
    )


def find_invitations_of_address(session: Session, email: str, workspace_id: str | None = None) -> list[tuple[str, str]]:
    """Return workspace id and id of each invitation to an address, in all workspaces or in one."""
    here = () if workspace_id is None else (invitation.c.workspace_id == workspace_id,)
    rows = session.execute(
        select(invitation.c.workspace_id, invitation.c.id)
        .where(invitation.c.email == email, *here)
        .order_by(invitation.c.created_on, invitation.c.id)
    )
    return [(row[0], row[1]) for row in rows]


def find_workspace_id(session: Session, invitation_id: str) -> str | None:
    """Return the workspace of an invitation: it is looked for in each of them, since no index has ids alone."""
    workspace_id: str | None = session.scalar(
        select(workspace.c.id)
        .join(invitation, invitation.c.workspace_id == workspace.c.id)
        .where(invitation.c.id == invitation_id)
    )
    return workspace_id


def _select_active(session: Session, key: AssessmentKey, *more: ColumnElement[bool]) -> tuple[Invitation, ...]:
    rows = session.execute(
        select(*INVITATION_COLUMNS)
        .where(
            *match_assessment(invitation, key),
            invitation.c.revoked_on.is_(None),
            *more,
        )
        .order_by(invitation.c.position)
    )
    return tuple(read_invitation(row) for row in rows)


def has_invitations(session: Session, key: AssessmentKey) -> bool:
    """Return whether anyone was ever invited, revoked invitations included."""
    here = match_assessment(invitation, key)
    return session.scalar(select(invitation.c.id).where(*here).limit(1)) is not None


def find_next_position(session: Session, key: AssessmentKey) -> int:
    """Return the next free position; the assessment must be locked."""
    last = session.scalar(select(func.max(invitation.c.position)).where(*match_assessment(invitation, key)))
    return 1 if last is None else int(last) + 1


def add_invitations(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert invitations; the keys that order the list are computed here."""
    session.execute(insert(invitation), [{**row, **_make_sort_keys(row)} for row in rows])
    for workspace_id, assessment_id in {(row["workspace_id"], row["assessment_id"]) for row in rows}:
        people_summaries.mark_outdated(session, AssessmentKey(workspace_id, assessment_id))


def update_invitation(session: Session, workspace_id: str, previous: Invitation, **values: Any) -> None:  # noqa: ANN401
    """Update an invitation and increment its revision."""
    names = {"name": previous.name, "email": previous.email, "position": previous.position}
    session.execute(
        update(invitation)
        .where(invitation.c.workspace_id == workspace_id, invitation.c.id == previous.id)
        .values(**values, **_make_sort_keys(names | values), revision=previous.revision + 1)
    )
    people_summaries.mark_outdated(session, AssessmentKey(workspace_id, previous.assessment_id))


def _make_sort_keys(row: Mapping[str, Any]) -> dict[str, bytes]:
    name = row["name"] or row["email"] or ""
    return {
        "sort_key": make_sort_key(name, row["position"], SOURCE_LANGUAGE),
        "sort_key_es": make_sort_key(name, row["position"], SPANISH),
    }


def lock_invitations(session: Session, workspace_id: str, invitation_ids: Sequence[str]) -> None:
    """Lock invitations against starting and sending until the commit; their assessment must be locked."""
    LOCK_INVITATIONS.execute(session, {"of_workspace": workspace_id, "of_invitations": invitation_ids})


def read_invitation(row: Row[Any]) -> Invitation:
    values = dict(row._mapping)  # noqa: SLF001  # public despite its name
    return Invitation(**(values | {"functions": tuple(values["functions"].split(";"))}))
