"""Semantic checks of `advice.toml`, after its schema."""

from typing import Any

from assessment.domain.questionnaire import FigureName, Kind
from assessment.questionnaires.checks.ids import check_ids, check_references, check_unique
from assessment.questionnaires.path_query import ANY_KEY, PathPattern, find_tables, find_values
from assessment.questionnaires.toml_document import ReportProblem, format_path
from assessment.questionnaires.toml_lines import KeyPath

CONDITION_PARTS = ("any", "all", "only_if", "unless")
COMPARISONS = ("below", "at_most", "at_least")
NEXT_STEPS = (1, 2)
SUBJECTS = ("item", "function", "dimension")

# Keys that a figure needs; figures not listed are of the whole organisation.
FIGURE_SUBJECTS: dict[str, tuple[str, ...]] = {
    FigureName.ITEM: ("item",),
    FigureName.DIMENSION: ("function", "dimension"),
    FigureName.FUNCTION: ("function",),
    FigureName.HAND_OFF: ("function",),
    FigureName.WORST_HAND_OFF: ("function",),
}

REFERENCES: tuple[tuple[PathPattern, str], ...] = (
    (("rules", ANY_KEY, "function"), "functions"),
    (("rules", ANY_KEY, "horizon"), "horizons"),
    *((("rules", ANY_KEY, part, ANY_KEY, "item"), "items") for part in CONDITION_PARTS),
    *((("rules", ANY_KEY, part, ANY_KEY, "function"), "functions") for part in CONDITION_PARTS),
    *((("rules", ANY_KEY, part, ANY_KEY, "dimension"), "dimensions") for part in CONDITION_PARTS),
)


def check_advice(content: dict[str, Any], structure: dict[str, Any], report: ReportProblem) -> None:
    """Report every mistake in rules and conditions; `structure` is the content of `questionnaire.toml`."""
    check_ids(list(find_values(content, ("rules", ANY_KEY, "id"))), report)
    check_unique(list(find_values(content, ("rules", ANY_KEY, "id"))), "The id", report)
    check_unique(list(find_values(content, ("rules", ANY_KEY, "number"))), "The number", report)
    if structure:
        check_references(content, structure, REFERENCES, report)
    scored = _find_scored_items(structure)
    for path, rule in find_tables(content, "rules", ANY_KEY):
        if "next_step" in rule:
            _check_next_step(path, rule, report)
        elif not rule.get("any") and not rule.get("all"):
            report(path, f"`{rule.get('id', format_path(path))}` never fires.", "Add a condition under `any` or `all`.")
        for part in CONDITION_PARTS:
            for at, condition in find_tables(rule, part, ANY_KEY):
                _check_condition((*path, *at), condition, scored, report)


def _check_next_step(path: KeyPath, rule: dict[str, Any], report: ReportProblem) -> None:
    """Check a next step, which gets its text from its function's data instead of conditions."""
    step = rule["next_step"]
    if isinstance(step, int) and step not in NEXT_STEPS:
        report((*path, "next_step"), f"`{format_path((*path, 'next_step'))}` is {step}.", "Write 1 or 2.")
    if "function" not in rule:
        report(path, f"`{rule.get('id', format_path(path))}` is a next step of no function.", "Add `function`.")
    for part in [part for part in CONDITION_PARTS if rule.get(part)]:
        message = f"`{rule.get('id', format_path(path))}` is a next step, which has no conditions."
        report((*path, part), message, f"Remove `{part}` or `next_step`.")


def _find_scored_items(structure: dict[str, Any]) -> dict[str, bool]:
    """Return, by item id, whether the item has a score."""
    return {
        str(item.get("id")): item.get("kind") in (Kind.PRACTICE, Kind.PERSONAL)
        for _, item in find_tables(structure, "items", ANY_KEY)
    }


def _check_condition(path: KeyPath, condition: dict[str, Any], scored: dict[str, bool], report: ReportProblem) -> None:
    comparisons = [key for key in COMPARISONS if key in condition]
    if len(comparisons) != 1:
        fault = f"has {len(comparisons)} comparisons" if comparisons else "compares its figure with nothing"
        report(
            path, f"The condition `{format_path(path)}` {fault}.", "Give exactly one of `below`, `at_most`, `at_least`."
        )
    figure = condition.get("figure")
    if not isinstance(figure, str) or figure not in list(FigureName):
        return
    wanted = FIGURE_SUBJECTS.get(figure, ())
    for key in SUBJECTS:
        if key in wanted and key not in condition:
            report(path, f"The figure `{figure}` needs `{key}`.", f"Add `{key}` to the condition.")
        elif key in condition and key not in wanted:
            report((*path, key), f"The figure `{figure}` has no `{key}`.", f"Remove `{key}` from the condition.")
    item = condition.get("item")
    if figure == FigureName.ITEM and isinstance(item, str) and not scored.get(item, True):
        report((*path, "item"), f"`{item}` has no score.", "Name a practice or personal item.")
