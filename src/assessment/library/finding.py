"""Path queries on unvalidated documents: values of an unexpected type are skipped."""

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from assessment.library.places import Path

EACH: Final = None
Pattern: TypeAlias = tuple[str | None, ...]


def find(value: object, pattern: Pattern, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield path and value of every match; EACH matches any index or key."""
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
    """Return the strings that match `pattern`, in order."""
    return [found for _, found in find(value, pattern) if isinstance(found, str)]


def tables(value: object, *pattern: str | None) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield path and content of the tables that match `pattern`."""
    for path, found in find(value, pattern):
        if isinstance(found, dict):
            yield path, found
