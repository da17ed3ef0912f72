"""Add many people at once: paste or upload a list, check it, and invite all of its people or none."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Template
from msgspec import structs
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.domain.csv_parser import CsvError
from assessment.errors import InvalidError, Problem
from assessment.i18n import get_translator
from assessment.i18n.messages import N_
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments.published_questionnaires import find_questionnaire
from assessment.services.auth.principals import Consultant
from assessment.services.operations import audit_trail
from assessment.services.people import address_warnings, people_invitations
from assessment.services.people.list_import import remembered_words
from assessment.services.people.list_import.list_files import MAX_FILE_BYTES, read_list_file
from assessment.services.people.list_import.list_reading import read_people_list
from assessment.services.people.list_import.workbook_guard import UnreadableListError
from assessment.storage import database
from assessment.web.console import people_import
from assessment.web.console.authentication import PAGE_OPTION
from assessment.web.console.forms.edit_conflicts import StateConflictError, preserve_form_on_conflict
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import InvalidFormError
from assessment.web.console.handlers.people_pages.people import (
    PEOPLE_PATH,
    TEMPLATE,
    build_context,
    count_mailed_people,
    redirect_to_people,
)
from assessment.web.console.views.list_check import MAX_SHOWN, ListCheck, check_list
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import render_page

CHECK_TEMPLATE = "console/people-check.html"
MAX_LINES = 2000
MAX_LIST_BYTES = 4 * 1024**2  # a percent-encoded list of the largest size
NO_LINES = N_("Paste one person a line, at most 2000 at once.")


async def read_uploaded_file(request: Request[Any, Any, Any]) -> bytes:
    """Dependency: content of the field `file`; empty without one. At most `MAX_FILE_BYTES` + 1 bytes are read."""
    upload = (await request.form()).get("file")
    return await upload.read(MAX_FILE_BYTES + 1) if isinstance(upload, UploadFile) else b""


@post(
    f"{PEOPLE_PATH}/file",
    name="console:check-list-file",
    policy=CONSULTANT,
    sync_to_thread=True,
    request_max_body_size=MAX_FILE_BYTES + 1024**2,
    dependencies={"list_file": Provide(read_uploaded_file)},
    opt={PAGE_OPTION: "/console/assessments/{assessment_id}/people"},
)
def check_list_file(
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    form: NamedDependency[FormData],
    list_file: NamedDependency[bytes],
) -> Response[Any]:
    """Show the people of an uploaded file on the check page, as if its cells had been pasted."""
    context = build_context(read_session, consultant, catalogue, assessment_id, form=form)
    if not list_file:
        raise InvalidFormError(TEMPLATE, [("file", N_("Choose a file."))], context)
    if len(list_file) > MAX_FILE_BYTES:
        raise InvalidFormError(TEMPLATE, [("file", N_("This file is too large: at most 5 MB."))], context)
    try:
        uploaded = read_list_file(list_file)
    except UnreadableListError as error:
        raise InvalidFormError(TEMPLATE, [("file", error.problem)], context) from error
    fields: dict[str, tuple[str, ...]] = {
        "lines": (uploaded.text,),
        "deliver": (form.text("deliver"),),
        "checking": ("yes",),
    }
    if uploaded.is_guessed:
        fields["guessed"] = ("yes",)
    context["form"] = FormData(fields)
    check = _check_form(read_session, context, catalogue, field="file")
    return _render_check(context, check)


@post(
    f"{PEOPLE_PATH}/lines",
    name="console:add-people",
    policy=CONSULTANT,
    sync_to_thread=True,
    request_max_body_size=MAX_LIST_BYTES,
    opt={PRESERVES_FORM: True},
)
def add_people(
    assessment_id: FromPath[str],
    engine: NamedDependency[Engine],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    form: NamedDependency[FormData],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Show what the list would add and what needs a decision; after confirmation, invite all of its people.

    Reading and checking a long list takes a while, so that happens before the transaction that writes.
    """
    with database.read_session(engine) as read_session:
        context = build_context(read_session, consultant, catalogue, assessment_id, form=form)
        if (form.is_returned and form.text("checking") != "yes") or form.text("back") == "yes":
            return render_page(TEMPLATE, **context)
        check = _check_form(read_session, context, catalogue)
    leaves_out = form.text("leave") == "yes" and bool(check.valid_people)
    is_sure = form.text("sure") == "yes" and check.is_ready and check.is_confirmed
    if form.is_returned or not (is_sure or leaves_out):
        return _render_check(context, check)
    invitees = [person.invitee for person in check.valid_people] if leaves_out else check.invitees
    try:
        with database.write_session(engine) as write_session:
            audit_trail.set_actor(write_session, consultant.email)
            with preserve_form_on_conflict(write_session, consultant, form, context["labels"], assessment_id):
                people_invitations.create_invitations(
                    write_session, AssessmentKey(consultant.workspace_id, assessment_id), invitees, catalogue, now
                )
            remembered_words.remember_words(write_session, context["assessment"], check.people_list.words)
    except StateConflictError:
        raise
    except InvalidError as error:  # someone else has just invited one of them
        raise InvalidFormError(TEMPLATE, [("lines", problem) for problem in error.problems], context) from error
    return redirect_to_people(assessment_id, invitees)


def _check_form(
    session: Session, context: dict[str, Any], catalogue: QuestionnaireCatalogue, *, field: str = "lines"
) -> ListCheck:
    """Read and check the list of a form; raises `InvalidFormError` if it can't be split into people."""
    form, assessment, consultant = context["form"], context["assessment"], context["consultant"]
    questionnaire = find_questionnaire(session, assessment, catalogue)
    vocabulary = people_import.build_vocabulary(questionnaire, assessment, consultant.language)
    remembered = remembered_words.load_remembered_words(session, assessment)
    choices = structs.replace(people_import.read_choices(form), remembered=remembered)
    try:
        people_list = read_people_list(form.raw("lines"), vocabulary, choices, MAX_LINES)
    except CsvError as error:
        message = _format_line_error(Problem(error.message, error.remedy), error.line, consultant.language)
        raise InvalidFormError(TEMPLATE, [(field, message)], context) from error
    count = len(people_list.people) + people_list.left_out
    if not count or len(people_list.people) > MAX_LINES:
        raise InvalidFormError(TEMPLATE, [(field, NO_LINES)], context)
    return check_list(session, assessment, questionnaire, people_list, choices, form)


def _render_check(context: dict[str, Any], check: ListCheck) -> Template:
    doubtful = address_warnings.find_doubtful_addresses(invitee.email for invitee in check.invitees)
    return render_page(
        CHECK_TEMPLATE,
        200 if check.is_ready else 422,
        **context
        | {
            "addresses": doubtful,
            "check": check,
            "max_shown": MAX_SHOWN,
            "mailed": count_mailed_people(check.invitees),
        },
    )


def _format_line_error(problem: Problem, line: int, language: str) -> str:
    translator = get_translator(language)
    message = f"{translator.translate_error(problem.message)} {translator.translate_error(problem.remedy)}".rstrip()
    return translator.gettext("Line {line}: {told}").format(line=line, told=message)
