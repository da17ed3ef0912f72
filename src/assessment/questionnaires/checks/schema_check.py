"""Schema check: compare a document with a Struct and report all differences, not only the first."""

import math
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, cast, get_origin

from msgspec import UNSET, inspect

from assessment.domain.type_members import is_struct, iterate_members, map_fields, resolve_type
from assessment.questionnaires.toml_document import ReportProblem, format_path
from assessment.questionnaires.toml_lines import KeyPath

TYPE_NAMES: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text in quotes",
    list: "a list in brackets",
    dict: "a table",
}

SCALAR_TYPES: dict[type[inspect.Type], type] = {
    inspect.FloatType: float,
    inspect.IntType: int,
    inspect.BoolType: bool,
}


def check_shape(value: object, kind: type, report: ReportProblem) -> None:
    """Report unknown and missing keys and wrong types at any depth."""
    _check_value(value, kind, (), report)


def suggest_name(word: str, known: Iterable[str]) -> str:
    """Suggest the closest known word, otherwise list all of them."""
    names = list(dict.fromkeys(known))
    close = get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean `{close[0]}`?"
    return f"Use one of: {', '.join(f'`{name}`' for name in names)}." if names else "Remove it."


def _check_value(value: object, kind: Any, path: KeyPath, report: ReportProblem) -> None:  # noqa: ANN401  # any type
    kind = resolve_type(kind, value)
    container = _get_container(kind)
    if container is None:
        _check_scalar(value, inspect.type_info(kind), path, report)
    elif _has_type(value, container, path, report):
        for member in iterate_members(kind, value):
            place = (*path, member.key)
            if member.kind is None:
                known = map_fields(kind).keys() - cast("dict[str, object]", value).keys()
                report(place, f"`{format_path(place)}` is not known.", suggest_name(str(member.key), known))
            elif member.value is UNSET:
                report(place, f"`{format_path(place)}` is missing.", f"Add it: {_describe_type(member.kind)}.")
            else:
                _check_value(member.value, member.kind, place, report)


def _get_container(kind: Any) -> type | None:  # noqa: ANN401
    """Return the type of a TOML value that has members; None for a scalar."""
    if is_struct(kind) or get_origin(kind) is dict:
        return dict
    return list if get_origin(kind) in (list, tuple) else None


def _check_scalar(value: object, kind: inspect.Type, path: KeyPath, report: ReportProblem) -> None:
    choices = _list_choices(kind)
    if isinstance(kind, inspect.FloatType):
        if _has_type(value, float, path, report) and not math.isfinite(cast("float", value)):
            report(path, f"`{format_path(path)}` must be an ordinary number.", "Write a number such as 0.5.")
    elif isinstance(kind, inspect.IntType):
        _has_type(value, int, path, report)
    elif isinstance(kind, inspect.BoolType):
        _has_type(value, bool, path, report)
    elif _has_type(value, str, path, report) and choices and value not in choices:
        report(path, f"`{format_path(path)}` can't be {value!r}.", suggest_name(str(value), choices))


def _list_choices(kind: inspect.Type) -> tuple[str, ...]:
    if isinstance(kind, inspect.LiteralType):
        return tuple(str(value) for value in kind.values)
    if isinstance(kind, inspect.EnumType):
        return tuple(str(member.value) for member in kind.cls)
    return ()


def _has_type(value: object, wanted: type, path: KeyPath, report: ReportProblem) -> bool:
    """Return whether `value` has the type, and report if not; a bool is not an int here."""
    accepted = (int, float) if wanted is float else wanted
    fits = isinstance(value, accepted) and (wanted is bool or not isinstance(value, bool))
    if not fits:
        actual = TYPE_NAMES.get(type(value), type(value).__name__)
        report(
            path, f"`{format_path(path)}` must be {TYPE_NAMES[wanted]}, not {actual}.", f"Write {TYPE_NAMES[wanted]}."
        )
    return fits


def _describe_type(kind: Any) -> str:  # noqa: ANN401
    kind = resolve_type(kind, None)
    container = _get_container(kind)
    if container is not None:
        return TYPE_NAMES[container]
    scalar = inspect.type_info(kind)
    choices = _list_choices(scalar)
    return f"one of {', '.join(choices)}" if choices else TYPE_NAMES[SCALAR_TYPES.get(type(scalar), str)]
