"""Live page of an open assessment: response, drop-off, reminders, days left; move the closing date, close early."""

from datetime import datetime
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
from assessment.errors import ConflictError, InvalidError
from assessment.i18n.messages import N_
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments import assessment_setup
from assessment.services.assessments.assessment_fields import AssessmentPatch
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.auth.principals import Consultant
from assessment.services.delivery import reminder_plans
from assessment.services.delivery.mail_settings import find_mail
from assessment.services.people.progress import refresh_counts
from assessment.storage.assessments import Assessment
from assessment.web.console.authentication import POLLED
from assessment.web.console.forms import form_fields
from assessment.web.console.forms.edit_conflicts import StateConflictError, preserve_form_on_conflict
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import NO_ERRORS, FieldError, InvalidFormError, map_field_errors
from assessment.web.console.views.assessment_list import build_entries
from assessment.web.console.views.live_view import build_live_view
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import redirect_to, render_fragment, render_page

TEMPLATE = "console/live.html"
LIVE_PATH = "/assessments/{assessment_id:str}/live"
NOT_OPENED = N_("This assessment has not been opened yet.")
NO_DATE = N_("Choose a date.")
NOT_LATER = N_("Choose a date after the present closing date.")


@get(LIVE_PATH, name="console:live", policy=CONSULTANT, sync_to_thread=True, opt=POLLED)
def show_live(
    request: HTMXRequest,
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
    engine: NamedDependency[Engine],
) -> Template | Redirect:
    """Show the page; htmx, which asks again every minute, gets the numbers alone."""
    refresh_counts(engine, consultant.workspace_id, [assessment_id], now)
    context = _build_context(read_session, consultant, assessment_id, now)
    return render_fragment(request, TEMPLATE, "live", **context)


@post(LIVE_PATH, name="console:extend", policy=CONSULTANT, sync_to_thread=True, opt={PRESERVES_FORM: True})
def extend_survey(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    form: NamedDependency[FormData],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Move the closing date of an open assessment to a later day."""
    context = _build_context(write_session, consultant, assessment_id, now) | {"form": form}
    if form.is_returned:
        return render_page(TEMPLATE, **context)
    assessment: Assessment = context["assessment"]
    errors: list[FieldError] = []
    closes_on = form_fields.read_date(form, "closes_on", errors)
    if closes_on is None:
        raise InvalidFormError(TEMPLATE, errors or [("closes_on", NO_DATE)], context)
    if assessment.closes_on is not None and closes_on <= assessment.closes_on:
        raise InvalidFormError(TEMPLATE, [("closes_on", NOT_LATER)], context)
    try:
        with preserve_form_on_conflict(write_session, consultant, form, None, assessment_id):
            if not context["view"].is_open:
                raise ConflictError(N_("This assessment is closed."))
            assessment_setup.update_assessment(
                write_session,
                AssessmentKey(consultant.workspace_id, assessment_id),
                AssessmentPatch(closes_on=closes_on),
                catalogue,
                now=now,
            )
    except StateConflictError:
        raise
    except InvalidError as error:
        raise InvalidFormError(TEMPLATE, map_field_errors(error.problems), context) from error
    return redirect_to(f"/console/assessments/{assessment_id}/live?done=extended")


def _build_context(session: Session, consultant: Consultant, assessment_id: str, now: datetime) -> dict[str, Any]:
    """Build the context; `ConflictError` for a draft, which has nothing to follow."""
    assessment = assessment_setup.get_assessment(session, AssessmentKey(consultant.workspace_id, assessment_id))
    if assessment.state == AssessmentState.DRAFT:
        raise ConflictError(NOT_OPENED)
    questionnaire = load_questionnaire(session, assessment)
    view = build_live_view(session, consultant, assessment, questionnaire, now)
    return {
        "consultant": consultant,
        "assessment": assessment,
        "view": view,
        "can_change": consultant.can_edit and view.is_open,
        "has_mail": find_mail(session) is not None,
        "entry": build_entries(session, consultant, [assessment], now)[0],
        "planned": reminder_plans.list_planned_mailings(session, assessment.key) if find_mail(session) else (),
        "form": FormData({}),
        "form_errors": NO_ERRORS,
    }
