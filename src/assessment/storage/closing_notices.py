"""Notices to consultants that assessments closed by themselves, until they dismiss them."""

from datetime import date

from msgspec import Struct
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, MemberRole
from assessment.storage import tables
from assessment.storage.columns import match_assessment, match_in_workspace

closing_notice = tables.closing_notice
assessment = tables.assessment
organisation = tables.organisation
membership = tables.membership
user = tables.user
MAX_NOTICES = 20


class ClosingNotice(Struct, frozen=True):
    """Assessment that closed by itself."""

    assessment_id: str
    title: str
    organisation: str
    closed_on: date


class NotifiedUser(Struct, frozen=True):
    """User to notify."""

    id: str
    email: str


def list_owners(session: Session, workspace_id: str) -> tuple[NotifiedUser, ...]:
    """Return the owners of a workspace who can sign in, by address."""
    rows = session.execute(
        select(user.c.id, user.c.email)
        .join(membership, membership.c.user_id == user.c.id)
        .where(
            membership.c.workspace_id == workspace_id, membership.c.role == MemberRole.OWNER, user.c.disabled.is_(False)
        )
        .order_by(user.c.email)
    )
    return tuple(NotifiedUser(*row) for row in rows)


def add_notices(session: Session, key: AssessmentKey, user_ids: list[str]) -> None:
    """Add a notice for each user; earlier ones of the assessment, from before a reopening, are replaced."""
    session.execute(delete(closing_notice).where(*match_assessment(closing_notice, key)))
    rows = [{**key._asdict(), "user_id": id_} for id_ in user_ids]
    if rows:
        session.execute(insert(closing_notice), rows)


def list_notices(session: Session, workspace_id: str, user_id: str) -> tuple[ClosingNotice, ...]:
    """Return the notices of a user, the newest close first; not of assessments that are open again."""
    rows = session.execute(
        select(assessment.c.id, assessment.c.title, organisation.c.name, assessment.c.closed_on)
        .join(closing_notice, match_in_workspace(closing_notice.c.assessment_id, assessment.c.id))
        .join(organisation, match_in_workspace(organisation.c.id, assessment.c.organisation_id))
        .where(
            closing_notice.c.workspace_id == workspace_id,
            closing_notice.c.user_id == user_id,
            assessment.c.state == AssessmentState.CLOSED,
            organisation.c.erased_at.is_(None),
        )
        .order_by(assessment.c.closed_on.desc(), assessment.c.id)
        .limit(MAX_NOTICES)
    )
    return tuple(ClosingNotice(*row) for row in rows)


def delete_notice(session: Session, workspace_id: str, user_id: str, assessment_id: str) -> None:
    session.execute(
        delete(closing_notice).where(
            closing_notice.c.workspace_id == workspace_id,
            closing_notice.c.user_id == user_id,
            closing_notice.c.assessment_id == assessment_id,
        )
    )
