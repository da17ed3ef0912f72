"""Checks of blocks: items that share one stem and one ladder."""

from typing import Any

from assessment.domain.questionnaire import Kind
from assessment.questionnaires.checks.ids import check_unique
from assessment.questionnaires.path_query import ANY_KEY, find_tables, find_texts, find_values
from assessment.questionnaires.toml_document import ReportProblem
from assessment.questionnaires.toml_lines import KeyPath

MIN_ITEMS = 2
SHARED_KEYS = (
    "kind",
    "function",
    "roles",
)  # otherwise a respondent may get only part of a block, or rate different things


def check_blocks(content: dict[str, Any], report: ReportProblem) -> None:
    """Report blocks whose items can't be shown together on one page."""
    check_unique(list(find_values(content, ("blocks", ANY_KEY, "items", ANY_KEY))), "In the blocks, the item", report)
    items = {str(item.get("id")): item for _, item in find_tables(content, "items", ANY_KEY)}
    pages = [find_texts(section, "items", ANY_KEY) for _, section in find_tables(content, "sections", ANY_KEY)]
    for path, block in find_tables(content, "blocks", ANY_KEY):
        ids = find_texts(block, "items", ANY_KEY)
        if len(ids) < MIN_ITEMS:
            report((*path, "items"), f"`{block.get('id')}` is a block of one item.", "Add items, or remove the block.")
        if all(id_ in items for id_ in ids):
            _check_shared_keys(path, str(block.get("id")), [items[id_] for id_ in ids], report)
            if ids and not any(_is_consecutive(ids, page) for page in pages):
                message = f"The items of `{block.get('id')}` don't follow each other in one section."
                report((*path, "items"), message, "Name them in the order of a section, without others in between.")


def _check_shared_keys(path: KeyPath, name: str, items: list[dict[str, Any]], report: ReportProblem) -> None:
    for key in SHARED_KEYS:
        if any(item.get(key) != items[0].get(key) for item in items):
            remedy = f"Put only items with the same `{key}` into one block."
            report((*path, "items"), f"The items of `{name}` differ in `{key}`.", remedy)
    if any(item.get("kind") == Kind.CHOICE for item in items):
        report((*path, "items"), f"`{name}` has an item with options, which has no ladder.", "Remove it.")


def _is_consecutive(ids: list[str], page: list[str]) -> bool:
    if ids[0] not in page:
        return False
    start = page.index(ids[0])
    return page[start : start + len(ids)] == ids
