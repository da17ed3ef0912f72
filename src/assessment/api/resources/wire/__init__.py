"""Wire types: one module per noun. Request Structs are strict; response Structs are named `…Out`."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, TypeAlias, TypeVar

from msgspec import Meta, Struct

S = TypeVar("S", bound=Struct)

Identifier: TypeAlias = Annotated[str, Meta(min_length=1, max_length=100)]
# On one line: no control characters, and something that can be seen.
LINE_PATTERN = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
Title: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200, pattern=LINE_PATTERN)]
Email: TypeAlias = Annotated[str, Meta(min_length=3, max_length=254)]
Language: TypeAlias = Annotated[str, Meta(pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$", max_length=35)]
Weight: TypeAlias = Annotated[float, Meta(ge=0, le=1_000_000)]
Score: TypeAlias = Annotated[float, Meta(ge=0, le=100)]


class RequestStruct(Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """Base of request Structs: unknown fields are errors."""

    field_descriptions: ClassVar[Mapping[str, str]] = {}  # of the fields, for the OpenAPI description
    # Fields that decide whether the content of a field is right: where one of them is faulty, it is not judged.
    dependencies: ClassVar[Mapping[str, tuple[str, ...]]] = {}


def copy_fields(source: object, target: type[S], **other_fields: Any) -> S:  # noqa: ANN401  # values of any field
    """Build a Struct from the attributes of `source` with the names of its fields, and from `other_fields`."""
    names = (name for name in target.__struct_fields__ if name not in other_fields)
    return target(**{name: getattr(source, name) for name in names}, **other_fields)
