"""Problem documents (RFC 9457) for every error under /api."""

import logging
import secrets
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, ValidationException
from litestar.types import Scope
from msgspec import UNSET, Struct, UnsetType

from assessment.api.bodies import FAULTS_MOST
from assessment.api.plainly import plainly
from assessment.errors import (
    AssessmentError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    Problem,
    TooLargeError,
    TooManyError,
    UnauthenticatedError,
    UnreadableError,
)

PROBLEM = "application/problem+json"
REFERENCE = "/api/docs"
REMEDIES = {
    "not-found": "Nothing has this address, or nothing of yours has this id. Every call is in /api/docs.",
    "method": "The header Allow names the methods that are.",
    "too-large": "Send at most 1 MiB of JSON, 20 MiB of CSV.",
}
CHALLENGE = 'Bearer realm="assessment"'

failures = logging.getLogger("assessment.failures")


class Fault(Struct, frozen=True, omit_defaults=True):
    """One thing that is wrong: in the body (`pointer`), the query, a header, or a line of a file."""

    detail: str
    pointer: str | UnsetType = UNSET
    parameter: str | UnsetType = UNSET
    header: str | UnsetType = UNSET
    line: int | UnsetType = UNSET
    column: str | UnsetType = UNSET


class ProblemDetails(Struct, frozen=True, kw_only=True):
    """What went wrong, for a program (`type`, `status`, `errors`) and for a person (`title`, `detail`)."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: tuple[Fault, ...] | UnsetType = UNSET


class Misplaced(Struct, frozen=True):
    """Something wrong outside of the body: a `kind` of place ("parameter" or "header") and its name."""

    kind: str
    name: str
    message: str


class RefusedError(InvalidError):
    """Query parameters or headers are invalid."""

    def __init__(self, *misplaced: Misplaced) -> None:
        super().__init__("; ".join(f"{each.name}: {each.message}" for each in misplaced))
        self.misplaced = misplaced


class NotAcceptableError(AssessmentError):
    """The `Accept` header admits no media type that the route offers."""

    status = 406
    slug = "not-acceptable"
    title = "There is no such representation"


class ScopeError(ForbiddenError):
    """The key is valid but lacks the scope."""

    def __init__(self, scope: str | None) -> None:
        super().__init__(f"This needs a key with the scope {scope}.")
        self.scope = scope


class MethodError(AssessmentError):
    """The path exists, the method does not."""

    status = 405
    slug = "method"
    title = "This method is not offered here"


FRAMEWORK: dict[int, type[AssessmentError]] = {
    each.status: each for each in (NotFoundError, UnauthenticatedError, TooLargeError, MethodError)
}


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Turn any exception into a problem document; log those with a status of 500 and above."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    known = understood(error)
    if known.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        fields = {"request": request_id(request.scope), "route": request.scope.get("path_template", "-")}
        failures.error("unexpected error", extra={"fields": fields}, exc_info=error)
    return Response(
        msgspec.json.encode(document(known, request_id(request.scope))),
        status_code=known.status,
        media_type=PROBLEM,
        headers={**_headers(error, known), "Cache-Control": "no-store"},
    )


def request_id(scope: Scope) -> str:
    """Return the id of this request, created at first use. Every response carries it in `X-Request-ID`."""
    return str(scope.setdefault("state", {}).setdefault("request_id", secrets.token_hex(8)))


def document(error: AssessmentError, request: str) -> ProblemDetails:
    """Describe an error. Only our own errors show their detail: others could reveal internals."""
    faults = tuple(_faults(error))
    return ProblemDetails(
        type=f"{REFERENCE}#{error.slug}",
        title=error.title,
        status=error.status,
        detail=REMEDIES.get(error.slug, error.title) if error.detail == error.title else encodable(error.detail),
        request_id=request,
        errors=faults or UNSET,
    )


def understood(error: Exception) -> AssessmentError:
    """Convert the framework's exceptions to ours; unexpected ones become a 500 without detail."""
    if isinstance(error, AssessmentError):
        return error
    if isinstance(error, ValidationException):
        return _validation(error)
    if isinstance(error, HTTPException) and error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return FRAMEWORK.get(error.status_code, UnreadableError)()
    return AssessmentError("It is not your fault. Name the request id when you report it.")


def _validation(error: ValidationException) -> AssessmentError:
    """Convert the framework's list of invalid parameters; a missing `data` is an empty body."""
    found: list[dict[str, Any]] = [each for each in error.extra or () if isinstance(each, dict)]
    if any(each.get("source") == "path" for each in found):
        return NotFoundError()
    places = [
        Misplaced(
            kind="header" if each.get("source") == "header" else "parameter",
            name=str(each["key"]),
            message=plainly(str(each.get("message", ""))),
        )
        for each in found
        if each.get("key") not in (None, "data")
    ]
    return RefusedError(*places) if places else UnreadableError("The body is empty.")


def _faults(error: AssessmentError) -> Iterator[Fault]:
    for problem in error.problems[:FAULTS_MOST]:
        yield _fault(problem)
    if isinstance(error, RefusedError):
        for each in error.misplaced:
            yield Fault(each.message, **{each.kind: each.name})  # type: ignore[arg-type]  # "parameter" or "header"


def _fault(problem: Problem) -> Fault:
    """Point into JSON if there is a pointer, otherwise name line and column of a file."""
    text = encodable(f"{problem.message} {problem.remedy}".strip())
    if problem.pointer or (problem.line is None and not problem.column):
        return Fault(text, pointer=encodable(problem.pointer))
    column = encodable(problem.column) or UNSET
    return Fault(text, line=UNSET if problem.line is None else problem.line, column=column)


def encodable(text: str) -> str:
    """Replace unpaired surrogates: errors quote the input, and UTF-8 can't encode them."""
    return text.encode(errors="replace").decode()


def _headers(error: Exception, known: AssessmentError) -> Mapping[str, str]:
    if isinstance(known, UnauthenticatedError):
        return {"WWW-Authenticate": CHALLENGE}
    if isinstance(known, ScopeError):
        return {"WWW-Authenticate": f'{CHALLENGE}, error="insufficient_scope", scope="{known.scope}"'}
    if isinstance(known, TooManyError):
        return {"Retry-After": str(known.retry_after)}
    if isinstance(error, MethodNotAllowedException):
        return {"Allow": dict(error.headers or {}).get("allow", "")}
    return {}
