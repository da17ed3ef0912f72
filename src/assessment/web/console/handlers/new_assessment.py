"""Create an assessment, for an existing or a new organisation."""

from datetime import date, datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.disclosure.guard import SMALLEST_MINIMUM_GROUP
from assessment.errors import InvalidError
from assessment.i18n.collation import collation_key
from assessment.i18n.messages import N_
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments import assessment_setup, client_organisations
from assessment.services.assessments.assessment_fields import AssessmentInput
from assessment.services.assessments.mail_domains import MAX_DOMAINS
from assessment.services.auth import users, workspace_preferences
from assessment.services.auth.principals import Consultant
from assessment.services.delivery.mail_settings import find_mail
from assessment.services.questionnaires import workspace_questionnaires
from assessment.settings import Settings
from assessment.storage import organisations
from assessment.web.console.authentication import FOR_EDITORS
from assessment.web.console.forms import form_fields
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import NO_ERRORS, FieldError, InvalidFormError, map_field_errors
from assessment.web.console.similar_clients import find_name_warning
from assessment.web.http import languages
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.languages import list_language_names
from assessment.web.http.page_responses import redirect_to, render_page

TEMPLATE = "console/new.html"
NEW_ORGANISATION = ""  # value of the choice "new organisation"


@get("/assessments/new", name="console:new", policy=CONSULTANT, sync_to_thread=True, opt=FOR_EDITORS)
def show_new_form(
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    client: FromQuery[str] = "",
) -> Template:
    """Show the form; `client` is the id of the client that is chosen in it."""
    form = FormData({"organisation": (client,)})
    return render_page(TEMPLATE, **_build_context(read_session, consultant, catalogue, form), form_errors=NO_ERRORS)


@post("/assessments/new", name="console:create", policy=CONSULTANT, sync_to_thread=True, opt={PRESERVES_FORM: True})
def create_assessment(
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    form: NamedDependency[FormData],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Create a draft and, if needed, its organisation, in one transaction."""
    errors: list[FieldError] = []
    context = _build_context(write_session, consultant, catalogue, form)
    if form.is_returned:
        return render_page(TEMPLATE, **context, form_errors=NO_ERRORS)
    closes_on = form_fields.read_date(form, "closes_on", errors)
    minimum_group = form_fields.read_smallest_group(form, errors)
    organisation = form.text("organisation")
    if organisation == NEW_ORGANISATION:
        organisation = _create_organisation(write_session, consultant, form, now, errors)
    assessment_input = _build_new_assessment(form, organisation, closes_on, minimum_group)
    try:
        assessment = assessment_setup.create_assessment(
            write_session,
            consultant.workspace_id,
            assessment_input,
            catalogue,
            now,
            operator_minimum=settings.minimum_group,
        )
    except InvalidError as error:
        field_errors = form_fields.explain_smallest_group(map_field_errors(error.problems), settings.minimum_group)
        errors += [
            field_error
            for field_error in field_errors
            if field_error[0] != "organisation" or form.text("organisation") != NEW_ORGANISATION
        ]
        raise InvalidFormError(TEMPLATE, errors, context) from error
    if errors:
        raise InvalidFormError(TEMPLATE, errors, context)
    return redirect_to(f"/console/assessments/{assessment.id}?done=created")


def _create_organisation(
    session: Session, consultant: Consultant, form: FormData, now: datetime, errors: list[FieldError]
) -> str:
    warning = find_name_warning(session, consultant.workspace_id, form, "organisation_name")
    if warning is not None:
        errors.append(warning)
    try:
        return client_organisations.create_organisation(
            session, consultant.workspace_id, form.text("organisation_name"), now
        ).id
    except InvalidError as error:
        is_taken = error.detail in (client_organisations.NAME_TAKEN, client_organisations.ARCHIVED_NAME_TAKEN)
        message = error.detail if is_taken else N_("Name the client, in at most 200 characters.")
        errors.append(("organisation_name", message))
        return NEW_ORGANISATION


def _build_new_assessment(
    form: FormData, organisation: str, closes_on: date | None, minimum_group: int | None
) -> AssessmentInput:
    return AssessmentInput(
        organisation=organisation,
        questionnaire=form.text("questionnaire"),
        title=form.text("title"),
        language=form.text("language") or None,
        asker=form.text("asker"),
        confidentiality=form.text("confidentiality"),
        mode=form.text("mode"),
        minimum_group=minimum_group,
        closes_on=closes_on,
        domains=form_fields.read_list(form, "domains"),
    )


def _build_context(
    session: Session, consultant: Consultant, catalogue: QuestionnaireCatalogue, form: FormData
) -> dict[str, object]:
    preferences = workspace_preferences.load_preferences(session, consultant.workspace_id)
    by_name = sorted(
        organisations.load_organisations(session, consultant.workspace_id),
        key=lambda organisation: collation_key(organisation.name, consultant.language),
    )
    questionnaires = [
        (
            f"{questionnaire.id}@{questionnaire.version}",
            questionnaire.text(consultant.language).title,
            questionnaire.version,
        )
        for questionnaire in workspace_questionnaires.list_available(session, consultant.workspace_id, catalogue)
    ]
    return {
        "consultant": consultant,
        "firm": preferences.sender_name
        or ("" if consultant.workspace == users.DEFAULT_WORKSPACE else consultant.workspace),
        "organisations": [organisation for organisation in by_name if organisation.archived_on is None],
        "questionnaires": questionnaires,
        "survey_languages": list_language_names(
            workspace_preferences.select_languages(preferences, languages.INTERFACE_LANGUAGES)
        ),
        "smallest_group": SMALLEST_MINIMUM_GROUP,
        "max_domains": MAX_DOMAINS,
        "has_mail": find_mail(session) is not None,
        "form": form,
    }
