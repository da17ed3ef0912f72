"""Entity tags (RFC 9110): answers from what the client holds already, and writes only to what it has seen."""

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
    """Write JSON, the same bytes for the same data."""
    return msgspec.json.encode(data, order="deterministic") if isinstance(data, dict) else msgspec.json.encode(data)


def tag(content: bytes) -> str:
    """Return the strong tag of these bytes."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def tagged(request: Request[Any, Any, Any], content: bytes, media_type: str = "application/json") -> Response[Any]:
    """Answer with the bytes and their tag, or with 304 where the client holds them."""
    headers = {"ETag": tag(content), "Cache-Control": REVALIDATE, "Vary": "Authorization"}
    if _matches(request, "if-none-match", content, weakly=True):
        return Response(b"", status_code=304, headers=headers, media_type=media_type)
    return Response(content, headers=headers, media_type=media_type)


def given(data: object, status: int = 200) -> Response[Any]:
    """Answer a change with what is there now, and its tag for the next one."""
    content = encoded(data)
    headers = {"ETag": tag(content), "Cache-Control": "no-store"}
    return Response(content, status_code=status, headers=headers, media_type="application/json")


def unchanged(request: Request[Any, Any, Any], current: bytes) -> None:
    """Refuse a write to something that is no longer as the client saw it (`If-Match`)."""
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
