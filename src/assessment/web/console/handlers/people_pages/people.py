"""People of an assessment: list and invite them, make links, revoke invitations.

The pages show only actions of consultants (links made, revoked, replaced), never whether a person has answered.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest
from litestar.response import Redirect, Template
from sqlalchemy import Engine
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
from assessment.services.delivery import mail_states
from assessment.services.delivery.mail_settings import find_mail
from assessment.services.people import people_invitations, people_summary
from assessment.services.people.invitee_checks import Invitee
from assessment.services.people.people_invitations import LinkCounts
from assessment.settings import Settings
from assessment.storage.people import people_table, role_reports
from assessment.web.console import people_import
from assessment.web.console.authentication import FOR_EDITORS, PAGE_OPTION
from assessment.web.console.delivery_choice import choose_delivery
from assessment.web.console.forms.edit_conflicts import StateConflictError, preserve_form_on_conflict
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import NO_ERRORS, FieldError, InvalidFormError, map_field_errors
from assessment.web.console.labels import QuestionnaireLabels, get_labels
from assessment.web.console.views.people_query import PeopleView, parse_people_query
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import redirect_to, render_fragment, render_page

TEMPLATE = "console/people.html"
REVOKE_TEMPLATE = "console/revoke.html"
PEOPLE_PATH = "/assessments/{assessment_id:str}/people"


@get(PEOPLE_PATH, name="console:people", policy=CONSULTANT, sync_to_thread=True)
def show_people(
    request: Request[Any, Any, Any],
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    engine: NamedDependency[Engine],
) -> Template:
    """Show one page of the list; search, filters and order are in the URL."""
    people_summary.refresh_summaries(engine, consultant.workspace_id, [assessment_id])
    text = request.scope["query_string"].decode("latin-1")
    context = build_context(read_session, consultant, catalogue, assessment_id, text)
    return render_page(TEMPLATE, **context)


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
    context = build_context(write_session, consultant, catalogue, assessment_id, form.text("query"))
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
    messages = {"role": N_("Choose a role."), "functions": N_("Choose at least one function.")}
    return [(field, messages.get(field, message)) for field, message in errors]


def build_context(
    session: Session,
    consultant: Consultant,
    catalogue: QuestionnaireCatalogue,
    assessment_id: str,
    query_text: str = "",
    form: FormData | None = None,
) -> dict[str, Any]:
    """Build the context of the page; `query_text` is the query of the URL that shows the list."""
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    assessment = assessment_setup.get_assessment(session, key)
    labels: QuestionnaireLabels = get_labels(
        find_questionnaire(session, assessment, catalogue), assessment, consultant.language
    )
    query = parse_people_query(query_text, consultant.language, labels)
    page = people_table.load_people_page(session, key, query)
    summary = people_summary.load_summary(session, key)
    everyone = sum(group.invited for group in summary.groups)
    return {
        "consultant": consultant,
        "assessment": assessment,
        "can_change": consultant.can_edit and assessment.state != AssessmentState.CLOSED,
        "labels": labels,
        "view": PeopleView(query, f"/console/assessments/{assessment_id}/people"),
        "invitations": page.people,
        "has_more": page.has_more,
        "everyone": everyone,
        "matches": people_table.count_people(session, key, query) if query.is_filtered else everyone,
        "links": LinkCounts(summary.link_people, summary.totals.without_link),
        "links_by_invitation": people_invitations.count_links_by_invitation(
            session, consultant.workspace_id, page.people
        ),
        "replaced": people_invitations.find_replaced(session, consultant.workspace_id, page.people),
        "role_reports": role_reports.load_role_reports(
            session, consultant.workspace_id, [person.id for person in page.people]
        ),
        "reported": role_reports.count_role_reports(session, key),
        "addresses": summary.addresses,
        "mail": find_mail(session),
        "mail_states": mail_states.load_mail_states_of(session, consultant.workspace_id, page.people),
        "totals": summary.totals,
        "form": form or FormData({}),
        "link": "",
        "link_conflict": None,
        "invitation": None,
        "form_errors": NO_ERRORS,
    }
