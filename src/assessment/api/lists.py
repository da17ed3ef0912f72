"""Pagination of lists: `{data, next_cursor}` with an opaque cursor."""

import base64
import binascii
from collections.abc import Callable, Iterable
from typing import Annotated, Generic, TypeAlias, TypeVar

import msgspec
from litestar.params import QueryParameter
from msgspec import Struct
from sqlalchemy.exc import OperationalError, StatementError

from assessment.api.problems import Misplaced, RefusedError
from assessment.errors import InvalidError
from assessment.storage import pages
from assessment.storage.pages import Place

R = TypeVar("R")
T = TypeVar("T")
Key: TypeAlias = tuple[str, ...]

LIMIT_DEFAULT = 50
LIMIT_MOST = 200
CURSOR_MOST = 500
PARAMETERS = ("cursor", "limit")

Limit: TypeAlias = Annotated[int, QueryParameter(ge=1, le=LIMIT_MOST, description="How many to return at most.")]
Cursor: TypeAlias = Annotated[
    str,
    QueryParameter(
        max_length=CURSOR_MOST, description="`next_cursor` of the page before; the first page where absent."
    ),
]


class Page(Struct, Generic[T], frozen=True):
    """One page of a list; `next_cursor` is null on the last."""

    data: tuple[T, ...]
    next_cursor: str | None


def written(key: Key) -> str:
    """Encode the sort key of the last row of a page."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def read(cursor: str) -> Key | None:
    """Decode a cursor; None for the first page. Raises `RefusedError` for anything we didn't encode."""
    if not cursor:
        return None
    try:
        content = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        key = msgspec.json.decode(content, type=tuple[str, ...])
    except (binascii.Error, ValueError, msgspec.DecodeError):
        key = ()
    if not key or any("\0" in part for part in key):
        raise _refused()
    return key


def paged(found: Iterable[T], key: Callable[[T], Key], cursor: str, limit: int) -> Page[T]:
    """Slice one page out of a list in memory, sorted by `key`."""
    after = read(cursor)
    rest = [each for each in sorted(found, key=key) if after is None or key(each) > after]
    return Page(tuple(rest[:limit]), written(key(rest[limit - 1])) if len(rest) > limit else None)


def found(find: Callable[[Place], pages.Page[R]], shown: Callable[[R], T], cursor: str, limit: int) -> Page[T]:
    """Load one page from the database. A cursor that the query can't use is refused like a malformed one."""
    try:
        page = find(Place(cursor or None, limit))
    except (InvalidError, StatementError) as error:
        if not cursor or isinstance(error, OperationalError):
            raise
        raise _refused() from error
    return Page(tuple(shown(each) for each in page.data), page.next_cursor)


def _refused() -> RefusedError:
    return RefusedError(Misplaced("parameter", "cursor", "This is not a cursor of this list. Start without one."))
