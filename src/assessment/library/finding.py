"""Finds values in a document that may still be wrong anywhere: what does not fit is passed over."""

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from assessment.library.places import Path

EACH: Final = None
Pattern: TypeAlias = tuple[str | None, ...]


def find(value: object, pattern: Pattern, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value whose path matches; EACH stands for any element or key."""
    if not pattern:
        yield path, value
        return
    step, rest = pattern[0], pattern[1:]
    if isinstance(value, dict):
        for key in value if step is EACH else [step]:
            if key in value:
                yield from find(value[key], rest, (*path, key))
    elif isinstance(value, list) and step is EACH:
        for index, element in enumerate(value):
            yield from find(element, rest, (*path, index))


def names(value: object, *pattern: str | None) -> list[str]:
    """The texts found at `pattern`, in order."""
    return [found for _, found in find(value, pattern) if isinstance(found, str)]


def tables(value: object, *pattern: str | None) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The tables found at `pattern`."""
    for path, found in find(value, pattern):
        if isinstance(found, dict):
            yield path, found
