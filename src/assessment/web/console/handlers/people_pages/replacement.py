"""Correct an invitation: in place while the assessment is a draft, by a replacement after it has opened."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from msgspec import structs
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, DeliveryMode
from assessment.errors import ChangedError, InvalidError
from assessment.i18n.messages import N_
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.auth.principals import Consultant
from assessment.services.people import invitation_changes, people_invitations
from assessment.services.people.invitation_changes import InvitationPatch
from assessment.storage.people import role_reports
from assessment.storage.people.invitations import Invitation
from assessment.storage.people.role_reports import RoleReport
from assessment.web.console import people_import
from assessment.web.console.authentication import FOR_EDITORS
from assessment.web.console.forms import form_fields
from assessment.web.console.forms.edit_conflicts import (
    EditConflictError,
    StateConflictError,
    compare_versions,
    describe_changes,
    preserve_form_on_conflict,
)
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import InvalidFormError, map_field_errors
from assessment.web.console.handlers.people_pages.people import PEOPLE_PATH, build_context, replace_id_messages
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import redirect_to, render_page

TEMPLATE = "console/replace.html"
REPLACEMENT_PATH = f"{PEOPLE_PATH}/{{invitation_id:str}}/replacement"


@get(REPLACEMENT_PATH, name="console:ask-replace", policy=CONSULTANT, sync_to_thread=True, opt=FOR_EDITORS)
def show_replacement_form(
    assessment_id: FromPath[str],
    invitation_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
) -> Template:
    """Show the form with the stored values, and what a replacement means."""
    invitation = people_invitations.get_invitation(
        read_session, AssessmentKey(consultant.workspace_id, assessment_id), invitation_id
    )
    reported = role_reports.find_role_report(read_session, consultant.workspace_id, invitation_id)
    form = _fill_form(invitation, reported)
    context = build_context(read_session, consultant, catalogue, assessment_id, form=form)
    return render_page(TEMPLATE, **context | {"invitation": invitation, "role_report": reported})


@post(REPLACEMENT_PATH, name="console:replace", policy=CONSULTANT, sync_to_thread=True, opt={PRESERVES_FORM: True})
def correct_invitation(
    assessment_id: FromPath[str],
    invitation_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    form: NamedDependency[FormData],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Change the invitation in place if the assessment is a draft or only the name differs; otherwise replace it."""
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    invitation = people_invitations.get_invitation(write_session, key, invitation_id)
    context = build_context(write_session, consultant, catalogue, assessment_id, form=form)
    if form.is_returned:
        return render_page(TEMPLATE, **context | {"invitation": invitation})
    invitee = people_import.make_invitee(
        form.text("name"), form.text("email"), form.text("role"), form.list_values("functions")
    )
    deliver = form.text("deliver") if form.text("deliver") in set(DeliveryMode) else invitation.deliver
    corrected = InvitationPatch(
        role=invitee.role,
        functions=invitee.functions,
        email=invitee.email,
        name=invitee.name,
        deliver=DeliveryMode(deliver),
    )
    is_in_place = invitation_changes.is_name_change(invitation, corrected) or (
        context["assessment"].state == AssessmentState.DRAFT
        and not invitation_changes.changes_delivery(invitation, corrected)
    )
    act = invitation_changes.update_invitation if is_in_place else invitation_changes.replace_invitation
    revision = form_fields.read_integer(form, "revision", [])
    try:
        with preserve_form_on_conflict(
            write_session, consultant, form, context["labels"], assessment_id, invitation_id
        ):
            act(write_session, key, invitation_id, corrected, catalogue, now, revision=revision)
    except ChangedError as error:
        unknown = N_("This invitation was changed while you were editing.")
        conflict, changed_by = describe_changes(write_session, consultant, invitation_id, revision, unknown)
        versions = compare_versions(form, _fill_form(invitation), changed_by, context["labels"], consultant.language)
        conflict = structs.replace(conflict, versions=versions)
        raise EditConflictError(TEMPLATE, [], context | {"invitation": invitation, "conflict": conflict}) from error
    except StateConflictError:
        raise
    except InvalidError as error:
        raise InvalidFormError(
            TEMPLATE, replace_id_messages(map_field_errors(error.problems)), context | {"invitation": invitation}
        ) from error
    replaced = "replaced-to-mail" if deliver == DeliveryMode.MAIL else "replaced"
    return redirect_to(f"/console/assessments/{assessment_id}/people?done={'changed' if is_in_place else replaced}")


def _fill_form(invitation: Invitation, reported: RoleReport | None = None) -> FormData:
    """Fill the form with the stored values; role and functions as the person reported them."""
    typed: Mapping[str, tuple[str, ...]] = {
        "name": (invitation.name or "",),
        "email": (invitation.email or "",),
        "role": ((reported or invitation).role,),
        "functions": (reported or invitation).functions,
        "deliver": (invitation.deliver,),
    }
    return FormData(dict(typed))
