"""Questions of XLSForm, LimeSurvey or SurveyJS as a draft questionnaire: check first, then store or download it."""

import io
import json
import re
from datetime import datetime
from pathlib import PurePath
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_200_OK
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.errors import ConflictError, InvalidError, Problem
from assessment.i18n.messages import N_
from assessment.services.auth.principals import Consultant
from assessment.services.imports import import_reader
from assessment.services.questionnaires import workspace_questionnaires
from assessment.web.console.authentication import OWNERS_ONLY, PAGE_OPTION
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.views.import_view import translate_problems
from assessment.web.console.workspace_area import QUESTIONNAIRES_PATH, build_area_context, render_area_page
from assessment.web.http.page_responses import redirect_to

IMPORT_PATH = "/workspace/questionnaires/import"
PAGE = f"{QUESTIONNAIRES_PATH}/import"
TEMPLATE = "question-import"
MAX_FILE_BYTES = 20 * 1024**2
MAX_DRAFT_BYTES = 4 * 1024**2
DOWNLOAD = "download"
NO_FILE = N_("Choose the file that the other tool has exported.")
TOO_LARGE = N_("This file is larger than 20 MB.")
NO_DRAFT = N_("The draft can’t be read any more. Check the file again.")
MAX_ID_CHARACTERS = 40


class UploadedSurvey(Struct, frozen=True):
    """Name and content of the field `survey`, at most a byte more than allowed; empty without a file."""

    name: str = ""
    content: bytes = b""


async def read_uploaded_survey(request: Request[Any, Any, Any]) -> UploadedSurvey:
    """Dependency: the uploaded file."""
    upload = (await request.form()).get("survey")
    if not isinstance(upload, UploadFile):
        return UploadedSurvey()
    return UploadedSurvey(upload.filename, await upload.read(MAX_FILE_BYTES + 1))


@get(IMPORT_PATH, name="console:import-questions", policy=CONSULTANT, sync_to_thread=True, opt=OWNERS_ONLY)
def show_question_form(read_session: NamedDependency[Session], consultant: NamedDependency[Consultant]) -> Template:
    return render_area_page(TEMPLATE, _build_context(read_session, consultant))


@post(
    IMPORT_PATH,
    name="console:check-questions",
    status_code=HTTP_200_OK,
    policy=CONSULTANT,
    sync_to_thread=True,
    request_max_body_size=MAX_FILE_BYTES + 1024**2,
    dependencies={"uploaded": Provide(read_uploaded_survey)},
    opt=OWNERS_ONLY | {PAGE_OPTION: PAGE},
)
def check_questions(
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    uploaded: NamedDependency[UploadedSurvey],
) -> Template:
    """Show which questions become items and which are left out; store nothing."""
    context = _build_context(read_session, consultant)
    read_session.close()  # reading takes seconds: do not occupy a database connection meanwhile
    try:
        _check_size(uploaded)
        read = import_reader.read_survey(uploaded.content, _make_id(uploaded.name))
    except InvalidError as error:
        return _render_problems(context, consultant, error)
    problems = translate_problems(consultant.language, read.problems)
    draft = json.dumps(dict(read.files))
    response = render_area_page(TEMPLATE, context | {"read": read, "draft": draft, "problems": problems})
    if problems:
        response.status_code = InvalidError.status
    return response


@post(
    f"{IMPORT_PATH}/draft",
    name="console:store-questions",
    policy=CONSULTANT,
    sync_to_thread=True,
    request_max_body_size=4 * MAX_DRAFT_BYTES,
    opt=OWNERS_ONLY | {PAGE_OPTION: PAGE},
)
def store_questions(
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    now: NamedDependency[datetime],
) -> Response[Any] | Template | Redirect:
    """Store the draft as an unpublished questionnaire, or return it as a zip to edit."""
    context = _build_context(write_session, consultant)
    try:
        files = _read_draft(form.raw("draft"))
        if form.text("act") == DOWNLOAD:
            return _respond_with_zip(files)
        stored = workspace_questionnaires.upload_questionnaire(write_session, consultant.workspace_id, files, now)
    except (InvalidError, ConflictError) as error:
        return _render_problems(context, consultant, error)
    return redirect_to(f"{QUESTIONNAIRES_PATH}/{stored.id}/{stored.version}?done=questionnaire-drafted")


def _check_size(uploaded: UploadedSurvey) -> None:
    if not uploaded.content:
        raise InvalidError(NO_FILE)
    if len(uploaded.content) > MAX_FILE_BYTES:
        raise InvalidError(TOO_LARGE)


def _read_draft(text: str) -> dict[str, bytes]:
    try:
        files = msgspec.json.decode(text, type=dict[str, str])
    except msgspec.MsgspecError as error:
        raise InvalidError(NO_DRAFT) from error
    return {name: content.encode() for name, content in files.items()}


def _respond_with_zip(files: dict[str, bytes]) -> Response[bytes]:
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return Response(
        target.getvalue(),
        media_type="application/zip",
        headers={"content-disposition": 'attachment; filename="questionnaire.zip"'},
        status_code=HTTP_200_OK,
    )


def _make_id(name: str) -> str:
    """Return an id made of the name of a file."""
    plain = re.sub(r"[^a-z0-9]+", "-", PurePath(name).stem.lower())[:MAX_ID_CHARACTERS].strip("-")
    return plain or "imported"


def _build_context(session: Session, consultant: Consultant) -> dict[str, Any]:
    more = {"problems": (), "read": None, "draft": "", "page": PAGE}
    return build_area_context(session, consultant, QUESTIONNAIRES_PATH) | more


def _render_problems(context: dict[str, Any], consultant: Consultant, error: InvalidError | ConflictError) -> Template:
    problems = translate_problems(consultant.language, error.problems or [Problem(error.detail)])
    response = render_area_page(TEMPLATE, context | {"problems": problems})
    response.status_code = error.status
    return response
