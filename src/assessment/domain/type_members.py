"""Descent through a value along its type, for checks that report every fault: msgspec stops at the first one.

Both the API's request bodies and the files of questionnaires are checked so, each in its own words.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin

from msgspec import UNSET, Struct, UnsetType, structs


class TypedMember(NamedTuple):
    """Member of a container: its key or index, its type, and its value.

    A key that a Struct does not have has the type None; a required field that is missing has the value UNSET.
    """

    key: str | int
    kind: Any
    value: Any


@cache
def map_fields(struct: type[Struct]) -> Mapping[str, structs.FieldInfo]:
    """Map the names in a document to the fields of a Struct."""
    return {field.encode_name: field for field in structs.fields(struct)}


def is_struct(kind: Any) -> bool:  # noqa: ANN401  # any type annotation
    return isinstance(kind, type) and issubclass(kind, Struct)


def resolve_type(kind: Any, value: Any) -> Any:  # noqa: ANN401
    """Unwrap `Annotated`, and pick the member of a union that the value is most likely meant for."""
    if hasattr(kind, "__metadata__"):
        return resolve_type(kind.__origin__, value)
    if get_origin(kind) not in (Union, UnionType):
        return kind
    members = [member for member in get_args(kind) if member not in (NoneType, UnsetType)]
    if len(members) == 1:
        return resolve_type(members[0], value)
    struct_types = [member for member in members if is_struct(member)]
    return struct_types[0] if struct_types and isinstance(value, dict) else kind


def iterate_members(kind: Any, value: Any) -> Iterator[TypedMember]:  # noqa: ANN401
    """Yield the members of a value with their types; none for scalars, and for a value of another shape.

    `kind` is a resolved type. Each key of a dict is a member too, before its value.
    """
    origin, arguments = get_origin(kind), get_args(kind)
    if isinstance(value, dict) and is_struct(kind):
        yield from _iterate_fields(map_fields(kind), value)
    elif isinstance(value, dict) and origin is dict:
        for key, member in value.items():
            yield TypedMember(key, arguments[0], key)
            yield TypedMember(key, arguments[1], member)
    elif isinstance(value, list) and origin in (list, tuple):
        for index, member in enumerate(value):
            yield TypedMember(index, arguments[0], member)


def _iterate_fields(fields: Mapping[str, structs.FieldInfo], value: dict[str, Any]) -> Iterator[TypedMember]:
    for key, member in value.items():
        if key not in fields:
            yield TypedMember(key, None, member)
    for name, field in fields.items():
        if name in value:
            yield TypedMember(name, field.type, value[name])
        elif field.required:
            yield TypedMember(name, field.type, UNSET)
