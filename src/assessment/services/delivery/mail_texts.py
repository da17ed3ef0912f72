"""Texts of mails: the defaults in the reader's language, the consultant's own, and what the server always appends."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import ASSESSMENT_MAIL_KINDS, MailKind
from assessment.domain.mail_template import MailText, find_template_problems, normalize_body
from assessment.domain.survey.promises import Audience, get_audience, is_private
from assessment.errors import InvalidError, NotFoundError
from assessment.i18n import get_translator, list_languages
from assessment.i18n.messages import N_
from assessment.services.operations import audit_trail
from assessment.storage import assessments
from assessment.storage.assessments import Assessment
from assessment.storage.delivery import mailings

TEMPLATE_CHANGED = "mail-text.changed"
LATER_KINDS = (MailKind.REMINDER, MailKind.CLOSING_SOON, MailKind.RESULTS)  # those that a person can stop

MINUTES = N_("It takes about {minutes} minutes. You can stop at any time and continue later.")
CONTACT = N_("Questions? Please ask {asker}.")
BY_DATE = N_("Please answer by {closing_date}.")
ANSWER_HERE = N_("Answer the questions here:")
DEFAULT_SUBJECTS: dict[str, str] = {
    MailKind.INVITATION: N_("{organisation}: {title}"),
    MailKind.REMINDER: N_("Reminder: {title} at {organisation}"),
    MailKind.CLOSING_SOON: N_("Closes on {closing_date}: {title} at {organisation}"),
    MailKind.RESULTS: N_("The results are out: {title} at {organisation}"),
}
DEFAULT_PARAGRAPHS: dict[str, tuple[tuple[str, ...], ...]] = {
    MailKind.INVITATION: (
        (N_("We would like to know your view: {title} at {organisation}."),),
        (MINUTES,),
        (BY_DATE,),
        (ANSWER_HERE, "{link}"),
        (CONTACT,),
    ),
    MailKind.REMINDER: (
        (N_("A few days ago we asked for your view: {title} at {organisation}. Your answers would help."),),
        (MINUTES,),
        (BY_DATE,),
        (ANSWER_HERE, "{link}"),
        (CONTACT,),
    ),
    MailKind.CLOSING_SOON: (
        (N_("The survey “{title}” at {organisation} closes soon."),),
        (
            N_(
                "It closes at the end of {closing_date}. "
                "It can be closed earlier, and the date can be moved or removed."
            ),
        ),
        (MINUTES,),
        (ANSWER_HERE, "{link}"),
        (CONTACT,),
    ),
    MailKind.RESULTS: (
        (N_("The results of “{title}” at {organisation} have been published. Thank you to everyone who took part."),),
        (N_("See them here:"), "{link}"),
        (CONTACT,),
    ),
}
GREETING, GREETING_BY_NAME = N_("Hello,"), N_("Dear {name},")
NUMBER_WORDS = {
    4: N_("four"),
    5: N_("five"),
    6: N_("six"),
    7: N_("seven"),
    8: N_("eight"),
    9: N_("nine"),
    10: N_("ten"),
    11: N_("eleven"),
    12: N_("twelve"),
}
TEAM_PROMISE = N_(
    "You answer for your function together. The answers you agree on are shown as they are, to your organisation and "
    "to the consultant."
)
NAMED_PROMISE = N_(
    "Your name is attached to your answers. The consultant can read them, and so can those in your organisation who "
    "receive the raw answers."
)
ANONYMOUS_PROMISE = N_(
    "Nobody in your organisation and no consultant can open your answers, and nothing in the database ties them to "
    "your invitation."
)
CONFIDENTIAL_PROMISE = N_("Nobody in your organisation and no consultant can open your answers.")
GROUP_PROMISE = N_("We only show results for groups of %(people)s or more.")
GROUP_MARK = "%(people)s"
MAYBE_ANSWERED = N_("We can’t see whether you have answered; if so, ignore this.")
STOP_MAILS = N_("No more reminders of this survey:")
NO_REPLY = N_("Please don’t reply to this mail: your reply would go to the operator of the server.")


def load_template(session: Session, assessment: Assessment, kind: MailKind, language: str) -> MailText:
    """Return the consultant's own text of a kind of mail, otherwise the default."""
    own = mailings.find_template(session, assessment.key, kind, language)
    return make_default_template(kind, language) if own is None else MailText(*own)


