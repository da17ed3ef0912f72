"""Semantic checks of `questionnaire.toml`, after its schema."""

import re
from typing import Any

from assessment.domain.answers import CONSENSUS_ROLE
from assessment.domain.questionnaire import Kind
from assessment.questionnaires.checks.blocks import check_blocks
from assessment.questionnaires.checks.ids import check_ids, check_references, check_unique
from assessment.questionnaires.checks.limits import check_limits
from assessment.questionnaires.checks.schema_check import suggest_name
from assessment.questionnaires.path_query import ANY_KEY, PathPattern, find_tables, find_texts, find_values
from assessment.questionnaires.toml_document import ReportProblem, format_path
from assessment.questionnaires.toml_lines import KeyPath

VERSION_PATTERN = re.compile(r"(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})")
LANGUAGE_PATTERN = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
RESERVED_OPTIONS = ("dk", "na", "0", "1", "2", "3", "4")  # reserved as answers
RESERVED_ITEMS = ("respondent", "role", "functions", "seconds")  # columns of a response file
MIN_OPTIONS = 2

OUTLOOK_CLASSES = ("low_low", "low_high", "high_low", "high_high")
ID_TABLES = ("functions", "dimensions", "roles", "channels", "items", "blocks", "sections")

REFERENCES: tuple[tuple[PathPattern, str], ...] = (
    (("items", ANY_KEY, "function"), "functions"),
    (("items", ANY_KEY, "dimension"), "dimensions"),
    (("items", ANY_KEY, "channel"), "channels"),
    (("items", ANY_KEY, "roles", ANY_KEY), "roles"),
    (("items", ANY_KEY, "checks"), "items"),
    (("blocks", ANY_KEY, "items", ANY_KEY), "items"),
    (("sections", ANY_KEY, "function"), "functions"),
    (("sections", ANY_KEY, "items", ANY_KEY), "items"),
    (("indices", "set_up_to_fail", "authority", ANY_KEY), "items"),
    (("indices", "set_up_to_fail", "support", ANY_KEY), "items"),
    (("indices", "set_up_to_fail", "red_flag", "authority"), "items"),
    (("indices", "set_up_to_fail", "red_flag", "support"), "items"),
    (("indices", "perception_gap", "leader"), "roles"),
    (("indices", "perception_gap", "practitioner"), "roles"),
    (("indices", "perception_gap", "goals"), "items"),
    (("indices", "outlook", "independence", ANY_KEY), "items"),
    (("indices", "outlook", "readiness", ANY_KEY), "items"),
)

REFERENCE_KINDS: tuple[tuple[PathPattern, tuple[Kind, ...]], ...] = (
    (("indices", "set_up_to_fail", "authority", ANY_KEY), (Kind.PERSONAL,)),
    (("indices", "set_up_to_fail", "support", ANY_KEY), (Kind.PERSONAL,)),
    (("indices", "set_up_to_fail", "red_flag", "authority"), (Kind.PERSONAL,)),
    (("indices", "set_up_to_fail", "red_flag", "support"), (Kind.PERSONAL,)),
    (("indices", "outlook", "independence", ANY_KEY), (Kind.PERSONAL,)),
    (("indices", "outlook", "readiness", ANY_KEY), (Kind.PERSONAL,)),
    (("indices", "perception_gap", "goals"), (Kind.CHOICE,)),
    (("items", ANY_KEY, "checks"), (Kind.PRACTICE,)),
)

# Keys that an item of each kind requires and allows; others are rejected.
REQUIRED_KEYS: dict[str, tuple[str, ...]] = {
    Kind.PRACTICE: ("function", "dimension"),
    Kind.HAND_OFF: ("function", "channel"),
    Kind.PERSONAL: (),
    Kind.CHECK: ("checks",),
    Kind.CHOICE: ("options",),
}
OPTIONAL_KEYS: dict[str, tuple[str, ...]] = {
    Kind.PRACTICE: ("embedding",),
    Kind.HAND_OFF: (),
    Kind.PERSONAL: (),
    Kind.CHECK: ("function",),
    Kind.CHOICE: ("function",),
}
KIND_KEYS = ("function", "dimension", "channel", "embedding", "checks", "options")


