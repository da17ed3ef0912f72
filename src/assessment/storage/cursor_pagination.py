"""Cursor pagination (keyset): an opaque cursor encodes the order columns of the last row."""

import base64
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import Column, ColumnElement, Row, Select, TypeDecorator, and_, or_
from sqlalchemy.orm import Session

from assessment.errors import InvalidError

T = TypeVar("T")

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
EARLIEST_YEAR, LATEST_YEAR = 2000, 3000
MAX_INTEGER = 2**31
CURSOR_MESSAGE = "This cursor is not one that was given out."


class RowPage(Struct, Generic[T], frozen=True):
    """One page of a list; `next_cursor` is None on the last one."""

    data: tuple[T, ...]
    next_cursor: str | None = None


class SortOrder(Struct, frozen=True):
    """Columns that order a list without ties."""

    columns: tuple[Column[Any], ...]
    descending: bool = False


class PageRequest(Struct, frozen=True):
    """Cursor and size of the requested page; `sort` is one of the orders that the list offers, empty for its own."""

    cursor: str | None = None
    limit: int = DEFAULT_LIMIT
    sort: str = ""


def choose_order(sort: str, default: str, **columns: tuple[Column[Any], ...]) -> SortOrder:
    """Return the order by name of a column, from the last to the first with a minus sign.

    Raises InvalidError for a name that is not offered.
    """
    name = sort or default
    chosen = columns.get(name.removeprefix("-"))
    if chosen is None:
        raise InvalidError("This list has no such order.")
    return SortOrder(chosen, descending=name.startswith("-"))


def load_page(
    session: Session, statement: Select[Any], order: SortOrder, page_request: PageRequest, read: Callable[[Row[Any]], T]
) -> RowPage[T]:
    """Load one page; the statement must select the columns it is ordered by.

    Raises InvalidError for a limit out of range or a cursor that was not issued.
    """
    if not 1 <= page_request.limit <= MAX_LIMIT:
        raise InvalidError(f"The limit must be between 1 and {MAX_LIMIT}.")
    if page_request.cursor is not None:
        statement = statement.where(_select_after(order, _convert_values(order, decode_cursor(page_request.cursor))))
    by = [column.desc() if order.descending else column.asc() for column in order.columns]
    rows = session.execute(statement.order_by(*by).limit(page_request.limit + 1)).all()
    page, has_more = rows[: page_request.limit], len(rows) > page_request.limit
    cursor = None
    if has_more:
        last = page[-1]._mapping  # noqa: SLF001  # public despite its name
        cursor = encode_cursor([last[column] for column in order.columns])
    return RowPage(tuple(read(row) for row in page), cursor)


def _select_after(order: SortOrder, values: Sequence[Any]) -> ColumnElement[bool]:
    """Compare column by column: row values are typed differently in the two databases."""
    choices = []
    for number, (column, value) in enumerate(zip(order.columns, values, strict=True)):
        equal = [key_column == key_value for key_column, key_value in zip(order.columns[:number], values, strict=False)]
        choices.append(and_(*equal, column < value if order.descending else column > value))
    return or_(*choices)


def encode_cursor(values: Sequence[Any]) -> str:
    """Encode the order values of the last row of a page."""
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def decode_cursor(cursor: str) -> list[Any]:
    """Decode a cursor; raises InvalidError for anything that `encode_cursor` does not return."""
    try:
        content = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        values: list[Any] = msgspec.json.decode(content, type=list[Any])
    except (ValueError, msgspec.DecodeError) as error:
        raise InvalidError(CURSOR_MESSAGE) from error
    return values


def _convert_values(order: SortOrder, values: Sequence[Any]) -> list[Any]:
    """Convert the values of a cursor to the types of the columns; raises InvalidError for a forged one."""
    kinds = [_find_python_type(column) for column in order.columns]
    try:
        converted: list[Any] = [msgspec.convert(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, msgspec.ValidationError) as error:
        raise InvalidError(CURSOR_MESSAGE) from error
    if not all(_is_storable(value) for value in converted):
        raise InvalidError(CURSOR_MESSAGE)
    return converted


def _find_python_type(column: Column[Any]) -> type:
    """Return the column's Python type; SQLModel's own types only return `object`."""
    kind = column.type
    return (kind.impl_instance if isinstance(kind, TypeDecorator) else kind).python_type


def _is_storable(value: object) -> bool:
    """Return whether both databases can compare with the value: a client may forge a cursor."""
    match value:
        case datetime():
            return value.tzinfo is not None and EARLIEST_YEAR < value.year < LATEST_YEAR
        case int():
            return abs(value) < MAX_INTEGER
        case str():
            return "\0" not in value
        case _:
            return False
