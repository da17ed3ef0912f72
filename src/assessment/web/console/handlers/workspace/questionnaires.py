"""Questionnaires of the workspace: upload, mistakes by file and line, preview by role, publish."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from litestar.response import Template
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.questionnaire import Questionnaire
from assessment.errors import ConflictError, InvalidError, NotFoundError, Problem
from assessment.i18n.messages import N_
from assessment.questionnaires import decode_questionnaire
from assessment.services.auth.principals import Consultant
from assessment.services.questionnaires import workspace_questionnaires
from assessment.services.questionnaires.upload_files import (
    MAX_ARCHIVE_BYTES,
    MAX_FILES,
    MAX_UNPACKED_BYTES,
    is_ignored,
    unpack_archive,
)
from assessment.services.survey.survey_preview import make_preview_respondent
from assessment.web.console.authentication import OWNERS_ONLY, PAGE_OPTION
from assessment.web.console.views.import_view import translate_problems
from assessment.web.console.workspace_area import QUESTIONNAIRES_PATH, build_area_context, render_area_page
from assessment.web.http.page_responses import redirect_to
from assessment.web.survey.handlers.preview import render_preview

LIST_PATH = "/workspace/questionnaires"
ONE_PATH = f"{LIST_PATH}/{{questionnaire_id:str}}/{{version:str}}"
TO_ONE = OWNERS_ONLY | {PAGE_OPTION: f"{QUESTIONNAIRES_PATH}/{{questionnaire_id}}/{{version}}"}
SEPARATOR = ","
NO_FILE = N_("Choose the files of a questionnaire, or a zip of its folder.")
TOO_LARGE = N_("This is too large: a zip of at most 2 MB.")


async def read_uploads(request: Request[Any, Any, Any]) -> dict[str, bytes]:
    """Dependency: the contents of the field `files`, by name."""
    uploads: dict[str, bytes] = {}
    rest = MAX_UNPACKED_BYTES
    for name, value in (await request.form()).multi_items():
        if name != "files" or not isinstance(value, UploadFile) or not value.filename:
            continue
        if not is_ignored(value.filename) and len(uploads) <= MAX_FILES:
            content = await value.read(rest + 1)
            uploads[value.filename] = content
            rest = max(0, rest - len(content))
    return uploads


@get(LIST_PATH, name="console:questionnaires", policy=CONSULTANT, sync_to_thread=True, opt=OWNERS_ONLY)
def show_questionnaires(
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
) -> Template:
    context = _build_list_context(read_session, consultant)
    return render_area_page("questionnaires", context)


@post(
    LIST_PATH,
    name="console:upload-questionnaire",
    policy=CONSULTANT,
    sync_to_thread=True,
    request_max_body_size=MAX_UNPACKED_BYTES + 1024**2,
    dependencies={"uploads": Provide(read_uploads)},
    opt=OWNERS_ONLY | {PAGE_OPTION: QUESTIONNAIRES_PATH},
)
def upload_questionnaire(
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    uploads: NamedDependency[dict[str, bytes]],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Check the files and store them unpublished; otherwise list every mistake by file and line."""
    context = _build_list_context(write_session, consultant)
    try:
        files = _unpack_uploads(uploads)
        stored = workspace_questionnaires.upload_questionnaire(write_session, consultant.workspace_id, files, now)
    except (InvalidError, ConflictError) as error:
        problems = translate_problems(consultant.language, error.problems or [Problem(error.detail)])
        response = render_area_page("questionnaires", context | {"problems": problems})
        response.status_code = error.status
        return response
    return redirect_to(f"{_get_path(stored.id, stored.version)}?done=questionnaire-uploaded")


def _unpack_uploads(uploads: dict[str, bytes]) -> dict[str, bytes]:
    if not uploads:
        raise InvalidError(NO_FILE)
    ((name, content), *more) = uploads.items()
    if more or not name.lower().endswith(".zip"):
        return uploads
    if len(content) > MAX_ARCHIVE_BYTES:
        raise InvalidError(TOO_LARGE)
    return unpack_archive(content)


