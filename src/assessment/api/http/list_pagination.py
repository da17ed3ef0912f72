"""Pagination of lists: `{data, next_cursor}` with an opaque cursor."""

from collections.abc import Callable, Iterable
from typing import Annotated, Generic, TypeAlias, TypeVar

import msgspec
from litestar.params import QueryParameter
from msgspec import Struct
from sqlalchemy.exc import OperationalError, StatementError

from assessment.api.http.etags import compute_digest
from assessment.api.http.problems import InvalidParametersError, ParameterProblem
from assessment.errors import InvalidError
from assessment.storage.cursor_pagination import MAX_LIMIT, PageRequest, RowPage, decode_cursor, encode_cursor

R = TypeVar("R")
T = TypeVar("T")
SortKey: TypeAlias = tuple[str, ...]

DEFAULT_LIMIT = 50
MAX_CURSOR_LENGTH = 800
MARK_LENGTH = 8  # hexadecimal digits
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


class ListName(Struct, frozen=True):
    """A list with its filters and order: a cursor of one list is refused by another one."""

    path: str
    filters: tuple[str | None, ...] = ()

    @property
    def digest_prefix(self) -> str:
        """Digest that begins each cursor of this list."""
        return compute_digest(msgspec.json.encode((self.path, self.filters)))[:MARK_LENGTH]

    def bind_cursor(self, cursor: str | None) -> str | None:
        """Return a cursor that only this list accepts."""
        return None if cursor is None else self.digest_prefix + cursor

    def unbind_cursor(self, cursor: str) -> str:
        """Return the cursor inside; raises `InvalidParametersError` for one of another list."""
        if cursor and not cursor.startswith(self.digest_prefix):
            raise _build_cursor_error()
        return cursor[MARK_LENGTH:]


def parse_sort_key(cursor: str) -> SortKey | None:
    """Return the sort key in a cursor; None for the first page.

    Raises `InvalidParametersError` for anything that `slice_page` did not encode.
    """
    if not cursor:
        return None
    try:
        key = msgspec.convert(decode_cursor(cursor), tuple[str, ...])
    except (InvalidError, msgspec.ValidationError) as error:
        raise _build_cursor_error() from error
    if not key or any("\0" in part for part in key):
        raise _build_cursor_error()
    return key


def slice_page(
    entries: Iterable[T],
    key: Callable[[T], SortKey],
    name: ListName,
    cursor: str,
    limit: int,
    *,
    is_descending: bool = False,
) -> Page[T]:
    """Slice one page out of a list in memory, sorted by `key`."""
    after = parse_sort_key(name.unbind_cursor(cursor))
    ordered = sorted(entries, key=key, reverse=is_descending)
    if after is not None:
        ordered = [entry for entry in ordered if (key(entry) < after if is_descending else key(entry) > after)]
    remaining = ordered
    next_cursor = encode_cursor(key(remaining[limit - 1])) if len(remaining) > limit else None
    return Page(tuple(remaining[:limit]), name.bind_cursor(next_cursor))


def load_page(
    find: Callable[[PageRequest], RowPage[R]],
    convert: Callable[[R], T],
    name: ListName,
    cursor: str = "",
    limit: int = DEFAULT_LIMIT,
    sort: str = "",
) -> Page[T]:
    """Load one page from the database. A cursor that the query can't use is refused like a malformed one."""
    place = PageRequest(name.unbind_cursor(cursor) or None, limit, sort)
    try:
        page = find(place)
    except (InvalidError, StatementError) as error:
        if not cursor or isinstance(error, OperationalError):
            raise
        raise _build_cursor_error() from error
    return Page(tuple(convert(row) for row in page.data), name.bind_cursor(page.next_cursor))


def format_flag(flag: bool | None) -> str | None:  # noqa: FBT001  # a value of the query
    """Format a filter for a `ListName`."""
    return None if flag is None else str(flag).lower()


def _build_cursor_error() -> InvalidParametersError:
    return InvalidParametersError(
        ParameterProblem(
            "parameter", "cursor", "This is not a cursor of this list. Start without one.", "invalid-cursor"
        )
    )
