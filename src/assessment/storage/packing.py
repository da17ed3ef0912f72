"""Many rows of a table handed over as one: where each stands, and a figure of each, as the database packs it fastest.

A response is told by its *place*: where its row lies (PostgreSQL), or its turn by id (SQLite). A place costs next to
nothing to make and to read, and holds within one statement only.
"""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, LargeBinary, String, cast, func, literal, literal_column
from sqlalchemy.orm import Session

from assessment.storage import database, tables

BETWEEN = ","  # never part of a random id or a number
BETWEEN_KEYS = "\x1f"  # the unit separator: no id and no answer has it
PAGE_BITS = 11  # no page of PostgreSQL has 2048 rows
IN_PAGE = 2**PAGE_BITS - 1


class Text:
    """SQLite: numbers as text, with commas between."""

    place: ColumnElement[Any] = func.row_number().over(order_by=tables.response.c.id)
    nothing: ColumnElement[Any] = literal("")

    def places(self, place: ColumnElement[Any]) -> ColumnElement[Any]:
        """Pack the places of a group."""
        return joined(cast(place, String))

    def figures(self, figure: ColumnElement[Any]) -> ColumnElement[Any]:
        """Pack the figures of a group, in the order of its places."""
        return joined(cast(figure, String))

    def read_places(self, packed: str) -> NDArray[np.int64]:
        """Unpack places."""
        return np.fromstring(packed, dtype=np.int64, sep=BETWEEN)

    def read_figures(self, packed: str) -> NDArray[np.float64]:
        """Unpack figures."""
        return np.fromstring(packed, dtype=np.float64, sep=BETWEEN)


class Binary:
    """PostgreSQL: as its own wire format has them; unlike a numbering this keeps all its processes at work."""

    place: ColumnElement[Any] = literal_column(f"{tables.response.name}.ctid")
    nothing: ColumnElement[Any] = literal_column("''::bytea", LargeBinary)

    def places(self, place: ColumnElement[Any]) -> ColumnElement[Any]:
        """Pack the places of a group."""
        return func.string_agg(func.tidsend(place), self.nothing, type_=LargeBinary)

    def figures(self, figure: ColumnElement[Any]) -> ColumnElement[Any]:
        """Pack the figures of a group, in the order of its places."""
        return func.string_agg(func.float8send(figure), self.nothing, type_=LargeBinary)

    def read_places(self, packed: bytes) -> NDArray[np.int64]:
        """Unpack places."""
        read = np.frombuffer(packed, dtype=[("page", ">u4"), ("line", ">u2")])
        return np.asarray((read["page"].astype(np.int64) << PAGE_BITS) | read["line"], dtype=np.int64)

    def read_figures(self, packed: bytes) -> NDArray[np.float64]:
        """Unpack figures."""
        return np.frombuffer(packed, dtype=">f8").astype(np.float64)


def packing_of(session: Session) -> Text | Binary:
    """Return the way of this session's database."""
    return Text() if database.is_sqlite(session.connection()) else Binary()


def joined(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Join the texts of a group."""
    return func.aggregate_strings(column, BETWEEN)


def in_one(keys: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """Make one text of several keys: SQLite sorts that in two thirds of the time."""
    between = literal_column(f"'{BETWEEN_KEYS}'", String)
    return reduce(lambda key, more: key + between + more, keys)


class Rows:
    """Rows of an array by place; a table of the pages in use, since places of one assessment may lie far apart."""

    def __init__(self, places: NDArray[np.int64]) -> None:
        pages = np.unique(places >> PAGE_BITS)
        self._page = np.zeros(pages.max(initial=0) + 1, dtype=np.int64)
        self._page[pages] = np.arange(len(pages))
        self._row = np.zeros((len(pages), (places & IN_PAGE).max(initial=0) + 1), dtype=np.int64)
        self._row[self._page[places >> PAGE_BITS], places & IN_PAGE] = np.arange(len(places))

    def __getitem__(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        found: NDArray[np.int64] = self._row[self._page[places >> PAGE_BITS], places & IN_PAGE]
        return found
