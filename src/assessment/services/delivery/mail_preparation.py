"""Prepare claimed mails: check that each is still wanted, render it, and build its bytes."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import (
    CONSOLE_MAIL_KINDS,
    TOKEN_KINDS,
    AssessmentState,
    Confidentiality,
    MailKind,
    OutboxState,
)
from assessment.domain.mail_template import MailText
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.closing_time import get_state_at
from assessment.errors import NotFoundError, UnavailableError
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.auth import tokens
from assessment.services.delivery import mail_rendering, mail_texts
from assessment.services.delivery.mail_messages import MailEnvelope, build_message, is_mailable_address
from assessment.services.delivery.mail_payloads import MailPayload, UnreadablePayloadError, decrypt_payload
from assessment.services.delivery.mail_rendering import MailContent
from assessment.services.delivery.mail_settings import MailSettings
from assessment.storage import assessments, database
from assessment.storage.assessments import Assessment
from assessment.storage.auth import account_tokens, users, workspace_preferences
from assessment.storage.delivery import mailings
from assessment.storage.delivery.mailings import Mailing, Recipient
from assessment.storage.delivery.outbox import ClaimedMail
from assessment.storage.results import share_links

UNSUBSCRIBE_PATH = "unsubscribe"
RETRY_DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440))
MAX_ATTEMPTS = len(RETRY_DELAYS) + 1

log = logging.getLogger("assessment.mail")


class PreparedMail(Struct, frozen=True):
    """`message` is None if the mail must not be sent; `state` is then how it ends."""

    claimed: ClaimedMail
    recipient: str = ""
    message: bytes | None = None
    state: OutboxState = OutboxState.CANCELLED


class MailContext(Struct, frozen=True):
    """Context shared by the mails of one mailing; `sent` are the invitations whose answers were sent."""

    mailing: Mailing
    assessment: Assessment
    questionnaire: Questionnaire | None
    sent: set[str]


class MailPreparation:
    """Preparation of one batch, with what its mails share loaded once."""

    def __init__(self, session: Session, mail: MailSettings, now: datetime) -> None:
        self._session, self._mail, self._now = session, mail, now
        self._contexts: dict[str, MailContext] = {}
        self._minutes: dict[tuple[str, str, str], tuple[int, int] | None] = {}

    def prepare_mail(self, claimed: ClaimedMail) -> PreparedMail:
        try:
            payload = decrypt_payload(self._mail.secret, claimed.payload)
        except UnreadablePayloadError:
            return PreparedMail(claimed, state=OutboxState.FAILED)
        if not is_mailable_address(payload.recipient):
            return PreparedMail(claimed, state=OutboxState.FAILED)
        try:
            if claimed.kind in CONSOLE_MAIL_KINDS:
                return self._prepare_console_mail(claimed, payload)
            context = self._load_context(claimed)
        except NotFoundError:
            return PreparedMail(claimed)
        recipient = None
        if claimed.kind != MailKind.TEST:
            recipient = mailings.load_recipient(self._session, claimed.workspace_id, claimed.invitation_id or "")
            if recipient is None or not self._is_wanted(context, claimed, recipient):
                return PreparedMail(claimed)
        minutes = self._estimate_minutes(context, recipient.role, recipient.functions) if recipient else None
        return PreparedMail(claimed, payload.recipient, self._build_message(context, claimed, payload, minutes))

    def _prepare_console_mail(self, claimed: ClaimedMail, payload: MailPayload) -> PreparedMail:
        """Prepare a mail to a consultant, unless no user has the address, or its link has been used or has expired.

        A report goes to a client, unless its link has ended in the meantime.
        """
        if claimed.kind == MailKind.REPORT:
            if not share_links.has_live_link(
                self._session, tokens.hash_token(payload.path.rpartition("/")[2]), self._now
            ):
                return PreparedMail(claimed)
        elif users.find_user_by_email(self._session, payload.recipient) is None:
            return PreparedMail(claimed)
        if claimed.kind in TOKEN_KINDS:
            token_hash = tokens.hash_token(payload.path.rpartition("/")[2])
            if account_tokens.find_token(self._session, token_hash, self._now) is None:
                return PreparedMail(claimed)
        mailing = mailings.find_mailing(self._session, claimed.workspace_id, claimed.mailing_id)
        content = MailContent(
            template=MailText(mailing.subject, mailing.body),
            kind=claimed.kind,
            language=mailing.language,
            link=f"{self._mail.public_url}{payload.path}",
        )
        envelope = MailEnvelope(
            message_id=claimed.id,
            sender=self._mail.sender,
            sender_name=workspace_preferences.load_preferences(self._session, claimed.workspace_id).sender_name,
            recipient=payload.recipient,
        )
        message = build_message(envelope, mail_rendering.render_console_mail(content), self._now)
        return PreparedMail(claimed, payload.recipient, message)

    def _load_context(self, claimed: ClaimedMail) -> MailContext:
        if claimed.mailing_id not in self._contexts:
            mailing = mailings.find_mailing(self._session, claimed.workspace_id, claimed.mailing_id)
            assessment = assessments.find_assessment(
                self._session, AssessmentKey(claimed.workspace_id, claimed.assessment_id or "")
            )
            asks_sent = (
                claimed.kind in (MailKind.REMINDER, MailKind.CLOSING_SOON)
                and assessment.confidentiality != Confidentiality.ANONYMOUS
            )
            sent = mailings.find_sent_invitations(self._session, assessment.key) if asks_sent else set()
            questionnaire = load_questionnaire(self._session, assessment) if assessment.questionnaire_digest else None
            self._contexts[claimed.mailing_id] = MailContext(mailing, assessment, questionnaire, sent)
        return self._contexts[claimed.mailing_id]

    def _is_wanted(self, context: MailContext, claimed: ClaimedMail, recipient: Recipient) -> bool:
        """Check again what may have changed since it was queued."""
        state = get_state_at(context.assessment.state, context.assessment.closes_at, self._now)
        if (
            state != (AssessmentState.CLOSED if claimed.kind == MailKind.RESULTS else AssessmentState.OPEN)
            or recipient.revoked_on is not None
        ):
            return False
        if claimed.kind == MailKind.INVITATION:
            return True
        return recipient.unsubscribed_on is None and claimed.invitation_id not in context.sent

    def _estimate_minutes(self, context: MailContext, role: str, functions: str) -> tuple[int, int] | None:
        key = (context.assessment.id, role, functions)
        if key not in self._minutes:
            self._minutes[key] = mail_rendering.estimate_minutes(
                self._session, context.assessment, role, functions.split(";"), context.questionnaire
            )
        return self._minutes[key]

    def _build_message(
        self, context: MailContext, claimed: ClaimedMail, payload: MailPayload, minutes: tuple[int, int] | None
    ) -> bytes:
        kind = MailKind(payload.text_kind) if payload.text_kind else claimed.kind
        link = f"{self._mail.public_url}{payload.path}"
        unsubscribe = f"{link}/{UNSUBSCRIBE_PATH}"
        content = MailContent(
            template=MailText(context.mailing.subject, context.mailing.body),
            kind=kind,
            language=context.mailing.language,
            link=link,
            unsubscribe=unsubscribe if kind in mail_texts.LATER_KINDS else "",
            name=payload.name,
            minutes=minutes,
        )
        envelope = MailEnvelope(
            message_id=claimed.id,
            sender=self._mail.sender,
            sender_name=context.assessment.asker or context.assessment.organisation,
            recipient=payload.recipient,
            reply_to=context.mailing.reply_to,
            unsubscribe=unsubscribe,
        )
        return build_message(envelope, mail_rendering.render_mail(context.assessment, content), self._now)


def prepare_mails(
    session: Session, mail: MailSettings, claimed: Sequence[ClaimedMail], now: datetime
) -> list[PreparedMail]:
    """Prepare the mails of a batch, in their order; those that were begun too often, or can't be prepared, fail."""
    preparation = MailPreparation(session, mail, now)
    return [_prepare_or_fail(preparation, claimed_mail) for claimed_mail in claimed]


def _prepare_or_fail(preparation: MailPreparation, claimed: ClaimedMail) -> PreparedMail:
    if claimed.attempts > MAX_ATTEMPTS:  # otherwise a mail that ends its worker would do so for ever
        log.error("a mail was begun too often", extra={"fields": {"mail": claimed.id}})
        return PreparedMail(claimed, state=OutboxState.FAILED)
    try:
        return preparation.prepare_mail(claimed)
    except (UnavailableError, *database.UNAVAILABLE_ERRORS):
        raise
    except Exception:  # one broken mail must not keep the others back
        log.exception("a mail can't be prepared", extra={"fields": {"mail": claimed.id}})
        return PreparedMail(claimed, state=OutboxState.FAILED)
