"""Wire types: one module per noun. Request Structs are strict; response Structs are named `…Out`."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, TypeAlias

from msgspec import Meta, Struct

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
