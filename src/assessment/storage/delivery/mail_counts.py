"""Counts of invitations by what was done to deliver them."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import DeliveryMode, MailKind, OutboxState
from assessment.storage import tables
from assessment.storage.columns import match_assessment

invitation = tables.invitation
outbox = tables.outbox
recipient = tables.mailing_recipient
FIRST_MAIL_STATES = (
    OutboxState.QUEUED,
    OutboxState.SENDING,
    OutboxState.SENT,
    OutboxState.REFUSED,
)  # one of these: the person needs no first mail


def has_first_mail(workspace_id: str) -> ColumnElement[bool]:
    """SQL condition: a first mail of the invitation is accepted, queued, refused, or about to be queued."""
    mailed = exists().where(
        outbox.c.workspace_id == workspace_id,
        outbox.c.invitation_id == invitation.c.id,
        outbox.c.kind == MailKind.INVITATION,
        outbox.c.state.in_(FIRST_MAIL_STATES),
    )
    waiting = exists().where(
        recipient.c.workspace_id == workspace_id,
        recipient.c.invitation_id == invitation.c.id,
        recipient.c.kind == MailKind.INVITATION,
    )
    return mailed | waiting


def count_unmailed(session: Session, workspace_id: str, assessment_ids: Collection[str]) -> dict[str, int]:
    """Count those whom `mailings.list_unmailed_ids` lists, by assessment; absent where there is nobody."""
    rows = session.execute(
        select(invitation.c.assessment_id, func.count())
        .where(
            invitation.c.workspace_id == workspace_id,
            invitation.c.assessment_id.in_(assessment_ids),
            invitation.c.deliver == DeliveryMode.MAIL,
            invitation.c.email.is_not(None),
            invitation.c.revoked_on.is_(None),
            invitation.c.mailed_on.is_(None),
            ~has_first_mail(workspace_id),
        )
        .group_by(invitation.c.assessment_id)
    )
    return {row[0]: row[1] for row in rows}


def count_revoked(session: Session, key: AssessmentKey) -> int:
    """Count revoked invitations, replaced ones too."""
    return (
        session.scalar(
            select(func.count())
            .select_from(invitation)
            .where(
                *match_assessment(invitation, key),
                invitation.c.revoked_on.is_not(None),
            )
        )
        or 0
    )