def check_structure(content: dict[str, Any], report: ReportProblem) -> None:
    """Report every mistake in ids, references, items, sections, numbers and classes."""
    _check_identity(content, report)
    _check_ids(content, report)
    check_references(content, content, REFERENCES, report)
    _check_kinds(content, report)
    for path, item in find_tables(content, "items", ANY_KEY):
        _check_item(path, item, report)
    _check_hand_offs(content, report)
    _check_use(content, report)
    _check_sections(content, report)
    check_blocks(content, report)
    check_limits(content, report)
    _check_classes(content, report)


def find_classes(content: object) -> list[str]:
    """Return every class that the indices name."""
    return [
        *find_texts(content, "indices", "embedding", "classes", ANY_KEY),
        *find_texts(content, "indices", "set_up_to_fail", "classes", ANY_KEY),
        *(name for key in OUTLOOK_CLASSES for name in find_texts(content, "indices", "outlook", key)),
    ]


def _check_identity(content: dict[str, Any], report: ReportProblem) -> None:
    version, language = content.get("version"), content.get("source_language")
    check_ids([(("id",), content.get("id"))], report)
    if isinstance(version, str) and not VERSION_PATTERN.fullmatch(version):
        report(("version",), f"`{version}` is not a version.", "Write three numbers, such as 1.0.0.")
    if isinstance(language, str) and not LANGUAGE_PATTERN.fullmatch(language):
        report(("source_language",), f"`{language}` is not a language.", "Write a tag such as `en` or `pt-BR`.")


def _check_ids(content: dict[str, Any], report: ReportProblem) -> None:
    for kind in ID_TABLES:
        ids = list(find_values(content, (kind, ANY_KEY, "id")))
        if content.get(kind) == []:
            report((kind,), f"There are no {kind}.", "Add at least one.")
        check_ids(ids, report)
        check_unique(ids, "The id", report)
    check_ids(list(find_values(content, ("horizons", ANY_KEY))), report)
    check_unique(list(find_values(content, ("horizons", ANY_KEY))), "The horizon", report)
    for path, value in find_values(content, ("items", ANY_KEY, "id")):
        if value in RESERVED_ITEMS:
            report(
                path, f"An item can't be called `{value}`: files of responses have a column of that name.", "Rename it."
            )
    for path, value in find_values(content, ("roles", ANY_KEY, "id")):
        if value == CONSENSUS_ROLE:
            report(path, f"A role can't be called `{CONSENSUS_ROLE}`: the consensus mode has it.", "Rename it.")


def _check_kinds(content: dict[str, Any], report: ReportProblem) -> None:
    kinds = {
        item.get("id"): item.get("kind") for _, item in find_tables(content, "items", ANY_KEY) if _has_text(item, "id")
    }
    for pattern, wanted in REFERENCE_KINDS:
        for path, value in find_values(content, pattern):
            if isinstance(value, str) and value in kinds and kinds[value] not in wanted:
                report(
                    path,
                    f"`{format_path(path)}` names `{value}`, an item of kind {kinds[value]}.",
                    f"Name an item of kind {' or '.join(wanted)}.",
                )


def _has_text(table: dict[str, Any], key: str) -> bool:
    return isinstance(table.get(key), str)


def _check_item(path: KeyPath, item: dict[str, Any], report: ReportProblem) -> None:
    kind = item.get("kind")
    name = item.get("id", format_path(path))
    if item.get("roles") == []:
        report((*path, "roles"), f"Nobody is asked `{name}`.", "Name the roles that are asked.")
    check_unique(list(find_values(item, ("roles", ANY_KEY), path)), f"In the roles of `{name}`,", report)
    _check_options(path, item, report)
    if not isinstance(kind, str) or kind not in REQUIRED_KEYS:
        return
    for key in REQUIRED_KEYS[kind]:
        if key not in item:
            report((*path, key), f"`{name}` needs `{key}`: it is of kind {kind}.", f"Add `{key}`.")
    for key in KIND_KEYS:
        if item.get(key) and key not in (*REQUIRED_KEYS[kind], *OPTIONAL_KEYS[kind]):
            remedy = f"Remove `{key}` or change the kind."
            report((*path, key), f"`{name}` can't have `{key}`: it is of kind {kind}.", remedy)


