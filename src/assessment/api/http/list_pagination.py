"""Pagination of lists: `{data, next_cursor}` with an opaque cursor."""

import base64
import binascii
from collections.abc import Callable, Iterable
from typing import Annotated, Generic, TypeAlias, TypeVar

import msgspec
from litestar.params import QueryParameter
from msgspec import Struct
from sqlalchemy.exc import OperationalError, StatementError

from assessment.api.http.problems import InvalidParametersError, ParameterProblem
from assessment.errors import InvalidError
from assessment.storage import cursor_pagination
from assessment.storage.cursor_pagination import PageRequest

R = TypeVar("R")
T = TypeVar("T")
SortKey: TypeAlias = tuple[str, ...]

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
MAX_CURSOR_LENGTH = 500
PAGE_PARAMETERS = ("cursor", "limit")

Limit: TypeAlias = Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT, description="How many to return at most.")]
Cursor: TypeAlias = Annotated[
    str,
    QueryParameter(
        max_length=MAX_CURSOR_LENGTH, description="`next_cursor` of the page before; the first page where absent."
    ),
]


class Page(Struct, Generic[T], frozen=True):
    """One page of a list; `next_cursor` is null on the last."""

    data: tuple[T, ...]
    next_cursor: str | None


def encode_cursor(key: SortKey) -> str:
    """Encode the sort key of the last row of a page."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def decode_cursor(cursor: str) -> SortKey | None:
    """Decode a cursor; None for the first page. Raises `InvalidParametersError` for anything we didn't encode."""
    if not cursor:
        return None
    try:
        content = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        key = msgspec.json.decode(content, type=tuple[str, ...])
    except (binascii.Error, ValueError, msgspec.DecodeError):
        key = ()
    if not key or any("\0" in part for part in key):
        raise _build_cursor_error()
    return key


def slice_page(entries: Iterable[T], key: Callable[[T], SortKey], cursor: str, limit: int) -> Page[T]:
    """Slice one page out of a list in memory, sorted by `key`."""
    after = decode_cursor(cursor)
    remaining = [entry for entry in sorted(entries, key=key) if after is None or key(entry) > after]
    return Page(tuple(remaining[:limit]), encode_cursor(key(remaining[limit - 1])) if len(remaining) > limit else None)


def load_page(
    find: Callable[[PageRequest], cursor_pagination.RowPage[R]], convert: Callable[[R], T], cursor: str, limit: int
) -> Page[T]:
    """Load one page from the database. A cursor that the query can't use is refused like a malformed one."""
    try:
        page = find(PageRequest(cursor or None, limit))
    except (InvalidError, StatementError) as error:
        if not cursor or isinstance(error, OperationalError):
            raise
        raise _build_cursor_error() from error
    return Page(tuple(convert(row) for row in page.data), page.next_cursor)


def _build_cursor_error() -> InvalidParametersError:
    return InvalidParametersError(
        ParameterProblem("parameter", "cursor", "This is not a cursor of this list. Start without one.")
    )
