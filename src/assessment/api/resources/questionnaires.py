"""Questionnaires that assessments can be made with."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from sqlalchemy.orm import Session

from assessment.api.http import etags, list_pagination
from assessment.api.http.list_pagination import Cursor, Limit, ListName, Page
from assessment.api.openapi.operations import Operation, build_route_options, load_example
from assessment.api.resources.wire.questionnaires import (
    QuestionnaireEntry,
    QuestionnaireOut,
    build_entry,
    build_questionnaire_out,
)
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.auth.principals import KeyHolder
from assessment.services.questionnaires import workspace_questionnaires

TAG = "Questionnaires"

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
    return etags.respond_with_etag(request, encode_questionnaire_page(read_session, caller, catalogue, cursor, limit))


def encode_questionnaire_page(
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
