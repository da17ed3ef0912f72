"""The API description as OpenAPI, and as an HTML reference page."""

from collections.abc import Iterator
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template

from assessment.api.http import etags
from assessment.api.openapi.fault_codes import FAULT_CODES
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.openapi.reference_page import build_reference_page
from assessment.api.openapi.schemas import JsonObject
from assessment.errors import (
    AddressTakenError,
    AlreadySentError,
    AppError,
    ConflictError,
    ForbiddenError,
    NoClosingDateError,
    TooManyRequestsError,
    UnauthenticatedError,
)
from assessment.i18n import SOURCE_LANGUAGE
from assessment.services.auth.oidc_sign_in import OidcError

TAG = "Reference"
TEMPLATE = "api/docs.html"


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
    **build_route_options("Read the reference", TAG, Operation(scope=None, media_type="text/html", has_etag=True)),
)
def read_reference(request: Request[Any, Any, Any], description: NamedDependency[JsonObject]) -> Response[Any]:
    """Render the reference page. It loads nothing but our own stylesheet."""
    context = {
        "language": SOURCE_LANGUAGE,
        "reference": build_reference_page(description),
        "errors": list_problem_types(),
        "codes": FAULT_CODES,
    }
    page = Template(TEMPLATE, context=context)
    engine: JinjaTemplateEngine = request.app.template_engine  # type: ignore[assignment]  # the application sets it
    html = engine.get_template(TEMPLATE).render(page.create_template_context(request))
    return etags.respond_with_etag(request, html.encode(), "text/html")


# Modules whose errors reach the API; others belong to pages and commands.
PROBLEM_MODULES = ("assessment.errors", "assessment.api.", "assessment.services.auth.", "assessment.services.webhooks.")
# Errors of pages, for which the API has more specific ones.
REPLACED_TYPES = (
    UnauthenticatedError,
    ForbiddenError,
    TooManyRequestsError,
    AlreadySentError,
    OidcError,
    ConflictError,
    AddressTakenError,
    NoClosingDateError,
)


def _list_subclasses(error_class: type[AppError]) -> Iterator[type[AppError]]:
    yield error_class
    for subclass in error_class.__subclasses__():
        yield from _list_subclasses(subclass)


def list_problem_types() -> tuple[type[AppError], ...]:
    """List every class of problem the API can return, by status and slug."""
    error_classes = {
        member.slug: member
        for member in _list_subclasses(AppError)
        if member.__module__.startswith(PROBLEM_MODULES) and member not in REPLACED_TYPES
    }
    return tuple(sorted(error_classes.values(), key=lambda member: (member.status, member.slug)))
