"""Checks of blocks: items that share one stem and one ladder."""

from typing import Any

from assessment.domain.questionnaire import Kind
from assessment.library.finding import EACH, find, names, tables
from assessment.library.ids import check_unique
from assessment.library.places import Path
from assessment.library.reading import Report

FEWEST_ITEMS = 2
ALIKE = ("kind", "function", "roles")  # otherwise a respondent may get only part of a block, or rate different things


def check_blocks(content: dict[str, Any], report: Report) -> None:
    """Report blocks whose items can't be shown together on one page."""
    check_unique(list(find(content, ("blocks", EACH, "items", EACH))), "In the blocks, the item", report)
    items = {str(item.get("id")): item for _, item in tables(content, "items", EACH)}
    pages = [names(section, "items", EACH) for _, section in tables(content, "sections", EACH)]
    for path, block in tables(content, "blocks", EACH):
        ids = names(block, "items", EACH)
        if len(ids) < FEWEST_ITEMS:
            report((*path, "items"), f"`{block.get('id')}` is a block of one item.", "Add items, or remove the block.")
        if all(id_ in items for id_ in ids):
            _check_together(path, str(block.get("id")), [items[id_] for id_ in ids], report)
            if ids and not any(_is_run(ids, page) for page in pages):
                message = f"The items of `{block.get('id')}` don't follow each other in one section."
                report((*path, "items"), message, "Name them in the order of a section, without others in between.")


def _check_together(path: Path, name: str, items: list[dict[str, Any]], report: Report) -> None:
    for key in ALIKE:
        if any(item.get(key) != items[0].get(key) for item in items):
            remedy = f"Put only items with the same `{key}` into one block."
            report((*path, "items"), f"The items of `{name}` differ in `{key}`.", remedy)
    if any(item.get("kind") == Kind.CHOICE for item in items):
        report((*path, "items"), f"`{name}` has an item with options, which has no ladder.", "Remove it.")


def _is_run(ids: list[str], page: list[str]) -> bool:
    if ids[0] not in page:
        return False
    start = page.index(ids[0])
    return page[start : start + len(ids)] == ids
