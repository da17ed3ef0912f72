"""Semantic checks of `questionnaire.toml`, after its schema."""

import re
from typing import Any

from assessment.domain.answers import CONSENSUS
from assessment.domain.questionnaire import Kind
from assessment.library.blocks import check_blocks
from assessment.library.finding import EACH, Pattern, find, names, tables
from assessment.library.ids import check_ids, check_references, check_unique
from assessment.library.limits import check_limits
from assessment.library.places import Path
from assessment.library.reading import Report, dotted
from assessment.library.shaping import did_you_mean

VERSION = re.compile(r"(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
RESERVED_OPTIONS = ("dk", "na", "0", "1", "2", "3", "4")  # reserved as answers
RESERVED_ITEMS = ("respondent", "role", "functions", "seconds")  # columns of a response file
FEWEST_OPTIONS = 2

OUTLOOK = ("low_low", "low_high", "high_low", "high_high")
NAMED = ("functions", "dimensions", "roles", "channels", "items", "blocks", "sections")

REFERENCES: tuple[tuple[Pattern, str], ...] = (
    (("items", EACH, "function"), "functions"),
    (("items", EACH, "dimension"), "dimensions"),
    (("items", EACH, "channel"), "channels"),
    (("items", EACH, "roles", EACH), "roles"),
    (("items", EACH, "checks"), "items"),
    (("blocks", EACH, "items", EACH), "items"),
    (("sections", EACH, "function"), "functions"),
    (("sections", EACH, "items", EACH), "items"),
    (("indices", "set_up_to_fail", "authority", EACH), "items"),
    (("indices", "set_up_to_fail", "support", EACH), "items"),
    (("indices", "set_up_to_fail", "red_flag", "authority"), "items"),
    (("indices", "set_up_to_fail", "red_flag", "support"), "items"),
    (("indices", "perception_gap", "leader"), "roles"),
    (("indices", "perception_gap", "practitioner"), "roles"),
    (("indices", "perception_gap", "goals"), "items"),
    (("indices", "outlook", "independence", EACH), "items"),
    (("indices", "outlook", "readiness", EACH), "items"),
)

KINDS: tuple[tuple[Pattern, tuple[Kind, ...]], ...] = (
    (("indices", "set_up_to_fail", "authority", EACH), (Kind.PERSONAL,)),
    (("indices", "set_up_to_fail", "support", EACH), (Kind.PERSONAL,)),
    (("indices", "set_up_to_fail", "red_flag", "authority"), (Kind.PERSONAL,)),
    (("indices", "set_up_to_fail", "red_flag", "support"), (Kind.PERSONAL,)),
    (("indices", "outlook", "independence", EACH), (Kind.PERSONAL,)),
    (("indices", "outlook", "readiness", EACH), (Kind.PERSONAL,)),
    (("indices", "perception_gap", "goals"), (Kind.CHOICE,)),
    (("items", EACH, "checks"), (Kind.PRACTICE,)),
)

# Keys that an item of each kind requires and allows; others are rejected.
NEEDS: dict[str, tuple[str, ...]] = {
    Kind.PRACTICE: ("function", "dimension"),
    Kind.HAND_OFF: ("function", "channel"),
    Kind.PERSONAL: (),
    Kind.CHECK: ("checks",),
    Kind.CHOICE: ("options",),
}
ALLOWED: dict[str, tuple[str, ...]] = {
    Kind.PRACTICE: ("embedding",),
    Kind.HAND_OFF: (),
    Kind.PERSONAL: (),
    Kind.CHECK: ("function",),
    Kind.CHOICE: ("function",),
}
KIND_KEYS = ("function", "dimension", "channel", "embedding", "checks", "options")


def check_structure(content: dict[str, Any], report: Report) -> None:
    """Report every mistake in ids, references, items, sections, numbers and classes."""
    _check_identity(content, report)
    _check_ids(content, report)
    check_references(content, content, REFERENCES, report)
    _check_kinds(content, report)
    for path, item in tables(content, "items", EACH):
        _check_item(path, item, report)
    _check_hand_offs(content, report)
    _check_use(content, report)
    _check_sections(content, report)
    check_blocks(content, report)
    check_limits(content, report)
    _check_classes(content, report)


def classes(content: object) -> list[str]:
    """Return every class that the indices name."""
    return [
        *names(content, "indices", "embedding", "classes", EACH),
        *names(content, "indices", "set_up_to_fail", "classes", EACH),
        *(name for key in OUTLOOK for name in names(content, "indices", "outlook", key)),
    ]


def _check_identity(content: dict[str, Any], report: Report) -> None:
    version, language = content.get("version"), content.get("source_language")
    check_ids([(("id",), content.get("id"))], report)
    if isinstance(version, str) and not VERSION.fullmatch(version):
        report(("version",), f"`{version}` is not a version.", "Write three numbers, such as 1.0.0.")
    if isinstance(language, str) and not LANGUAGE.fullmatch(language):
        report(("source_language",), f"`{language}` is not a language.", "Write a tag such as `en` or `pt-BR`.")


def _check_ids(content: dict[str, Any], report: Report) -> None:
    for kind in NAMED:
        found = list(find(content, (kind, EACH, "id")))
        if content.get(kind) == []:
            report((kind,), f"There are no {kind}.", "Add at least one.")
        check_ids(found, report)
        check_unique(found, "The id", report)
    check_ids(list(find(content, ("horizons", EACH))), report)
    check_unique(list(find(content, ("horizons", EACH))), "The horizon", report)
    for path, value in find(content, ("items", EACH, "id")):
        if value in RESERVED_ITEMS:
            report(
                path, f"An item can't be called `{value}`: files of responses have a column of that name.", "Rename it."
            )
    for path, value in find(content, ("roles", EACH, "id")):
        if value == CONSENSUS:
            report(path, f"A role can't be called `{CONSENSUS}`: the consensus mode has it.", "Rename it.")


def _check_kinds(content: dict[str, Any], report: Report) -> None:
    kinds = {item.get("id"): item.get("kind") for _, item in tables(content, "items", EACH) if _has_text(item, "id")}
    for pattern, wanted in KINDS:
        for path, value in find(content, pattern):
            if isinstance(value, str) and value in kinds and kinds[value] not in wanted:
                report(
                    path,
                    f"`{dotted(path)}` names `{value}`, an item of kind {kinds[value]}.",
                    f"Name an item of kind {' or '.join(wanted)}.",
                )


def _has_text(table: dict[str, Any], key: str) -> bool:
    return isinstance(table.get(key), str)


def _check_item(path: Path, item: dict[str, Any], report: Report) -> None:
    kind = item.get("kind")
    name = item.get("id", dotted(path))
    if item.get("roles") == []:
        report((*path, "roles"), f"Nobody is asked `{name}`.", "Name the roles that are asked.")
    check_unique(list(find(item, ("roles", EACH), path)), f"In the roles of `{name}`,", report)
    _check_options(path, item, report)
    if not isinstance(kind, str) or kind not in NEEDS:
        return
    for key in NEEDS[kind]:
        if key not in item:
            report((*path, key), f"`{name}` needs `{key}`: it is of kind {kind}.", f"Add `{key}`.")
    for key in KIND_KEYS:
        if item.get(key) and key not in (*NEEDS[kind], *ALLOWED[kind]):
            remedy = f"Remove `{key}` or change the kind."
            report((*path, key), f"`{name}` can't have `{key}`: it is of kind {kind}.", remedy)


def _check_options(path: Path, item: dict[str, Any], report: Report) -> None:
    options = list(find(item, ("options", EACH), path))
    check_ids(options, report)
    check_unique(options, f"Among the options of `{item.get('id')}`,", report)
    if "options" in item and len(options) < FEWEST_OPTIONS:
        report((*path, "options"), f"`{item.get('id')}` offers no choice.", "Give two options or more.")
    for at, option in options:
        if option in RESERVED_OPTIONS:
            report(at, f"An option can't be called `{option}`: it is an answer already.", "Rename it.")


def _check_hand_offs(content: dict[str, Any], report: Report) -> None:
    """Check for one row per function and channel, and for exactly one dimension that they count in."""
    first: dict[tuple[object, object], object] = {}
    rows = [(path, item) for path, item in tables(content, "items", EACH) if item.get("kind") == Kind.HAND_OFF]
    for path, item in rows:
        place = (str(item.get("function")), str(item.get("channel")))
        if place in first:
            report(path, f"`{item.get('id')}` asks the same as `{first[place]}`.", "Keep one per function and channel.")
        first.setdefault(place, item.get("id"))
    if rows and not list(find(content, ("scoring", "minimum_rows"))):
        report(("scoring",), "`scoring.minimum_rows` is missing: there are hand-off rows.", "Add it: a whole number.")
    holders = [path for path, value in find(content, ("dimensions", EACH, "hand_offs")) if value is True]
    for path in holders[1:]:
        report(path, "Two dimensions take in the hand-offs.", "Set `hand_offs` for one dimension only.")
    if rows and not holders:
        report(("dimensions",), "No dimension takes in the hand-offs.", "Set `hand_offs = true` for one dimension.")


def _check_use(content: dict[str, Any], report: Report) -> None:
    practice = [item for _, item in tables(content, "items", EACH) if item.get("kind") == Kind.PRACTICE]
    for kind, key in (("functions", "function"), ("dimensions", "dimension")):
        used = [item.get(key) for item in practice]
        for path, value in find(content, (kind, EACH, "id")):
            if isinstance(value, str) and value not in used:
                report(path, f"No item belongs to the {key} `{value}`.", f"Add a practice item, or remove the {key}.")


def _check_sections(content: dict[str, Any], report: Report) -> None:
    shown = list(find(content, ("sections", EACH, "items", EACH)))
    check_unique(shown, "In the sections, the item", report)
    on_a_page = [value for _, value in shown]
    for path, value in find(content, ("items", EACH, "id")):
        if isinstance(value, str) and value not in on_a_page:
            report(path, f"`{value}` is in no section, so nobody would be asked.", "Add it to the items of a section.")


def _check_classes(content: dict[str, Any], report: Report) -> None:
    found = [
        *find(content, ("indices", "embedding", "classes", EACH)),
        *find(content, ("indices", "set_up_to_fail", "classes", EACH)),
        *(pair for key in OUTLOOK for pair in find(content, ("indices", "outlook", key))),
    ]
    check_ids(found, report)
    check_unique(found, "The class", report)
    known = names(content, "indices", "set_up_to_fail", "classes", EACH)
    for path, value in find(content, ("indices", "set_up_to_fail", "red_flag", "least_class")):
        if isinstance(value, str) and value not in known:
            report(
                path, f"`{dotted(path)}` names `{value}`, which is not among the classes.", did_you_mean(value, known)
            )
