"""Queries on the links of invitations; the table has the hash of a token only."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    CompoundSelect,
    LargeBinary,
    Select,
    String,
    bindparam,
    exists,
    func,
    insert,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, Confidentiality, DeliveryMode, Mode
from assessment.storage import tables
from assessment.storage.columns import match_assessment, match_in_workspace, select_one
from assessment.storage.results import releases
from assessment.storage.session_statements import SessionStatement
from assessment.storage.sql_expressions import match_ids

invitation = tables.invitation
link = tables.invitation_link


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


SELECT_LINKED = SessionStatement(
    lambda: select(invitation.c.id, invitation.c.deliver).where(
        invitation.c.workspace_id == bindparam("of_workspace"),
        match_ids(invitation.c.id, "of_invitations"),
        exists().where(match_in_workspace(link.c.invitation_id, invitation.c.id)),
    )
)
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


def count_links(session: Session, workspace_id: str, invitation_ids: Collection[str]) -> dict[str, LinkCount]:
    """Count the links that were handed out. Not mailed ones: a reminder has a new link, and shows who has not sent."""
    rows = session.execute(
        select(link.c.invitation_id, func.count(), func.max(link.c.created_on))
        .join(invitation, match_in_workspace(invitation.c.id, link.c.invitation_id))
        .where(
            link.c.workspace_id == workspace_id,
            link.c.invitation_id.in_(invitation_ids),
            invitation.c.deliver == DeliveryMode.LINK,
        )
        .group_by(link.c.invitation_id)
    )
    return {row[0]: LinkCount(*row[1:]) for row in rows}


def add_links(session: Session, workspace_id: str, links: Mapping[bytes, str], today: date) -> None:
    """Insert links: hash of the token -> invitation id."""
    rows = [
        {"token_hash": token_hash, "workspace_id": workspace_id, "invitation_id": invitation_id, "created_on": today}
        for token_hash, invitation_id in links.items()
    ]
    if rows:
        session.execute(insert(link), rows)


def list_linked_invitations(
    session: Session, workspace_id: str, invitation_ids: Collection[str]
) -> dict[str, DeliveryMode]:
    """Return those of the invitations that have a link, mailed or not, and how each is delivered."""
    parameters = {"of_workspace": workspace_id, "of_invitations": invitation_ids}
    return dict(SELECT_LINKED.list_rows(session, parameters))


def list_recorded_link_dates(
    session: Session, workspace_id: str, invitation_ids: Sequence[str], mailed: str
) -> tuple[date, ...]:
    """Return the days of links handed out by a person and of the audit entries with the action `mailed`, sorted.

    One statement.
    """
    parameters = {"of_workspace": workspace_id, "of_invitations": invitation_ids, "mailed": mailed}
    rows = _select_recorded_links.list_rows(session, parameters)
    return tuple(sorted(at.date() if at else created_on for created_on, at in rows))


@SessionStatement
def _select_recorded_links() -> CompoundSelect[Any]:
    entry = tables.audit_entry
    workspace = bindparam("of_workspace", type_=String())
    handed_out = (
        select(link.c.created_on, type_coerce(null(), entry.c.at.type).label("at"))
        .join(invitation, match_in_workspace(invitation.c.id, link.c.invitation_id))
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


def find_invitation_of_link(session: Session, key: AssessmentKey, token_hash: bytes) -> str | None:
    """Return the id of this assessment's invitation that a link belongs to."""
    invitation_id: str | None = session.scalar(
        select(invitation.c.id)
        .join(link, match_in_workspace(link.c.invitation_id, invitation.c.id))
        .where(
            link.c.token_hash == token_hash,
            *match_assessment(invitation, key),
        )
    )
    return invitation_id


def find_invitation_by_token(session: Session, token_hash: bytes) -> SurveyInvitation | None:
    """Return invitation, assessment and organisation of a link, without anything about responses."""
    row = _select_by_token.find_row(session, {TOKEN_PARAMETER: token_hash})
    return None if row is None else SurveyInvitation(**row)


def lock_assessment_of_link(session: Session, token_hash: bytes) -> bool:
    """Share-lock the assessment of a link until the commit; False for an unknown link."""
    return _lock_by_token.find_value(session, {TOKEN_PARAMETER: token_hash}) is not None


@SessionStatement
def _lock_by_token() -> Select[Any]:
    assessment = tables.assessment
    hashed = link.c.token_hash == bindparam(TOKEN_PARAMETER, type_=LargeBinary())
    workspace_id = select(link.c.workspace_id).where(hashed)
    of_link = (
        select(invitation.c.assessment_id)
        .join(link, match_in_workspace(link.c.invitation_id, invitation.c.id))
        .where(hashed)
    )
    here = (assessment.c.workspace_id == workspace_id.scalar_subquery(), assessment.c.id == of_link.scalar_subquery())
    return select(assessment.c.id).where(*here).with_for_update(read=True)


@SessionStatement
def _select_by_token() -> Select[Any]:
    assessment, organisation, workspace = tables.assessment, tables.organisation, tables.workspace
    earlier = assessment.alias("earlier")
    is_earlier = match_in_workspace(earlier.c.id, assessment.c.wave_of)
    is_client = match_in_workspace(organisation.c.id, assessment.c.organisation_id)
    return (
        select(
            *(invitation.c[name] for name in LINK_INVITATION_COLUMNS),
            assessment.c.state.label("assessment_state"),
            *(assessment.c[name] for name in LINK_ASSESSMENT_COLUMNS),
            select_one(earlier.c.confidentiality, is_earlier).label("earlier_confidentiality"),
            select_one(earlier.c.mode, is_earlier).label("earlier_mode"),
            releases.has_release(assessment.c.id).label("is_released"),
            select_one(organisation.c.name, is_client).label("organisation"),
            select_one(workspace.c.time_zone, workspace.c.id == assessment.c.workspace_id).label("time_zone"),
        )
        .join(link, match_in_workspace(link.c.invitation_id, invitation.c.id))
        .join(assessment, match_in_workspace(assessment.c.id, invitation.c.assessment_id))
        .where(link.c.token_hash == bindparam(TOKEN_PARAMETER, type_=LargeBinary()))
    )
