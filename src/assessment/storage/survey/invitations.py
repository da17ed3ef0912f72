"""Queries on invitations and their links."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    LargeBinary,
    Row,
    Select,
    String,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    type_coerce,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, Confidentiality, DeliveryMode, Mode
from assessment.errors import NotFoundError
from assessment.i18n import SOURCE_LANGUAGE
from assessment.i18n.collation import make_sort_key
from assessment.storage import tables
from assessment.storage.columns import match_assessment
from assessment.storage.cursor_pagination import PageRequest, RowPage, choose_order, load_page
from assessment.storage.results import releases
from assessment.storage.sql_expressions import match_ids
from assessment.storage.survey import people_summaries

invitation = tables.invitation
link = tables.invitation_link

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


class SurveyInvitation(Struct, frozen=True, kw_only=True):
    """Invitation of a link, with its assessment and organisation; `functions` are joined by `;`.

    `is_released`: the assessment has a release. The `earlier_` fields are those of the wave before.
    """

    id: str
    workspace_id: str
    assessment_id: str
    email: str | None
    role: str
    functions: str
    deliver: DeliveryMode
    is_late: bool
    revoked_on: date | None
    revision: int
    assessment_state: AssessmentState
    questionnaire_id: str
    questionnaire_version: str
    questionnaire_digest: str | None
    title: str
    asker: str
    language: str
    confidentiality: Confidentiality
    minimum_group: int
    closes_on: date | None
    closes_at: datetime | None
    mode: Mode
    share_results: bool
    held_back: list[str]
    domains: list[str]
    earlier_confidentiality: Confidentiality | None
    earlier_mode: Mode | None
    is_released: bool
    organisation: str
    time_zone: str

    @property
    def assessment_key(self) -> AssessmentKey:
        return AssessmentKey(self.workspace_id, self.assessment_id)


TOKEN_PARAMETER = "of_token"  # noqa: S105  # the name of a parameter
LINK_INVITATION_COLUMNS = (
    "id",
    "workspace_id",
    "assessment_id",
    "email",
    "role",
    "functions",
    "deliver",
    "is_late",
    "revoked_on",
    "revision",
)
LINK_ASSESSMENT_COLUMNS = (
    "questionnaire_id",
    "questionnaire_version",
    "questionnaire_digest",
    "title",
    "asker",
    "language",
    "confidentiality",
    "minimum_group",
    "closes_on",
    "closes_at",
    "mode",
    "share_results",
    "held_back",
    "domains",
)


class LinkCount(Struct, frozen=True):
    """Number of links of an invitation, and the day of the newest."""

    count: int
    last_on: date


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
    session: Session, key: AssessmentKey, place: PageRequest, matching: InvitationFilter = ALL_INVITATIONS
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
    order = choose_order(place.sort, "created_on", created_on=(invitation.c.position, invitation.c.id))
    return load_page(session, statement, order, place, read_invitation)


def list_active_invitations(session: Session, key: AssessmentKey) -> tuple[Invitation, ...]:
    """Return all that are not revoked, by position."""
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


def select_replaced(workspace_id: str) -> Select[Any]:
    """Select the ids of replaced invitations: few, so the database reads them once instead of once for each row."""
    later = invitation.alias("later")
    return select(later.c.replaces).where(later.c.workspace_id == workspace_id, later.c.replaces.is_not(None))


def find_replacement(session: Session, workspace_id: str, invitation_id: str) -> str | None:
    """Return the id of the invitation that replaces this one, if any."""
    replacement_id: str | None = session.scalar(
        select(invitation.c.id).where(invitation.c.workspace_id == workspace_id, invitation.c.replaces == invitation_id)
    )
    return replacement_id


def find_replaced_invitations(session: Session, workspace_id: str, invitation_ids: Collection[str]) -> set[str]:
    """Return those of the ids whose invitation was replaced."""
    replaced = session.scalars(
        select(invitation.c.replaces).where(
            invitation.c.workspace_id == workspace_id, invitation.c.replaces.in_(invitation_ids)
        )
    )
    return {id_ for id_ in replaced if id_ is not None}


def find_replacement_chain(session: Session, key: AssessmentKey, invitation_id: str) -> tuple[str, ...]:
    """Return the ids of all invitations of one person, the first one first; each one replaces the one before."""
    if not _has_replacement(session, key, invitation_id):
        return (invitation_id,)
    rows = session.execute(
        select(invitation.c.id, invitation.c.replaces).where(
            *match_assessment(invitation, key),
            invitation.c.replaces.is_not(None),
        )
    ).all()
    before = {row.id: row.replaces for row in rows}
    first = invitation_id
    while first in before:
        first = before[first]
    after: dict[str, list[str]] = {}
    for id_, replaced in sorted(before.items()):
        after.setdefault(replaced, []).append(id_)
    ids = [first]
    for id_ in ids:  # appended to while iterating
        ids += after.get(id_, [])
    return tuple(ids)


def _has_replacement(session: Session, key: AssessmentKey, invitation_id: str) -> bool:
    """Return whether an invitation replaces another one, or is replaced: few are, and looking up one costs less."""
    return session.scalar(_select_replacement(), {**key._asdict(), "of_invitation": invitation_id}) is not None


@cache
def _select_replacement() -> CompoundSelect[int]:
    """Build the select once: each page of a survey runs it, and building it takes three times as long."""
    here = (
        invitation.c.workspace_id == bindparam("workspace_id", type_=String()),
        invitation.c.assessment_id == bindparam("assessment_id", type_=String()),
    )
    this = bindparam("of_invitation", type_=String())
    replaces = select(literal(1)).where(*here, invitation.c.id == this, invitation.c.replaces.is_not(None))
    is_replaced = select(literal(1)).where(*here, invitation.c.replaces == this)
    return replaces.union_all(is_replaced).limit(1)


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
    workspace_id: str | None = session.scalar(select(invitation.c.workspace_id).where(invitation.c.id == invitation_id))
    return workspace_id


def count_links(session: Session, workspace_id: str, invitation_ids: Collection[str]) -> dict[str, LinkCount]:
    """Count the links that were handed out. Not mailed ones: a reminder has a new link, and shows who has not sent."""
    rows = session.execute(
        select(link.c.invitation_id, func.count(), func.max(link.c.created_on))
        .join(invitation, invitation.c.id == link.c.invitation_id)
        .where(
            link.c.workspace_id == workspace_id,
            link.c.invitation_id.in_(invitation_ids),
            invitation.c.deliver == DeliveryMode.LINK,
        )
        .group_by(link.c.invitation_id)
    )
    return {row[0]: LinkCount(*row[1:]) for row in rows}


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


def add_links(session: Session, workspace_id: str, links: Mapping[bytes, str], today: date) -> None:
    """Insert links: hash of the token -> invitation id."""
    rows = [
        {"token_hash": token_hash, "workspace_id": workspace_id, "invitation_id": invitation_id, "created_on": today}
        for token_hash, invitation_id in links.items()
    ]
    if rows:
        session.execute(insert(link), rows)


def lock_invitations(session: Session, workspace_id: str, invitation_ids: Sequence[str]) -> None:
    """Lock invitations against starting and sending until the commit; their assessment must be locked."""
    session.execute(
        select(invitation.c.id)
        .where(invitation.c.workspace_id == workspace_id, invitation.c.id.in_(invitation_ids))
        .order_by(invitation.c.id)
        .with_for_update(key_share=True)
    ).all()


def list_link_dates(session: Session, workspace_id: str, invitation_ids: Sequence[str]) -> tuple[date, ...]:
    """Return the creation day of each link of these invitations that was handed out by a person, sorted."""
    return tuple(
        session.scalars(
            select(link.c.created_on)
            .join(invitation, invitation.c.id == link.c.invitation_id)
            .where(*_match_handed_out_links(workspace_id, invitation_ids))
            .order_by(link.c.created_on)
        )
    )


def list_recorded_link_dates(
    session: Session, workspace_id: str, invitation_ids: Sequence[str], mailed: str
) -> tuple[date, ...]:
    """Return the days of `list_link_dates` and of the audit entries with the action `mailed`, sorted; one statement."""
    parameters = {"of_workspace": workspace_id, "of_invitations": invitation_ids, "mailed": mailed}
    rows = session.execute(_select_recorded_links(), parameters).all()
    return tuple(sorted(row.at.date() if row.at else row.created_on for row in rows))


@cache
def _select_recorded_links() -> CompoundSelect[Any]:
    """Build the select once, as `_select_replacement`."""
    entry = tables.audit_entry
    workspace = bindparam("of_workspace", type_=String())
    handed_out = (
        select(link.c.created_on, type_coerce(null(), entry.c.at.type).label("at"))
        .join(invitation, invitation.c.id == link.c.invitation_id)
        .where(
            link.c.workspace_id == workspace,
            match_ids(link.c.invitation_id, "of_invitations"),
            invitation.c.deliver == DeliveryMode.LINK,
        )
    )
    mailed_again = select(null(), entry.c.at).where(
        entry.c.workspace_id == workspace,
        match_ids(entry.c.subject, "of_invitations"),
        entry.c.action == bindparam("mailed", type_=String()),
    )
    return union_all(handed_out, mailed_again)


def _match_handed_out_links(workspace_id: str, invitation_ids: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return (
        link.c.workspace_id == workspace_id,
        link.c.invitation_id.in_(invitation_ids),
        invitation.c.deliver == DeliveryMode.LINK,
    )


def find_invitation_of_link(session: Session, key: AssessmentKey, token_hash: bytes) -> str | None:
    """Return the id of this assessment's invitation that a link belongs to."""
    invitation_id: str | None = session.scalar(
        select(invitation.c.id)
        .join(link, link.c.invitation_id == invitation.c.id)
        .where(
            link.c.token_hash == token_hash,
            *match_assessment(invitation, key),
        )
    )
    return invitation_id


