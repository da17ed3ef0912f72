"""Comparison of two trees of figures, path by path."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

RELATIVE_TOLERANCE = 1e-9  # relative for values above 1; allows for sums in another order
ABSENT_VALUE = "absent"


class Discrepancy(Struct, frozen=True):
    """A figure by its path in a result: the `given` value and the expected one.

    `fatal`: the result can't be recomputed with this value.
    """

    path: str
    given: Any
    expected: Any
    fatal: bool = False


def find_discrepancies(expected: Struct, given: Struct) -> Iterator[Discrepancy]:
    """Yield every path where two Structs differ by more than the tolerance."""
    yield from _compare_values("", msgspec.to_builtins(expected), msgspec.to_builtins(given))


def _compare_values(path: str, expected: Any, given: Any) -> Iterator[Discrepancy]:  # noqa: ANN401 - JSON: anything
    if isinstance(expected, dict) and isinstance(given, dict):
        for key in dict.fromkeys((*expected, *given)):
            place = f"{path}.{key}" if path else key
            yield from _compare_values(place, expected.get(key, ABSENT_VALUE), given.get(key, ABSENT_VALUE))
    elif _is_list(expected) and _is_list(given):
        if len(expected) != len(given):
            yield Discrepancy(path, len(given), len(expected))
        for number, (one, other) in enumerate(zip(expected, given, strict=False)):
            yield from _compare_values(f"{path}[{number}]", one, other)
    elif not _is_equal(expected, given):
        yield Discrepancy(path, given, expected)


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


def _is_equal(expected: Any, given: Any) -> bool:  # noqa: ANN401 - JSON: anything
    if _is_number(expected) and _is_number(given):
        return bool(abs(expected - given) <= RELATIVE_TOLERANCE * max(1.0, abs(expected)))
    return type(expected) is type(given) and bool(expected == given)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
