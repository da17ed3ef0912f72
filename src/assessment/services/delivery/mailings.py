"""Queue, cancel and list mailings: invitations, reminders, closing soon, results, test mails.

The mails are rows of the outbox, written in the caller's transaction; a worker sends them. Numbers that consultants
see come from hourly counts, never from the true recipients of a reminder (method 6.11).
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from math import ceil

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, Confidentiality, DeliveryMode, MailKind
from assessment.domain.mail_template import MailText
from assessment.domain.survey.closing_time import get_state_at, get_workspace_day, load_time_zone
from assessment.errors import (
    ClosedError,
    InvalidError,
    NoClosingDateError,
    NothingToMailError,
    NotOpenError,
    Problem,
    with_values,
)
from assessment.i18n.messages import N_
from assessment.services.auth import users
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.delivery import further_links, mail_rendering, mail_texts, queued_mailings
from assessment.services.delivery.mail_payloads import MailPayload
from assessment.services.delivery.mail_queue import make_mailing, make_outbox_row, queue_mailing
from assessment.services.delivery.mail_rendering import MailContent, RenderedMail
from assessment.services.delivery.mail_settings import find_mail, require_mail
from assessment.services.people import people_summary, progress
from assessment.storage import assessments
from assessment.storage.assessments import Assessment
from assessment.storage.delivery import mailing_recipients, mailings, outbox, reminder_plans
from assessment.storage.delivery.mailings import Mailing
from assessment.storage.people import invitations

NO_UNDO = timedelta(0)
MAX_REMINDERS = 3
FIRST_REMINDER_DAYS = 3

NOBODY_MAILED = N_("Nobody has been mailed an invitation yet.")
NO_MORE_REMINDERS = N_("Three reminders have been sent: that is the most.")
REMINDED_TODAY = N_("A reminder has been sent today. Wait until tomorrow.")
NOT_OPEN = N_("Mails can be sent while the assessment is open.")
NOTICE_SENT = N_("Everyone has been told already that the survey closes soon.")
NO_CLOSING_DATE = N_("This assessment has no closing date.")


class ReminderPreview(Struct, frozen=True):
    """Content of the reminder button: number of people (method 6.11), and why no reminder can be sent now (or "").

    `possible_on` is the day from which the reason no longer holds, if that is a matter of time.
    """

    count: int
    sent: int
    left: int
    refusal: str
    possible_on: date | None = None


def queue_invitations(
    session: Session,
    key: AssessmentKey,
    now: datetime,
    ids: Collection[str] | None = None,
    *,
    undo: timedelta = NO_UNDO,
    reply_to: str | None = None,
    random: Random = RANDOM,
) -> Mailing:
    """Queue the first mail to all who have not been mailed yet, or to those of `ids` (also again, unless it is queued).

    `shown_count` of the mailing is the number queued. Each link mailed again, or for a replacement, is recorded once
    a worker takes it, and announced to the person: it depends on the caller's choice alone. Raises
    `MailNotAvailableError`, `NotFoundError`, `ClosedError` unless the assessment is open, and `InvalidError` for an id
    that is revoked or handed out by a person.
    """
    mail = require_mail(session)
    assessment = _lock_open(session, key, now)
    unmailed = mailings.list_unmailed_ids(session, key)
    chosen = unmailed if ids is None else _find_chosen(session, assessment, ids)
    text = mail_texts.load_template(session, assessment, MailKind.INVITATION, assessment.language)
    mailing = make_mailing(assessment, MailKind.INVITATION, text, len(chosen), now, reply_to=reply_to, random=random)
    queue_mailing(session, mail, mailing, chosen, now + undo, random)
    further_links.record_queued(session, mailing, further_links.find_further(session, key, chosen, unmailed))
    return mailing


def preview_invitations(session: Session, key: AssessmentKey) -> int:
    """Count those who would get an invitation now."""
    return people_summary.load_summary(session, key).to_mail


def queue_reminders(
    session: Session,
    key: AssessmentKey,
    now: datetime,
    *,
    undo: timedelta = NO_UNDO,
    reply_to: str | None = None,
    is_planned: bool = False,
    random: Random = RANDOM,
) -> Mailing:
    """Queue a reminder to those who were mailed three days ago or earlier and have not sent; anonymous: to all of them.

    A mail is queued for each of them, and the worker leaves out those who have sent or want none: mails of the caller's
    own that wait for the limit of a minute would show how many were queued before them.
    `shown_count` is the number to show, invited minus sent as of the last hourly count. Raises `MailNotAvailableError`
    and `NothingToMailError` with the reason why no reminder can be sent now.
    """
    mail = require_mail(session)
    assessment = _lock_open(session, key, now)
    progress.count_if_due(session, key, now)
    preview = _preview_reminder(session, assessment, now)
    if preview.refusal:
        error = NothingToMailError(preview.refusal)
        if preview.possible_on is not None:
            start = datetime.combine(preview.possible_on, time(), load_time_zone(assessment.time_zone))
            error.retry_after = ceil((start - now).total_seconds())
        raise error
    until = get_workspace_day(now, assessment.time_zone) - timedelta(days=FIRST_REMINDER_DAYS)
    chosen = mailings.list_mailed_ids(session, assessment.key, until)
    text = mail_texts.load_template(session, assessment, MailKind.REMINDER, assessment.language)
    mailing = make_mailing(
        assessment, MailKind.REMINDER, text, preview.count, now, reply_to=reply_to, is_planned=is_planned, random=random
    )
    queue_mailing(session, mail, mailing, chosen, now + undo, random)
    return mailing


def preview_reminder(session: Session, key: AssessmentKey, now: datetime) -> ReminderPreview:
    """Return the number of people to name on the button, and why no reminder can be sent now."""
    assessment = assessments.find_assessment(session, key)
    if get_state_at(assessment.state, assessment.closes_at, now) != AssessmentState.OPEN:
        return ReminderPreview(0, queued_mailings.count_reminders(session, assessment), 0, NOT_OPEN)
    return _preview_reminder(session, assessment, now)


def queue_closing_notice(
    session: Session,
    key: AssessmentKey,
    now: datetime,
    *,
    undo: timedelta = NO_UNDO,
    reply_to: str | None = None,
    is_planned: bool = False,
    random: Random = RANDOM,
) -> Mailing:
    """Queue the mail that the survey closes soon, to the same people as a reminder; once for each closing date."""
    mail = require_mail(session)
    assessment = _lock_open(session, key, now)
    if assessment.closes_on is None:
        raise NoClosingDateError(NO_CLOSING_DATE)
    if queued_mailings.has_closing_notice(session, assessment):
        raise NothingToMailError(NOTICE_SENT)
    progress.count_if_due(session, key, now)
    chosen = mailings.list_mailed_ids(session, assessment.key)
    text = mail_texts.load_template(session, assessment, MailKind.CLOSING_SOON, assessment.language)
    count = _count_shown(session, assessment)
    mailing = make_mailing(
        assessment, MailKind.CLOSING_SOON, text, count, now, reply_to=reply_to, is_planned=is_planned, random=random
    )
    queue_mailing(session, mail, mailing, chosen, now + undo, random)
    return mailing


def queue_results(session: Session, assessment: Assessment, now: datetime, random: Random = RANDOM) -> Mailing | None:
    """Queue the results mail to everyone mailed, where sharing was promised and mail is configured; otherwise None.

    None too if the plan says not to. Call it in the transaction that publishes a release; `assessment` must be locked.
    """
    mail = find_mail(session)
    plan = reminder_plans.find_plan(session, assessment.key)
    if mail is None or not assessment.share_results or (plan is not None and not plan.sends_results):
        return None
    chosen = mailings.list_mailed_ids(session, assessment.key)
    if not chosen:
        return None
    text = mail_texts.load_template(session, assessment, MailKind.RESULTS, assessment.language)
    count = mailings.count_mailed(session, assessment.key)
    mailing = make_mailing(assessment, MailKind.RESULTS, text, count, now, is_planned=True, random=random)
    queue_mailing(session, mail, mailing, chosen, now, random)
    return mailing


def queue_test_mail(
    session: Session,
    key: AssessmentKey,
    kind: MailKind,
    recipient: str,
    now: datetime,
    *,
    text: MailText | None = None,
    random: Random = RANDOM,
) -> Mailing:
    """Queue one mail with a dummy link to the consultant's own address, with `text` instead of the stored one."""
    mail = require_mail(session)
    assessment = assessments.find_assessment(session, key)
    address = users.check_address(recipient)
    if text is not None:
        mail_texts.check_text(text)
    chosen = text or mail_texts.load_template(session, assessment, kind, assessment.language)
    mailing = make_mailing(assessment, MailKind.TEST, chosen, 1, now, random=random)
    mailings.add_mailing(session, mailing)
    payload = MailPayload(address, "", mail_rendering.EXAMPLE_PATH, kind)
    outbox.add_mails(session, [make_outbox_row(mail, mailing, None, payload, now, random)])
    return mailing


