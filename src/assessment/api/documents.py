"""The API description as OpenAPI, and as an HTML reference page."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.response import Template

from assessment import errors
from assessment.api import problems, tags
from assessment.api.operations import Operation, operation
from assessment.api.outline import outline
from assessment.api.reference import Json
from assessment.errors import AssessmentError
from assessment.wording import SOURCE_LANGUAGE

OPENAPI = "application/vnd.oai.openapi+json"
TAG = "Reference"


@get(
    "/v1/openapi.json",
    include_in_schema=False,
    sync_to_thread=False,
    **operation("Read the description", TAG, Operation(scope=None, tagged=True)),
)
def read_openapi(request: Request[Any, Any, Any], description: NamedDependency[Json]) -> Response[Any]:
    return tags.tagged(request, tags.encoded(description))


@get(
    "/docs",
    include_in_schema=False,
    sync_to_thread=True,
    **operation("Read the reference", TAG, Operation(scope=None, media_type="text/html")),
)
def read_reference(description: NamedDependency[Json]) -> Template:
    """Render the reference page. It loads nothing but our own stylesheet."""
    context = {"language": SOURCE_LANGUAGE, "outline": outline(description), "errors": kinds()}
    return Template("api/docs.html", context=context, media_type="text/html")


def kinds() -> tuple[type[AssessmentError], ...]:
    """List every class of problem the API can return, by status and slug."""
    found = {
        each.slug: each
        for module in (problems, errors)
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, AssessmentError)
    }
    return tuple(sorted(found.values(), key=lambda each: (each.status, each.slug)))
