"""Replacement of several people's invitations: the same role or functions for all, or what each person reported."""

from datetime import datetime
from typing import Any

from litestar import Response
from msgspec import UNSET
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.errors import InvalidError
from assessment.i18n.messages import N_
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.auth.principals import Consultant
from assessment.services.people import invitation_changes, people_invitations
from assessment.services.people.invitation_changes import InvitationPatch
from assessment.storage.people import role_reports
from assessment.storage.people.invitations import Invitation
from assessment.storage.people.role_reports import RoleReport
from assessment.web.console.forms.edit_conflicts import preserve_form_on_conflict
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import FieldError, InvalidFormError, map_field_errors
from assessment.web.console.handlers.people_pages.people import replace_id_messages
from assessment.web.http.page_responses import redirect_to, render_page

TEMPLATE = "console/replace-many.html"
AS_REPORTED = "reported"
NOBODY_TO_REPLACE = N_("All of these invitations are revoked or replaced already.")
NOTHING_TO_CHANGE = N_("Choose what is to be different: a role, functions, or what the people said themselves.")


def replace_chosen(
    session: Session,
    consultant: Consultant,
    catalogue: QuestionnaireCatalogue,
    invitations: tuple[Invitation, ...],
    context: dict[str, Any],
    now: datetime,
) -> Response[Any]:
    """Ask what is to be different; once the form is filled in, correct all these invitations, or none."""
    form: FormData = context["form"]
    key: AssessmentKey = context["assessment"].key
    reports = role_reports.load_role_reports(session, key.workspace_id, [invitation.id for invitation in invitations])
    context |= {"chosen": invitations, "chosen_reports": reports}
    if form.text("sure") != "yes":
        return render_page(TEMPLATE, **context)
    patches = {invitation.id: _make_patch(form, reports.get(invitation.id)) for invitation in invitations}
    changed = [invitation for invitation in invitations if _changes(invitation, patches[invitation.id])]
    if not changed:
        raise InvalidFormError(TEMPLATE, [("role", NOTHING_TO_CHANGE)], context)
    is_draft = context["assessment"].state == AssessmentState.DRAFT
    act = invitation_changes.update_invitation if is_draft else invitation_changes.replace_invitation
    errors: list[FieldError] = []
    for invitation in changed:
        try:
            with preserve_form_on_conflict(session, consultant, FormData({}), None, key.assessment_id, invitation.id):
                act(session, key, invitation.id, patches[invitation.id], catalogue, now)
        except InvalidError as error:
            errors += replace_id_messages(map_field_errors(error.problems))
    if errors:
        raise InvalidFormError(TEMPLATE, list(dict.fromkeys(errors)), context)
    return redirect_to(
        f"/console/assessments/{key.assessment_id}/people?done={'changed-many' if is_draft else 'replaced-many'}"
    )


def list_replaceable(
    session: Session, workspace_id: str, invitations: tuple[Invitation, ...]
) -> tuple[Invitation, ...]:
    """Return those that are neither revoked nor replaced."""
    replaced = people_invitations.find_replaced(session, workspace_id, invitations)
    return tuple(
        invitation for invitation in invitations if invitation.revoked_on is None and invitation.id not in replaced
    )


def _make_patch(form: FormData, reported: RoleReport | None) -> InvitationPatch:
    """Read the chosen role and functions; a person's own report takes precedence if that was ticked."""
    if reported is not None and form.text(AS_REPORTED) == "yes":
        return InvitationPatch(role=reported.role, functions=reported.functions)
    return InvitationPatch(role=form.text("role") or UNSET, functions=tuple(form.list_values("functions")) or UNSET)


def _changes(invitation: Invitation, patch: InvitationPatch) -> bool:
    changes_role = patch.role is not UNSET and patch.role != invitation.role
    return changes_role or (patch.functions is not UNSET and set(patch.functions) != set(invitation.functions))
