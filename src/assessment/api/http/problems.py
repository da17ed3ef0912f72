"""Problem documents (RFC 9457) for every error under /api."""

import logging
import secrets
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, ValidationException
from litestar.types import Scope
from msgspec import UNSET, Struct, UnsetType

from assessment.api.http.error_messages import explain_validation_error
from assessment.errors import (
    AppError,
    ForbiddenError,
    InvalidError,
    MediaTypeError,
    NotFoundError,
    Problem,
    TooLargeError,
    TooManyRequestsError,
    UnauthenticatedError,
    UnreadableError,
)

PROBLEM_MEDIA_TYPE = "application/problem+json"
REFERENCE_PATH = "/api/docs"
PENDING_KEY = "pending_faults"  # in the state of a scope
MAX_FAULTS = 200  # in one document; the rest is counted
REMEDIES = {
    "not-found": "Nothing has this address, or nothing of yours has this id. Every call is in /api/docs.",
    "method": "See the Allow header for supported methods.",
    "too-large": "Send at most 1 MiB of JSON, 20 MiB of CSV, 32 MiB of invitations.",
}
CHALLENGE = 'Bearer realm="assessment"'

logger = logging.getLogger("assessment.failures")


class Fault(Struct, frozen=True, omit_defaults=True):
    """One thing that is wrong: in the body (`pointer`), the query, a header, or a line of a file."""

    code: str
    detail: str
    pointer: str | UnsetType = UNSET
    parameter: str | UnsetType = UNSET
    header: str | UnsetType = UNSET
    line: int | UnsetType = UNSET
    column: str | UnsetType = UNSET


class ProblemDetails(Struct, frozen=True, kw_only=True):
    """Problem document: `type`, `status`, `errors` are for a program, `title` and `detail` for a person."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: tuple[Fault, ...] | UnsetType = UNSET
    further_errors: int | UnsetType = UNSET


class ParameterProblem(Struct, frozen=True):
    """Something wrong outside of the body: a `kind` of place ("parameter" or "header") and its name."""

    kind: str
    name: str
    message: str
    code: str = "invalid-value"


class InvalidRequestError(InvalidError):
    """Query parameters, headers or the body are invalid; all faults of a request in one error."""

    def __init__(
        self, detail: str, parameter_problems: Sequence[ParameterProblem], body_error: InvalidError | None = None
    ) -> None:
        super().__init__(
            detail,
            body_error.problems if body_error else (),
            len(parameter_problems) + (body_error.problem_count if body_error else 0),
        )
        self.parameter_problems = tuple(parameter_problems)


class InvalidParametersError(InvalidRequestError):
    """Query parameters or headers are invalid."""

    def __init__(self, *parameter_problems: ParameterProblem) -> None:
        detail = "; ".join(f"{problem.name}: {problem.message}" for problem in parameter_problems)
        super().__init__(detail, parameter_problems)


class InvalidKeyError(UnauthenticatedError):
    """The API key is missing, unknown, expired or revoked."""

    slug = "invalid-key"
    title = "This API key is not valid"


class RateLimitedError(TooManyRequestsError):
    """The key, or an address without a key, has made too many requests."""

    slug = "rate-limited"
    title = "Too many requests"


class NotAcceptableError(AppError):
    """The `Accept` header admits no media type that the route offers."""

    status = 406
    slug = "not-acceptable"
    title = "There is no such representation"


class ScopeError(ForbiddenError):
    """The key is valid but lacks the scope."""

    slug = "missing-scope"
    title = "The key lacks the scope for this"

    def __init__(self, scope: str | None) -> None:
        super().__init__(f"This needs a key with the scope {scope}.")
        self.scope = scope


class PersonNeededError(ForbiddenError):
    """Only a person may do this, in the console: a key must not extend what keys can do."""

    slug = "person-needed"
    title = "A person has to do this in the console"


class MethodNotAllowedError(AppError):
    """The path exists, the method does not."""

    status = 405
    slug = "method"
    title = "This method is not offered here"


ERRORS_BY_STATUS: dict[int, type[AppError]] = {
    error_class.status: error_class
    for error_class in (NotFoundError, InvalidKeyError, TooLargeError, MethodNotAllowedError)
}


def render_problem(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Turn any exception into a problem document; log those with a status of 500 and above."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    app_error = convert_exception(error)
    pending = request.scope["state"].get(PENDING_KEY)
    if pending is not None:
        app_error = pending.merge_error(app_error)
    if app_error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        fields = {"request": get_request_id(request.scope), "route": request.scope.get("path_template", "-")}
        logger.error("unexpected error", extra={"fields": fields}, exc_info=error)
    return Response(
        msgspec.json.encode(build_problem_details(app_error, get_request_id(request.scope))),
        status_code=app_error.status,
        media_type=PROBLEM_MEDIA_TYPE,
        headers={**_build_headers(error, app_error), "Cache-Control": "no-store"},
    )


def get_request_id(scope: Scope) -> str:
    """Return the id of this request, created at first use. Every response carries it in `X-Request-ID`."""
    return str(scope.setdefault("state", {}).setdefault("request_id", secrets.token_hex(8)))


def build_problem_details(error: AppError, request: str) -> ProblemDetails:
    """Describe an error. Only our own errors show their detail: others could reveal internals."""
    faults = tuple(_list_faults(error))
    return ProblemDetails(
        type=f"{REFERENCE_PATH}#{error.slug}",
        title=error.title,
        status=error.status,
        detail=REMEDIES.get(error.slug, error.title)
        if error.detail == error.title
        else replace_surrogates(error.detail),
        request_id=request,
        errors=faults[:MAX_FAULTS] or UNSET,
        further_errors=max(0, error.problem_count - MAX_FAULTS) or UNSET,
    )


def convert_exception(error: Exception) -> AppError:
    """Convert the framework's exceptions to ours; unexpected ones become a 500 without detail."""
    if isinstance(error, UnauthenticatedError):
        return InvalidKeyError("" if error.detail == error.title else error.detail)
    if isinstance(error, AppError):
        return error
    if isinstance(error, ValidationException):
        return _convert_validation_error(error)
    if isinstance(error, HTTPException) and error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return ERRORS_BY_STATUS.get(error.status_code, UnreadableError)()
    return AppError("It is not your fault. Name the request id when you report it.")


