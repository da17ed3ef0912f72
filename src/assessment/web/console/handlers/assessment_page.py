"""Assessment page: set-up tasks, progress, and opening, closing and reopening."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest
from litestar.response import Redirect, Template
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.domain.disclosure.feasibility import DEFAULT_RESPONSE_PERCENT
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.closing_time import get_state_at, get_workspace_day
from assessment.errors import ChangedError, ConflictError, InvalidError, MailNotAvailableError, NothingToShowError
from assessment.i18n import get_translator
from assessment.i18n.messages import N_
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments import assessment_setup, reopening
from assessment.services.assessments.feasibility import forecast_close
from assessment.services.assessments.published_questionnaires import find_questionnaire
from assessment.services.assessments.staged_close import finish_close, stage_close
from assessment.services.auth import workspace_preferences
from assessment.services.auth.principals import Consultant
from assessment.services.delivery import delivery_totals, reminder_plans
from assessment.services.delivery.mail_settings import find_mail
from assessment.services.operations import audit_trail
from assessment.services.people import invited_people
from assessment.services.people.progress import load_progress, refresh_counts
from assessment.services.reports import report_requests
from assessment.services.reports.render_pool import RenderPool
from assessment.storage import database
from assessment.storage.assessments import Assessment
from assessment.web.console import setup_tasks
from assessment.web.console.authentication import FOR_EDITORS, PAGE_OPTION, POLLED
from assessment.web.console.forms import form_fields
from assessment.web.console.forms.edit_conflicts import (
    EditConflictError,
    StateConflictError,
    describe_changes,
    preserve_form_on_conflict,
)
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import NO_ERRORS, InvalidFormError, map_field_errors
from assessment.web.console.handlers.feasibility import build_view
from assessment.web.console.labels import get_labels
from assessment.web.console.views.assessment_list import build_entries
from assessment.web.console.views.figure_groups import ClosingLines, describe_closing
from assessment.web.console.views.withheld_results import describe_withheld
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.languages import list_language_names
from assessment.web.http.page_responses import redirect_to, render_fragment, render_page

TEMPLATE = "console/assessment.html"
CLOSE_TEMPLATE = "console/close.html"
REOPEN_TEMPLATE = "console/reopen.html"
NOT_READ = N_("Read what a close means, then press the button.")
NUMBER_CHANGED = N_("The number of responses has changed. Look at it, then press the button.")


@get("/assessments/{assessment_id:str}", name="console:assessment", policy=CONSULTANT, sync_to_thread=True)
def show_assessment(
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    now: NamedDependency[datetime],
    engine: NamedDependency[Engine],
) -> Template:
    refresh_counts(engine, consultant.workspace_id, [assessment_id], now)
    context = _build_context(read_session, consultant, catalogue, assessment_id, now)
    return render_page(TEMPLATE, **context, form_errors=NO_ERRORS)


@get(
    "/assessments/{assessment_id:str}/progress",
    name="console:progress",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=POLLED,
)
def show_progress(
    request: HTMXRequest,
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    now: NamedDependency[datetime],
    engine: NamedDependency[Engine],
) -> Template | Redirect:
    """Show the progress: for htmx the fragment, otherwise the whole page."""
    refresh_counts(engine, consultant.workspace_id, [assessment_id], now)
    return render_fragment(
        request,
        TEMPLATE,
        "progress",
        **_build_context(read_session, consultant, catalogue, assessment_id, now),
        form_errors=NO_ERRORS,
    )


@post(
    "/assessments/{assessment_id:str}/open",
    name="console:open",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt={PAGE_OPTION: "/console/assessments/{assessment_id}"},
)
def open_assessment(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Open the assessment, or show what is missing."""
    context = _build_context(write_session, consultant, catalogue, assessment_id, now)
    try:
        with preserve_form_on_conflict(write_session, consultant, FormData({}), None, assessment_id):
            _open_assessment(write_session, consultant, assessment_id, catalogue, now)
    except StateConflictError:
        raise
    except InvalidError as error:
        errors = [("open", message) for _, message in map_field_errors(error.problems)]
        raise InvalidFormError(TEMPLATE, errors, context) from error
    return redirect_to(f"/console/assessments/{assessment_id}?done=opened")