def has_own_template(session: Session, assessment: Assessment, kind: MailKind, language: str) -> bool:
    """Return whether the consultant has written a text of this kind and language."""
    return mailings.find_template(session, assessment.key, kind, language) is not None


def save_template(
    session: Session,
    key: AssessmentKey,
    kind: MailKind,
    language: str,
    text: MailText,
    now: datetime,
) -> None:
    """Store a text; `InvalidError` lists its problems by part, line and column. Queued mails keep their text."""
    _check_key(kind, language)
    assessments.find_assessment(session, key, lock=True)
    check_text(text)
    stored = (text.subject.strip(), normalize_body(text.body))
    mailings.save_template(session, key, kind, language, stored)
    audit_trail.record_event(
        session, key.workspace_id, now, TEMPLATE_CHANGED, key.assessment_id, kind=kind, language=language
    )


def reset_template(session: Session, key: AssessmentKey, kind: MailKind, language: str, now: datetime) -> None:
    """Go back to the default text."""
    _check_key(kind, language)
    assessments.find_assessment(session, key, lock=True)
    mailings.delete_template(session, key, kind, language)
    audit_trail.record_event(
        session, key.workspace_id, now, TEMPLATE_CHANGED, key.assessment_id, kind=kind, language=language
    )


def check_text(text: MailText) -> None:
    """Raise `InvalidError` with the problems of a text by part, line and column."""
    problems = find_template_problems(text)
    if problems:
        raise InvalidError("This text can’t be mailed.", problems)


def make_default_template(kind: MailKind, language: str) -> MailText:
    """Return the default text in a language; English if there is no catalogue for it."""
    gettext = get_translator(language).gettext
    paragraphs = [("{greeting}",), *DEFAULT_PARAGRAPHS[kind]]
    body = "\n\n".join("\n".join(gettext(line) for line in lines) for lines in paragraphs)
    return MailText(gettext(DEFAULT_SUBJECTS[kind]), body)


def list_fixed_sentences(assessment: Assessment, kind: MailKind, language: str) -> tuple[str, ...]:
    """Return what is appended to every mail of an assessment and can't be changed: the privacy sentences."""
    gettext = get_translator(language).gettext
    audience = get_audience(assessment.confidentiality, assessment.mode)
    sentences = []
    if audience == Audience.ANONYMOUS and kind in (MailKind.REMINDER, MailKind.CLOSING_SOON):
        sentences.append(gettext(MAYBE_ANSWERED))
    sentences.append(_make_privacy_sentence(assessment, gettext))
    if is_private(audience):
        sentences.append(gettext(NO_REPLY))
    return tuple(sentences)


def make_greeting(name: str, language: str) -> str:
    """Return the salutation, with the name if there is one."""
    gettext = get_translator(language).gettext
    return gettext(GREETING_BY_NAME).replace("{name}", name) if name else gettext(GREETING)


def _make_privacy_sentence(assessment: Assessment, gettext: Callable[[str], str]) -> str:
    audience = get_audience(assessment.confidentiality, assessment.mode)
    if audience == "team":
        return gettext(TEAM_PROMISE)
    if audience == "named":
        return gettext(NAMED_PROMISE)
    people = assessment.minimum_group + 1
    number = gettext(NUMBER_WORDS[people]) if people in NUMBER_WORDS else str(people)
    promise = ANONYMOUS_PROMISE if audience == Audience.ANONYMOUS else CONFIDENTIAL_PROMISE
    return f"{gettext(promise)} {gettext(GROUP_PROMISE).replace(GROUP_MARK, number)}"


def _check_key(kind: MailKind, language: str) -> None:
    if kind not in ASSESSMENT_MAIL_KINDS or language not in list_languages():
        raise NotFoundError