def find_invitation_by_token(session: Session, token_hash: bytes) -> SurveyInvitation | None:
    """Return invitation, assessment and organisation of a link, without anything about responses."""
    row = session.execute(_select_by_token(), {TOKEN_PARAMETER: token_hash}).one_or_none()
    return None if row is None else SurveyInvitation(**row._mapping)  # noqa: SLF001  # public despite its name


@cache  # building the statement takes longer than running it
def _select_by_token() -> Select[Any]:
    assessment, organisation, workspace = tables.assessment, tables.organisation, tables.workspace
    earlier = assessment.alias("earlier")
    return (
        select(
            *(invitation.c[name] for name in LINK_INVITATION_COLUMNS),
            assessment.c.state.label("assessment_state"),
            *(assessment.c[name] for name in LINK_ASSESSMENT_COLUMNS),
            earlier.c.confidentiality.label("earlier_confidentiality"),
            earlier.c.mode.label("earlier_mode"),
            releases.has_release(assessment.c.id).label("is_released"),
            organisation.c.name.label("organisation"),
            workspace.c.time_zone,
        )
        .join(link, link.c.invitation_id == invitation.c.id)
        .join(assessment, assessment.c.id == invitation.c.assessment_id)
        .join(organisation, organisation.c.id == assessment.c.organisation_id)
        .join(workspace, workspace.c.id == assessment.c.workspace_id)
        .join(earlier, earlier.c.id == assessment.c.wave_of, isouter=True)
        .where(link.c.token_hash == bindparam(TOKEN_PARAMETER, type_=LargeBinary()))
    )


def read_invitation(row: Row[Any]) -> Invitation:
    values = dict(row._mapping)  # noqa: SLF001  # public despite its name
    return Invitation(**(values | {"functions": tuple(values["functions"].split(";"))}))
