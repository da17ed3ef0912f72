"""Checks of ids: format, uniqueness, and references."""

import re
from typing import Any

from assessment.questionnaires.checks.schema_check import suggest_name
from assessment.questionnaires.path_query import ANY_KEY, PathPattern, find_texts, find_values
from assessment.questionnaires.toml_document import ReportProblem, format_path
from assessment.questionnaires.toml_lines import KeyPath

ID_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def check_references(
    content: dict[str, Any],
    structure: dict[str, Any],
    references: tuple[tuple[PathPattern, str], ...],
    report: ReportProblem,
) -> None:
    """Report each id in `content` that `structure` does not have."""
    for pattern, kind in references:
        known = find_texts(structure, kind, ANY_KEY, "id") or find_texts(structure, kind, ANY_KEY)
        for path, value in find_values(content, pattern):
            if isinstance(value, str) and value not in known:
                report(
                    path,
                    f"`{format_path(path)}` names `{value}`, which is not among the {kind}.",
                    suggest_name(value, known),
                )


def check_unique(values: list[tuple[KeyPath, Any]], what: str, report: ReportProblem) -> None:
    """Report each value that occurs again."""
    first: dict[object, KeyPath] = {}
    for path, value in values:
        if not isinstance(value, str | int):
            continue
        if value in first:
            report(
                path,
                f"{what} `{value}` is there twice.",
                f"Rename or remove this one or `{format_path(first[value])}`.",
            )
        first.setdefault(value, path)


def check_ids(values: list[tuple[KeyPath, Any]], report: ReportProblem) -> None:
    """Report ids that can't be used in a URL, a file's column or a form field."""
    for path, value in values:
        if isinstance(value, str) and not ID_PATTERN.fullmatch(value):
            report(path, f"`{value}` can't be an id.", "Use up to 64 letters, digits, hyphens and underscores.")
