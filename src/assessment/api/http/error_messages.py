"""Rephrase msgspec's validation errors for people."""

import re

TYPE_NAMES = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
}
REPLACEMENTS = (
    (r"Invalid RFC3339 encoded date$", "This is no date. Write it like 2026-12-18"),
    (r"Invalid enum value (.*)", r"\1 is not offered"),
    (r" of length >= ", " of length at least "),
    (r" of length <= ", " of length at most "),
    (r" >= ", " of at least "),
    (r" <= ", " of at most "),
    (r"(\d)\.0\b", r"\1"),
)


def explain_validation_error(message: str) -> str:
    """Drop the path, which the JSON pointer states, and replace the names of Python types."""
    text = re.sub(r"`([^`]*)`", _name_types, message.split(" - at `", maxsplit=1)[0])
    for pattern, phrase in REPLACEMENTS:
        text = re.sub(pattern, phrase, text)
    return text + "."


def _name_types(match: re.Match[str]) -> str:
    return " or ".join(TYPE_NAMES.get(name, name) for name in match[1].split(" | "))
