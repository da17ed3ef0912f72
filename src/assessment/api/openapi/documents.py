"""The API description as OpenAPI, and as an HTML reference page."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.response import Template

from assessment import errors
from assessment.api.http import etags, problems
from assessment.api.openapi.description import JsonObject
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.openapi.reference_page import build_reference_page
from assessment.errors import AppError
from assessment.i18n import SOURCE_LANGUAGE

OPENAPI_MEDIA_TYPE = "application/vnd.oai.openapi+json"
TAG = "Reference"


@get(
    "/v1/openapi.json",
    include_in_schema=False,
    sync_to_thread=False,
    **build_route_options("Read the description", TAG, Operation(scope=None, has_etag=True)),
)
def read_openapi(request: Request[Any, Any, Any], description: NamedDependency[JsonObject]) -> Response[Any]:
    return etags.respond_with_etag(request, etags.encode_json(description))


@get(
    "/docs",
    include_in_schema=False,
    sync_to_thread=True,
    **build_route_options("Read the reference", TAG, Operation(scope=None, media_type="text/html")),
)
def read_reference(description: NamedDependency[JsonObject]) -> Template:
    """Render the reference page. It loads nothing but our own stylesheet."""
    context = {
        "language": SOURCE_LANGUAGE,
        "reference": build_reference_page(description),
        "errors": list_problem_types(),
    }
    return Template("api/docs.html", context=context, media_type="text/html")


def list_problem_types() -> tuple[type[AppError], ...]:
    """List every class of problem the API can return, by status and slug."""
    error_classes = {
        member.slug: member
        for module in (problems, errors)
        for member in vars(module).values()
        if isinstance(member, type) and issubclass(member, AppError)
    }
    return tuple(sorted(error_classes.values(), key=lambda member: (member.status, member.slug)))
