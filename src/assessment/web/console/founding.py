"""Create an assessment, for an existing or a new organisation."""

from datetime import date, datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Template
from sqlalchemy.orm import Session

from assessment.domain.disclosure import LEAST_MINIMUM_GROUP
from assessment.errors import InvalidError
from assessment.library import Library
from assessment.policies import CONSULTANT
from assessment.services import assessing, organising, users
from assessment.services.assessing import NewAssessment
from assessment.services.mail_domains import DOMAINS_MOST
from assessment.services.principals import Consultant
from assessment.settings import Settings
from assessment.storage.organisations import Organisation
from assessment.storage.pages import LIMIT_MOST, Place
from assessment.web import languages
from assessment.web.console import fields
from assessment.web.console.form import Form
from assessment.web.console.identity import FOR_OWNERS
from assessment.web.console.refusals import NONE, Fault, RefusedError, faults
from assessment.web.guards import KEEPS_FORM
from assessment.web.languages import names_of
from assessment.web.pages import away, page
from assessment.wording.collation import collation_key
from assessment.wording.sentences import N_

TEMPLATE = "console/new.html"
NEW = ""  # value of the choice "new organisation"


@get("/assessments/new", name="console:new", policy=CONSULTANT, sync_to_thread=True, opt=FOR_OWNERS)
def ask(
    reading: NamedDependency[Session], consultant: NamedDependency[Consultant], library: NamedDependency[Library]
) -> Template:
    return page(TEMPLATE, **_context(reading, consultant, library, Form({})), faults=NONE)


@post("/assessments/new", name="console:create", policy=CONSULTANT, sync_to_thread=True, opt={KEEPS_FORM: True})
def create(
    writing: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    library: NamedDependency[Library],
    form: NamedDependency[Form],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Create a draft and, if needed, its organisation, in one transaction."""
    wrong: list[Fault] = []
    context = _context(writing, consultant, library, form)
    if form.is_returned:
        return page(TEMPLATE, **context, faults=NONE)
    closes_on = fields.day(form, "closes_on", wrong)
    minimum_group = fields.whole(form, "minimum_group", wrong)
    organisation = form.text("organisation")
    if organisation == NEW:
        organisation = _founded(writing, consultant, form, now, wrong)
    new = _new(form, organisation, closes_on, minimum_group)
    try:
        made = assessing.create(writing, consultant.workspace_id, new, library, now, least_group=settings.minimum_group)
    except InvalidError as error:
        found = faults(error.problems)
        wrong += [fault for fault in found if fault[0] != "organisation" or form.text("organisation") != NEW]
        raise RefusedError(TEMPLATE, wrong, context) from error
    if wrong:
        raise RefusedError(TEMPLATE, wrong, context)
    return away(f"/console/assessments/{made.id}?done=created")


def _founded(session: Session, consultant: Consultant, form: Form, now: datetime, wrong: list[Fault]) -> str:
    try:
        return organising.create(session, consultant.workspace_id, form.text("organisation_name"), now).id
    except InvalidError as error:
        is_taken = error.detail == organising.TAKEN
        told = organising.TAKEN if is_taken else N_("Name the organisation, in at most 200 characters.")
        wrong.append(("organisation_name", told))
        return NEW


def _new(form: Form, organisation: str, closes_on: date | None, minimum_group: int | None) -> NewAssessment:
    return NewAssessment(
        organisation=organisation,
        questionnaire=form.text("questionnaire"),
        title=form.text("title"),
        language=form.text("language") or None,
        asker=form.text("asker"),
        confidentiality=form.text("confidentiality"),
        mode=form.text("mode"),
        minimum_group=minimum_group,
        closes_on=closes_on,
        domains=fields.names(form, "domains"),
    )


def _context(session: Session, consultant: Consultant, library: Library, form: Form) -> dict[str, object]:
    found = organising.list_organisations(session, consultant.workspace_id, Place(limit=LIMIT_MOST))
    by_name: list[Organisation] = sorted(found.data, key=lambda each: collation_key(each.name, consultant.language))
    questionnaires = [
        (f"{each.id}@{each.version}", each.text(consultant.language).title, each.version) for each in library.list()
    ]
    return {
        "consultant": consultant,
        "firm": "" if consultant.workspace == users.WORKSPACE else consultant.workspace,
        "organisations": by_name,
        "questionnaires": questionnaires,
        "survey_languages": names_of(languages.SPOKEN),
        "least_group": LEAST_MINIMUM_GROUP,
        "domains_most": DOMAINS_MOST,
        "form": form,
    }
