"""Checks of a translation against its questionnaire: nothing missing, unknown, outdated or too long."""

from typing import Any

from assessment.domain.questionnaire import DIMENSION_PLACEHOLDER, Kind
from assessment.questionnaires.checks.schema_check import suggest_name
from assessment.questionnaires.checks.structure import find_classes
from assessment.questionnaires.path_query import ANY_KEY, PathPattern, find_tables, find_texts, find_values
from assessment.questionnaires.toml_document import ReportProblem, format_path
from assessment.questionnaires.toml_lines import KeyPath

RUNG_COUNT = 5
LEVEL_COUNT = 5
MAX_STEPS = 8
OPTIONAL_TABLES = ("channels", "blocks")  # tables that a questionnaire may not have
OPTIONAL_TEXTS = ("hint", "short", "question")

MAX_LENGTHS: tuple[tuple[PathPattern, int], ...] = (
    (("title",), 120),
    (("introduction",), 2000),
    (("functions", ANY_KEY), 60),
    (("dimensions", ANY_KEY, "title"), 60),
    (("dimensions", ANY_KEY, "question"), 300),
    (("dimensions", ANY_KEY, "levels", ANY_KEY), 200),
    (("roles", ANY_KEY), 60),
    (("role_descriptions", ANY_KEY), 200),
    (("channels", ANY_KEY), 60),
    (("sections", ANY_KEY), 120),
    (("classes", ANY_KEY), 60),
    (("class_meanings", ANY_KEY), 300),
    (("horizons", ANY_KEY), 60),
    (("items", ANY_KEY, "text"), 500),
    (("items", ANY_KEY, "short"), 60),
    (("items", ANY_KEY, "hint"), 500),
    (("items", ANY_KEY, "rungs", ANY_KEY), 200),
    (("items", ANY_KEY, "options", ANY_KEY), 200),
    (("items", ANY_KEY, "label"), 120),
    (("blocks", ANY_KEY, "stem"), 500),
    (("blocks", ANY_KEY, "hint"), 500),
    (("blocks", ANY_KEY, "rungs", ANY_KEY), 200),
    (("rules", ANY_KEY, "title"), 120),
    (("rules", ANY_KEY, "why"), 1000),
    (("rules", ANY_KEY, "steps", ANY_KEY), 300),
    (("rules", ANY_KEY, "owner"), 120),
    (("rules", ANY_KEY, "indicator"), 200),
)


def check_translation(
    content: dict[str, Any], structure: dict[str, Any], advice: dict[str, Any] | None, report: ReportProblem
) -> None:
    """Report every mistake; `advice` is None if the rules could not be read."""
    _check_lengths(content, report)
    if structure:
        for table, wanted in _find_expected_keys(structure).items():
            _check_keys(content, table, wanted, report)
    if advice is not None:
        _check_keys(content, "rules", find_texts(advice, "rules", ANY_KEY, "id"), report)
        _check_placeholders(content, advice, report)
    for path, levels in find_values(content, ("dimensions", ANY_KEY, "levels")):
        if isinstance(levels, list) and len(levels) != LEVEL_COUNT:
            report(path, f"`{format_path(path)}` has {len(levels)} levels.", f"Describe levels 1 to {LEVEL_COUNT}.")
    for path, steps in find_values(content, ("rules", ANY_KEY, "steps")):
        if isinstance(steps, list) and not 1 <= len(steps) <= MAX_STEPS:
            report(path, f"`{format_path(path)}` has {len(steps)} steps.", f"Give 1 to {MAX_STEPS}.")
    _check_items(content, structure, report)


def _check_items(content: dict[str, Any], structure: dict[str, Any], report: ReportProblem) -> None:
    items = {str(item.get("id")): item for _, item in find_tables(structure, "items", ANY_KEY)}
    in_blocks = set(find_texts(structure, "blocks", ANY_KEY, "items", ANY_KEY))
    for path, text in find_tables(content, "items", ANY_KEY):
        if path[-1] in items:
            _check_item(path, text, items[str(path[-1])], report, in_block=path[-1] in in_blocks)
    for path, text in find_tables(content, "blocks", ANY_KEY):
        _check_rungs(path, text.get("rungs", []), RUNG_COUNT, report)


def _check_placeholders(content: dict[str, Any], advice: dict[str, Any], report: ReportProblem) -> None:
    """Report a next step whose title lacks the dimension placeholder, and that placeholder anywhere else."""
    steps = {str(rule.get("id")) for _, rule in find_tables(advice, "rules", ANY_KEY) if "next_step" in rule}
    for path, text in find_tables(content, "rules", ANY_KEY):
        title = text.get("title")
        if path[-1] in steps:
            if isinstance(title, str) and DIMENSION_PLACEHOLDER not in title:
                message = f"`{format_path((*path, 'title'))}` does not name the dimension."
                report((*path, "title"), message, f"Put {DIMENSION_PLACEHOLDER} where its title belongs.")
            continue
        for place, value in (*find_values(text, (ANY_KEY,)), *find_values(text, ("steps", ANY_KEY))):
            if isinstance(value, str) and DIMENSION_PLACEHOLDER in value:
                message = f"`{format_path((*path, *place))}` has a place for a dimension, but its rule is no next step."
                report((*path, *place), message, f"Remove {DIMENSION_PLACEHOLDER}.")