def _convert_validation_error(error: ValidationException) -> AppError:
    """Convert the framework's list of invalid parameters; a missing `data` is an empty body."""
    entries: list[dict[str, Any]] = [entry for entry in error.extra or () if isinstance(entry, dict)]
    if any(entry.get("source") == "path" for entry in entries):
        return NotFoundError()
    problems = [
        ParameterProblem(
            kind="header" if entry.get("source") == "header" else "parameter",
            name=str(entry["key"]),
            message=explained.message,
            code=explained.code,
        )
        for entry in entries
        if entry.get("key") not in (None, "data")
        for explained in (explain_validation_error(str(entry.get("message", ""))),)
    ]
    return InvalidParametersError(*problems) if problems else UnreadableError("The body is empty.")


def _list_faults(error: AppError) -> Iterator[Fault]:
    if isinstance(error, InvalidRequestError):
        for parameter_problem in error.parameter_problems:
            place = {parameter_problem.kind: replace_surrogates(parameter_problem.name)}  # "parameter" or "header"
            yield Fault(parameter_problem.code, parameter_problem.message, **place)  # type: ignore[arg-type]
    for problem in error.problems[:MAX_FAULTS]:
        yield _build_fault(problem)


def _build_fault(problem: Problem) -> Fault:
    """Point into JSON if there is a pointer, otherwise name line and column of a file; both for a file in JSON."""
    text = replace_surrogates(f"{problem.message} {problem.remedy}".strip())
    code = problem.code or "invalid-value"
    pointer = replace_surrogates(problem.pointer)
    if (pointer and not problem.file) or (not pointer and problem.line is None and not problem.column):
        return Fault(code, text, pointer=pointer)
    return Fault(
        code,
        text,
        pointer=pointer or UNSET,
        line=UNSET if problem.line is None else problem.line,
        column=replace_surrogates(problem.column) or UNSET,
    )


def replace_surrogates(text: str) -> str:
    """Replace unpaired surrogates: errors quote the input, and UTF-8 can't encode them."""
    return text.encode(errors="replace").decode()


def _build_headers(error: Exception, app_error: AppError) -> Mapping[str, str]:
    if app_error.retry_after is not None:
        return {"Retry-After": str(app_error.retry_after)}
    if isinstance(app_error, UnauthenticatedError):
        return {"WWW-Authenticate": CHALLENGE}
    if isinstance(app_error, ScopeError):
        return {"WWW-Authenticate": f'{CHALLENGE}, error="insufficient_scope", scope="{app_error.scope}"'}
    if isinstance(app_error, MediaTypeError) and app_error.is_encoded:
        return {"Accept-Encoding": "identity"}
    if isinstance(error, MethodNotAllowedException):
        return {"Allow": dict(error.headers or {}).get("allow", "")}
    return {}
