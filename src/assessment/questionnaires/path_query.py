"""Path queries on unvalidated documents: values of an unexpected type are skipped."""

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from assessment.questionnaires.toml_lines import KeyPath

ANY_KEY: Final = None
PathPattern: TypeAlias = tuple[str | None, ...]


def find_values(value: object, pattern: PathPattern, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Yield path and value of every match; ANY_KEY matches any index or key."""
    if not pattern:
        yield path, value
        return
    step, rest = pattern[0], pattern[1:]
    if isinstance(value, dict):
        for key in value if step is ANY_KEY else [step]:
            if key in value:
                yield from find_values(value[key], rest, (*path, key))
    elif isinstance(value, list) and step is ANY_KEY:
        for index, element in enumerate(value):
            yield from find_values(element, rest, (*path, index))


def find_texts(value: object, *pattern: str | None) -> list[str]:
    """Return the strings that match `pattern`, in order."""
    return [text for _, text in find_values(value, pattern) if isinstance(text, str)]


def find_tables(value: object, *pattern: str | None) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    """Yield path and content of the tables that match `pattern`."""
    for path, table in find_values(value, pattern):
        if isinstance(table, dict):
            yield path, table
