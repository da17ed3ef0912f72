"""Validation of query parameters and headers ahead of the handler, so that one response names every fault."""

from collections.abc import Collection, Iterator
from enum import EnumType
from functools import cache
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.params import QueryParameter
from litestar.typing import FieldDefinition
from msgspec import Meta, Struct

from assessment.api.http import etags
from assessment.api.http.error_messages import explain_validation_error
from assessment.api.http.problems import ParameterProblem
from assessment.api.openapi.operations import Operation

IDEMPOTENCY_HEADER = "idempotency-key"
MAX_IDEMPOTENCY_KEY_LENGTH = 255


class QueryParameterType(Struct, frozen=True):
    """Name in the query, type with its bounds, and the values it can have where these are few."""

    name: str
    kind: Any
    choices: tuple[str, ...] = ()


def find_parameter_problems(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler, declared: Operation
) -> list[ParameterProblem]:
    """Return the faults of query and headers: unknown, repeated and invalid ones."""
    return [
        *_find_name_problems([name for name, _ in connection.query_params.multi_items()], declared.parameters),
        *_find_value_problems(connection, handler),
        *_find_header_problems(connection, declared),
    ]


def _find_name_problems(names: list[str], known: Collection[str]) -> Iterator[ParameterProblem]:
    choices = ", ".join(sorted(known)) or "none"
    for name in dict.fromkeys(names):
        if name not in known:
            message = f"There is no such parameter. Known: {choices}."
            yield ParameterProblem("parameter", name, message, "unknown-parameter")
        elif names.count(name) > 1:
            yield ParameterProblem("parameter", name, "Send it once.", "repeated")


def _find_value_problems(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> Iterator[ParameterProblem]:
    for parameter in _list_parameter_types(handler):
        text = connection.query_params.get(parameter.name)
        if text is None:
            continue
        try:
            msgspec.convert(text, parameter.kind, strict=False)
        except msgspec.ValidationError as error:
            code, message = explain_validation_error(str(error))
            if parameter.choices:
                code, message = "unknown-value", f"This is not offered. Known: {', '.join(parameter.choices)}."
            yield ParameterProblem("parameter", parameter.name, message, code)


@cache
def _list_parameter_types(handler: BaseRouteHandler) -> tuple[QueryParameterType, ...]:
    fields = handler.parsed_fn_signature.parameters.values()
    return tuple(
        _build_parameter_type(field, field.kwarg_definition)
        for field in fields
        if isinstance(field.kwarg_definition, QueryParameter)
    )


def _build_parameter_type(field: FieldDefinition, bounds: QueryParameter) -> QueryParameterType:
    limits = {
        name: getattr(bounds, name)
        for name in ("ge", "le", "min_length", "max_length", "pattern")
        if getattr(bounds, name) is not None
    }
    members = tuple(member for member in get_args(field.annotation) if member is not NoneType)
    kind: Any = members[0] if len(members) == 1 and NoneType in get_args(field.annotation) else field.annotation
    choices: tuple[str, ...] = ()
    for member in (kind, *get_args(kind)):
        if isinstance(member, EnumType):
            choices = tuple(member.__members__.values())
        elif get_origin(member) is Literal:
            choices = get_args(member)
    return QueryParameterType(
        bounds.name or field.name, Annotated[kind, Meta(**limits)] if limits and not choices else kind, choices
    )


def _find_header_problems(
    connection: ASGIConnection[Any, Any, Any, Any], declared: Operation
) -> Iterator[ParameterProblem]:
    if declared.has_etag and not etags.is_well_formed(connection.headers.get("if-none-match", etags.ANY_TAG)):
        yield ParameterProblem("header", "if-none-match", etags.MALFORMED_MESSAGE, "wrong-format")
    if declared.takes_if_match and not etags.is_well_formed(connection.headers.get("if-match", etags.ANY_TAG)):
        yield ParameterProblem("header", "if-match", etags.MALFORMED_MESSAGE, "wrong-format")
    key = connection.headers.get(IDEMPOTENCY_HEADER)
    is_valid = key is None or (0 < len(key) <= MAX_IDEMPOTENCY_KEY_LENGTH and key.isprintable())
    if declared.is_idempotent and not is_valid:
        message = f"Send 1 to {MAX_IDEMPOTENCY_KEY_LENGTH} printable characters."
        yield ParameterProblem("header", "Idempotency-Key", message, "wrong-format")
