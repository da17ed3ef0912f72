"""Assessment page: set-up tasks, progress, and opening, closing and reopening."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.plugins.htmx import HTMXRequest
from litestar.response import Redirect, Template
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.closing_time import state_at, workspace_day
from assessment.errors import ChangedError, ConflictError, InvalidError, MailNotAvailableError, NothingToShowError
from assessment.library import Library
from assessment.policies import CONSULTANT
from assessment.services import assessing, closing, invited_people, reopening, reporting
from assessment.services.press import Press
from assessment.services.principals import Consultant
from assessment.services.progress import progress, refresh
from assessment.services.shelf import questionnaire_for
from assessment.storage import database
from assessment.storage.assessments import Assessment
from assessment.web.console import done as words
from assessment.web.console import fields, stages
from assessment.web.console.conflicts import ChangedFormError, LateFormError, describe_changes, keep_typed
from assessment.web.console.form import Form
from assessment.web.console.identity import FOR_OWNERS, OWNER, PAGE
from assessment.web.console.names import names
from assessment.web.console.refusals import NONE, RefusedError, faults
from assessment.web.console.standing import standing
from assessment.web.guards import KEEPS_FORM
from assessment.web.languages import names_of
from assessment.web.pages import away, fragment, page
from assessment.wording import wording
from assessment.wording.sentences import N_

TEMPLATE = "console/assessment.html"
CLOSING = "console/close.html"
REOPENING = "console/reopen.html"


@get("/assessments/{assessment_id:str}", name="console:assessment", policy=CONSULTANT, sync_to_thread=True)
def show(
    assessment_id: FromPath[str],
    reading: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    library: NamedDependency[Library],
    now: NamedDependency[datetime],
    engine: NamedDependency[Engine],
    done: FromQuery[str] = "",
) -> Template:
    refresh(engine, consultant.workspace_id, [assessment_id], now)
    context = _context(reading, consultant, library, assessment_id, now)
    return page(TEMPLATE, **context, faults=NONE, done=words.words(done))


@get("/assessments/{assessment_id:str}/progress", name="console:progress", policy=CONSULTANT, sync_to_thread=True)
def show_progress(
    request: HTMXRequest,
    assessment_id: FromPath[str],
    reading: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    library: NamedDependency[Library],
    now: NamedDependency[datetime],
    engine: NamedDependency[Engine],
) -> Template | Redirect:
    """Show the progress: for htmx the fragment, otherwise the whole page."""
    refresh(engine, consultant.workspace_id, [assessment_id], now)
    return fragment(
        request, TEMPLATE, "progress", **_context(reading, consultant, library, assessment_id, now), faults=NONE
    )


@post(
    "/assessments/{assessment_id:str}/open",
    name="console:open",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt={PAGE: "/console/assessments/{assessment_id}"},
)
def open_it(
    assessment_id: FromPath[str],
    writing: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    library: NamedDependency[Library],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Open the assessment, or show what is missing."""
    context = _context(writing, consultant, library, assessment_id, now)
    try:
        with keep_typed(writing, consultant, Form({}), None, assessment_id):
            _open(writing, consultant, assessment_id, library, now)
    except LateFormError:
        raise
    except InvalidError as error:
        found = [("open", fault[1]) for fault in faults(error.problems)]
        raise RefusedError(TEMPLATE, found, context) from error
    return away(f"/console/assessments/{assessment_id}?done=opened")


def _open(session: Session, consultant: Consultant, assessment_id: str, library: Library, now: datetime) -> None:
    """Open it; what domains lack without mail is one more thing missing, not an act of someone else."""
    try:
        assessing.open_assessment(session, consultant.workspace_id, assessment_id, library, now)
    except MailNotAvailableError as error:
        raise InvalidError(error.detail, error.problems) from error


@get(
    "/assessments/{assessment_id:str}/close",
    name="console:ask-close",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=FOR_OWNERS,
)
def ask_to_close(
    assessment_id: FromPath[str],
    reading: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    library: NamedDependency[Library],
    now: NamedDependency[datetime],
    engine: NamedDependency[Engine],
) -> Template:
    """Show what closing means, and ask for confirmation."""
    refresh(engine, consultant.workspace_id, [assessment_id], now)
    context = _context(reading, consultant, library, assessment_id, now)
    _must_be_open(context["assessment"])
    return page(CLOSING, **context, faults=NONE, form=Form({}))


