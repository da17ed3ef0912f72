"""Error pages: for expected errors, errors of the framework, and unexpected exceptions."""

from http import HTTPStatus

from litestar import Request, Response
from litestar.exceptions import HTTPException

from assessment.errors import (
    AssessmentError,
    ForbiddenError,
    NotFoundError,
    TooLargeError,
    TooManyError,
    UnauthenticatedError,
    UnreadableError,
)
from assessment.web import log
from assessment.web.headers import request_id
from assessment.web.pages import page

FRAMEWORK: dict[int, type[AssessmentError]] = {
    400: UnreadableError,
    401: UnauthenticatedError,
    403: ForbiddenError,
    404: NotFoundError,
    413: TooLargeError,
}


def answer(request: Request, error: Exception) -> Response:  # type: ignore[type-arg]
    if isinstance(error, AssessmentError):
        return expected(request, error)
    if isinstance(error, HTTPException):
        return framework(request, error)
    return unexpected(request, error)


def expected(request: Request, error: AssessmentError) -> Response:  # type: ignore[type-arg]
    area = request.scope["path"].split("/")[1]
    shown: Response = page(  # type: ignore[type-arg]
        "errors/error.html",
        error.status,
        title=error.title,
        detail="" if error.detail == error.title else error.detail,
        problems=error.problems,
        status=error.status,
        area=area,
        request_id=request_id(request.scope),
    )
    if isinstance(error, TooManyError):
        shown.headers["retry-after"] = str(error.retry_after)
    return shown


def framework(request: Request, error: HTTPException) -> Response:  # type: ignore[type-arg]
    """Render an error of the framework (no such route, malformed body) with our text, and keep its headers."""
    kind = FRAMEWORK.get(error.status_code)
    if kind:
        shown = expected(request, kind())
    elif error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        shown = expected(request, _other(error.status_code))
    else:
        return unexpected(request, error)
    for name, value in (error.headers or {}).items():
        shown.headers.setdefault(name.lower(), value)
    return shown


def unexpected(request: Request, error: Exception) -> Response:  # type: ignore[type-arg]
    """Log the traceback's locations, and render a page without details."""
    log.failures.error(
        "unexpected error",
        extra={"fields": {"request": request_id(request.scope), "route": request.scope.get("path_template", "-")}},
        exc_info=error,
    )
    return expected(request, AssessmentError())


def _other(status: int) -> AssessmentError:
    error = UnreadableError()
    error.status = status
    return error