def preview_mail(session: Session, key: AssessmentKey, kind: MailKind, text: MailText | None = None) -> RenderedMail:
    """Render what the first invited person would get, with a dummy link; `InvalidError` for a `text` with problems."""
    assessment = assessments.find_assessment(session, key)
    if text is not None:
        mail_texts.check_text(text)
    template = text or mail_texts.load_template(session, assessment, kind, assessment.language)
    people = invitations.list_active_invitations(session, key)
    first = next((person for person in people if person.deliver == DeliveryMode.MAIL), people[0] if people else None)
    mail = find_mail(session)
    home = mail.public_url if mail else ""
    minutes = mail_rendering.estimate_minutes(session, assessment, first.role, first.functions) if first else None
    link = f"{home}{mail_rendering.EXAMPLE_PATH}"
    return mail_rendering.render_mail(
        assessment,
        MailContent(
            template=template,
            kind=kind,
            language=assessment.language,
            link=link,
            unsubscribe=f"{link}/unsubscribe" if kind in mail_texts.LATER_KINDS else "",
            name=(first.name or "") if first else "",
            minutes=minutes,
        ),
    )


def _lock_open(session: Session, key: AssessmentKey, now: datetime) -> Assessment:
    assessment = assessments.find_assessment(session, key, lock=True)
    if get_state_at(assessment.state, assessment.closes_at, now) != AssessmentState.OPEN:
        raise (NotOpenError if assessment.state == AssessmentState.DRAFT else ClosedError)(NOT_OPEN)
    return assessment


