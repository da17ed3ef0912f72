"""Entity tags (RFC 9110): 304 for unchanged content, 412 for a write to changed content."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from litestar import Request, Response

from assessment.api.http.pending_faults import raise_pending_faults
from assessment.errors import AppError, ChangedError, InvalidError

ANY_TAG = "*"
ETAG_PATTERN = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
ETAG_LIST_PATTERN = re.compile(rf"\s*{ETAG_PATTERN.pattern}\s*(?:,\s*{ETAG_PATTERN.pattern}\s*)*")
TAG_LENGTH = 32  # hexadecimal digits
COMPRESSED_SUFFIX = "-gzip"  # of the tag of a compressed representation (RFC 9110, 8.8.3.3)
MALFORMED_MESSAGE = 'Write entity tags as they were sent, in quotes, or "*".'
DEFERRED_KEY = "deferred_mismatch"  # in the state of a scope
CACHE_CONTROL = "private, no-cache"
VARY = "Authorization, Accept-Encoding"


def encode_json(data: object) -> bytes:
    """Encode JSON deterministically: the tag is a hash of these bytes."""
    return msgspec.json.encode(data, order="deterministic") if isinstance(data, dict) else msgspec.json.encode(data)


def compute_etag(content: bytes) -> str:
    """Compute the strong entity tag of some bytes."""
    return f'"{compute_digest(content)[:TAG_LENGTH]}"'


def compute_digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def respond_with_etag(
    request: Request[Any, Any, Any], content: bytes, media_type: str = "application/json"
) -> Response[Any]:
    """Respond with the content and its tag, or with 304 if the client has it; raises pending faults of the request."""
    raise_pending_faults(request.scope["state"])
    digest = compute_digest(content)
    return respond_unchanged(request, digest, media_type) or respond_to_digest(digest, content, media_type)


def respond_unchanged(
    request: Request[Any, Any, Any], digest: str, media_type: str = "application/json"
) -> Response[Any] | None:
    """Respond with 304 if the client has the content with this SHA-256; otherwise return None."""
    sent = find_sent_tag(request, digest)
    if sent is None:
        return None
    return Response(b"", status_code=304, headers=_make_headers(sent), media_type=media_type)


def find_sent_tag(request: Request[Any, Any, Any], digest: str) -> str | None:
    """Return the tag with which the client has the content with this SHA-256; None if it has other content or none."""
    etag = f'"{digest[:TAG_LENGTH]}"'
    if not _has_match(request, "if-none-match", etag, weakly=True):
        return None
    compressed = add_tag_suffix(etag)
    return compressed if compressed in request.headers.get("if-none-match", "") else etag


def respond_to_digest(digest: str, content: bytes, media_type: str = "application/json") -> Response[Any]:
    """Respond with content whose SHA-256 is known."""
    return Response(content, headers=_make_headers(f'"{digest[:TAG_LENGTH]}"'), media_type=media_type)


def _make_headers(etag: str) -> dict[str, str]:
    return {"ETag": etag, "Cache-Control": CACHE_CONTROL, "Vary": VARY}


def make_raw_headers(etag: str) -> tuple[tuple[bytes, bytes], ...]:
    """Make the headers of content with this tag as ASGI has them."""
    return tuple((name.lower().encode(), value.encode()) for name, value in _make_headers(etag).items())


def respond_to_change(data: object, status: int = 200) -> Response[Any]:
    """Respond to a change with the new content and its tag."""
    content = encode_json(data)
    headers = {"ETag": compute_etag(content), "Cache-Control": "no-store"}
    return Response(content, status_code=status, headers=headers, media_type="application/json")


def require_match(request: Request[Any, Any, Any], current: bytes) -> None:
    """Raise `ChangedError` (412) if `If-Match` names other content; within `defer_mismatch`, at its end."""
    if "if-match" not in request.headers or _has_match(request, "if-match", compute_etag(current), weakly=False):
        return
    error = ChangedError("It is not what your If-Match names any more. Read it again, then repeat your change.")
    state = request.scope["state"]
    if DEFERRED_KEY not in state:
        raise error
    state[DEFERRED_KEY] = error


@contextmanager
def defer_mismatch(state: dict[str, Any]) -> Iterator[None]:
    """Raise the `ChangedError` of `require_match` after the block, unless the block raises `InvalidError`.

    A request with faults is answered with them, whatever its `If-Match` names (RFC 9110, 13.2.1). The block must leave
    nothing that a rollback does not undo. `state` is that of the request's scope.
    """
    state[DEFERRED_KEY] = None
    try:
        yield
    except InvalidError:
        raise
    except AppError as error:
        if state[DEFERRED_KEY] is not None:
            raise state[DEFERRED_KEY] from error
        raise
    else:
        if state[DEFERRED_KEY] is not None:
            raise state[DEFERRED_KEY]
    finally:
        del state[DEFERRED_KEY]


def is_well_formed(value: str) -> bool:
    """Return whether the value of `If-Match` or `If-None-Match` is `*` or a list of entity tags."""
    return value.strip() == ANY_TAG or ETAG_LIST_PATTERN.fullmatch(value.strip()) is not None


def add_tag_suffix(etag: str) -> str:
    """Return the tag of the compressed representation."""
    return f'{etag[:-1]}{COMPRESSED_SUFFIX}"'


def _has_match(request: Request[Any, Any, Any], header: str, etag: str, *, weakly: bool) -> bool:
    if header not in request.headers:
        return False
    value = request.headers[header].strip()
    if value == ANY_TAG:
        return True
    tags = [tag.replace(f'{COMPRESSED_SUFFIX}"', '"') for tag in ETAG_PATTERN.findall(value)]
    return etag in ([tag.removeprefix("W/") for tag in tags] if weakly else tags)
