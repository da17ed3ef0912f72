"""Questionnaires of a workspace: upload, publish, delete."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from litestar import Request, Response, delete, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct, field
from msgspec.structs import replace
from sqlalchemy.orm import Session

from assessment.api.http import etags, list_pagination
from assessment.api.http.idempotency import IdempotentRequest
from assessment.api.http.problem_places import place_problems
from assessment.api.http.request_bodies import StructBody, format_pointer
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources.questionnaires import TAG, encode_questionnaire_page
from assessment.api.resources.wire import RequestStruct
from assessment.errors import LimitReachedError, LockedError, Problem, QuestionnaireChangedError
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.auth.principals import KeyHolder
from assessment.services.questionnaires import workspace_questionnaires
from assessment.services.questionnaires.upload_files import MAX_UNPACKED_BYTES, unpack_archive
from assessment.storage.workspace_questionnaires import WorkspaceQuestionnaire

MAX_UPLOAD_BYTES = MAX_UNPACKED_BYTES + 1024 * 1024  # JSON escapes line breaks and quotes
UPLOAD_EXAMPLE = {"files": {"questionnaire.toml": 'id = "bakery" …', "advice.toml": "…", "translations/en.toml": "…"}}
UPLOADED_EXAMPLE = {
    "id": "bakery-k7m2qx",
    "version": "1.0.0",
    "digest": "6f1e…",
    "uploaded_at": "2026-11-02T09:30:00Z",
    "published_at": None,
}


class QuestionnaireUpload(RequestStruct, frozen=True):
    """A questionnaire: its files by name, or a zip of its folder."""

    field_descriptions: ClassVar[Mapping[str, str]] = {
        "files": "Content by name: `questionnaire.toml`, `advice.toml`, `translations/en.toml` and so on.",
        "archive": "A zip of the folder as base64, at most 2 MB; null where you send `files`.",
    }
    # Files refer to each other.
    dependencies: ClassVar[Mapping[str, tuple[str, ...]]] = {"files": ("files", "archive"), "archive": ("files",)}

    files: dict[str, str] = field(default_factory=dict)
    archive: bytes | None = None


class UploadedQuestionnaireOut(Struct, frozen=True):
    """A questionnaire of the workspace. The id ends with a tag of your workspace. Published ones never change."""

    id: str
    version: str
    digest: str
    uploaded_at: datetime
    published_at: datetime | None


def build_uploaded_out(stored: WorkspaceQuestionnaire) -> UploadedQuestionnaireOut:
    return UploadedQuestionnaireOut(stored.id, stored.version, stored.digest, stored.uploaded_at, stored.published_at)


@post(
    "/questionnaires",
    sync_to_thread=True,
    status_code=200,
    dto=StructBody[QuestionnaireUpload],
    request_max_body_size=MAX_UPLOAD_BYTES,
    **build_route_options(
        "Upload a questionnaire",
        TAG,
        Operation(
            scope="admin:workspace",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(409,),
            problems=(LimitReachedError, QuestionnaireChangedError),
            request_example=UPLOAD_EXAMPLE,
            response_example=UPLOADED_EXAMPLE,
        ),
    ),
)
def upload_questionnaire(
    request: Request[Any, Any, Any],
    data: JSONBody[QuestionnaireUpload],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
    catalogue: NamedDependency[QuestionnaireCatalogue],
) -> Response[UploadedQuestionnaireOut]:
    """Check a questionnaire and store it unpublished, in place of an earlier upload of the same version.

    `errors` lists every mistake with its file (`pointer` and `column`) and line. 409 if the version is published with
    other content; the same files once more change nothing. No list has unpublished questionnaires: the console shows
    them. `If-Match` is compared with the first page of the list.
    """
    files = (
        {name: text.encode() for name, text in data.files.items()}
        if data.archive is None
        else unpack_archive(data.archive)
    )

    def perform_request() -> UploadedQuestionnaireOut:
        page = encode_questionnaire_page(idempotent.session, caller, catalogue, "", list_pagination.DEFAULT_LIMIT)
        etags.require_match(request, page)
        with place_problems(partial(_place_problem, data)):
            stored = workspace_questionnaires.upload_questionnaire(
                idempotent.session, caller.workspace_id, files, idempotent.now
            )
        return build_uploaded_out(stored)

    return idempotent.run_once(perform_request, 200)


def _place_problem(data: QuestionnaireUpload, problem: Problem) -> Problem:
    """Point to the file or to the archive; `column` names the file too, since an archive has many."""
    column = " ".join(part for part in (problem.file, problem.column) if part)
    if data.archive is not None:
        return replace(problem, pointer="/archive", column=column)
    pointer = format_pointer("files", problem.file) if problem.file in data.files else "/files"
    return replace(problem, pointer=pointer, column=column)


@post(
    "/questionnaires/{questionnaire:str}/{version:str}/publish",
    status_code=200,
    sync_to_thread=True,
    **build_route_options(
        "Publish a questionnaire",
        TAG,
        Operation(
            scope="admin:workspace",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404, 409),
            response_example=UPLOADED_EXAMPLE | {"published_at": "2026-11-02T10:00:00Z"},
        ),
    ),
)
def publish_questionnaire(
    request: Request[Any, Any, Any],
    questionnaire: FromPath[str],
    version: FromPath[str],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
) -> Response[UploadedQuestionnaireOut]:
    """Publish an uploaded questionnaire: assessments can be made with it, and this version never changes again.

    `If-Match` is compared with what the upload returned.
    """

    def perform_request() -> UploadedQuestionnaireOut:
        require_upload_match(request, idempotent.session, caller, questionnaire, version)
        return build_uploaded_out(
            workspace_questionnaires.publish_upload(
                idempotent.session, caller.workspace_id, questionnaire, version, idempotent.now
            )
        )

    return idempotent.run_once(perform_request, 200)


@delete(
    "/questionnaires/{questionnaire:str}/{version:str}",
    sync_to_thread=True,
    **build_route_options(
        "Delete an uploaded questionnaire",
        TAG,
        Operation(
            scope="admin:workspace",
            takes_if_match=True,
            error_statuses=(404, 409),
            problems=(LockedError,),
        ),
    ),
)
def delete_questionnaire(
    request: Request[Any, Any, Any],
    questionnaire: FromPath[str],
    version: FromPath[str],
    write_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    now: NamedDependency[datetime],
) -> None:
    """Delete an upload that is not published. Published versions stay: assessments rest on them.

    `If-Match` is compared with what the upload returned.
    """
    require_upload_match(request, write_session, caller, questionnaire, version)
    workspace_questionnaires.delete_upload(write_session, caller.workspace_id, questionnaire, version, now)


def require_upload_match(
    request: Request[Any, Any, Any], session: Session, caller: KeyHolder, questionnaire: str, version: str
) -> None:
    stored = workspace_questionnaires.get_upload(session, caller.workspace_id, questionnaire, version)
    etags.require_match(request, etags.encode_json(build_uploaded_out(stored)))
