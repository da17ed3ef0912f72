"""Write a questionnaire's file as TOML, as a person would: one table after the other."""

import json
from collections.abc import Iterator, Mapping
from typing import Any


def format_toml(content: Mapping[str, Any]) -> str:
    """Format a document; values are texts, numbers, booleans, lists and tables."""
    simple = {key: value for key, value in content.items() if not _is_table(value)}
    lines = [f"{_format_key(key)} = {_format_value(value)}" for key, value in simple.items()]
    for key, value in content.items():
        if key not in simple:
            lines += _iterate_table(_format_key(key), value)
    return "\n".join(lines) + "\n"


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping) or (
        isinstance(value, list) and bool(value) and all(isinstance(inner, Mapping) for inner in value)
    )


def _iterate_table(name: str, value: Any) -> Iterator[str]:  # noqa: ANN401  # any TOML
    if isinstance(value, list):
        for entry in value:
            yield from ("", f"[[{name}]]")
            yield from (f"{_format_key(key)} = {_format_value(inner)}" for key, inner in entry.items())
        return
    nested = {key: inner for key, inner in value.items() if isinstance(inner, Mapping)}
    yield from ("", f"[{name}]")
    yield from (f"{_format_key(key)} = {_format_value(inner)}" for key, inner in value.items() if key not in nested)
    for key, inner in nested.items():
        yield from _iterate_table(f"{name}.{_format_key(key)}", inner)


def _format_key(key: str) -> str:
    is_bare = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if is_bare else _format_text(key)


def _format_value(value: Any) -> str:  # noqa: ANN401  # any TOML
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_format_key(key)} = {_format_value(inner)}' for key, inner in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_format_value(inner) for inner in value)}]"
    return _format_text(value) if isinstance(value, str) else json.dumps(value)


def _format_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
