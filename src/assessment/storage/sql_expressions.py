"""SQL expressions that the two databases spell differently, so that statements can be module constants."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, DateTime, Dialect, String, TypeDecorator, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeEngine

MIDNIGHT_TEXT = "00:00:00.000000"  # as SQLite stores it


class IdList(TypeDecorator[Sequence[str]]):
    """Any number of ids as one parameter: an array, or JSON on SQLite."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else ARRAY(String()))

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:  # noqa: ANN401  # the driver's
        if value is None or dialect.name != "sqlite":
            return value
        return _encode_ids(tuple(value))


@lru_cache(1)
def _encode_ids(ids: tuple[str, ...]) -> str:
    """Encode as JSON, once for several statements."""
    return json.dumps(ids)


class _TruncatedTime(FunctionElement[Any]):
    """Timestamp truncated to midnight of its day (UTC)."""

    inherit_cache = True
    type = DateTime(timezone=True)


class _ExactTime(FunctionElement[Any]):
    """SQL condition: the timestamp is not truncated to the day."""

    inherit_cache = True
    type = NullType()  # SQLAlchemy would compare a Boolean with 1 on SQLite, which then uses no index


class _OneOf(FunctionElement[Any]):
    """SQL condition: the column has one of the ids of an `IdList`."""

    inherit_cache = True
    type = NullType()  # SQLAlchemy would compare a Boolean with 1 on SQLite, which then uses no index


class _TextsInOrder(FunctionElement[Any]):
    """Texts of a group, joined in an order."""

    inherit_cache = True
    type = String()


def truncate_to_day(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Truncate a timestamp to midnight of its day (UTC)."""
    return _TruncatedTime(column)


def is_exact_time(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Condition: the timestamp is not truncated to the day."""
    return _ExactTime(column)


def match_ids(column: ColumnElement[str], parameter: str) -> ColumnElement[bool]:
    """Condition: the column has one of the ids in a parameter of this name."""
    return _OneOf(column, bindparam(parameter, type_=IdList()))


def join_in_order(
    texts: ColumnElement[Any], separator: ColumnElement[str], order: ColumnElement[Any]
) -> ColumnElement[str]:
    """Join the texts of a group. On SQLite, `order` must be the order of the key by which the rows are read."""
    return _TextsInOrder(texts, separator, order)


@compiles(_TruncatedTime)
def _truncate_time(element: _TruncatedTime, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    return f"date_trunc('day', {compiler.process(element.clauses, **options)})"


@compiles(_TruncatedTime, "sqlite")
def _truncate_time_text(element: _TruncatedTime, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    return f"substr({compiler.process(element.clauses, **options)}, 1, 10) || ' {MIDNIGHT_TEXT}'"


@compiles(_ExactTime)
def _compare_time(element: _ExactTime, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    column = compiler.process(element.clauses, **options)
    return f"({column} <> date_trunc('day', {column}))"


@compiles(_ExactTime, "sqlite")
def _compare_time_text(element: _ExactTime, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    return f"(substr({compiler.process(element.clauses, **options)}, 12) <> '{MIDNIGHT_TEXT}')"


@compiles(_OneOf)
def _match_array(element: _OneOf, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    column, ids = (compiler.process(part, **options) for part in element.clauses)
    return f"({column} = ANY ({ids}))"


@compiles(_OneOf, "sqlite")
def _match_json(element: _OneOf, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    column, ids = (compiler.process(part, **options) for part in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({ids})))"  # noqa: S608  # compiled expressions


@compiles(_TextsInOrder)
def _join_in_order(element: _TextsInOrder, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    texts, separator, order = (compiler.process(part, **options) for part in element.clauses)
    return f"string_agg(CAST({texts} AS text), {separator} ORDER BY {order})"


@compiles(_TextsInOrder, "sqlite")
def _join_in_key_order(element: _TextsInOrder, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    texts, separator, _ = (compiler.process(part, **options) for part in element.clauses)
    return f"group_concat({texts}, {separator})"  # it can be given an order from SQLite 3.44 on
