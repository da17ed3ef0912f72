"""Error pages: for expected errors, errors of the framework, and unexpected exceptions."""

from http import HTTPStatus

from litestar import Request, Response
from litestar.exceptions import HTTPException

from assessment.errors import (
    AppError,
    ForbiddenError,
    NotFoundError,
    TooLargeError,
    UnauthenticatedError,
    UnreadableError,
)
from assessment.web.http import json_logs
from assessment.web.http.headers import get_request_id
from assessment.web.http.page_responses import render_page

ERRORS_BY_STATUS: dict[int, type[AppError]] = {
    400: UnreadableError,
    401: UnauthenticatedError,
    403: ForbiddenError,
    404: NotFoundError,
    413: TooLargeError,
}


def render_error(request: Request, error: Exception) -> Response:  # type: ignore[type-arg]
    if isinstance(error, AppError):
        return render_app_error(request, error)
    if isinstance(error, HTTPException):
        return render_framework_error(request, error)
    return render_unexpected_error(request, error)


def render_app_error(request: Request, error: AppError) -> Response:  # type: ignore[type-arg]
    area = request.scope["path"].removeprefix("/").split("/")[0]  # OPTIONS asks for the path * too
    response: Response = render_page(  # type: ignore[type-arg]
        "errors/error.html",
        error.status,
        title=error.title,
        detail="" if error.detail == error.title else error.detail,
        problems=error.problems,
        status=error.status,
        area=area,
        request_id=get_request_id(request.scope),
    )
    if error.retry_after is not None:
        response.headers["retry-after"] = str(error.retry_after)
    return response


def render_framework_error(request: Request, error: HTTPException) -> Response:  # type: ignore[type-arg]
    """Render an error of the framework (no such route, malformed body) with our text, and keep its headers."""
    kind = ERRORS_BY_STATUS.get(error.status_code)
    if kind:
        response = render_app_error(request, kind())
    elif error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        response = render_app_error(request, _make_error(error.status_code))
    else:
        return render_unexpected_error(request, error)
    for name, value in (error.headers or {}).items():
        response.headers.setdefault(name.lower(), value)
    return response


def render_unexpected_error(request: Request, error: Exception) -> Response:  # type: ignore[type-arg]
    """Log the traceback's locations, and render a page without details."""
    json_logs.error_logger.error(
        "unexpected error",
        extra={"fields": {"request": get_request_id(request.scope), "route": request.scope.get("path_template", "-")}},
        exc_info=error,
    )
    return render_app_error(request, AppError())


def _make_error(status: int) -> AppError:
    error = UnreadableError()
    error.status = status
    return error