@post(
    "/assessments/{assessment_id:str}/close",
    name="console:close",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt={KEEPS_FORM: True},
)
def close(
    assessment_id: FromPath[str],
    writing: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    library: NamedDependency[Library],
    form: NamedDependency[Form],
    now: NamedDependency[datetime],
    press: NamedDependency[Press],
) -> Response[Any]:
    """Close the assessment if the form confirms it."""
    context = _context(writing, consultant, library, assessment_id, now)
    with keep_typed(writing, consultant, form, None, assessment_id):
        _must_be_open(context["assessment"])
    revision = fields.whole(form, "revision", [])
    context |= {"form": form, "is_empty": form.text("without_results") == "yes"}
    if form.is_returned:
        return page(CLOSING, **context, faults=NONE)
    if form.text("sure") != "yes":
        raise RefusedError(CLOSING, [("sure", N_("Tick the box to close."))], context)
    without_results = form.text("without_results") == "yes"
    try:
        release = closing.close(
            writing, consultant.workspace_id, assessment_id, now, revision, without_results=without_results
        )
    except ChangedError as error:
        unknown = N_("These settings were changed while you were editing.")
        conflict, _ = describe_changes(writing, consultant, assessment_id, revision, unknown)
        raise ChangedFormError(CLOSING, [], context | {"conflict": conflict}) from error
    except NothingToShowError as error:
        raise RefusedError(CLOSING, [("sure", error.detail)], context | {"is_empty": True}) from error
    database.after_commit(writing, lambda _: press.outdate(assessment_id))
    return away(f"/console/assessments/{assessment_id}{'/results' if release else ''}")


@get(
    "/assessments/{assessment_id:str}/reopen",
    name="console:ask-reopen",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=FOR_OWNERS,
)
def ask_to_reopen(
    assessment_id: FromPath[str],
    reading: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    library: NamedDependency[Library],
    now: NamedDependency[datetime],
) -> Template:
    """Show what reopening means; raises `ConflictError` with the reason if it is not possible."""
    context = _context(reading, consultant, library, assessment_id, now)
    why_not = reopening.refusal(context["assessment"])
    if why_not:
        raise ConflictError(why_not)
    return page(REOPENING, **context, faults=NONE)


@post(
    "/assessments/{assessment_id:str}/reopen",
    name="console:reopen",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt={PAGE: "/console/assessments/{assessment_id}/reopen"},
)
def reopen(
    assessment_id: FromPath[str],
    writing: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[Any]:
    with keep_typed(writing, consultant, Form({}), None, assessment_id):
        reopening.reopen(writing, consultant.workspace_id, assessment_id, now)
    return away(f"/console/assessments/{assessment_id}?done=reopened")


def _must_be_open(assessment: Assessment) -> None:
    if assessment.state != "open":
        raise ConflictError("Only an open assessment can be closed.")


def _context(
    session: Session, consultant: Consultant, library: Library, assessment_id: str, now: datetime
) -> dict[str, Any]:
    assessment = assessing.get(session, consultant.workspace_id, assessment_id)
    questionnaire = questionnaire_for(session, assessment, library)
    so_far = progress(session, consultant.workspace_id, assessment_id)
    today = workspace_day(now, assessment.time_zone)
    tasks = stages.tasks(assessment, so_far.total.invited, today)
    return {
        "consultant": consultant,
        "assessment": assessment,
        "can_change": consultant.role == OWNER,
        "names": names(questionnaire, assessment, consultant.language),
        "progress": so_far,
        "least_share": wording(consultant.language).percent(
            Decimal(str(questionnaire.scoring.submitted_share)).scaleb(2)
        ),
        "report_languages": names_of(reporting.languages(questionnaire)),
        "tasks": tasks,
        "is_ready": stages.is_ready(tasks),
        "is_compared": reopening.is_compared(assessment.confidentiality, assessment.mode),
        "standing": standing(assessment, questionnaire, consultant.language),
        "counting": invited_people.preview_counting(session, assessment) if assessment.state == "draft" else None,
        "checked_at": now,
        "is_closing": state_at(assessment.state, assessment.closes_at, now) != assessment.state,
        "today": today,
        "is_empty": False,
    }
