"""Comparison of two trees of figures, path by path."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

RELATIVE_TOLERANCE = 1e-9  # relative for values above 1; allows for sums in another order
ABSENT_VALUE = "absent"


class Discrepancy(Struct, frozen=True):
    """A figure by its path in a result: the `actual` value and the expected one.

    `fatal`: the result can't be recomputed with this value.
    """

    path: str
    actual: Any
    expected: Any
    fatal: bool = False


def find_discrepancies(expected: Struct, actual: Struct) -> Iterator[Discrepancy]:
    """Yield every path where two Structs differ by more than the tolerance."""
    yield from _compare_values("", msgspec.to_builtins(expected), msgspec.to_builtins(actual))


def _compare_values(path: str, expected: Any, actual: Any) -> Iterator[Discrepancy]:  # noqa: ANN401 - JSON: anything
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in dict.fromkeys((*expected, *actual)):
            place = f"{path}.{key}" if path else key
            yield from _compare_values(place, expected.get(key, ABSENT_VALUE), actual.get(key, ABSENT_VALUE))
    elif _is_list(expected) and _is_list(actual):
        if len(expected) != len(actual):
            yield Discrepancy(path, len(actual), len(expected))
        for number, (expected_item, actual_item) in enumerate(zip(expected, actual, strict=False)):
            yield from _compare_values(f"{path}[{number}]", expected_item, actual_item)
    elif not _is_equal(expected, actual):
        yield Discrepancy(path, actual, expected)


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


def _is_equal(expected: Any, actual: Any) -> bool:  # noqa: ANN401 - JSON: anything
    if _is_number(expected) and _is_number(actual):
        return bool(abs(expected - actual) <= RELATIVE_TOLERANCE * max(1.0, abs(expected)))
    return type(expected) is type(actual) and bool(expected == actual)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
