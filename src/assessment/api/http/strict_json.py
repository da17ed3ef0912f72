"""JSON as RFC 8259 defines it, without what parsers interpret differently."""

import json
from collections import Counter
from typing import Any

from assessment.errors import UnreadableError

MAX_DEPTH = 32
MAX_JSON_VALUES = 150_000  # twice what a list of 10,000 people has; half a million take as many milliseconds
MAX_EXACT_INTEGER = 2**53
MAX_DIGITS = 4000  # of an integer; Python refuses from 4300 on, in words of its own


def parse_json(body: bytes) -> Any:  # noqa: ANN401  # the type of JSON is known only after validation
    """Parse JSON as RFC 8259 defines it; refuse what parsers interpret differently.

    Raises `UnreadableError` for encodings other than UTF-8, repeated names, numbers that no double can hold, NaN,
    nesting deeper than `MAX_DEPTH`, and, before anything is parsed, for more commas than `MAX_JSON_VALUES`.
    """
    if body.count(b",") > MAX_JSON_VALUES:
        raise UnreadableError(f"The body has more than {MAX_JSON_VALUES} values or commas.")
    try:
        data = STRICT_DECODER.decode(body.decode())
    except UnicodeDecodeError as error:
        raise UnreadableError(f"The body is not UTF-8: byte {error.start} can't be read.") from None
    except json.JSONDecodeError as error:
        raise UnreadableError(f"The body is not JSON from line {error.lineno}, column {error.colno} on.") from None
    except RecursionError:
        raise UnreadableError(f"The body is nested more than {MAX_DEPTH} deep.") from None
    except ValueError as error:
        raise UnreadableError(f"The body is not JSON: {error}.") from None
    if count_depth(data) > MAX_DEPTH:
        raise UnreadableError(f"The body is nested more than {MAX_DEPTH} deep.")
    return data


def _build_unique_dict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        repeated = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the name {json.dumps(repeated)} stands twice in one object")
    return data


def _refuse_constant(constant: str) -> float:
    raise ValueError(f"{constant} is not a number of JSON")


def _parse_integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"a number has more than {MAX_DIGITS} digits")
    return int(text)


def _parse_finite_number(text: str) -> float:
    """Parse a number with a point or an exponent. 4.0 becomes the integer 4, as in JSON Schema."""
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"the number {text[:20]} is too large")
    return int(number) if number.is_integer() and abs(number) <= MAX_EXACT_INTEGER else number


def count_depth(data: Any) -> int:  # noqa: ANN401
    """Return the nesting depth of containers. Iterative: deep input would exceed the recursion limit."""
    level, deep = [data], 0
    while level := [
        inner
        for outer in level
        if isinstance(outer, dict | list)
        for inner in (outer.values() if isinstance(outer, dict) else outer)
    ]:
        deep += 1
    return deep


STRICT_DECODER = json.JSONDecoder(
    object_pairs_hook=_build_unique_dict,
    parse_constant=_refuse_constant,
    parse_float=_parse_finite_number,
    parse_int=_parse_integer,
)
