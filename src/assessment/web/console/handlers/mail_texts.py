"""Texts of an assessment's mails: edit, preview with a dummy link, send a test to oneself, go back to the default."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import ASSESSMENT_MAIL_KINDS, AssessmentState, MailKind
from assessment.domain.mail_template import (
    BODY,
    PLACEHOLDERS,
    MailText,
    find_template_problems,
    normalize_body,
)
from assessment.domain.survey.closing_time import get_state_at
from assessment.errors import NotFoundError, Problem
from assessment.i18n import get_translator
from assessment.i18n.messages import N_
from assessment.services.assessments import assessment_setup
from assessment.services.auth.principals import Consultant
from assessment.services.delivery import mail_texts, mailings
from assessment.services.delivery.mail_settings import find_mail
from assessment.web.console.forms.edit_conflicts import (
    EditConflict,
    EditConflictError,
    FieldVersions,
    preserve_form_on_conflict,
)
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import NO_ERRORS, FieldError, InvalidFormError
from assessment.web.console.handlers.mails import MAILS_PATH
from assessment.web.console.views.mail_preview import make_preview_body
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import redirect_to, render_page

TEMPLATE = "console/mail-text.html"
CHANGED_MEANWHILE = N_("Someone else changed this text while you were editing.")
TEXT_PATH = f"{MAILS_PATH}/texts/{{kind:str}}"


@get(TEXT_PATH, name="console:mail-text", policy=CONSULTANT, sync_to_thread=True)
def show_mail_text(
    assessment_id: FromPath[str],
    kind: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Template:
    context = _build_context(read_session, consultant, assessment_id, kind, now)
    return render_page(TEMPLATE, **context)


@post(TEXT_PATH, name="console:change-mail-text", policy=CONSULTANT, sync_to_thread=True, opt={PRESERVES_FORM: True})
def change_mail_text(
    assessment_id: FromPath[str],
    kind: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Save, preview or test the typed text, or restore the default, depending on the pressed button.

    Preview and test show the page again with the typed text, which is not saved.
    """
    typed = _normalise_form(form)
    context = _build_context(write_session, consultant, assessment_id, kind, now, typed)
    known: MailKind = context["kind"]
    if form.is_returned:
        return render_page(TEMPLATE, **context)
    act = form.text("act")
    if act not in ("preview", "test"):
        _check_unchanged(context, form, consultant.language)
    path = f"/console/assessments/{assessment_id}/mails/texts/{kind}"
    language = context["assessment"].language
    if act == "reset":
        mail_texts.reset_template(
            write_session, AssessmentKey(consultant.workspace_id, assessment_id), known, language, now
        )
        return redirect_to(f"{path}?done=text-reset")
    text = _make_text(typed)
    form_errors = _list_field_errors(find_template_problems(text), consultant.language)
    if form_errors:
        raise InvalidFormError(TEMPLATE, form_errors, context)
    if act == "preview":
        return render_page(TEMPLATE, **context | {"is_unsaved": True})
    if act == "test":
        with preserve_form_on_conflict(write_session, consultant, typed, None, assessment_id):
            mailings.queue_test_mail(
                write_session,
                AssessmentKey(consultant.workspace_id, assessment_id),
                known,
                consultant.email,
                now,
                text=text,
            )
        return render_page(TEMPLATE, **context | {"is_tested": True, "is_unsaved": True})
    mail_texts.save_template(
        write_session, AssessmentKey(consultant.workspace_id, assessment_id), known, language, text, now
    )
    return redirect_to(f"{path}?done=text-saved")


def _build_context(
    session: Session,
    consultant: Consultant,
    assessment_id: str,
    path_kind: str,
    now: datetime,
    form: FormData | None = None,
) -> dict[str, Any]:
    """Build the context; the preview is None if the typed text has problems."""
    assessment = assessment_setup.get_assessment(session, AssessmentKey(consultant.workspace_id, assessment_id))
    kind = next((kind for kind in ASSESSMENT_MAIL_KINDS if kind == path_kind), None)
    if kind is None:
        raise NotFoundError
    stored = mail_texts.load_template(session, assessment, kind, assessment.language)
    typed = form or FormData({"subject": (stored.subject,), "body": (stored.body,)})
    text = _make_text(typed)
    preview = None
    if not find_template_problems(text):
        preview = mailings.preview_mail(session, AssessmentKey(consultant.workspace_id, assessment_id), kind, text)
    state = get_state_at(assessment.state, assessment.closes_at, now)
    return {
        "consultant": consultant,
        "assessment": assessment,
        "kind": kind,
        "kinds": ASSESSMENT_MAIL_KINDS,
        "can_change": consultant.can_edit and (state != AssessmentState.CLOSED or kind == MailKind.RESULTS),
        "mail": find_mail(session),
        "is_own": mail_texts.has_own_template(session, assessment, kind, assessment.language),
        "fixed": mail_texts.list_fixed_sentences(assessment, kind, assessment.language),
        "placeholders": PLACEHOLDERS,
        "stored": stored,
        "mark": _make_mark(stored),
        "preview": preview,
        "preview_body": make_preview_body(preview) if preview else "",
        "form": typed,
        "form_errors": NO_ERRORS,
        "is_unsaved": False,
        "is_tested": False,
    }


def _check_unchanged(context: dict[str, Any], form: FormData, language: str) -> None:
    """Raise `EditConflictError` with both versions if the stored text is not the one that the form was made from."""
    if form.text("mark") in ("", context["mark"]):
        return
    translator, stored, typed = get_translator(language), context["stored"], context["form"]
    versions = (
        FieldVersions(translator.gettext("Subject"), typed.raw("subject"), stored.subject),
        FieldVersions(translator.gettext("Text"), typed.raw("body"), stored.body),
    )
    different = tuple(version for version in versions if version.typed != version.stored)
    conflict = EditConflict((translator.gettext(CHANGED_MEANWHILE),), different)
    raise EditConflictError(TEMPLATE, [], context | {"conflict": conflict})


def _make_mark(text: MailText) -> str:
    """Return a hash that changes with the stored text."""
    return sha256(f"{text.subject}\n{text.body}".encode()).hexdigest()[:16]


def _normalise_form(form: FormData) -> FormData:
    """Return the form with the body as it is checked and stored, so that line numbers fit what is shown."""
    return FormData(form.fields | {"subject": (form.text("subject"),), "body": (normalize_body(form.raw("body")),)})


def _make_text(form: FormData) -> MailText:
    return MailText(form.text("subject"), form.raw("body"))


def _list_field_errors(problems: Sequence[Problem], language: str) -> list[FieldError]:
    """Return the problems by field; those of the body name their line."""
    translator = get_translator(language)
    form_errors: list[FieldError] = []
    for problem in problems:
        message = translator.translate_error(problem.message)
        if problem.file == BODY and problem.line is not None:
            message = translator.gettext("Line {line}: {told}").format(line=problem.line, told=message)
        form_errors.append((problem.file, message))
    return form_errors
