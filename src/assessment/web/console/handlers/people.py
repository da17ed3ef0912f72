"""People of an assessment: invite them, make links, revoke invitations.

The pages show only actions of consultants (links made, revoked, replaced), never whether a person has answered.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.plugins.htmx import HTMXRequest
from litestar.response import Redirect, Template
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, DeliveryMode
from assessment.errors import InvalidError
from assessment.i18n.messages import N_
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments import assessment_setup
from assessment.services.assessments.published_questionnaires import find_questionnaire
from assessment.services.auth.principals import Consultant
from assessment.services.delivery import delivery_totals, mailings
from assessment.services.delivery.mail_settings import find_mail
from assessment.services.people import address_warnings, people_invitations
from assessment.services.people.invitee_checks import Invitee
from assessment.settings import Settings
from assessment.storage.cursor_pagination import PageRequest
from assessment.web.console import flash, people_import
from assessment.web.console.authentication import FOR_EDITORS, PAGE_OPTION
from assessment.web.console.delivery_choice import choose_delivery
from assessment.web.console.edit_conflicts import StateConflictError, preserve_form_on_conflict
from assessment.web.console.form_data import FormData
from assessment.web.console.form_errors import NO_ERRORS, FieldError, InvalidFormError, map_field_errors
from assessment.web.console.labels import QuestionnaireLabels, get_labels
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import redirect_to, render_fragment, render_page

TEMPLATE = "console/people.html"
REVOKE_TEMPLATE = "console/revoke.html"
PEOPLE_PATH = "/assessments/{assessment_id:str}/people"


@get(PEOPLE_PATH, name="console:people", policy=CONSULTANT, sync_to_thread=True)
def show_people(
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    after: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Template:
    context = build_context(read_session, consultant, catalogue, assessment_id, after)
    return render_page(TEMPLATE, **context, flash_message=flash.get_flash_message(done))


@post(PEOPLE_PATH, name="console:add-person", policy=CONSULTANT, sync_to_thread=True, opt={PRESERVES_FORM: True})
def add_person(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    form: NamedDependency[FormData],
    now: NamedDependency[datetime],
) -> Response[Any]:
    context = build_context(write_session, consultant, catalogue, assessment_id, form=form)
    if form.is_returned:
        return render_page(TEMPLATE, **context)
    person = people_import.make_invitee(
        form.text("name"), form.text("email"), form.text("role"), form.list_values("functions")
    )
    invitee = choose_delivery(person, form)
    try:
        with preserve_form_on_conflict(write_session, consultant, form, context["labels"], assessment_id):
            people_invitations.create_invitations(
                write_session, AssessmentKey(consultant.workspace_id, assessment_id), [invitee], catalogue, now
            )
    except StateConflictError:
        raise
    except InvalidError as error:
        errors = [(field.rpartition(":")[2], message) for field, message in map_field_errors(error.problems)]
        raise InvalidFormError(TEMPLATE, replace_id_messages(errors), context) from error
    return redirect_to_people(assessment_id, [invitee])


@post(
    f"{PEOPLE_PATH}/{{invitation_id:str}}/link",
    name="console:link",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt={PAGE_OPTION: "/console/assessments/{assessment_id}/people"},
)
def make_link(
    request: HTMXRequest,
    assessment_id: FromPath[str],
    invitation_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    form: NamedDependency[FormData],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Template | Redirect:
    """Make one more link and show it this once; those made before stay good."""
    context = build_context(write_session, consultant, catalogue, assessment_id, form.text("after"))
    try:
        with preserve_form_on_conflict(write_session, consultant, FormData({}), None, assessment_id, invitation_id):
            token = people_invitations.create_link(
                write_session, AssessmentKey(consultant.workspace_id, assessment_id), invitation_id, now
            )
    except StateConflictError as error:
        if not request.htmx:
            raise
        return render_fragment(request, TEMPLATE, "link", error.status, **context | {"link_conflict": error.context})
    invitation = people_invitations.get_invitation(
        write_session, AssessmentKey(consultant.workspace_id, assessment_id), invitation_id
    )
    link = f"{settings.public_url.rstrip('/')}/s/{token}"
    return render_fragment(request, TEMPLATE, "link", **context | {"link": link, "invitation": invitation})


@get(
    f"{PEOPLE_PATH}/{{invitation_id:str}}/revoke",
    name="console:ask-revoke",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=FOR_EDITORS,
)
def show_revoke_form(
    assessment_id: FromPath[str],
    invitation_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
) -> Template:
    """Show whose invitation it is and what revoking means, and ask for confirmation."""
    invitation = people_invitations.get_invitation(
        read_session, AssessmentKey(consultant.workspace_id, assessment_id), invitation_id
    )
    context = build_context(read_session, consultant, catalogue, assessment_id)
    return render_page(REVOKE_TEMPLATE, **context | {"invitation": invitation})


@post(
    f"{PEOPLE_PATH}/{{invitation_id:str}}/revoke",
    name="console:revoke",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt={PAGE_OPTION: "/console/assessments/{assessment_id}/people/{invitation_id}/revoke"},
)
def revoke_invitation(
    assessment_id: FromPath[str],
    invitation_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Revoke an invitation: its links can't start a survey any more."""
    with preserve_form_on_conflict(write_session, consultant, FormData({}), None, assessment_id, invitation_id):
        people_invitations.revoke_invitation(
            write_session, AssessmentKey(consultant.workspace_id, assessment_id), invitation_id, now
        )
    return redirect_to(f"/console/assessments/{assessment_id}/people?done=revoked")


