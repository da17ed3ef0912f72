"""Type information of Structs, built before threads start.

msgspec builds it when a type is first decoded, and not thread-safely: a second thread that decodes the same type
meanwhile reads a half-built table and crashes the process (segmentation fault).
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import msgspec

PACKAGE = "assessment."


def build_type_information() -> None:
    """Build the type information of every Struct of this program that is imported by now."""
    for struct_type in _list_subclasses(msgspec.Struct):
        if struct_type.__module__.startswith(PACKAGE):
            # A field that can't be decoded, or whose type is imported for type checks only: it never will be decoded.
            with suppress(TypeError, NameError):
                msgspec.json.Decoder(struct_type)


def _list_subclasses(parent: type[Any]) -> Iterator[type[Any]]:
    for subclass in parent.__subclasses__():
        yield subclass
        yield from _list_subclasses(subclass)
