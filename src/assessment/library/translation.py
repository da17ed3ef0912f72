"""Checks of a translation against its questionnaire: nothing missing, unknown, outdated or too long."""

from typing import Any

from assessment.domain.questionnaire import DIMENSION_PLACE, Kind
from assessment.library.finding import EACH, Pattern, find, names, tables
from assessment.library.places import Path
from assessment.library.reading import Report, dotted
from assessment.library.shaping import did_you_mean
from assessment.library.structure import classes

RUNGS = 5
LEVELS = 5
MOST_STEPS = 8
OPTIONAL = ("channels", "blocks")  # tables that a questionnaire may not have
MAY_BE_EMPTY = ("hint", "short", "question")

LONGEST: tuple[tuple[Pattern, int], ...] = (
    (("title",), 120),
    (("introduction",), 2000),
    (("functions", EACH), 60),
    (("dimensions", EACH, "title"), 60),
    (("dimensions", EACH, "question"), 300),
    (("dimensions", EACH, "levels", EACH), 200),
    (("roles", EACH), 60),
    (("role_descriptions", EACH), 200),
    (("channels", EACH), 60),
    (("sections", EACH), 120),
    (("classes", EACH), 60),
    (("class_meanings", EACH), 300),
    (("horizons", EACH), 60),
    (("items", EACH, "text"), 500),
    (("items", EACH, "short"), 60),
    (("items", EACH, "hint"), 500),
    (("items", EACH, "rungs", EACH), 200),
    (("items", EACH, "options", EACH), 200),
    (("items", EACH, "label"), 120),
    (("blocks", EACH, "stem"), 500),
    (("blocks", EACH, "hint"), 500),
    (("blocks", EACH, "rungs", EACH), 200),
    (("rules", EACH, "title"), 120),
    (("rules", EACH, "why"), 1000),
    (("rules", EACH, "steps", EACH), 300),
    (("rules", EACH, "owner"), 120),
    (("rules", EACH, "indicator"), 200),
)


def check_translation(
    content: dict[str, Any], structure: dict[str, Any], advice: dict[str, Any] | None, report: Report
) -> None:
    """Report every mistake; `advice` is None if the rules could not be read."""
    _check_lengths(content, report)
    if structure:
        for table, wanted in _wanted(structure).items():
            _check_keys(content, table, wanted, report)
    if advice is not None:
        _check_keys(content, "rules", names(advice, "rules", EACH, "id"), report)
        _check_places(content, advice, report)
    for path, levels in find(content, ("dimensions", EACH, "levels")):
        if isinstance(levels, list) and len(levels) != LEVELS:
            report(path, f"`{dotted(path)}` has {len(levels)} levels.", f"Describe levels 1 to {LEVELS}.")
    for path, steps in find(content, ("rules", EACH, "steps")):
        if isinstance(steps, list) and not 1 <= len(steps) <= MOST_STEPS:
            report(path, f"`{dotted(path)}` has {len(steps)} steps.", f"Give 1 to {MOST_STEPS}.")
    _check_items(content, structure, report)


def _check_items(content: dict[str, Any], structure: dict[str, Any], report: Report) -> None:
    items = {str(item.get("id")): item for _, item in tables(structure, "items", EACH)}
    in_blocks = set(names(structure, "blocks", EACH, "items", EACH))
    for path, text in tables(content, "items", EACH):
        if path[-1] in items:
            _check_item(path, text, items[str(path[-1])], report, in_block=path[-1] in in_blocks)
    for path, text in tables(content, "blocks", EACH):
        _check_rungs(path, text.get("rungs", []), RUNGS, report)


def _check_places(content: dict[str, Any], advice: dict[str, Any], report: Report) -> None:
    """Report a next step whose title lacks the dimension placeholder, and that placeholder anywhere else."""
    steps = {str(rule.get("id")) for _, rule in tables(advice, "rules", EACH) if "next_step" in rule}
    for path, text in tables(content, "rules", EACH):
        title = text.get("title")
        if path[-1] in steps:
            if isinstance(title, str) and DIMENSION_PLACE not in title:
                message = f"`{dotted((*path, 'title'))}` does not name the dimension."
                report((*path, "title"), message, f"Put {DIMENSION_PLACE} where its title belongs.")
            continue
        for place, said in (*find(text, (EACH,)), *find(text, ("steps", EACH))):
            if isinstance(said, str) and DIMENSION_PLACE in said:
                message = f"`{dotted((*path, *place))}` has a place for a dimension, but its rule is no next step."
                report((*path, *place), message, f"Remove {DIMENSION_PLACE}.")


