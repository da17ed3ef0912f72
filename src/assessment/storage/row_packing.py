"""Aggregate expressions that pack many rows into one: their positions and one figure of each.

A row is identified by its *position*: its physical location in the table (PostgreSQL's ctid), or its number by id
(SQLite). A position is cheap to produce and to read, and is valid only within one statement.
"""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, LargeBinary, String, cast, func, literal, literal_column
from sqlalchemy.orm import Session

from assessment.storage import database, tables

SEPARATOR = ","  # never occurs in a random id or a number
KEY_SEPARATOR = "\x1f"  # unit separator: never occurs in an id or an answer
PAGE_BITS = 11  # a page of PostgreSQL has fewer than 2048 rows
LINE_MASK = 2**PAGE_BITS - 1


class TextPacking:
    """SQLite: numbers as comma-separated text."""

    place: ColumnElement[Any] = func.row_number().over(order_by=tables.response.c.id)
    empty: ColumnElement[Any] = literal("")

    def places(self, place: ColumnElement[Any]) -> ColumnElement[Any]:
        """Pack the positions of a group."""
        return join_texts(cast(place, String))

    def figures(self, figure: ColumnElement[Any]) -> ColumnElement[Any]:
        """Pack the figures of a group, in the order of its positions."""
        return join_texts(cast(figure, String))

    def read_places(self, packed: str) -> NDArray[np.int64]:
        return np.fromstring(packed, dtype=np.int64, sep=SEPARATOR)

    def read_figures(self, packed: str) -> NDArray[np.float64]:
        return np.fromstring(packed, dtype=np.float64, sep=SEPARATOR)


class BinaryPacking:
    """PostgreSQL: binary wire format; ctid is used since row_number() would prevent a parallel plan."""

    place: ColumnElement[Any] = literal_column(f"{tables.response.name}.ctid")
    empty: ColumnElement[Any] = literal_column("''::bytea", LargeBinary)

    def places(self, place: ColumnElement[Any]) -> ColumnElement[Any]:
        """Pack the positions of a group."""
        return func.string_agg(func.tidsend(place), self.empty, type_=LargeBinary)

    def figures(self, figure: ColumnElement[Any]) -> ColumnElement[Any]:
        """Pack the figures of a group, in the order of its positions."""
        return func.string_agg(func.float8send(figure), self.empty, type_=LargeBinary)

    def read_places(self, packed: bytes) -> NDArray[np.int64]:
        """Unpack ctids into (page << PAGE_BITS) | line."""
        read = np.frombuffer(packed, dtype=[("page", ">u4"), ("line", ">u2")])
        return np.asarray((read["page"].astype(np.int64) << PAGE_BITS) | read["line"], dtype=np.int64)

    def read_figures(self, packed: bytes) -> NDArray[np.float64]:
        return np.frombuffer(packed, dtype=">f8").astype(np.float64)


def choose_packing(session: Session) -> TextPacking | BinaryPacking:
    return TextPacking() if database.is_sqlite(session.connection()) else BinaryPacking()


def join_texts(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """SQL aggregate: join the texts of a group."""
    return func.aggregate_strings(column, SEPARATOR)


def join_keys(keys: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """Concatenate keys: SQLite sorts one text in two thirds of the time."""
    between = literal_column(f"'{KEY_SEPARATOR}'", String)
    return reduce(lambda key, more: key + between + more, keys)


class RowIndex:
    """Index from position to array row.

    Goes through a table of the pages in use: the positions of one assessment may lie far apart.
    """

    def __init__(self, places: NDArray[np.int64]) -> None:
        pages = np.unique(places >> PAGE_BITS)
        self._page = np.zeros(pages.max(initial=0) + 1, dtype=np.int64)
        self._page[pages] = np.arange(len(pages))
        self._row = np.zeros((len(pages), (places & LINE_MASK).max(initial=0) + 1), dtype=np.int64)
        self._row[self._page[places >> PAGE_BITS], places & LINE_MASK] = np.arange(len(places))

    def __getitem__(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        rows: NDArray[np.int64] = self._row[self._page[places >> PAGE_BITS], places & LINE_MASK]
        return rows