@get(ONE_PATH, name="console:questionnaire", policy=CONSULTANT, sync_to_thread=True, opt=OWNERS_ONLY)
def show_questionnaire(
    questionnaire_id: FromPath[str],
    version: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    role: FromQuery[str] = "",
    functions: FromQuery[list[str] | None] = None,
) -> Response[Any]:
    """Show an upload with the form of its preview; if role and functions are chosen, redirect to the first page."""
    stored = workspace_questionnaires.get_upload(read_session, consultant.workspace_id, questionnaire_id, version)
    questionnaire = decode_questionnaire(stored.content)
    chosen = [function.id for function in questionnaire.functions if function.id in (functions or [])]
    if role in {known.id for known in questionnaire.roles} and chosen:
        base = _get_path(questionnaire_id, version)
        return redirect_to(f"{base}/preview/{role}/{SEPARATOR.join(chosen)}")
    return render_area_page(
        "questionnaire",
        build_area_context(read_session, consultant, QUESTIONNAIRES_PATH),
        stored=stored,
        questionnaire=questionnaire,
        texts=questionnaire.text(consultant.language),
        base=_get_path(questionnaire_id, version),
        is_incomplete=bool(role or functions),
    )


@get(
    f"{ONE_PATH}/preview/{{role:str}}/{{functions:str}}",
    name="console:preview-questionnaire",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=OWNERS_ONLY,
)
def preview_questionnaire(
    questionnaire_id: FromPath[str],
    version: FromPath[str],
    role: FromPath[str],
    functions: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
) -> Template:
    stored = workspace_questionnaires.get_upload(read_session, consultant.workspace_id, questionnaire_id, version)
    return _render_section(consultant, decode_questionnaire(stored.content), (role, functions), None)


@get(
    f"{ONE_PATH}/preview/{{role:str}}/{{functions:str}}/{{section:str}}",
    name="console:preview-questionnaire-section",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=OWNERS_ONLY,
)
def preview_questionnaire_section(
    questionnaire_id: FromPath[str],
    version: FromPath[str],
    role: FromPath[str],
    functions: FromPath[str],
    section: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
) -> Template:
    stored = workspace_questionnaires.get_upload(read_session, consultant.workspace_id, questionnaire_id, version)
    return _render_section(consultant, decode_questionnaire(stored.content), (role, functions), section)


@post(f"{ONE_PATH}/publish", name="console:publish-questionnaire", policy=CONSULTANT, sync_to_thread=True, opt=TO_ONE)
def publish_questionnaire(
    questionnaire_id: FromPath[str],
    version: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[Any]:
    workspace_questionnaires.publish_upload(write_session, consultant.workspace_id, questionnaire_id, version, now)
    return redirect_to(f"{_get_path(questionnaire_id, version)}?done=questionnaire-published")


@post(f"{ONE_PATH}/delete", name="console:delete-questionnaire", policy=CONSULTANT, sync_to_thread=True, opt=TO_ONE)
def delete_questionnaire(
    questionnaire_id: FromPath[str],
    version: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Delete an upload that is not published."""
    workspace_questionnaires.delete_upload(write_session, consultant.workspace_id, questionnaire_id, version, now)
    return redirect_to(f"{QUESTIONNAIRES_PATH}?done=questionnaire-deleted")


def _render_section(
    consultant: Consultant, questionnaire: Questionnaire, chosen: tuple[str, str], section: str | None
) -> Template:
    role, functions = chosen
    function_ids = [name for name in functions.split(SEPARATOR) if name]
    known = {function.id for function in questionnaire.functions}
    if not function_ids or not set(function_ids) <= known or role not in {known.id for known in questionnaire.roles}:
        raise NotFoundError
    respondent = make_preview_respondent(questionnaire, role, function_ids, consultant.language, consultant.workspace)
    base = _get_path(questionnaire.id, questionnaire.version)
    return render_preview(
        questionnaire, respondent, base=f"{base}/preview/{role}/{functions}", section=section, back=base
    )


def _get_path(questionnaire_id: str, version: str) -> str:
    return f"{QUESTIONNAIRES_PATH}/{questionnaire_id}/{version}"


def _build_list_context(session: Session, consultant: Consultant) -> dict[str, Any]:
    uploads = workspace_questionnaires.list_uploads(session, consultant.workspace_id)
    rows = [(stored, decode_questionnaire(stored.content).text(consultant.language).title) for stored in uploads]
    return build_area_context(session, consultant, QUESTIONNAIRES_PATH) | {"uploads": rows, "problems": ()}
