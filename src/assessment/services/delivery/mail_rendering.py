"""Render a mail: template, values and fixed sentences -> subject, text and HTML.

Rendered when it is sent, so that a closing date that was moved is the right one in every mail.
"""

from collections.abc import Collection

from markupsafe import Markup, escape
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import MailKind
from assessment.domain.mail_template import LINK, MailText, clean_value, fill_template
from assessment.domain.questionnaire import Questionnaire
from assessment.i18n import get_translator
from assessment.i18n.messages import N_
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.delivery import mail_texts
from assessment.services.survey import duration_estimate
from assessment.storage.assessments import Assessment

EXAMPLE_PATH = "/s/this-is-only-an-example"  # a dummy: no token has this form
LINK_MARK = "\N{OBJECT REPLACEMENT CHARACTER}"  # stands for the link until the text is split into paragraphs
BODY_STYLE = "margin:0;padding:24px 12px;background:#ffffff;color:#1d2530;font:16px/1.5 Arial,Helvetica,sans-serif"
MAIN_STYLE = "max-width:560px;margin:0 auto"
BUTTON_STYLE = (
    "display:inline-block;padding:12px 20px;border-radius:6px;background:#0b6b50;color:#ffffff;"
    "text-decoration:none;font-weight:bold"
)
SMALL_STYLE = "color:#4a5563;font-size:14px"
BUTTON_TEXTS: dict[str, str] = {
    MailKind.USER_INVITATION: N_("Set your password"),
    MailKind.PASSWORD_RESET: N_("Set a new password"),
    MailKind.CLOSED: N_("Open the assessment"),
    MailKind.REPORT: N_("Read the report"),
}


class RenderedMail(Struct, frozen=True):
    """Subject, plain text, and HTML of the same content."""

    subject: str
    text: str
    html: str


class MailContent(Struct, frozen=True, kw_only=True):
    """Everything a mail is rendered from; links are absolute. `unsubscribe` is empty where mails can't be stopped."""

    template: MailText
    kind: MailKind
    language: str
    link: str
    unsubscribe: str = ""
    name: str = ""
    minutes: tuple[int, int] | None = None


def estimate_minutes(
    session: Session,
    assessment: Assessment,
    role: str,
    functions: Collection[str],
    questionnaire: Questionnaire | None = None,
) -> tuple[int, int] | None:
    """Estimate the minutes for a person; None before the questionnaire is fixed."""
    if assessment.questionnaire_digest is None:
        return None
    mail_questionnaire = questionnaire or load_questionnaire(session, assessment)
    return duration_estimate.estimate_minutes(
        session, assessment.workspace_id, mail_questionnaire, role, functions, assessment.language
    )


def render_mail(assessment: Assessment, content: MailContent) -> RenderedMail:
    """Render a mail about an assessment."""
    translator = get_translator(content.language)
    filled = fill_template(content.template, _make_values(assessment, content))
    fixed = list(mail_texts.list_fixed_sentences(assessment, content.kind, content.language))
    stop = translator.gettext(mail_texts.STOP_MAILS) if content.unsubscribe else ""
    before, _, after = filled.body.partition(LINK_MARK)
    text = [part for part in (before + content.link, after.strip("\n"), "-- ", *fixed) if part]
    if stop:
        text.append(f"{stop}\n{content.unsubscribe}")
    return RenderedMail(
        filled.subject, "\n\n".join(text) + "\n", _render_html(content, before, after, fixed, stop, filled.subject)
    )


def render_console_mail(content: MailContent) -> RenderedMail:
    """Render a mail to a consultant: its text is complete except for the link."""
    before, _, after = content.template.body.partition(LINK)
    text = f"{before}{content.link}{after}".rstrip("\n")
    html = _render_html(content, before, after, [], "", content.template.subject)
    return RenderedMail(content.template.subject, f"{text}\n", html)


def _make_values(assessment: Assessment, content: MailContent) -> dict[str, str]:
    translator = get_translator(content.language)
    name = clean_value(content.name)
    low, high = content.minutes or (0, 0)
    return {
        "asker": clean_value(assessment.asker or assessment.organisation),
        "closing_date": translator.format_date(assessment.closes_on) if assessment.closes_on else "",
        "greeting": mail_texts.make_greeting(name, content.language),
        "link": LINK_MARK,
        "minutes": "" if not high else str(low) if low == high else f"{low}–{high}",
        "name": name,
        "organisation": clean_value(assessment.organisation),
        "title": clean_value(assessment.title),
    }


def _render_html(content: MailContent, before: str, after: str, fixed: list[str], stop: str, subject: str) -> str:
    """Render the same content as HTML: no image, no script, and no link except the one and the one that stops mails."""
    main = [
        *_render_paragraphs(before),
        Markup('<p><a href="{0}" style="{1}">{2}</a></p><p style="{3}">{0}</p>').format(
            content.link, BUTTON_STYLE, _make_button_text(content), SMALL_STYLE
        ),
        *_render_paragraphs(after),
        *([Markup("<hr>")] if fixed else []),
        *(Markup('<p style="{}">{}</p>').format(SMALL_STYLE, sentence) for sentence in fixed),
    ]
    if stop:
        main.append(
            Markup('<p style="{0}">{1} <a href="{2}">{2}</a></p>').format(SMALL_STYLE, stop, content.unsubscribe)
        )
    page = Markup(
        '<!doctype html>\n<html lang="{language}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>{title}</title></head>\n'
        '<body style="{body_style}">\n<div style="{main_style}">\n{main}\n</div>\n</body>\n</html>\n'
    )
    return str(
        page.format(
            language=content.language,
            title=subject,
            body_style=BODY_STYLE,
            main_style=MAIN_STYLE,
            main=Markup("\n").join(main),
        )
    )


def _make_button_text(content: MailContent) -> str:
    gettext = get_translator(content.language).gettext
    if content.kind in BUTTON_TEXTS:
        return gettext(BUTTON_TEXTS[content.kind])
    return gettext("See the results") if content.kind == MailKind.RESULTS else gettext("Answer the questions")


def _render_paragraphs(text: str) -> list[Markup]:
    paragraphs = [part.strip("\n") for part in text.split("\n\n")]
    return [
        Markup("<p>{}</p>").format(Markup("<br>\n").join(escape(line) for line in part.split("\n")))
        for part in paragraphs
        if part.strip()
    ]
