"""Archive and restore a closed assessment; delete a draft."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.errors import ConflictError
from assessment.services.assessments import assessment_archive, assessment_setup
from assessment.services.auth.principals import Consultant
from assessment.services.people.progress import load_totals
from assessment.web.console.authentication import FOR_EDITORS, PAGE_OPTION
from assessment.web.console.forms.edit_conflicts import preserve_form_on_conflict
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import NO_ERRORS, raise_form_errors
from assessment.web.console.views.client_list import PATH as CLIENTS_PATH
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import redirect_to, render_page

TEMPLATE = "console/clients/delete-draft.html"
ASSESSMENT_PATH = "/assessments/{assessment_id:str}"
TO_ASSESSMENT = {PAGE_OPTION: "/console/assessments/{assessment_id}"}


@post(
    f"{ASSESSMENT_PATH}/archive",
    name="console:archive-assessment",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=TO_ASSESSMENT,
)
def archive_assessment(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Redirect:
    """Archive the assessment; the notice offers to undo it."""
    with preserve_form_on_conflict(write_session, consultant, FormData({}), None, assessment_id):
        assessment_archive.archive_assessment(write_session, AssessmentKey(consultant.workspace_id, assessment_id), now)
    return redirect_to(f"/console/assessments/{assessment_id}?done=assessment-archived:{assessment_id}")


@post(
    f"{ASSESSMENT_PATH}/restore",
    name="console:restore-assessment",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=TO_ASSESSMENT,
)
def restore_assessment(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Redirect:
    """Restore the assessment; the notice offers to undo it."""
    assessment_archive.restore_assessment(write_session, AssessmentKey(consultant.workspace_id, assessment_id), now)
    return redirect_to(f"/console/assessments/{assessment_id}?done=assessment-restored:{assessment_id}")


@get(
    f"{ASSESSMENT_PATH}/delete",
    name="console:ask-delete-draft",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=FOR_EDITORS,
)
def show_delete_form(
    assessment_id: FromPath[str], read_session: NamedDependency[Session], consultant: NamedDependency[Consultant]
) -> Template:
    """Show what would be deleted, and ask for the title."""
    context = _build_context(read_session, consultant, assessment_id)
    if context["assessment"].state != AssessmentState.DRAFT:
        raise ConflictError(assessment_archive.ONLY_DRAFTS)
    return render_page(TEMPLATE, **context, form=FormData({}), form_errors=NO_ERRORS)


@post(
    f"{ASSESSMENT_PATH}/delete",
    name="console:delete-draft",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt={PRESERVES_FORM: True},
)
def delete_draft(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Delete the draft if its title was typed."""
    context = _build_context(write_session, consultant, assessment_id) | {"form": form}
    if form.is_returned:
        return render_page(TEMPLATE, **context, form_errors=NO_ERRORS)
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    with (
        raise_form_errors(TEMPLATE, context),
        preserve_form_on_conflict(write_session, consultant, form, None, assessment_id),
    ):
        assessment_archive.delete_draft(write_session, key, now, typed_title=form.text("typed_name"))
    return redirect_to(f"{CLIENTS_PATH}/{context['assessment'].organisation_id}?done=draft-deleted")


def _build_context(session: Session, consultant: Consultant, assessment_id: str) -> dict[str, Any]:
    assessment = assessment_setup.get_assessment(session, AssessmentKey(consultant.workspace_id, assessment_id))
    totals = load_totals(session, consultant.workspace_id, [assessment_id])
    return {"consultant": consultant, "assessment": assessment, "invited": totals[assessment_id].invited}
