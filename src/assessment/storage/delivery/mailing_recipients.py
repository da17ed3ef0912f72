"""Recipients of large mailings who are not in the outbox yet."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct
from sqlalchemy import delete, insert, literal, select
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import MailKind
from assessment.storage import tables
from assessment.storage.columns import match_assessment
from assessment.storage.delivery.mailings import Mailing
from assessment.storage.people import people_summaries
from assessment.storage.sql_expressions import match_ids

invitation = tables.invitation
recipient = tables.mailing_recipient


class RecipientBatch(Struct, frozen=True):
    """Recipients to queue next; no mail is sent before `not_before`."""

    invitation_ids: tuple[str, ...]
    not_before: datetime


def add_recipients(session: Session, mailing: Mailing, invitation_ids: Collection[str], not_before: datetime) -> None:
    """Store the recipients of a mailing of an assessment, in the order of their random ids.

    In one statement: thousands of rows from Python hold SQLite's write lock several times as long.
    """
    values = {
        "workspace_id": mailing.workspace_id,
        "mailing_id": mailing.id,
        "assessment_id": mailing.assessment_id,
        "kind": mailing.kind,
        "not_before": not_before,
    }
    shared = [literal(value, recipient.c[name].type) for name, value in values.items()]
    invited = (
        select(invitation.c.id, *shared)
        .where(invitation.c.workspace_id == mailing.workspace_id, match_ids(invitation.c.id, "ids"))
        .order_by(invitation.c.id)
    )
    session.execute(insert(recipient).from_select(["invitation_id", *values], invited), {"ids": list(invitation_ids)})
    people_summaries.mark_outdated(session, AssessmentKey(mailing.workspace_id, mailing.assessment_id or ""))


def find_waiting_mailing(session: Session, after: str = "") -> tuple[AssessmentKey, str] | None:
    """Return the assessment and the id of the first mailing with recipients whose id is greater than `after`."""
    row = session.execute(
        select(recipient.c.workspace_id, recipient.c.assessment_id, recipient.c.mailing_id)
        .where(recipient.c.mailing_id > after)
        .order_by(recipient.c.mailing_id)
        .limit(1)
    ).one_or_none()
    return None if row is None else (AssessmentKey(row.workspace_id, row.assessment_id), row.mailing_id)


def take_recipients(session: Session, workspace_id: str, mailing_id: str, limit: int) -> RecipientBatch | None:
    """Delete and return the next recipients, by id; None if none are left. The assessment must be locked."""
    here = (recipient.c.workspace_id == workspace_id, recipient.c.mailing_id == mailing_id)
    rows = session.execute(
        select(recipient.c.invitation_id, recipient.c.not_before)
        .where(*here)
        .order_by(recipient.c.invitation_id)
        .limit(limit)
    ).all()
    if not rows:
        return None
    session.execute(delete(recipient).where(*here, recipient.c.invitation_id <= rows[-1].invitation_id))
    return RecipientBatch(tuple(row.invitation_id for row in rows), rows[0].not_before)


def delete_recipients(session: Session, workspace_id: str, mailing_id: str) -> int:
    """Delete the recipients of a mailing who are left; return their number. The assessment must be locked."""
    deleted = session.execute(
        delete(recipient)
        .where(recipient.c.workspace_id == workspace_id, recipient.c.mailing_id == mailing_id)
        .returning(recipient.c.assessment_id)
    ).all()
    for assessment_id in {row.assessment_id for row in deleted}:
        people_summaries.mark_outdated(session, AssessmentKey(workspace_id, assessment_id))
    return len(deleted)


def find_first_mail_recipients(session: Session, key: AssessmentKey) -> set[str]:
    """Return the ids of the invitations whose first mail waits."""
    return set(
        session.scalars(
            select(recipient.c.invitation_id).where(
                *match_assessment(recipient, key), recipient.c.kind == MailKind.INVITATION
            )
        )
    )


def find_first_mail_recipients_among(session: Session, workspace_id: str, invitation_ids: Collection[str]) -> set[str]:
    """Return those of these invitations whose first mail waits, found by their own index."""
    return set(
        session.scalars(
            select(recipient.c.invitation_id).where(
                recipient.c.workspace_id == workspace_id,
                recipient.c.invitation_id.in_(invitation_ids),
                recipient.c.kind == MailKind.INVITATION,
            )
        )
    )


def find_waiting_mailings(session: Session, key: AssessmentKey) -> set[str]:
    """Return the ids of an assessment's mailings with recipients who wait."""
    return set(session.scalars(select(recipient.c.mailing_id).where(*match_assessment(recipient, key)).distinct()))
