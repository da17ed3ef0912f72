"""Cursor pagination (keyset): an opaque cursor encodes the order columns of the last row."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import Column, ColumnElement, Row, Select, TypeDecorator, and_, or_
from sqlalchemy.orm import Session

from assessment.errors import InvalidError

T = TypeVar("T")

LIMIT = 50
LIMIT_MOST = 200
EARLIEST, LATEST = 2000, 3000
INTEGER_MOST = 2**31


class Page(Struct, Generic[T], frozen=True):
    """One page of a list; `next_cursor` is None on the last one."""

    data: tuple[T, ...]
    next_cursor: str | None = None


class Order(Struct, frozen=True):
    """Columns that order a list without ties."""

    columns: tuple[Column[Any], ...]
    descending: bool = False


class Place(Struct, frozen=True):
    """Cursor and size of the requested page."""

    cursor: str | None = None
    limit: int = LIMIT


def page(
    session: Session, statement: Select[Any], order: Order, place: Place, read: Callable[[Row[Any]], T]
) -> Page[T]:
    """Load one page; the statement must select the columns it is ordered by.

    Raises InvalidError for a limit out of range or a cursor that was not issued.
    """
    if not 1 <= place.limit <= LIMIT_MOST:
        raise InvalidError(f"The limit must be between 1 and {LIMIT_MOST}.")
    if place.cursor is not None:
        statement = statement.where(_beyond(order, _read_cursor(order, place.cursor)))
    by = [column.desc() if order.descending else column.asc() for column in order.columns]
    rows = session.execute(statement.order_by(*by).limit(place.limit + 1)).all()
    shown = rows[: place.limit]
    cursor = _write_cursor([shown[-1]._mapping[column] for column in order.columns]) if len(rows) > len(shown) else None  # noqa: SLF001  # public despite its name
    return Page(tuple(read(row) for row in shown), cursor)


def _beyond(order: Order, values: Sequence[Any]) -> ColumnElement[bool]:
    """Compare column by column: row values are typed differently in the two databases."""
    choices = []
    for number, (column, value) in enumerate(zip(order.columns, values, strict=True)):
        equal = [before == held for before, held in zip(order.columns[:number], values, strict=False)]
        choices.append(and_(*equal, column < value if order.descending else column > value))
    return or_(*choices)


def _write_cursor(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def _read_cursor(order: Order, cursor: str) -> list[Any]:
    try:
        values = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=list[Any])
        kinds = [_kind(column) for column in order.columns]
        found = [msgspec.convert(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, binascii.Error, msgspec.DecodeError):
        found = [None]
    if not all(_is_storable(value) for value in found):
        raise InvalidError("This cursor is not one that was given out.")
    return found


def _kind(column: Column[Any]) -> type:
    """Return the column's Python type; SQLModel's own types only return `object`."""
    kind = column.type
    return (kind.impl_instance if isinstance(kind, TypeDecorator) else kind).python_type


def _is_storable(value: object) -> bool:
    """Return whether both databases can compare with the value: a client may forge a cursor."""
    match value:
        case datetime():
            return value.tzinfo is not None and EARLIEST < value.year < LATEST
        case int():
            return abs(value) < INTEGER_MOST
        case str():
            return "\0" not in value
        case _:
            return False
