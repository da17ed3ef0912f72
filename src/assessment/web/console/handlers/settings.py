"""Settings of one assessment: title, closing date, confidentiality, targets, weights, contacts."""

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
from assessment.domain.closed_sets import AssessmentState
from assessment.domain.disclosure.guard import SMALLEST_MINIMUM_GROUP
from assessment.domain.questionnaire import Questionnaire
from assessment.errors import ChangedError, ConflictError, InvalidError
from assessment.i18n import get_translator
from assessment.i18n.messages import N_
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments import assessment_setup
from assessment.services.assessments.assessment_fields import AssessmentPatch
from assessment.services.assessments.mail_domains import MAX_DOMAINS
from assessment.services.assessments.published_questionnaires import find_questionnaire
from assessment.services.assessments.setting_locks import is_opening_locked
from assessment.services.auth.principals import Consultant
from assessment.services.delivery.mail_settings import find_mail
from assessment.settings import Settings
from assessment.storage.assessments import Assessment
from assessment.web.console.authentication import FOR_EDITORS
from assessment.web.console.forms import form_fields
from assessment.web.console.forms.edit_conflicts import (
    EditConflict,
    EditConflictError,
    StateConflictError,
    compare_versions,
    describe_changes,
    preserve_form_on_conflict,
)
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import NO_ERRORS, FieldError, InvalidFormError, map_field_errors
from assessment.web.console.forms.setting_switches import ON, SETTING_SWITCHES
from assessment.web.console.forms.settings_form import fill_settings_form
from assessment.web.console.labels import QuestionnaireLabels, get_labels
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import redirect_to, render_page

TEMPLATE = "console/settings.html"
SETTINGS_PATH = "/assessments/{assessment_id:str}/settings"


@get(SETTINGS_PATH, name="console:settings", policy=CONSULTANT, sync_to_thread=True, opt=FOR_EDITORS)
def show_settings_form(
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
) -> Template:
    """Show the form with the stored settings."""
    assessment = _load_changeable(read_session, consultant, assessment_id)
    questionnaire = find_questionnaire(read_session, assessment, catalogue)
    form = fill_settings_form(assessment, get_translator(consultant.language))
    return render_page(TEMPLATE, **_build_context(read_session, consultant, assessment, questionnaire, form))


@post(SETTINGS_PATH, name="console:change-settings", policy=CONSULTANT, sync_to_thread=True, opt={PRESERVES_FORM: True})
def change_settings(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    form: NamedDependency[FormData],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Save all settings, or none and show the errors of each field."""
    with preserve_form_on_conflict(write_session, consultant, form, None, assessment_id):
        assessment = _load_changeable(write_session, consultant, assessment_id)
    questionnaire = find_questionnaire(write_session, assessment, catalogue)
    context = _build_context(write_session, consultant, assessment, questionnaire, form)
    revision = form_fields.read_integer(form, "revision", [])
    if form.is_returned:
        return render_page(TEMPLATE, **context)
    errors: list[FieldError] = []
    changes = _read_changes(form, questionnaire, errors, assessment)
    try:
        with preserve_form_on_conflict(write_session, consultant, form, context["labels"], assessment_id):
            assessment_setup.update_assessment(
                write_session,
                AssessmentKey(consultant.workspace_id, assessment_id),
                changes,
                catalogue,
                now=now,
                revision=revision,
                operator_minimum=settings.minimum_group,
            )
    except ChangedError as error:
        conflict = _describe_conflict(write_session, consultant, assessment, form, context["labels"])
        raise EditConflictError(TEMPLATE, [], context | {"conflict": conflict}) from error
    except StateConflictError:
        raise
    except InvalidError as error:
        field_errors = form_fields.explain_smallest_group(map_field_errors(error.problems), settings.minimum_group)
        raise InvalidFormError(TEMPLATE, [*errors, *field_errors], context) from error
    if errors:
        raise InvalidFormError(TEMPLATE, errors, context)
    return redirect_to(f"/console/assessments/{assessment_id}?done=saved")


def _describe_conflict(
    session: Session, consultant: Consultant, assessment: Assessment, form: FormData, labels: QuestionnaireLabels
) -> EditConflict:
    unknown = N_("These settings were changed while you were editing.")
    revision = form_fields.read_integer(form, "revision", [])
    conflict, changed_by = describe_changes(session, consultant, assessment.id, revision, unknown)
    stored = fill_settings_form(assessment, get_translator(consultant.language))
    versions = compare_versions(form, stored, changed_by, labels, consultant.language)
    return structs.replace(conflict, versions=versions)


def _load_changeable(session: Session, consultant: Consultant, assessment_id: str) -> Assessment:
    assessment = assessment_setup.get_assessment(session, AssessmentKey(consultant.workspace_id, assessment_id))
    if assessment.state == AssessmentState.CLOSED:
        raise ConflictError("This assessment is closed: its settings stand.")
    return assessment


def _read_changes(
    form: FormData, questionnaire: Questionnaire, errors: list[FieldError], assessment: Assessment
) -> AssessmentPatch:
    functions = [function.id for function in questionnaire.functions]
    contacts = {
        function: _read_numbers(
            form, f"contacts:{function}", [channel.id for channel in questionnaire.channels], errors
        )
        for function in functions
    }
    changes: dict[str, Any] = {
        "title": form.text("title"),
        "closes_on": form_fields.read_date(form, "closes_on", errors),
    } | {switch.name: form.text(switch.name) == ON for switch in SETTING_SWITCHES}
    if not assessment.is_reopened:
        changes |= {
            "targets": _read_numbers(form, "targets", functions, errors),
            "weights": _read_numbers(form, "weights", functions, errors),
            "contacts": {function: shares for function, shares in contacts.items() if shares},
        }
    if (
        not is_opening_locked(assessment) or form.text("promises") == "asked"
    ):  # opened meanwhile: the service must refuse them
        changes |= {
            "asker": form.text("asker"),
            "confidentiality": form.text("confidentiality"),
            "mode": form.text("mode"),
            "share_results": form.text("share_results") == "yes",
            "domains": form_fields.read_list(form, "domains"),
        }
        group = form_fields.read_smallest_group(form, errors)
        if group is not None:
            changes["minimum_group"] = group
    return AssessmentPatch(**changes)


def _read_numbers(form: FormData, prefix: str, ids: list[str], errors: list[FieldError]) -> dict[str, float]:
    read = {id_: form_fields.read_number(form, f"{prefix}:{id_}", errors) for id_ in ids}
    return {id_: value for id_, value in read.items() if value is not None}


def _build_context(
    session: Session, consultant: Consultant, assessment: Assessment, questionnaire: Questionnaire, form: FormData
) -> dict[str, Any]:
    translator = get_translator(consultant.language)
    return {
        "consultant": consultant,
        "assessment": assessment,
        "labels": get_labels(questionnaire, assessment, consultant.language),
        "defaults": {
            function.id: (translator.format_for_input(function.target), translator.format_for_input(function.weight))
            for function in questionnaire.functions
        },
        "is_locked": is_opening_locked(assessment),
        "switches": SETTING_SWITCHES,
        "max_domains": MAX_DOMAINS,
        "has_mail": find_mail(session) is not None,
        "smallest_group": SMALLEST_MINIMUM_GROUP,
        "form": form,
        "form_errors": NO_ERRORS,
    }
