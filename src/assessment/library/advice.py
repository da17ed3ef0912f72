"""Semantic checks of `advice.toml`, after its schema."""

from typing import Any

from assessment.domain.questionnaire import Figure, Kind
from assessment.library.finding import EACH, Pattern, find, tables
from assessment.library.ids import check_ids, check_references, check_unique
from assessment.library.places import Path
from assessment.library.reading import Report, dotted

PARTS = ("any", "all", "only_if", "unless")
COMPARISONS = ("below", "at_most", "at_least")
NEXT_STEPS = (1, 2)
SUBJECTS = ("item", "function", "dimension")

# Keys that a figure needs; figures not listed are of the whole organisation.
SUBJECTS_OF: dict[str, tuple[str, ...]] = {
    Figure.ITEM: ("item",),
    Figure.DIMENSION: ("function", "dimension"),
    Figure.FUNCTION: ("function",),
    Figure.HAND_OFF: ("function",),
    Figure.WORST_HAND_OFF: ("function",),
}

REFERENCES: tuple[tuple[Pattern, str], ...] = (
    (("rules", EACH, "function"), "functions"),
    (("rules", EACH, "horizon"), "horizons"),
    *((("rules", EACH, part, EACH, "item"), "items") for part in PARTS),
    *((("rules", EACH, part, EACH, "function"), "functions") for part in PARTS),
    *((("rules", EACH, part, EACH, "dimension"), "dimensions") for part in PARTS),
)


def check_advice(content: dict[str, Any], structure: dict[str, Any], report: Report) -> None:
    """Report every mistake in rules and conditions; `structure` is the content of `questionnaire.toml`."""
    check_ids(list(find(content, ("rules", EACH, "id"))), report)
    check_unique(list(find(content, ("rules", EACH, "id"))), "The id", report)
    check_unique(list(find(content, ("rules", EACH, "number"))), "The number", report)
    if structure:
        check_references(content, structure, REFERENCES, report)
    scored = _scored(structure)
    for path, rule in tables(content, "rules", EACH):
        if "next_step" in rule:
            _check_next_step(path, rule, report)
        elif not rule.get("any") and not rule.get("all"):
            report(path, f"`{rule.get('id', dotted(path))}` never fires.", "Add a condition under `any` or `all`.")
        for part in PARTS:
            for at, condition in tables(rule, part, EACH):
                _check_condition((*path, *at), condition, scored, report)


def _check_next_step(path: Path, rule: dict[str, Any], report: Report) -> None:
    """Check a next step, which gets its text from its function's data instead of conditions."""
    step = rule["next_step"]
    if isinstance(step, int) and step not in NEXT_STEPS:
        report((*path, "next_step"), f"`{dotted((*path, 'next_step'))}` is {step}.", "Write 1 or 2.")
    if "function" not in rule:
        report(path, f"`{rule.get('id', dotted(path))}` is a next step of no function.", "Add `function`.")
    for part in [part for part in PARTS if rule.get(part)]:
        message = f"`{rule.get('id', dotted(path))}` is a next step, which has no conditions."
        report((*path, part), message, f"Remove `{part}` or `next_step`.")


def _scored(structure: dict[str, Any]) -> dict[str, bool]:
    """Return, by item id, whether the item has a score."""
    return {
        str(item.get("id")): item.get("kind") in (Kind.PRACTICE, Kind.PERSONAL)
        for _, item in tables(structure, "items", EACH)
    }


def _check_condition(path: Path, condition: dict[str, Any], scored: dict[str, bool], report: Report) -> None:
    comparisons = [key for key in COMPARISONS if key in condition]
    if len(comparisons) != 1:
        said = f"has {len(comparisons)} comparisons" if comparisons else "compares its figure with nothing"
        report(path, f"The condition `{dotted(path)}` {said}.", "Give exactly one of `below`, `at_most`, `at_least`.")
    figure = condition.get("figure")
    if not isinstance(figure, str) or figure not in list(Figure):
        return
    wanted = SUBJECTS_OF.get(figure, ())
    for key in SUBJECTS:
        if key in wanted and key not in condition:
            report(path, f"The figure `{figure}` needs `{key}`.", f"Add `{key}` to the condition.")
        elif key in condition and key not in wanted:
            report((*path, key), f"The figure `{figure}` has no `{key}`.", f"Remove `{key}` from the condition.")
    item = condition.get("item")
    if figure == Figure.ITEM and isinstance(item, str) and not scored.get(item, True):
        report((*path, "item"), f"`{item}` has no score.", "Name a practice or personal item.")