def _find_chosen(session: Session, assessment: Assessment, ids: Collection[str]) -> tuple[str, ...]:
    for invitation_id in dict.fromkeys(ids):
        invitations.find_invitation(session, assessment.key, invitation_id)
    chosen = mailings.find_mail_invitations(session, assessment.key, ids)
    usable = {invitation.id for invitation in chosen}
    problems = [
        Problem(
            "This invitation can’t be mailed: it is revoked, or handed out by you.",
            pointer=f"/ids/{index}",
            code="not-mailable",
        )
        for index, invitation_id in enumerate(ids)
        if invitation_id not in usable
    ]
    if problems:
        raise InvalidError("Nobody was mailed.", problems)
    queued = outbox.find_unfinished_invitations(session, assessment.key)
    queued |= mailing_recipients.find_first_mail_recipients(session, assessment.key)
    return tuple(invitation.id for invitation in chosen if invitation.id not in queued)


def _preview_reminder(session: Session, assessment: Assessment, now: datetime) -> ReminderPreview:
    sent = queued_mailings.count_reminders(session, assessment)
    return ReminderPreview(
        _count_shown(session, assessment),
        sent,
        max(0, MAX_REMINDERS - sent),
        *_find_refusal(session, assessment, sent, now),
    )


def _find_refusal(session: Session, assessment: Assessment, sent: int, now: datetime) -> tuple[str, date | None]:
    """Return why no reminder can be sent now (or ""), and the day from which it can, both in the workspace's zone."""
    first = people_summary.load_summary(session, assessment.key).first_mailed_on
    if first is None:
        return NOBODY_MAILED, None
    if sent >= MAX_REMINDERS:
        return NO_MORE_REMINDERS, None
    start = first + timedelta(days=FIRST_REMINDER_DAYS)
    today = get_workspace_day(now, assessment.time_zone)
    if today < start:
        message = N_("The first reminder can be sent three days after the invitations: from {start} on.")
        return with_values(message, start=start), start
    last = queued_mailings.find_last_reminder(session, assessment)
    last_day = None if last is None else get_workspace_day(last, assessment.time_zone)
    if last_day is not None and last_day >= today:
        return REMINDED_TODAY, last_day + timedelta(days=1)
    return "", None


def _count_shown(session: Session, assessment: Assessment) -> int:
    """Return the number to show: invited minus sent at the last hourly count, at most those mailed (method 6.11)."""
    mailed = people_summary.load_summary(session, assessment.key).mailed
    if assessment.confidentiality == Confidentiality.ANONYMOUS:
        return mailed
    total = progress.load_progress(session, assessment.key).total
    return max(0, min(mailed, total.invited - total.sent))
