"""Rephrase msgspec's validation errors for people, with a stable code for programs."""

import re
from typing import NamedTuple

TYPE_NAMES = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "date": "a date",
    "datetime": "a time",
    "bytes": "base64",
}
DATE_MESSAGE = "This is not a valid date. Write it like 2026-12-18."
TIME_MESSAGE = "This is not a valid time. Write it like 2026-12-18T09:30:00Z."
# Message of msgspec after its types were named, the code, and what to report.
RULES = (
    (r"Expected text of length >= 1$", "too-short", "This can't be empty."),
    (r"Expected text of length >= (\d+)$", "too-short", r"Use at least \1 characters."),
    (r"Expected text of length <= (\d+)$", "too-long", r"Use at most \1 characters."),
    (r"Expected a list of length >= 1$", "too-few", "This can't be empty."),
    (r"Expected a list of length >= (\d+)$", "too-few", r"Send at least \1."),
    (r"Expected a list of length <= (\d+)$", "too-many", r"Send at most \1."),
    (r"Expected text matching regex.*", "wrong-format", "This text has another form than is expected here."),
    (r"Invalid RFC3339 encoded date$", "wrong-format", DATE_MESSAGE),
    (r"Invalid RFC3339 encoded datetime$", "wrong-format", TIME_MESSAGE),
    (r"Expected a time with a timezone component$", "wrong-format", TIME_MESSAGE),
    (r"Invalid base64 encoded string$", "wrong-format", "This is not valid base64."),
    (r"Invalid enum value (.*)", "unknown-value", r"\1 is not offered."),
    (r"Object missing required field (.*)", "missing", "This field is missing."),
    (r"Object contains unknown field (.*)", "unknown-field", "There is no such field."),
    (r"Missing required query parameter.*", "missing", "This parameter is missing."),
    (r"(Expected .*) >= ([\d.]+)$", "out-of-range", r"\1 of at least \2."),
    (r"(Expected .*) <= ([\d.]+)$", "out-of-range", r"\1 of at most \2."),
    (r"(Integer value|Number|Out of range).*", "out-of-range", "This number is too large."),
    (r"(Expected .*)", "wrong-type", r"\1."),
)
UNKNOWN_FAULT = "This value is not accepted here."


class ExplainedFault(NamedTuple):
    """Code and sentence of a fault."""

    code: str
    message: str


def explain_validation_error(message: str) -> ExplainedFault:
    """Explain a message of msgspec, without its path and the names of Python's types."""
    text = re.sub(r"`([^`]*)`", _name_types, message.split(" - at `", maxsplit=1)[0])
    text = re.sub(r"(\d)\.0\b", r"\1", text)
    for pattern, code, phrase in RULES:
        match = re.fullmatch(pattern, text, re.DOTALL)
        if match:
            return ExplainedFault(code, match.expand(phrase))
    return ExplainedFault("invalid-value", UNKNOWN_FAULT)


def _name_types(match: re.Match[str]) -> str:
    return " or ".join(TYPE_NAMES.get(name, name) for name in match[1].split(" | "))
