"""Compare a result with its expected figures; the result may have other keys."""

from collections.abc import Iterator
from typing import Any

TOLERANCE = 1e-6  # relative above 1


def find_differences(expected: Any, given: Any, path: str = "") -> Iterator[str]:
    """Every place where they differ; lists must match whole, in order."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            if not isinstance(given, dict) or key not in given:
                yield f"{path}.{key}: missing"
            else:
                yield from find_differences(value, given[key], f"{path}.{key}")
    elif isinstance(expected, list):
        if not isinstance(given, list) or len(given) != len(expected):
            yield f"{path}: {expected} is not {given}"
        else:
            for index, (one, other) in enumerate(zip(expected, given, strict=True)):
                yield from find_differences(one, other, f"{path}[{index}]")
    elif expected is None and isinstance(given, dict) and not any(_is_number(value) for value in given.values()):
        return  # an index or a function that is not there may be an object without figures
    elif not _is_equal(expected, given):
        yield f"{path}: {expected!r} is not {given!r}"


def _is_equal(expected: Any, given: Any) -> bool:
    if not _is_number(expected) or not _is_number(given):
        return bool(expected == given and isinstance(given, type(expected)))
    return bool(abs(expected - given) <= TOLERANCE * max(1, abs(expected)))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