def redirect_to_people(assessment_id: str, added: Sequence[Invitee]) -> Redirect:
    outcome = "added-to-mail" if count_mailed_people(added) else "added"
    return redirect_to(f"/console/assessments/{assessment_id}/people?done={outcome}")


def count_mailed_people(people: Sequence[Invitee]) -> int:
    return sum(person.deliver == DeliveryMode.MAIL for person in people)


def replace_id_messages(errors: Sequence[FieldError]) -> list[FieldError]:
    """Replace messages about ids: in this form, roles and functions are chosen, not typed."""
    messages = {"role": N_("Choose a role."), "functions": N_("Choose at least one area.")}
    return [(field, messages.get(field, message)) for field, message in errors]


def build_context(
    session: Session,
    consultant: Consultant,
    catalogue: QuestionnaireCatalogue,
    assessment_id: str,
    after: str = "",
    form: FormData | None = None,
) -> dict[str, Any]:
    assessment = assessment_setup.get_assessment(session, AssessmentKey(consultant.workspace_id, assessment_id))
    page = people_invitations.list_invitations(
        session, AssessmentKey(consultant.workspace_id, assessment_id), PageRequest(after or None)
    )
    labels: QuestionnaireLabels = get_labels(
        find_questionnaire(session, assessment, catalogue), assessment, consultant.language
    )
    return {
        "consultant": consultant,
        "assessment": assessment,
        "can_change": consultant.can_edit and assessment.state != AssessmentState.CLOSED,
        "labels": labels,
        "invitations": page.data,
        "links": people_invitations.count_links(session, AssessmentKey(consultant.workspace_id, assessment_id)),
        "links_by_invitation": people_invitations.count_links_by_invitation(
            session, consultant.workspace_id, page.data
        ),
        "replaced": people_invitations.find_replaced(session, consultant.workspace_id, page.data),
        "addresses": address_warnings.load_doubtful_addresses(
            session, AssessmentKey(consultant.workspace_id, assessment_id)
        ),
        "mail": find_mail(session),
        "mail_states": mailings.load_mail_states(session, AssessmentKey(consultant.workspace_id, assessment_id)),
        "totals": delivery_totals.load_delivery_totals(session, AssessmentKey(consultant.workspace_id, assessment_id)),
        "next_cursor": page.next_cursor,
        "after": after,
        "form": form or FormData({}),
        "link": "",
        "link_conflict": None,
        "invitation": None,
        "form_errors": NO_ERRORS,
    }
