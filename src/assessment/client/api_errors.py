"""Errors of the client."""

import msgspec
from msgspec import Struct


class ProblemPlace(Struct, frozen=True):
    """One thing that is wrong, and where: in the body (`pointer`), the query, a header, or a line of a file."""

    detail: str
    code: str | None = None
    pointer: str | None = None
    parameter: str | None = None
    header: str | None = None
    line: int | None = None
    column: str | None = None


class ProblemDocument(Struct, frozen=True):
    """Problem document (RFC 9457)."""

    type: str = "about:blank"
    title: str = ""
    status: int = 0
    detail: str = ""
    request_id: str = ""
    errors: tuple[ProblemPlace, ...] = ()


class ApiProblemError(Exception):
    """The server refused a request; `slug` is the part of the problem's type to program against, like `not-closed`."""

    def __init__(self, status: int, document: ProblemDocument) -> None:
        places = "; ".join(f"{place.pointer or place.parameter or ''} {place.detail}" for place in document.errors)
        super().__init__(f"{status} {document.title}: {document.detail} {places}".rstrip())
        self.status = status
        self.slug = document.type.rpartition("#")[2]
        self.title, self.detail = document.title, document.detail
        self.errors, self.request_id = document.errors, document.request_id


class ApiUnreachableError(Exception):
    """The server did not reply, even after retries; whether it received the request is unknown."""


def decode_problem(status: int, content: bytes, reason: str) -> ApiProblemError:
    """Decode a problem document; a proxy's page in its place gives an error with the reason phrase."""
    try:
        document = msgspec.json.decode(content, type=ProblemDocument)
    except msgspec.MsgspecError:
        document = ProblemDocument(title=reason, status=status)
    return ApiProblemError(status, document)
