"""Mailings that were queued: list, count and cancel them.

Numbers that consultants see come from hourly counts, never from the true recipients of a reminder (method 6.11).
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import MailKind
from assessment.domain.survey.closing_time import get_workspace_day
from assessment.services.delivery.mail_settings import MailSettings, find_mail
from assessment.services.operations import audit_trail
from assessment.storage import assessments
from assessment.storage.assessments import Assessment
from assessment.storage.delivery import mailing_recipients, mailings, outbox
from assessment.storage.delivery.mailings import Mailing

UNDO_WINDOW = timedelta(seconds=30)  # before the first mail of a mailing that a person queued in the console
MAX_NOTICE_DAYS = 14
MAILS_CANCELLED = "mails.cancelled"


class ListedMailing(Struct, frozen=True):
    """Mailing for display; `can_cancel` depends on the time alone for mails whose true number is not shown."""

    mailing: Mailing
    can_cancel: bool


def cancel_queued(session: Session, workspace_id: str, mailing_id: str, now: datetime) -> Mailing:
    """Cancel the mails of a mailing that no worker has taken; return the mailing with its new `shown_count`.

    Invitations: minus those cancelled, who can be mailed again. Others: 0 within the undo window, otherwise unchanged,
    because the true numbers would show who has sent.
    """
    mailing = mailings.find_mailing(session, workspace_id, mailing_id)
    if mailing.assessment_id is not None:
        assessments.find_assessment(session, AssessmentKey(workspace_id, mailing.assessment_id), lock=True)
    cancelled = mailing_recipients.delete_recipients(session, workspace_id, mailing_id)
    cancelled += outbox.cancel_mailing(session, workspace_id, mailing_id, now)
    if mailing.kind == MailKind.INVITATION:
        mailings.set_shown_count(session, workspace_id, mailing_id, max(0, mailing.shown_count - cancelled))
    elif now < mailing.queued_at + UNDO_WINDOW:
        mailings.set_shown_count(session, workspace_id, mailing_id, 0)
    mailings.set_cancelled(session, workspace_id, mailing_id, now)
    audit_trail.record_event(
        session, workspace_id, now, MAILS_CANCELLED, mailing.assessment_id or mailing_id, kind=mailing.kind
    )
    return mailings.find_mailing(session, workspace_id, mailing_id)


def list_mailings(session: Session, key: AssessmentKey, now: datetime) -> tuple[ListedMailing, ...]:
    """Return the mailings of an assessment without test mails, the first one first."""
    mail = find_mail(session)
    queued = outbox.find_queued_mailings(session, key) | mailing_recipients.find_waiting_mailings(session, key)
    return tuple(
        ListedMailing(mailing, _can_cancel(mailing, queued, now, mail))
        for mailing in mailings.list_mailings(session, key)
        if mailing.kind != MailKind.TEST
    )


def list_sent_mailings(session: Session, assessment: Assessment) -> list[Mailing]:
    """Return the mailings of an assessment that were sent or are queued; not test mails, nor those undone."""
    return [
        mailing
        for mailing in mailings.list_mailings(session, assessment.key)
        if mailing.kind != MailKind.TEST and (mailing.cancelled_at is None or mailing.shown_count > 0)
    ]


def count_reminders(session: Session, assessment: Assessment) -> int:
    """Count the reminders that were sent or are queued; one that was undone does not count."""
    return len(_list_sent(session, assessment, MailKind.REMINDER))


def find_last_reminder(session: Session, assessment: Assessment) -> datetime | None:
    """Return when the last reminder was queued."""
    sent = _list_sent(session, assessment, MailKind.REMINDER)
    return sent[-1].queued_at if sent else None


def has_closing_notice(session: Session, assessment: Assessment) -> bool:
    """Return whether a closing notice was sent in the two weeks before the closing date, as it is now."""
    if assessment.closes_on is None:
        return False
    start = assessment.closes_on - timedelta(days=MAX_NOTICE_DAYS)
    return any(
        get_workspace_day(mailing.queued_at, assessment.time_zone) >= start
        for mailing in _list_sent(session, assessment, MailKind.CLOSING_SOON)
    )


def _list_sent(session: Session, assessment: Assessment, kind: MailKind) -> list[Mailing]:
    return [mailing for mailing in list_sent_mailings(session, assessment) if mailing.kind == kind]


def _can_cancel(mailing: Mailing, queued: Collection[str], now: datetime, mail: MailSettings | None) -> bool:
    if mailing.cancelled_at is not None:
        return False
    if mailing.kind == MailKind.INVITATION:
        return mailing.id in queued
    rate = mail.mails_per_minute if mail else 1
    return now < mailing.queued_at + UNDO_WINDOW + timedelta(minutes=mailing.shown_count / rate)