def _find_expected_keys(structure: dict[str, Any]) -> dict[str, list[str]]:
    return {
        "functions": find_texts(structure, "functions", ANY_KEY, "id"),
        "dimensions": find_texts(structure, "dimensions", ANY_KEY, "id"),
        "roles": find_texts(structure, "roles", ANY_KEY, "id"),
        "role_descriptions": find_texts(structure, "roles", ANY_KEY, "id"),
        "channels": find_texts(structure, "channels", ANY_KEY, "id"),
        "sections": find_texts(structure, "sections", ANY_KEY, "id"),
        "classes": find_classes(structure),
        "class_meanings": find_classes(structure),
        "horizons": find_texts(structure, "horizons", ANY_KEY),
        "blocks": find_texts(structure, "blocks", ANY_KEY, "id"),
        "items": find_texts(structure, "items", ANY_KEY, "id"),
    }


def _check_keys(content: dict[str, Any], table: str, wanted: list[str], report: ReportProblem) -> None:
    texts = content.get(table, {} if table in OPTIONAL_TABLES else None)
    if not isinstance(texts, dict):
        return  # reported by the schema check
    missing = [key for key in dict.fromkeys(wanted) if key not in texts]
    for key in missing:
        report((table,), f"`{table}` has no text for `{key}`.", f"Add `{format_path((table, key))}`.")
    for key in [key for key in texts if key not in wanted]:
        report((table, key), f"`{format_path((table, key))}` is a text for nothing.", suggest_name(key, missing))


def _check_item(
    path: KeyPath, text: dict[str, Any], item: dict[str, Any], report: ReportProblem, *, in_block: bool
) -> None:
    name, options = str(path[-1]), text.get("options", {})
    if in_block:
        _check_block_item(path, text, report)
    else:
        _check_rungs(path, text.get("rungs", []), 0 if item.get("kind") == Kind.CHOICE else RUNG_COUNT, report)
        if "label" in text:
            remedy = "Remove `label`, or add the item to a block."
            report((*path, "label"), f"`{name}` has a label, but is in no block.", remedy)
    if isinstance(options, dict):
        _check_options(path, options, find_texts(item, "options", ANY_KEY), report)
        _check_distinct(path, "options", list(options.items()), report)
    revision, of_item = text.get("revision", 1), item.get("revision", 1)
    if revision != of_item and isinstance(revision, int) and isinstance(of_item, int):
        remedy = f"Compare the text with the new wording, then set `revision = {of_item}`."
        report(
            (*path, "revision"), f"The text of `{name}` is of revision {revision}, the item is at {of_item}.", remedy
        )


def _check_block_item(path: KeyPath, text: dict[str, Any], report: ReportProblem) -> None:
    """Check an item of a block: its label completes the block's stem, and it shares the block's ladder."""
    if not text.get("label"):
        remedy = "Add `label`: a few words that complete the stem of its block."
        report((*path, "label"), f"`{path[-1]}` has no label: it is in a block.", remedy)
    if "rungs" in text:
        report((*path, "rungs"), f"`{path[-1]}` has a ladder of its own: it is in a block.", "Remove `rungs`.")


def _check_rungs(path: KeyPath, rungs: object, wanted: int, report: ReportProblem) -> None:
    if not isinstance(rungs, list):
        return
    if len(rungs) != wanted:
        remedy = f"Give exactly {wanted} rungs, from 0 to 4." if wanted else "Remove `rungs`: it has options."
        report((*path, "rungs"), f"The ladder of `{path[-1]}` has {len(rungs)} rungs.", remedy)
    _check_distinct(path, "rungs", list(enumerate(rungs)), report)


def _check_options(path: KeyPath, texts: dict[str, Any], wanted: list[str], report: ReportProblem) -> None:
    missing = [option for option in wanted if option not in texts]
    for option in missing:
        report((*path, "options"), f"`{path[-1]}` has no text for the option `{option}`.", f"Add `{option}`.")
    for option in [option for option in texts if option not in wanted]:
        at = (*path, "options", option)
        report(at, f"`{format_path(at)}` is a text for nothing.", suggest_name(option, missing))


def _check_distinct(path: KeyPath, key: str, labels: list[tuple[int | str, Any]], report: ReportProblem) -> None:
    """Report labels that differ only in case, space or a final full stop."""
    seen: set[str] = set()
    for place, label in labels:
        if not isinstance(label, str):
            continue
        plain = " ".join(label.casefold().split()).rstrip(".")
        if plain in seen:
            report(
                (*path, key, place), f"Two {key} of `{path[-1]}` read alike: {label!r}.", "Say what sets them apart."
            )
        seen.add(plain)


def _check_lengths(content: dict[str, Any], report: ReportProblem) -> None:
    for pattern, longest in MAX_LENGTHS:
        for path, text in find_values(content, pattern):
            if not isinstance(text, str):
                continue
            if len(text) > longest:
                report(path, f"`{format_path(path)}` has {len(text)} characters.", f"Shorten it to {longest}.")
            if not text.strip() and path[-1] not in OPTIONAL_TEXTS:
                report(path, f"`{format_path(path)}` is empty.", "Write what people should read.")