def _open_assessment(
    session: Session, consultant: Consultant, assessment_id: str, catalogue: QuestionnaireCatalogue, now: datetime
) -> None:
    """Open the assessment; domains without mail are reported as a missing setting, not as a conflict."""
    try:
        assessment_setup.open_assessment(session, AssessmentKey(consultant.workspace_id, assessment_id), catalogue, now)
    except MailNotAvailableError as error:
        raise InvalidError(error.detail, error.problems) from error


@get(
    "/assessments/{assessment_id:str}/close",
    name="console:ask-close",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=FOR_EDITORS,
)
def show_close_form(
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    now: NamedDependency[datetime],
    engine: NamedDependency[Engine],
) -> Template:
    """Show what closing means, and ask for confirmation."""
    refresh_counts(engine, consultant.workspace_id, [assessment_id], now)
    context = _build_context(read_session, consultant, catalogue, assessment_id, now)
    _require_open(context["assessment"])
    return render_page(CLOSE_TEMPLATE, **context, form_errors=NO_ERRORS, form=FormData({}))


@post(
    "/assessments/{assessment_id:str}/close",
    name="console:close",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt={PRESERVES_FORM: True},
)
def close_assessment(
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    form: NamedDependency[FormData],
    now: NamedDependency[datetime],
    render_pool: NamedDependency[RenderPool],
    engine: NamedDependency[Engine],
) -> Response[Any]:
    """Close the assessment: the page before says what that means and for how many responses.

    The figures are computed before the transaction that stores them. That one ends within the block, because the
    assessment accepts answers again if it fails.
    """
    with database.read_session(engine) as session:
        context = _build_context(session, consultant, catalogue, assessment_id, now)
    with preserve_form_on_conflict(read_session, consultant, form, None, assessment_id):
        _require_open(context["assessment"])
    revision = form_fields.read_integer(form, "revision", [])
    without_results = form.text("without_results") == "yes"
    context |= {"form": form, "is_empty": without_results}
    if form.is_returned:
        return render_page(CLOSE_TEMPLATE, **context, form_errors=NO_ERRORS)
    if form.text("sure") != "yes":  # only the page that confirms a close has this field
        raise InvalidFormError(CLOSE_TEMPLATE, [("close", NOT_READ)], context)
    if form.text("number") not in ("", str(context["progress"].total.sent)):
        raise InvalidFormError(CLOSE_TEMPLATE, [("close", NUMBER_CHANGED)], context)
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    with preserve_form_on_conflict(read_session, consultant, form, None, assessment_id):
        try:
            with (
                stage_close(engine, key, now, revision, without_results=without_results) as staged,
                database.write_session(engine) as session,
            ):
                audit_trail.set_actor(session, consultant.email)
                database.run_after_commit(session, lambda _: render_pool.evict_reports(assessment_id))
                release = finish_close(session, staged, now)
        except ChangedError as error:
            unknown = N_("These settings were changed while you were editing.")
            conflict, _ = describe_changes(read_session, consultant, assessment_id, revision, unknown)
            raise EditConflictError(CLOSE_TEMPLATE, [], context | {"conflict": conflict}) from error
        except NothingToShowError as error:
            raise InvalidFormError(CLOSE_TEMPLATE, [("close", error.detail)], context | {"is_empty": True}) from error
    return redirect_to(f"/console/assessments/{assessment_id}{'/results' if release else ''}")


@get(
    "/assessments/{assessment_id:str}/reopen",
    name="console:ask-reopen",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=FOR_EDITORS,
)
def show_reopen_form(
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    now: NamedDependency[datetime],
) -> Template:
    """Show what reopening means; raises `ConflictError` with the reason if it is not possible."""
    context = _build_context(read_session, consultant, catalogue, assessment_id, now)
    refusal = reopening.find_refusal(context["assessment"])
    if refusal:
        raise ConflictError(refusal)
    return render_page(REOPEN_TEMPLATE, **context, form_errors=NO_ERRORS)


