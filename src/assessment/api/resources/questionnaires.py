"""Questionnaires that assessments can be made with."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from assessment.api.http import etags, list_pagination
from assessment.api.http.list_pagination import Cursor, Limit, Page
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources.wire.questionnaires import (
    QuestionnaireEntry,
    QuestionnaireOut,
    build_entry,
    build_questionnaire_out,
)
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.auth.principals import KeyHolder

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
            tagged=True,
            parameters=list_pagination.PAGE_PARAMETERS,
            gives={"data": [ENTRY_EXAMPLE], "next_cursor": None},
        ),
    ),
)
def list_questionnaires(
    request: Request[Any, Any, Any],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    caller: NamedDependency[KeyHolder],  # noqa: ARG001  # required by the access policy
    cursor: Cursor = "",
    limit: Limit = list_pagination.DEFAULT_LIMIT,
) -> Response[Page[QuestionnaireEntry]]:
    """Every questionnaire and version that an assessment can be made with."""
    page = list_pagination.slice_page(
        map(build_entry, catalogue.list()), lambda each: (each.id, each.version), cursor, limit
    )
    return etags.respond_with_etag(request, etags.encode_json(page))


@get(
    "/questionnaires/{questionnaire:str}/{version:str}",
    sync_to_thread=True,
    **build_route_options(
        "Read a questionnaire",
        TAG,
        Operation(scope="read:assessments", tagged=True, parameters=("language",), fails=(404,)),
    ),
)
def read_questionnaire(
    request: Request[Any, Any, Any],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    caller: NamedDependency[KeyHolder],  # noqa: ARG001  # required by the access policy
    questionnaire: FromPath[str],
    version: FromPath[str],
    language: Annotated[
        str, QueryParameter(max_length=35, description="Of the texts; the source language where absent.")
    ] = "",
) -> Response[QuestionnaireOut]:
    """Functions, dimensions, roles, items with their answers, and the advice that a result can lead to."""
    found = catalogue.get(questionnaire, version)
    return etags.respond_with_etag(
        request, etags.encode_json(build_questionnaire_out(found, language or found.source_language))
    )
