"""Entity tags (RFC 9110): 304 for unchanged content, 412 for a write to changed content."""

import hashlib
import re
from typing import Any

import msgspec
from litestar import Request, Response

from assessment.api.problems import Misplaced, RefusedError
from assessment.errors import ChangedError

ANY = "*"
TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
SEPARATED = re.compile(rf"\s*{TAG.pattern}\s*(?:,\s*{TAG.pattern}\s*)*")
REVALIDATE = "private, no-cache"


def encoded(data: object) -> bytes:
    """Encode JSON deterministically: the tag is a hash of these bytes."""
    return msgspec.json.encode(data, order="deterministic") if isinstance(data, dict) else msgspec.json.encode(data)


def tag(content: bytes) -> str:
    """Compute the strong entity tag of some bytes."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def tagged(request: Request[Any, Any, Any], content: bytes, media_type: str = "application/json") -> Response[Any]:
    """Respond with the content and its tag, or with 304 if the client has it."""
    headers = {"ETag": tag(content), "Cache-Control": REVALIDATE, "Vary": "Authorization"}
    if _matches(request, "if-none-match", content, weakly=True):
        return Response(b"", status_code=304, headers=headers, media_type=media_type)
    return Response(content, headers=headers, media_type=media_type)


def given(data: object, status: int = 200) -> Response[Any]:
    """Respond to a change with the new content and its tag."""
    content = encoded(data)
    headers = {"ETag": tag(content), "Cache-Control": "no-store"}
    return Response(content, status_code=status, headers=headers, media_type="application/json")


def unchanged(request: Request[Any, Any, Any], current: bytes) -> None:
    """Raise `ChangedError` (412) if `If-Match` doesn't name the current content."""
    if "if-match" in request.headers and not _matches(request, "if-match", current, weakly=False):
        raise ChangedError("It is not what your If-Match names any more. Read it again, then repeat your change.")


def _matches(request: Request[Any, Any, Any], header: str, content: bytes, *, weakly: bool) -> bool:
    if header not in request.headers:
        return False
    value = request.headers[header].strip()
    if value == ANY:
        return True
    if not SEPARATED.fullmatch(value):
        raise RefusedError(Misplaced("header", header, 'Write entity tags as they were sent, in quotes, or "*".'))
    tags = TAG.findall(value)
    return tag(content) in ([each.removeprefix("W/") for each in tags] if weakly else tags)
