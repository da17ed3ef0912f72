"""Questionnaires that assessments can be made with."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from assessment.api import lists, tags
from assessment.api.lists import Cursor, Limit, Page
from assessment.api.operations import Operation, operation
from assessment.api.wire.questionnaires import QuestionnaireEntry, QuestionnaireOut, entry, whole
from assessment.library import Library
from assessment.services.principals import KeyHolder

TAG = "Questionnaires"
ENTRY = {
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
    **operation(
        "List questionnaires",
        TAG,
        Operation(
            scope="read:assessments",
            tagged=True,
            parameters=lists.PARAMETERS,
            gives={"data": [ENTRY], "next_cursor": None},
        ),
    ),
)
def list_questionnaires(
    request: Request[Any, Any, Any],
    library: NamedDependency[Library],
    caller: NamedDependency[KeyHolder],  # noqa: ARG001  # required by the access policy
    cursor: Cursor = "",
    limit: Limit = lists.LIMIT_DEFAULT,
) -> Response[Page[QuestionnaireEntry]]:
    """Every questionnaire and version that an assessment can be made with."""
    page = lists.paged(map(entry, library.list()), lambda each: (each.id, each.version), cursor, limit)
    return tags.tagged(request, tags.encoded(page))


@get(
    "/questionnaires/{questionnaire:str}/{version:str}",
    sync_to_thread=True,
    **operation(
        "Read a questionnaire",
        TAG,
        Operation(scope="read:assessments", tagged=True, parameters=("language",), fails=(404,)),
    ),
)
def read_questionnaire(
    request: Request[Any, Any, Any],
    library: NamedDependency[Library],
    caller: NamedDependency[KeyHolder],  # noqa: ARG001  # required by the access policy
    questionnaire: FromPath[str],
    version: FromPath[str],
    language: Annotated[
        str, QueryParameter(max_length=35, description="Of the texts; the source language where absent.")
    ] = "",
) -> Response[QuestionnaireOut]:
    """Functions, dimensions, roles, items with their answers, and the advice that a result can lead to."""
    found = library.get(questionnaire, version)
    return tags.tagged(request, tags.encoded(whole(found, language or found.source_language)))
