"""JSON of other tools, with limits of depth and size: a small file could exhaust the stack or the memory."""

import json
from typing import Any

from assessment.errors import InvalidError, Problem, with_values
from assessment.i18n.messages import N_

MAX_JSON_BYTES = 20 * 1024**2
MAX_JSON_DEPTH = 40
LONE_SURROGATE = N_("A text has half a character, written like \\ud800 without its other half.")
EXPORT_AGAIN = N_("Export the file again, or correct this text.")


def parse_json_file(content: bytes, reason: str) -> Any:  # noqa: ANN401  # any JSON
    """Parse a file; raises `InvalidError` with `reason` and the place of the fault."""
    if len(content) > MAX_JSON_BYTES:
        raise InvalidError(reason, [Problem("The file is larger than 20 MB.")])
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise InvalidError(
            reason, [Problem("This is not JSON.", line=error.lineno, column=str(error.colno))]
        ) from error
    except (ValueError, RecursionError) as error:
        raise InvalidError(reason, [Problem("This is not JSON.")]) from error
    if _is_too_deep(data):
        raise InvalidError(reason, [Problem(with_values("It is nested more than {most} deep.", most=MAX_JSON_DEPTH))])
    if _has_lone_surrogate(data):
        raise InvalidError(reason, [Problem(LONE_SURROGATE, EXPORT_AGAIN)])
    return data


def _has_lone_surrogate(data: Any) -> bool:  # noqa: ANN401  # any JSON
    """Return whether a key or a text has a lone surrogate: JSON allows it, but no file or database can store it."""
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _is_too_deep(data: Any) -> bool:  # noqa: ANN401  # any JSON
    """Return whether containers are nested deeper than `MAX_JSON_DEPTH`; iterative, since recursion has a limit."""
    level = [data]
    for _ in range(MAX_JSON_DEPTH + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True