@post(
    "/assessments/{assessment_id:str}/reopen",
    name="console:reopen",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt={PAGE_OPTION: "/console/assessments/{assessment_id}/reopen"},
)
def reopen_assessment(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[Any]:
    with preserve_form_on_conflict(write_session, consultant, FormData({}), None, assessment_id):
        reopening.reopen_assessment(write_session, AssessmentKey(consultant.workspace_id, assessment_id), now)
    return redirect_to(f"/console/assessments/{assessment_id}?done=reopened")


def _require_open(assessment: Assessment) -> None:
    if assessment.state != AssessmentState.OPEN:
        raise ConflictError("Only an open assessment can be closed.")


def _build_context(
    session: Session, consultant: Consultant, catalogue: QuestionnaireCatalogue, assessment_id: str, now: datetime
) -> dict[str, Any]:
    assessment = assessment_setup.get_assessment(session, AssessmentKey(consultant.workspace_id, assessment_id))
    questionnaire = find_questionnaire(session, assessment, catalogue)
    progress = load_progress(session, AssessmentKey(consultant.workspace_id, assessment_id))
    today = get_workspace_day(now, assessment.time_zone)
    has_mail = find_mail(session) is not None
    is_draft = assessment.state == AssessmentState.DRAFT
    view = build_view(session, consultant, assessment, questionnaire, DEFAULT_RESPONSE_PERCENT) if is_draft else None
    hidden = len(view.hidden) if view else 0
    tasks = setup_tasks.list_tasks(assessment, progress.total.invited, today, has_mail=has_mail, hidden=hidden)
    unmailed = delivery_totals.count_unmailed(session, consultant.workspace_id, [assessment_id])
    return {
        "consultant": consultant,
        "assessment": assessment,
        "can_change": consultant.can_edit,
        "labels": get_labels(questionnaire, assessment, consultant.language),
        "progress": progress,
        "least_share": get_translator(consultant.language).format_percent(
            Decimal(str(questionnaire.scoring.submitted_share)).scaleb(2)
        ),
        "report_languages": list_language_names(
            workspace_preferences.select_languages(
                workspace_preferences.load_preferences(session, consultant.workspace_id),
                report_requests.list_report_languages(questionnaire),
            )
        ),
        "tasks": tasks,
        "is_ready": setup_tasks.is_ready(tasks),
        "missing": setup_tasks.count_missing(tasks),
        "is_compared": reopening.is_release_compared(assessment.confidentiality, assessment.mode),
        "withheld": describe_withheld(assessment, questionnaire, consultant.language),
        "counting": invited_people.preview_counting_people(session, assessment) if is_draft else None,
        "view": view,
        "closing": _describe_closing(session, consultant, assessment, questionnaire),
        "checked_at": now,
        "is_closing": get_state_at(assessment.state, assessment.closes_at, now) != assessment.state,
        "today": today,
        "is_empty": False,
        "has_mail": has_mail,
        "entry": build_entries(session, consultant, [assessment], now)[0],
        "unmailed": unmailed.get(assessment_id, 0) if assessment.state != AssessmentState.CLOSED else 0,
        "planned": reminder_plans.list_planned_mailings(session, AssessmentKey(consultant.workspace_id, assessment_id))
        if has_mail
        else (),
    }


def _describe_closing(
    session: Session, consultant: Consultant, assessment: Assessment, questionnaire: Questionnaire
) -> ClosingLines | None:
    """Describe what closing now will or may hide; None where nothing is hidden, or it is not open."""
    close_forecast = (
        forecast_close(session, assessment, questionnaire) if assessment.state == AssessmentState.OPEN else None
    )
    if close_forecast is None:
        return None
    names = get_labels(questionnaire, assessment, consultant.language)
    return describe_closing(close_forecast.forecast, names, get_translator(consultant.language))
