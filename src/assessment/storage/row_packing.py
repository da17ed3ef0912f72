"""Aggregate expressions that pack many rows into one: their positions and one figure of each.

A row is identified by its *position*: its physical location in the table (PostgreSQL's ctid). A position is cheap to
produce and to read, and is valid only within one statement.
"""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, LargeBinary, String, func, literal_column

from assessment.storage import tables

SEPARATOR = ","  # never occurs in a random id or a number
KEY_SEPARATOR = "\x1f"  # unit separator: never occurs in an id or an answer
ROW_SEPARATOR = "\x1e"  # record separator: neither
PAGE_BITS = 11  # a page of PostgreSQL has fewer than 2048 rows
LINE_MASK = 2**PAGE_BITS - 1


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


def join_texts(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """SQL aggregate: join the texts of a group."""
    return func.aggregate_strings(column, SEPARATOR)


def join_keys(keys: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """Concatenate keys into one text."""
    between = literal_column(f"'{KEY_SEPARATOR}'", String)
    return reduce(lambda key, more: key + between + more, keys)


class RowIndex:
    """Index from position to array row.

    Goes through a table of the pages in use: the positions of one assessment may be far apart.
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
