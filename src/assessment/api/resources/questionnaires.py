"""Questionnaires that assessments can be made with."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Struct, field
from msgspec.structs import replace
from sqlalchemy.orm import Session

from assessment.api.http import etags, list_pagination
from assessment.api.http.idempotency import IdempotentRequest
from assessment.api.http.list_pagination import Cursor, Limit, ListName, Page
from assessment.api.http.request_bodies import StructBody
from assessment.api.openapi.operations import Operation, build_route_options, load_example
from assessment.api.resources.wire import RequestStruct
from assessment.domain.questionnaire import AdviceRule, Item, Kind, Questionnaire, QuestionnaireTexts
from assessment.errors import InvalidError, Problem
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.auth.principals import KeyHolder
from assessment.services.questionnaires import workspace_questionnaires
from assessment.services.questionnaires.upload_files import MAX_UNPACKED_BYTES, unpack_archive
from assessment.storage.workspace_questionnaires import WorkspaceQuestionnaire

TAG = "Questionnaires"
MAX_UPLOAD_BYTES = MAX_UNPACKED_BYTES + 1024 * 1024  # JSON escapes line breaks and quotes
UPLOAD_EXAMPLE = {"files": {"questionnaire.toml": 'id = "bakery" …', "advice.toml": "…", "translations/en.toml": "…"}}
UPLOADED_EXAMPLE = {
    "id": "bakery-k7m2qx",
    "version": "1.0.0",
    "digest": "6f1e…",
    "uploaded_at": "2026-11-02T09:30:00Z",
    "published_at": None,
}
ENTRY_EXAMPLE = {
    "id": "customer-care",
    "version": "1.0.0",
    "digest": "6f1e…",
    "title": "Customer care",
    "languages": ["en"],
    "functions": ["care"],
    "roles": ["manager", "colleague"],
    "items": 24,
}


class QuestionnaireEntry(Struct, frozen=True):
    """A questionnaire in a list."""

    id: str
    version: str
    digest: str
    title: str
    languages: tuple[str, ...]
    functions: tuple[str, ...]
    roles: tuple[str, ...]
    items: int


class QuestionnaireUpload(RequestStruct, frozen=True):
    """A questionnaire: its files by name, or a zip of its folder."""

    field_descriptions: ClassVar[Mapping[str, str]] = {
        "files": "Content by name: `questionnaire.toml`, `advice.toml`, `translations/en.toml` and so on.",
        "archive": "A zip of the folder as base64, at most 2 MB; instead of `files`.",
    }

    files: dict[str, str] = field(default_factory=dict)
    archive: bytes | None = None


class UploadedQuestionnaireOut(Struct, frozen=True):
    """A questionnaire of the workspace. The id ends with a tag of your workspace. Published ones never change."""

    id: str
    version: str
    digest: str
    uploaded_at: datetime
    published_at: datetime | None


class FunctionOut(Struct, frozen=True):
    """A business function; `weight` and `target` (0-100) are what an assessment starts with."""

    id: str
    title: str
    weight: float
    target: float


class DimensionOut(Struct, frozen=True):
    """An aspect of embedding, with its five levels in words."""

    id: str
    title: str
    question: str
    levels: tuple[str, ...]


class RoleOut(Struct, frozen=True):
    """How a respondent stands to social media."""

    id: str
    title: str
    description: str
    weight: float


class ChannelOut(Struct, frozen=True):
    """A channel people move to."""

    id: str
    title: str


class ItemOut(Struct, frozen=True):
    """One question. `rungs` are the labels of the answers 0 to 4; a choice has `options` instead."""

    id: str
    kind: Kind
    function: str | None
    dimension: str | None
    channel: str | None
    roles: tuple[str, ...]
    text: str
    hint: str
    rungs: tuple[str, ...]
    options: dict[str, str]
    key: str
    revision: int


class RuleOut(Struct, frozen=True):
    """A piece of advice that a result can lead to."""

    id: str
    number: int
    function: str | None
    title: str
    why: str
    steps: tuple[str, ...]
    owner: str
    indicator: str
    horizon: str
    effort: str
    impact: str


class QuestionnaireOut(Struct, frozen=True):
    """All that is asked, and all that can be advised, in one language."""

    id: str
    version: str
    digest: str
    title: str
    introduction: str
    language: str
    languages: tuple[str, ...]
    functions: tuple[FunctionOut, ...]
    dimensions: tuple[DimensionOut, ...]
    roles: tuple[RoleOut, ...]
    channels: tuple[ChannelOut, ...]
    items: tuple[ItemOut, ...]
    advice: tuple[RuleOut, ...]
    bands: tuple[float, ...]


def build_entry(questionnaire: Questionnaire) -> QuestionnaireEntry:
    return QuestionnaireEntry(
        id=questionnaire.id,
        version=questionnaire.version,
        digest=questionnaire.digest,
        title=questionnaire.text(questionnaire.source_language).title,
        languages=tuple(sorted(questionnaire.texts)),
        functions=tuple(function.id for function in questionnaire.functions),
        roles=tuple(role.id for role in questionnaire.roles),
        items=len(questionnaire.items),
    )


def build_questionnaire_out(questionnaire: Questionnaire, language: str) -> QuestionnaireOut:
    texts = questionnaire.text(language)
    return QuestionnaireOut(
        id=questionnaire.id,
        version=questionnaire.version,
        digest=questionnaire.digest,
        title=texts.title,
        introduction=texts.introduction,
        language=texts.language,
        languages=tuple(sorted(questionnaire.texts)),
        functions=tuple(FunctionOut(f.id, texts.functions[f.id], f.weight, f.target) for f in questionnaire.functions),
        dimensions=tuple(_build_dimension(dimension.id, texts) for dimension in questionnaire.dimensions),
        roles=tuple(
            RoleOut(role.id, texts.roles[role.id], texts.role_descriptions.get(role.id, ""), role.weight)
            for role in questionnaire.roles
        ),
        channels=tuple(ChannelOut(channel.id, texts.channels[channel.id]) for channel in questionnaire.channels),
        items=tuple(_build_item(item, texts) for item in questionnaire.items),
        advice=tuple(_build_rule(rule, texts) for rule in questionnaire.rules),
        bands=questionnaire.scoring.bands,
    )


def _build_dimension(dimension: str, texts: QuestionnaireTexts) -> DimensionOut:
    text = texts.dimensions[dimension]
    return DimensionOut(dimension, text.title, text.question, text.levels)


def _build_item(item: Item, texts: QuestionnaireTexts) -> ItemOut:
    text = texts.items[item.id]
    return ItemOut(
        id=item.id,
        kind=item.kind,
        function=item.function,
        dimension=item.dimension,
        channel=item.channel,
        roles=item.roles,
        text=text.text,
        hint=text.hint,
        rungs=text.rungs,
        options=text.options,
        key=item.key or item.id,
        revision=item.revision,
    )


def _build_rule(rule: AdviceRule, texts: QuestionnaireTexts) -> RuleOut:
    text = texts.rules[rule.id]
    return RuleOut(
        id=rule.id,
        number=rule.number,
        function=rule.function,
        title=text.title,
        why=text.why,
        steps=text.steps,
        owner=text.owner,
        indicator=text.indicator,
        horizon=texts.horizons[rule.horizon],
        effort=rule.effort,
        impact=rule.impact,
    )


@get(
    "/questionnaires",
    sync_to_thread=True,
    **build_route_options(
        "List questionnaires",
        TAG,
        Operation(
            scope="read:assessments",
            has_etag=True,
            parameters=list_pagination.PAGE_PARAMETERS,
            response_example={"data": [ENTRY_EXAMPLE], "next_cursor": None},
        ),
    ),
)
def list_questionnaires(
    request: Request[Any, Any, Any],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    cursor: Cursor = "",
    limit: Limit = list_pagination.DEFAULT_LIMIT,
) -> Response[Page[QuestionnaireEntry]]:
    """Every questionnaire and version that an assessment can be made with: those of the server and your own."""
    return etags.respond_with_etag(request, _encode_questionnaire_page(read_session, caller, catalogue, cursor, limit))


def _encode_questionnaire_page(
    session: Session, caller: KeyHolder, catalogue: QuestionnaireCatalogue, cursor: str, limit: int
) -> bytes:
    available = workspace_questionnaires.list_available(session, caller.workspace_id, catalogue)
    page = list_pagination.slice_page(
        map(build_entry, available),
        lambda entry: (entry.id, entry.version),
        ListName("/questionnaires"),
        cursor,
        limit,
    )
    return etags.encode_json(page)


@get(
    "/questionnaires/{questionnaire:str}/{version:str}",
    sync_to_thread=True,
    **build_route_options(
        "Read a questionnaire",
        TAG,
        Operation(
            scope="read:assessments",
            has_etag=True,
            parameters=("language",),
            error_statuses=(404,),
            response_example=load_example("questionnaire"),
        ),
    ),
)
def read_questionnaire(
    request: Request[Any, Any, Any],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    questionnaire: FromPath[str],
    version: FromPath[str],
    language: Annotated[
        str, QueryParameter(max_length=35, description="Of the texts; the source language where absent.")
    ] = "",
) -> Response[QuestionnaireOut]:
    """Functions, dimensions, roles, items with their answers, and the advice that a result can lead to."""
    loaded = workspace_questionnaires.find_available(
        read_session, caller.workspace_id, catalogue, questionnaire, version
    )
    return etags.respond_with_etag(
        request, etags.encode_json(build_questionnaire_out(loaded, language or loaded.source_language))
    )


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

    `errors` lists every mistake with its file (`column`) and line. 409 if the version is published. `If-Match` is
    compared with the first page of the list.
    """
    files = (
        {name: text.encode() for name, text in data.files.items()}
        if data.archive is None
        else unpack_archive(data.archive)
    )

    def perform_request() -> UploadedQuestionnaireOut:
        page = _encode_questionnaire_page(idempotent.session, caller, catalogue, "", list_pagination.DEFAULT_LIMIT)
        etags.require_match(request, page)
        try:
            stored = workspace_questionnaires.upload_questionnaire(
                idempotent.session, caller.workspace_id, files, idempotent.now
            )
        except InvalidError as error:
            raise InvalidError(error.detail, [_place_problem(problem) for problem in error.problems]) from error
        return build_uploaded_out(stored)

    return idempotent.run_once(perform_request, 200)


def _place_problem(problem: Problem) -> Problem:
    """Name the file in `column`, since problem documents have no place for it."""
    return replace(problem, file="", column=" ".join(part for part in (problem.file, problem.column) if part))


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
        _require_upload_match(request, idempotent.session, caller, questionnaire, version)
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
        Operation(scope="admin:workspace", takes_if_match=True, error_statuses=(404, 409)),
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
    _require_upload_match(request, write_session, caller, questionnaire, version)
    workspace_questionnaires.delete_upload(write_session, caller.workspace_id, questionnaire, version, now)


def _require_upload_match(
    request: Request[Any, Any, Any], session: Session, caller: KeyHolder, questionnaire: str, version: str
) -> None:
    stored = workspace_questionnaires.get_upload(session, caller.workspace_id, questionnaire, version)
    etags.require_match(request, etags.encode_json(build_uploaded_out(stored)))
