"""Mails to consultants: invitation of a user, password reset, and that a survey closed by itself; reports to clients.

They go through the same outbox as all mails. Their text is fixed, in the language of the person who asks for them.
"""

from datetime import date, datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import MailKind, OutboxState
from assessment.domain.mail_template import MailText, clean_value
from assessment.i18n import get_translator
from assessment.i18n.messages import N_
from assessment.services.auth import tokens
from assessment.services.auth.tokens import Random
from assessment.services.delivery.mail_payloads import MailPayload, encrypt_payload
from assessment.services.delivery.mail_settings import MailSettings
from assessment.storage.assessments import Assessment
from assessment.storage.delivery import mailings, outbox
from assessment.storage.delivery.mailings import Mailing

SUBJECTS: dict[MailKind, str] = {
    MailKind.USER_INVITATION: N_("Your access to the assessments of {workspace}"),
    MailKind.PASSWORD_RESET: N_("Set a new password"),
    MailKind.CLOSED: N_("Closed: {title} at {organisation}"),
    MailKind.REPORT: N_("The report: {title} at {organisation}"),
}
PARAGRAPHS: dict[MailKind, tuple[str, ...]] = {
    MailKind.USER_INVITATION: (
        N_("Hello,"),
        N_("You have been given access to the assessments of {workspace}. Choose a password here:"),
        "{link}",
        N_("The link works once, for seven days. After that, ask the person who gave you access for a new one."),
    ),
    MailKind.PASSWORD_RESET: (
        N_("Hello,"),
        N_("Someone, most likely you, asked to set a new password for this address. Set it here:"),
        "{link}",
        N_("The link works once, for an hour. All your sessions end when the password is set."),
        N_("If it was not you, ignore this mail: your password stays as it is."),
    ),
    MailKind.CLOSED: (
        N_("Hello,"),
        N_("The survey “{title}” at {organisation} has reached its closing date and closed by itself."),
        "{outcome}",
        "{link}",
    ),
    MailKind.REPORT: (
        N_("Hello,"),
        N_("{sender} shares the report “{title}” for {organisation} with you. Read it here:"),
        "{link}",
        N_("The link works until the end of {last_day}."),
        N_("Anyone who has it can read the report. Pass it on only to people who may."),
        "{password_note}",
    ),
}
PLACEHOLDER_PARAGRAPHS = ("{link}", "{outcome}", "{password_note}")  # no texts to translate
RESULTS_READY = N_("The results are ready. Read them here:")
NO_RESULTS = N_("Too few answers counted, so there are no results. See here what you can do:")
PASSWORD_NOTE = N_("It asks for a password, which you get separately.")
EARLIER_STAND = N_("The earlier results stand. See here why:")


class ConsoleMail(Struct, frozen=True):
    """One mail to a consultant; `path` is the path of its link, encrypted until the mail is finished.

    `assessment_id`: the assessment whose title and client are in the text, which is deleted with it.
    """

    kind: MailKind
    recipient: str
    path: str
    text: MailText
    language: str
    assessment_id: str | None = None


def queue_console_mail(
    session: Session, mail: MailSettings, workspace_id: str, message: ConsoleMail, now: datetime, random: Random
) -> None:
    """Queue one mail in the caller's transaction."""
    mailing = Mailing(
        id=tokens.generate_id(random),
        workspace_id=workspace_id,
        assessment_id=message.assessment_id,
        kind=message.kind,
        language=message.language,
        subject=message.text.subject,
        body=message.text.body,
        shown_count=1,
        is_planned=True,
        reply_to=None,
        queued_at=now,
        cancelled_at=None,
    )
    mailings.add_mailing(session, mailing)
    row = {
        "id": tokens.generate_id(random),
        "workspace_id": workspace_id,
        "mailing_id": mailing.id,
        "kind": message.kind,
        "assessment_id": None,  # it is not one of the mails to respondents, which are counted
        "invitation_id": None,
        "payload": encrypt_payload(mail.secret, MailPayload(message.recipient, "", message.path)),
        "state": OutboxState.QUEUED,
        "attempts": 0,
        "not_before": now,
    }
    outbox.add_mails(session, [row])


def make_console_text(kind: MailKind, language: str, **values: str) -> MailText:
    """Return the text in a language; `{link}` stays, since it is filled in when the mail is sent."""
    gettext = get_translator(language).gettext
    cleaned = {name: clean_value(value) for name, value in values.items()}

    def fill(template: str) -> str:
        filled = gettext(template) if template not in PLACEHOLDER_PARAGRAPHS else template
        for name, value in cleaned.items():
            filled = filled.replace(f"{{{name}}}", value)
        return filled

    paragraphs = [fill(part) for part in PARAGRAPHS[kind]]
    return MailText(fill(SUBJECTS[kind]), "\n\n".join(text for text in paragraphs if text))


def make_report_text(  # a link that is mailed to a client
    assessment: Assessment, language: str, sender: str, last_day: date, *, has_password: bool
) -> MailText:
    """Return the text that a report is shared, in the report's language."""
    translator = get_translator(language)
    return make_console_text(
        MailKind.REPORT,
        language,
        title=assessment.title,
        organisation=assessment.organisation,
        sender=sender,
        last_day=translator.format_date(last_day),
        password_note=translator.gettext(PASSWORD_NOTE) if has_password else "",
    )


def make_closed_text(assessment: Assessment, *, has_results: bool) -> MailText:
    """Return the text that an assessment closed by itself, in its language."""
    gettext = get_translator(assessment.language).gettext
    outcome = EARLIER_STAND if assessment.held_back else RESULTS_READY if has_results else NO_RESULTS
    return make_console_text(
        MailKind.CLOSED,
        assessment.language,
        title=assessment.title,
        organisation=assessment.organisation,
        outcome=gettext(outcome),
    )