def _check_options(path: KeyPath, item: dict[str, Any], report: ReportProblem) -> None:
    options = list(find_values(item, ("options", ANY_KEY), path))
    check_ids(options, report)
    check_unique(options, f"Among the options of `{item.get('id')}`,", report)
    if "options" in item and len(options) < MIN_OPTIONS:
        report((*path, "options"), f"`{item.get('id')}` offers no choice.", "Give two options or more.")
    for at, option in options:
        if option in RESERVED_OPTIONS:
            report(at, f"An option can't be called `{option}`: it is an answer already.", "Rename it.")


def _check_hand_offs(content: dict[str, Any], report: ReportProblem) -> None:
    """Check for one row per function and channel, and for exactly one dimension that they count in."""
    first: dict[tuple[object, object], object] = {}
    rows = [(path, item) for path, item in find_tables(content, "items", ANY_KEY) if item.get("kind") == Kind.HAND_OFF]
    for path, item in rows:
        place = (str(item.get("function")), str(item.get("channel")))
        if place in first:
            report(path, f"`{item.get('id')}` asks the same as `{first[place]}`.", "Keep one per function and channel.")
        first.setdefault(place, item.get("id"))
    if rows and not list(find_values(content, ("scoring", "minimum_rows"))):
        report(("scoring",), "`scoring.minimum_rows` is missing: there are hand-off rows.", "Add it: a whole number.")
    holders = [path for path, value in find_values(content, ("dimensions", ANY_KEY, "hand_offs")) if value is True]
    for path in holders[1:]:
        report(path, "Two dimensions take in the hand-offs.", "Set `hand_offs` for one dimension only.")
    if rows and not holders:
        report(("dimensions",), "No dimension takes in the hand-offs.", "Set `hand_offs = true` for one dimension.")


def _check_use(content: dict[str, Any], report: ReportProblem) -> None:
    practice = [item for _, item in find_tables(content, "items", ANY_KEY) if item.get("kind") == Kind.PRACTICE]
    for kind, key in (("functions", "function"), ("dimensions", "dimension")):
        used = [item.get(key) for item in practice]
        for path, value in find_values(content, (kind, ANY_KEY, "id")):
            if isinstance(value, str) and value not in used:
                report(path, f"No item belongs to the {key} `{value}`.", f"Add a practice item, or remove the {key}.")


def _check_sections(content: dict[str, Any], report: ReportProblem) -> None:
    asked_items = list(find_values(content, ("sections", ANY_KEY, "items", ANY_KEY)))
    check_unique(asked_items, "In the sections, the item", report)
    on_a_page = [value for _, value in asked_items]
    for path, value in find_values(content, ("items", ANY_KEY, "id")):
        if isinstance(value, str) and value not in on_a_page:
            report(path, f"`{value}` is in no section, so nobody would be asked.", "Add it to the items of a section.")


def _check_classes(content: dict[str, Any], report: ReportProblem) -> None:
    classes = [
        *find_values(content, ("indices", "embedding", "classes", ANY_KEY)),
        *find_values(content, ("indices", "set_up_to_fail", "classes", ANY_KEY)),
        *(pair for key in OUTLOOK_CLASSES for pair in find_values(content, ("indices", "outlook", key))),
    ]
    check_ids(classes, report)
    check_unique(classes, "The class", report)
    known = find_texts(content, "indices", "set_up_to_fail", "classes", ANY_KEY)
    for path, value in find_values(content, ("indices", "set_up_to_fail", "red_flag", "least_class")):
        if isinstance(value, str) and value not in known:
            report(
                path,
                f"`{format_path(path)}` names `{value}`, which is not among the classes.",
                suggest_name(value, known),
            )