def _wanted(structure: dict[str, Any]) -> dict[str, list[str]]:
    return {
        "functions": names(structure, "functions", EACH, "id"),
        "dimensions": names(structure, "dimensions", EACH, "id"),
        "roles": names(structure, "roles", EACH, "id"),
        "role_descriptions": names(structure, "roles", EACH, "id"),
        "channels": names(structure, "channels", EACH, "id"),
        "sections": names(structure, "sections", EACH, "id"),
        "classes": classes(structure),
        "class_meanings": classes(structure),
        "horizons": names(structure, "horizons", EACH),
        "blocks": names(structure, "blocks", EACH, "id"),
        "items": names(structure, "items", EACH, "id"),
    }


def _check_keys(content: dict[str, Any], table: str, wanted: list[str], report: Report) -> None:
    given = content.get(table, {} if table in OPTIONAL else None)
    if not isinstance(given, dict):
        return  # reported by the schema check
    missing = [key for key in dict.fromkeys(wanted) if key not in given]
    for key in missing:
        report((table,), f"`{table}` has no text for `{key}`.", f"Add `{dotted((table, key))}`.")
    for key in [key for key in given if key not in wanted]:
        report((table, key), f"`{dotted((table, key))}` is a text for nothing.", did_you_mean(key, missing))


def _check_item(path: Path, text: dict[str, Any], item: dict[str, Any], report: Report, *, in_block: bool) -> None:
    name, options = str(path[-1]), text.get("options", {})
    if in_block:
        _check_row(path, text, report)
    else:
        _check_rungs(path, text.get("rungs", []), 0 if item.get("kind") == Kind.CHOICE else RUNGS, report)
        if "label" in text:
            remedy = "Remove `label`, or add the item to a block."
            report((*path, "label"), f"`{name}` has a label, but is in no block.", remedy)
    if isinstance(options, dict):
        _check_options(path, options, names(item, "options", EACH), report)
        _check_alike(path, "options", list(options.items()), report)
    revision, of_item = text.get("revision", 1), item.get("revision", 1)
    if revision != of_item and isinstance(revision, int) and isinstance(of_item, int):
        remedy = f"Compare the text with the new wording, then set `revision = {of_item}`."
        report(
            (*path, "revision"), f"The text of `{name}` is of revision {revision}, the item is at {of_item}.", remedy
        )


def _check_row(path: Path, text: dict[str, Any], report: Report) -> None:
    """Check an item of a block: its label completes the block's stem, and it shares the block's ladder."""
    if not text.get("label"):
        remedy = "Add `label`: a few words that complete the stem of its block."
        report((*path, "label"), f"`{path[-1]}` has no label: it is in a block.", remedy)
    if "rungs" in text:
        report((*path, "rungs"), f"`{path[-1]}` has a ladder of its own: it is in a block.", "Remove `rungs`.")


def _check_rungs(path: Path, rungs: object, wanted: int, report: Report) -> None:
    if not isinstance(rungs, list):
        return
    if len(rungs) != wanted:
        remedy = f"Give exactly {wanted} rungs, from 0 to 4." if wanted else "Remove `rungs`: it has options."
        report((*path, "rungs"), f"The ladder of `{path[-1]}` has {len(rungs)} rungs.", remedy)
    _check_alike(path, "rungs", list(enumerate(rungs)), report)


def _check_options(path: Path, given: dict[str, Any], wanted: list[str], report: Report) -> None:
    missing = [option for option in wanted if option not in given]
    for option in missing:
        report((*path, "options"), f"`{path[-1]}` has no text for the option `{option}`.", f"Add `{option}`.")
    for option in [option for option in given if option not in wanted]:
        at = (*path, "options", option)
        report(at, f"`{dotted(at)}` is a text for nothing.", did_you_mean(option, missing))


def _check_alike(path: Path, key: str, labels: list[tuple[int | str, Any]], report: Report) -> None:
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


def _check_lengths(content: dict[str, Any], report: Report) -> None:
    for pattern, longest in LONGEST:
        for path, text in find(content, pattern):
            if not isinstance(text, str):
                continue
            if len(text) > longest:
                report(path, f"`{dotted(path)}` has {len(text)} characters.", f"Shorten it to {longest}.")
            if not text.strip() and path[-1] not in MAY_BE_EMPTY:
                report(path, f"`{dotted(path)}` is empty.", "Write what people should read.")
