"""Schema check: compare a document with a Struct and report all differences, not only the first."""

import math
from collections.abc import Iterable
from difflib import get_close_matches
from typing import cast

from msgspec import inspect

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

TOML_TYPES: dict[type[inspect.Type], type] = {
    inspect.StructType: dict,
    inspect.DictType: dict,
    inspect.VarTupleType: list,
    inspect.FloatType: float,
    inspect.IntType: int,
    inspect.BoolType: bool,
}


def check_shape(value: object, kind: type, report: ReportProblem) -> None:
    """Report unknown and missing keys and wrong types at any depth."""
    _check_value(value, inspect.type_info(kind), (), report)


def suggest_name(word: str, known: Iterable[str]) -> str:
    """Suggest the closest known word, otherwise list all of them."""
    names = list(dict.fromkeys(known))
    close = get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean `{close[0]}`?"
    return f"Use one of: {', '.join(f'`{name}`' for name in names)}." if names else "Remove it."


def _check_value(value: object, kind: inspect.Type, path: KeyPath, report: ReportProblem) -> None:
    match _unwrap_optional(kind):
        case inspect.StructType() as table:
            _check_table(value, table, path, report)
        case inspect.VarTupleType(item_type=inner):
            if _has_type(value, list, path, report):
                for index, element in enumerate(cast("list[object]", value)):
                    _check_value(element, inner, (*path, index), report)
        case inspect.DictType(value_type=inner):
            if _has_type(value, dict, path, report):
                for key, element in cast("dict[str, object]", value).items():
                    _check_value(element, inner, (*path, key), report)
        case scalar:
            _check_scalar(value, scalar, path, report)


def _check_table(value: object, kind: inspect.StructType, path: KeyPath, report: ReportProblem) -> None:
    if not _has_type(value, dict, path, report):
        return
    table = cast("dict[str, object]", value)
    fields = {field.encode_name: field for field in kind.fields}
    for key in table.keys() - fields.keys():
        report(
            (*path, key),
            f"`{format_path((*path, key))}` is not known.",
            suggest_name(key, fields.keys() - table.keys()),
        )
    for key, field in fields.items():
        if key in table:
            _check_value(table[key], field.type, (*path, key), report)
        elif field.required:
            report((*path, key), f"`{format_path((*path, key))}` is missing.", f"Add it: {_describe_type(field.type)}.")


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


def _describe_type(kind: inspect.Type) -> str:
    kind = _unwrap_optional(kind)
    choices = _list_choices(kind)
    return f"one of {', '.join(choices)}" if choices else TYPE_NAMES[TOML_TYPES.get(type(kind), str)]


def _unwrap_optional(kind: inspect.Type) -> inspect.Type:
    """Return the type of an optional value without None, which TOML does not have."""
    if isinstance(kind, inspect.UnionType):
        return next(one for one in kind.types if not isinstance(one, inspect.NoneType))
    return kind
