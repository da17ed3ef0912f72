"""The API's description: for programs (OpenAPI), and as a page for people."""

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
    """Describe every operation as OpenAPI 3.1."""
    return tags.tagged(request, tags.encoded(description))


@get(
    "/docs",
    include_in_schema=False,
    sync_to_thread=True,
    **operation("Read the reference", TAG, Operation(scope=None, media_type="text/html")),
)
def read_reference(description: NamedDependency[Json]) -> Template:
    """Show the reference page, which loads nothing but our own style."""
    context = {"language": SOURCE_LANGUAGE, "outline": outline(description), "errors": kinds()}
    return Template("api/docs.html", context=context, media_type="text/html")


def kinds() -> tuple[type[AssessmentError], ...]:
    """Return every kind of problem that can be answered, by status."""
    found = {
        each.slug: each
        for module in (problems, errors)
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, AssessmentError)
    }
    return tuple(sorted(found.values(), key=lambda each: (each.status, each.slug)))
