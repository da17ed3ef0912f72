"""One page of the list of invited people: searched, filtered and sorted by the database.

Filters and order depend on what consultants did, never on what invited people did; the exception is "wrong-role": what
people said to the consultant about their own role.
"""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, bindparam, case, exists, func, literal, or_, select, text
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import DeliveryMode, MailKind, OutboxState
from assessment.i18n.collation import collation_key
from assessment.storage import tables
from assessment.storage.columns import match_assessment, match_in_workspace
from assessment.storage.database import is_sqlite
from assessment.storage.people.invitations import INVITATION_COLUMNS, SPANISH, Invitation, read_invitation

invitation = tables.invitation
link = tables.invitation_link
outbox = tables.outbox
report = tables.role_report
mailing = tables.mailing

PAGE_SIZE = 50
MAX_PAGE = 1000
SORT_COLUMNS = ("name", "role", "functions", "added")
DELIVERY_STATES = ("draft", "queued", "mailed", "refused", "failed", "handed-out", "no-link", "wrong-role", "revoked")
QUEUED_STATES = (OutboxState.QUEUED, OutboxState.SENDING)


class PeopleQuery(Struct, frozen=True, kw_only=True):
    """Filter, order and page of the list: `page` from 1; empty texts filter nothing. `sort` is one of `SORT_COLUMNS`.

    `roles` and `functions` are ids in the order of their labels, for sorting by them.
    """

    search: str = ""
    state: str = ""
    role: str = ""
    function: str = ""
    sort: str = "name"
    is_descending: bool = False
    page: int = 1
    language: str = "en"
    roles: Sequence[str] = ()
    functions: Sequence[str] = ()

    @property
    def is_filtered(self) -> bool:
        """Return whether anyone may be left out."""
        return bool(self.search or self.state or self.role or self.function)


class PeoplePage(Struct, frozen=True):
    """Invitations of a page; `has_more` if there is a next one."""

    people: tuple[Invitation, ...]
    has_more: bool


def load_people_page(session: Session, key: AssessmentKey, query: PeopleQuery) -> PeoplePage:
    """Return one page; only sorting by name reads no more rows than it shows."""
    order = _list_order(query)
    rows = session.execute(
        select(*INVITATION_COLUMNS)
        .where(*_list_conditions(session, key, query))
        .order_by(*(column.desc() if query.is_descending else column.asc() for column in order))
        .limit(PAGE_SIZE + 1)
        .offset((min(query.page, MAX_PAGE) - 1) * PAGE_SIZE)
    ).all()
    return PeoplePage(tuple(read_invitation(row) for row in rows[:PAGE_SIZE]), len(rows) > PAGE_SIZE)


def count_people(session: Session, key: AssessmentKey, query: PeopleQuery) -> int:
    """Count the people that a query finds, on all pages."""
    conditions = _list_conditions(session, key, query)
    return session.scalar(select(func.count()).select_from(invitation).where(*conditions)) or 0


def list_chosen_invitations(session: Session, key: AssessmentKey, ids: Sequence[str]) -> tuple[Invitation, ...]:
    """Return those of the ids that are invitations of the assessment, by position."""
    rows = session.execute(
        select(*INVITATION_COLUMNS)
        .where(
            *match_assessment(invitation, key),
            invitation.c.id.in_(ids),
        )
        .order_by(invitation.c.position)
    )
    return tuple(read_invitation(row) for row in rows)


def _list_order(query: PeopleQuery) -> tuple[ColumnElement[object], ...]:
    name = invitation.c.sort_key_es if query.language == SPANISH else invitation.c.sort_key
    by_name = (name, invitation.c.id)
    if query.sort == "role":
        ranks = {role: number for number, role in enumerate(query.roles)}
        return (case(ranks, value=invitation.c.role, else_=len(ranks)) if ranks else literal(0), *by_name)
    if query.sort == "functions":
        return (*(case((_has_function(name), 0), else_=1) for name in query.functions), *by_name)
    if query.sort == "added":
        return (invitation.c.position,)
    return by_name


def _list_conditions(session: Session, key: AssessmentKey, query: PeopleQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        *match_assessment(invitation, key),
    ]
    if query.search:
        conditions.append(_match_search(session, query.search, query.language))
    if query.state:
        conditions.append(_match_state(query.state))
    if query.role:
        conditions.append(invitation.c.role == query.role)
    if query.function:
        conditions.append(_has_function(query.function))
    return conditions


def _match_search(session: Session, search: str, language: str) -> ColumnElement[bool]:
    """Match a part of the name, without regard to accents and case, or of the address."""
    letters = collation_key(search, language)[0].encode("utf-8", "replace")
    column = "sort_key_es" if language == SPANISH else "sort_key"
    position = f"instr({column}, :letters)" if is_sqlite(session.connection()) else f"position(:letters IN {column})"
    in_name = text(f"{position} > 0").bindparams(bindparam("letters", letters))
    return or_(in_name, invitation.c.email.contains(search.strip().lower(), autoescape=True))


def _has_function(name: str) -> ColumnElement[bool]:
    return (literal(";") + invitation.c.functions + ";").contains(f";{name};", autoescape=True)


def _match_state(state: str) -> ColumnElement[bool]:
    is_active = invitation.c.revoked_on.is_(None)
    if state == "revoked":
        return ~is_active
    if state == "wrong-role":
        of_invitation = (report.c.workspace_id == invitation.c.workspace_id, report.c.invitation_id == invitation.c.id)
        return and_(is_active, exists().where(*of_invitation))
    if state in ("handed-out", "no-link"):
        of_person = (link.c.workspace_id == invitation.c.workspace_id, link.c.invitation_id == invitation.c.id)
        has_link = exists().where(*of_person)
        return and_(
            is_active, invitation.c.deliver == DeliveryMode.LINK, has_link if state == "handed-out" else ~has_link
        )
    newest = func.coalesce(
        select(outbox.c.state)
        .join(mailing, match_in_workspace(mailing.c.id, outbox.c.mailing_id))
        .where(
            outbox.c.workspace_id == invitation.c.workspace_id,
            outbox.c.invitation_id == invitation.c.id,
            outbox.c.kind == MailKind.INVITATION,
        )
        .order_by(mailing.c.queued_at.desc())
        .limit(1)
        .scalar_subquery(),
        "",
    )
    by_mail = and_(is_active, invitation.c.deliver == DeliveryMode.MAIL, invitation.c.email.is_not(None))
    if state == "queued":
        return and_(by_mail, newest.in_(QUEUED_STATES))
    if state in (OutboxState.REFUSED, OutboxState.FAILED):
        return and_(by_mail, newest == state)
    others = newest.not_in((*QUEUED_STATES, OutboxState.REFUSED, OutboxState.FAILED))
    is_mailed = invitation.c.mailed_on.is_not(None) if state == "mailed" else invitation.c.mailed_on.is_(None)
    return and_(by_mail, others, is_mailed)
