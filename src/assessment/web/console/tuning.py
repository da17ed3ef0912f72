"""Settings of one assessment: title, closing date, confidentiality, targets, weights, contacts."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from msgspec import structs
from sqlalchemy.orm import Session

from assessment.domain.disclosure import LEAST_MINIMUM_GROUP
from assessment.domain.questionnaire import Questionnaire
from assessment.errors import ChangedError, ConflictError, InvalidError
from assessment.library import Library
from assessment.policies import CONSULTANT
from assessment.services import assessing
from assessment.services.assessing import Changes
from assessment.services.mail_domains import DOMAINS_MOST
from assessment.services.principals import Consultant
from assessment.services.setting_locks import is_locked
from assessment.services.shelf import questionnaire_for
from assessment.settings import Settings
from assessment.storage.assessments import Assessment
from assessment.web.console import fields
from assessment.web.console.conflicts import (
    ChangedFormError,
    Conflict,
    LateFormError,
    compare_versions,
    describe_changes,
    keep_typed,
)
from assessment.web.console.form import Form
from assessment.web.console.identity import FOR_OWNERS
from assessment.web.console.names import Names, names
from assessment.web.console.refusals import NONE, Fault, RefusedError, faults
from assessment.web.guards import KEEPS_FORM
from assessment.web.pages import away, page
from assessment.wording import Wording, wording
from assessment.wording.sentences import N_

TEMPLATE = "console/settings.html"
PATH = "/assessments/{assessment_id:str}/settings"


@get(PATH, name="console:settings", policy=CONSULTANT, sync_to_thread=True, opt=FOR_OWNERS)
def ask(
    assessment_id: FromPath[str],
    reading: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    library: NamedDependency[Library],
) -> Template:
    """Show the form with the stored settings."""
    assessment = _changeable(reading, consultant, assessment_id)
    questionnaire = questionnaire_for(reading, assessment, library)
    held = _held(assessment, wording(consultant.language))
    return page(TEMPLATE, **_context(consultant, assessment, questionnaire, held))


@post(PATH, name="console:change-settings", policy=CONSULTANT, sync_to_thread=True, opt={KEEPS_FORM: True})
def change(
    assessment_id: FromPath[str],
    writing: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    library: NamedDependency[Library],
    form: NamedDependency[Form],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Save all settings, or none and show the errors of each field."""
    with keep_typed(writing, consultant, form, None, assessment_id):
        assessment = _changeable(writing, consultant, assessment_id)
    questionnaire = questionnaire_for(writing, assessment, library)
    context = _context(consultant, assessment, questionnaire, form)
    revision = fields.whole(form, "revision", [])
    if form.is_returned:
        return page(TEMPLATE, **context)
    wrong: list[Fault] = []
    changes = _changes(form, questionnaire, wrong, assessment)
    try:
        with keep_typed(writing, consultant, form, context["names"], assessment_id):
            assessing.change(
                writing,
                consultant.workspace_id,
                assessment_id,
                changes,
                library,
                now=now,
                revision=revision,
                least_group=settings.minimum_group,
            )
    except ChangedError as error:
        conflict = _conflict(writing, consultant, assessment, form, context["names"])
        raise ChangedFormError(TEMPLATE, [], context | {"conflict": conflict}) from error
    except LateFormError:
        raise
    except InvalidError as error:
        raise RefusedError(TEMPLATE, [*wrong, *faults(error.problems)], context) from error
    if wrong:
        raise RefusedError(TEMPLATE, wrong, context)
    return away(f"/console/assessments/{assessment_id}?done=saved")


def _conflict(session: Session, consultant: Consultant, assessment: Assessment, form: Form, known: Names) -> Conflict:
    unknown = N_("These settings were changed while you were editing.")
    revision = fields.whole(form, "revision", [])
    conflict, changed_by = describe_changes(session, consultant, assessment.id, revision, unknown)
    stored = _held(assessment, wording(consultant.language))
    versions = compare_versions(form, stored, changed_by, known, consultant.language)
    return structs.replace(conflict, versions=versions)


def _changeable(session: Session, consultant: Consultant, assessment_id: str) -> Assessment:
    assessment = assessing.get(session, consultant.workspace_id, assessment_id)
    if assessment.state == "closed":
        raise ConflictError("This assessment is closed: its settings stand.")
    return assessment


def _changes(form: Form, questionnaire: Questionnaire, wrong: list[Fault], assessment: Assessment) -> Changes:
    functions = [each.id for each in questionnaire.functions]
    contacts = {
        function: _numbers(form, f"contacts:{function}", [each.id for each in questionnaire.channels], wrong)
        for function in functions
    }
    changes: dict[str, Any] = {
        "title": form.text("title"),
        "closes_on": fields.day(form, "closes_on", wrong),
        "in_benchmarks": form.text("in_benchmarks") == "yes",
    }
    if not assessment.is_reopened:
        changes |= {
            "targets": _numbers(form, "targets", functions, wrong),
            "weights": _numbers(form, "weights", functions, wrong),
            "contacts": {function: shares for function, shares in contacts.items() if shares},
        }
    if not is_locked(assessment) or form.text("promises") == "asked":  # opened meanwhile: the service must refuse them
        changes |= {
            "asker": form.text("asker"),
            "confidentiality": form.text("confidentiality"),
            "mode": form.text("mode"),
            "share_results": form.text("share_results") == "yes",
            "domains": fields.names(form, "domains"),
        }
        group = fields.whole(form, "minimum_group", wrong)
        if group is not None:
            changes["minimum_group"] = group
    return Changes(**changes)


def _numbers(form: Form, place: str, ids: list[str], wrong: list[Fault]) -> dict[str, float]:
    read = {id_: fields.number(form, f"{place}:{id_}", wrong) for id_ in ids}
    return {id_: value for id_, value in read.items() if value is not None}


def _held(assessment: Assessment, words: Wording) -> Form:
    """Build the form data for the stored settings."""
    plain = {
        "title": assessment.title,
        "asker": assessment.asker,
        "closes_on": assessment.closes_on.isoformat() if assessment.closes_on else "",
        "minimum_group": str(assessment.minimum_group),
        "confidentiality": assessment.confidentiality,
        "mode": assessment.mode,
        "share_results": "yes" if assessment.share_results else "",
        "in_benchmarks": "yes" if assessment.in_benchmarks else "",
        "domains": "\n".join(assessment.domains),
    }
    numbers = {f"targets:{id_}": value for id_, value in assessment.targets.items()}
    numbers |= {f"weights:{id_}": value for id_, value in assessment.weights.items()}
    for function, shares in assessment.contacts.items():
        numbers |= {f"contacts:{function}:{channel}": share for channel, share in shares.items()}
    written = plain | {id_: fields.written(value, words) for id_, value in numbers.items()}
    return Form({name: (text,) for name, text in written.items()})


def _context(
    consultant: Consultant, assessment: Assessment, questionnaire: Questionnaire, form: Form
) -> dict[str, Any]:
    words = wording(consultant.language)
    return {
        "consultant": consultant,
        "assessment": assessment,
        "names": names(questionnaire, assessment, consultant.language),
        "defaults": {each.id: (words.typed(each.target), words.typed(each.weight)) for each in questionnaire.functions},
        "is_locked": is_locked(assessment),
        "domains_most": DOMAINS_MOST,
        "least_group": LEAST_MINIMUM_GROUP,
        "form": form,
        "faults": NONE,
    }
