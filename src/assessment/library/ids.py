"""Checks of ids: format, uniqueness, and references."""

import re
from typing import Any

from assessment.library.finding import EACH, Pattern, find, names
from assessment.library.places import Path
from assessment.library.reading import Report, dotted
from assessment.library.shaping import did_you_mean

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def check_references(
    content: dict[str, Any], structure: dict[str, Any], references: tuple[tuple[Pattern, str], ...], report: Report
) -> None:
    """Report each id in `content` that `structure` does not have."""
    for pattern, kind in references:
        known = names(structure, kind, EACH, "id") or names(structure, kind, EACH)
        for path, value in find(content, pattern):
            if isinstance(value, str) and value not in known:
                report(
                    path,
                    f"`{dotted(path)}` names `{value}`, which is not among the {kind}.",
                    did_you_mean(value, known),
                )


def check_unique(found: list[tuple[Path, Any]], what: str, report: Report) -> None:
    """Report each value that occurs again."""
    first: dict[object, Path] = {}
    for path, value in found:
        if not isinstance(value, str | int):
            continue
        if value in first:
            report(path, f"{what} `{value}` is there twice.", f"Rename or remove this one or `{dotted(first[value])}`.")
        first.setdefault(value, path)


def check_ids(found: list[tuple[Path, Any]], report: Report) -> None:
    """Report ids that can't be used in a URL, a file's column or a form field."""
    for path, value in found:
        if isinstance(value, str) and not ID.fullmatch(value):
            report(path, f"`{value}` can't be an id.", "Use up to 64 letters, digits, hyphens and underscores.")
