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

from assessment.domain.delimited import DelimitedError
from assessment.errors import Filled, InvalidError, Problem, with_values
from assessment.library import Library
from assessment.policies import CONSULTANT
from assessment.services import assessing, inviting
from assessment.services.principals import Consultant
from assessment.services.shelf import questionnaire_for
from assessment.settings import Settings
from assessment.storage.pages import Place
from assessment.web.console import done as said
from assessment.web.console import lines
from assessment.web.console.conflicts import LateFormError, keep_typed
from assessment.web.console.form import Form
from assessment.web.console.identity import FOR_OWNERS, OWNER, PAGE
from assessment.web.console.names import Names, names
from assessment.web.console.refusals import NONE, Fault, RefusedError, faults
from assessment.web.guards import KEEPS_FORM
from assessment.web.pages import away, fragment, page
from assessment.wording import wording
from assessment.wording.sentences import N_

TEMPLATE = "console/people.html"
CHECKING = "console/people-check.html"
REVOKING = "console/revoke.html"
BASE = "/assessments/{assessment_id:str}/people"
LINES_MOST = 2000


@get(BASE, name="console:people", policy=CONSULTANT, sync_to_thread=True)
def show(
    assessment_id: FromPath[str],
    reading: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    library: NamedDependency[Library],
    after: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Template:
    shown = context(reading, consultant, library, assessment_id, after)
    return page(TEMPLATE, **shown, done=said.words(done))


@post(BASE, name="console:add-person", policy=CONSULTANT, sync_to_thread=True, opt={KEEPS_FORM: True})
def add_one(
    assessment_id: FromPath[str],
    writing: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    library: NamedDependency[Library],
    form: NamedDependency[Form],
    now: NamedDependency[datetime],
) -> Response[Any]:
    shown = context(writing, consultant, library, assessment_id, form=form)
    if form.is_returned:
        return page(TEMPLATE, **shown)
    somebody = lines.guest(form.text("name"), form.text("email"), form.text("role"), form.chosen("functions"))
    try:
        with keep_typed(writing, consultant, form, shown["names"], assessment_id):
            inviting.enlist(writing, consultant.workspace_id, assessment_id, [somebody], library, now)
    except LateFormError:
        raise
    except InvalidError as error:
        found = [(field.rpartition(":")[2], told) for field, told in faults(error.problems)]
        raise RefusedError(TEMPLATE, in_words(found), shown) from error
    return away(f"/console/assessments/{assessment_id}/people?done=added")


@post(f"{BASE}/lines", name="console:add-people", policy=CONSULTANT, sync_to_thread=True, opt={KEEPS_FORM: True})
def add_many(
    assessment_id: FromPath[str],
    writing: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    library: NamedDependency[Library],
    form: NamedDependency[Form],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Show what the pasted lines would add, or the errors by line; after confirmation, invite all of them."""
    shown = context(writing, consultant, library, assessment_id, form=form)
    if form.is_returned:
        return page(TEMPLATE, **shown)
    questionnaire = questionnaire_for(writing, shown["assessment"], library)
    words = lines.vocabulary(questionnaire, shown["assessment"], consultant.language)
    try:
        read = lines.read(form.raw("lines"), words, LINES_MOST)
    except DelimitedError as error:
        told = _at_line(Problem(error.message, error.remedy), error.line, consultant.language)
        raise RefusedError(TEMPLATE, [("lines", told)], shown) from error
    guests = [line.guest for line in read]
    wrong = _wrong(
        inviting.check(writing, shown["assessment"], guests[:LINES_MOST], library),
        read,
        shown["names"],
        consultant.language,
    )
    if not read or len(read) > LINES_MOST:
        wrong = [("lines", N_("Paste one person a line, at most 2000 at once."))]
    if wrong:
        raise RefusedError(TEMPLATE, wrong, shown)
    if form.text("sure") != "yes":
        return page(CHECKING, **shown, read=read)
    try:
        with keep_typed(writing, consultant, form, shown["names"], assessment_id):
            inviting.enlist(writing, consultant.workspace_id, assessment_id, guests, library, now)
    except LateFormError:
        raise
    except InvalidError as error:
        raise RefusedError(
            TEMPLATE, _wrong(error.problems, read, shown["names"], consultant.language), shown
        ) from error
    return away(f"/console/assessments/{assessment_id}/people?done=added")


@post(
    f"{BASE}/{{invitation_id:str}}/link",
    name="console:link",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt={PAGE: "/console/assessments/{assessment_id}/people"},
)
def make_link(
    request: HTMXRequest,
    assessment_id: FromPath[str],
    invitation_id: FromPath[str],
    writing: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    library: NamedDependency[Library],
    form: NamedDependency[Form],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Template | Redirect:
    """Make one more link and show it this once; those made before stay good."""
    shown = context(writing, consultant, library, assessment_id, form.text("after"))
    try:
        with keep_typed(writing, consultant, Form({}), None, assessment_id, invitation_id):
            token = inviting.new_link(writing, consultant.workspace_id, assessment_id, invitation_id, now)
    except LateFormError as error:
        if not request.htmx:
            raise
        return fragment(request, TEMPLATE, "link", error.status, **shown | {"link_conflict": error.context})
    invitation = inviting.get(writing, consultant.workspace_id, assessment_id, invitation_id)
    link = f"{settings.public_url.rstrip('/')}/s/{token}"
    return fragment(request, TEMPLATE, "link", **shown | {"link": link, "invitation": invitation})


@get(
    f"{BASE}/{{invitation_id:str}}/revoke",
    name="console:ask-revoke",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=FOR_OWNERS,
)
def ask_to_revoke(
    assessment_id: FromPath[str],
    invitation_id: FromPath[str],
    reading: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    library: NamedDependency[Library],
) -> Template:
    """Show whose invitation it is and what revoking means, and ask for confirmation."""
    invitation = inviting.get(reading, consultant.workspace_id, assessment_id, invitation_id)
    shown = context(reading, consultant, library, assessment_id)
    return page(REVOKING, **shown | {"invitation": invitation})


@post(
    f"{BASE}/{{invitation_id:str}}/revoke",
    name="console:revoke",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt={PAGE: "/console/assessments/{assessment_id}/people/{invitation_id}/revoke"},
)
def revoke(
    assessment_id: FromPath[str],
    invitation_id: FromPath[str],
    writing: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Revoke an invitation: its links can't start a survey any more."""
    with keep_typed(writing, consultant, Form({}), None, assessment_id, invitation_id):
        inviting.revoke(writing, consultant.workspace_id, assessment_id, invitation_id, now)
    return away(f"/console/assessments/{assessment_id}/people?done=revoked")


def _wrong(problems: Sequence[Problem], read: Sequence[lines.Line], names: Names, language: str) -> list[Fault]:
    """Turn problems into field errors that name the pasted line."""
    found: list[Fault] = []
    for problem in problems:
        message = _titled(problem.message, names)
        if problem.line is not None and problem.line <= len(read):
            found.append(("lines", _at_line(Problem(message), read[problem.line - 1].number, language)))
        else:
            found.append(("lines", wording(language).told(message)))
    return found


def _at_line(problem: Problem, line: int, language: str) -> str:
    words = wording(language)
    told = f"{words.told(problem.message)} {words.told(problem.remedy)}".rstrip()
    return words.gettext("Line {line}: {told}").format(line=line, told=told)


def _titled(told: str, names: Names) -> str:
    """Replace ids of roles and functions in a message by their labels."""
    if not isinstance(told, Filled) or not isinstance(known := told.values.get("known"), tuple):
        return told
    titles = {**names.roles, **names.functions}
    return with_values(told.template, **told.values | {"known": tuple(titles.get(each, each) for each in known)})


def in_words(found: Sequence[Fault]) -> list[Fault]:
    """Replace messages about ids: in this form, roles and functions are chosen, not typed."""
    said = {"role": N_("Choose a role."), "functions": N_("Choose at least one area.")}
    return [(field, said.get(field, told)) for field, told in found]


def context(
    session: Session,
    consultant: Consultant,
    library: Library,
    assessment_id: str,
    after: str = "",
    form: Form | None = None,
) -> dict[str, Any]:
    assessment = assessing.get(session, consultant.workspace_id, assessment_id)
    found = inviting.list_invitations(session, consultant.workspace_id, assessment_id, Place(after or None))
    known: Names = names(questionnaire_for(session, assessment, library), assessment, consultant.language)
    return {
        "consultant": consultant,
        "assessment": assessment,
        "can_change": consultant.role == OWNER and assessment.state != "closed",
        "names": known,
        "invitations": found.data,
        "links": inviting.count_links(session, consultant.workspace_id, assessment_id),
        "made": inviting.links_of(session, consultant.workspace_id, found.data),
        "replaced": inviting.replaced_among(session, consultant.workspace_id, found.data),
        "following": found.next_cursor,
        "after": after,
        "form": form or Form({}),
        "link": "",
        "link_conflict": None,
        "invitation": None,
        "faults": NONE,
    }
