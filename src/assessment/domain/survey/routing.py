"""Routing: the items and survey pages of a role in its functions (method 2)."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

import numpy as np

from assessment.domain.answers import CONSENSUS_ROLE, BoolArray
from assessment.domain.questionnaire import Item, Kind, Questionnaire, Section

MIN_PAGE_ITEMS = 4
MAX_PAGE_ITEMS = 8
MAX_REST_ITEMS = 2
MAX_CACHED_ROUTES = 256  # combinations of questionnaire, role and functions


def is_asked(item: Item, role: str, functions: Collection[str]) -> bool:
    """Return whether `item` is asked of someone with this role in these functions.

    A consensus record contains every practice item and hand-off row of its functions, and nothing else.
    """
    if item.function is not None and item.function not in functions:
        return False
    if role == CONSENSUS_ROLE:
        return item.kind in (Kind.PRACTICE, Kind.HAND_OFF)
    return role in item.roles


class _SameObject:
    """Cache key of a questionnaire, which is not hashable: equal if it is the same object."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire

    def __hash__(self) -> int:
        return id(self.questionnaire)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _SameObject) and other.questionnaire is self.questionnaire


def list_asked_items(questionnaire: Questionnaire, role: str, functions: Collection[str]) -> tuple[Item, ...]:
    """Items asked of someone with this role in these functions, in questionnaire order."""
    return _list_asked_items(_SameObject(questionnaire), role, frozenset(functions))


@lru_cache(MAX_CACHED_ROUTES)
def _list_asked_items(key: _SameObject, role: str, functions: frozenset[str]) -> tuple[Item, ...]:
    return tuple(item for item in key.questionnaire.items if is_asked(item, role, functions))


def map_asked_items(questionnaire: Questionnaire, role: str, functions: Collection[str]) -> Mapping[str, Item]:
    """Map the ids of the items asked to the items."""
    return _map_asked_items(_SameObject(questionnaire), role, frozenset(functions))


@lru_cache(MAX_CACHED_ROUTES)
def _map_asked_items(key: _SameObject, role: str, functions: frozenset[str]) -> Mapping[str, Item]:
    return {item.id: item for item in _list_asked_items(key, role, functions)}


def build_asked_matrix(questionnaire: Questionnaire, roles: Sequence[str], functions: BoolArray) -> BoolArray:
    """Vectorised `is_asked`: one row per respondent, one column per item."""
    role = np.asarray(roles, dtype=object)
    column = {function.id: number for number, function in enumerate(questionnaire.functions)}
    is_item_asked = np.zeros((len(roles), len(questionnaire.items)), dtype=np.bool_)
    for name in set(roles):
        everywhere = [item.function is None or functions[:, column[item.function]] for item in questionnaire.items]
        of_role = role == name
        for number, item in enumerate(questionnaire.items):
            if is_asked(item, name, {item.function} if item.function else ()):
                is_item_asked[:, number] |= of_role & everywhere[number]
    return is_item_asked


def build_survey_pages(
    questionnaire: Questionnaire, role: str, functions: Collection[str]
) -> tuple[tuple[Section, ...], ...]:
    """Build the survey pages; adjacent short sections of one function are joined to one page.

    Each page is a tuple of sections with only the items asked. A short remainder joins the previous page if both fit
    on one page, even across functions.
    """
    return _build_survey_pages(_SameObject(questionnaire), role, frozenset(functions))


@lru_cache(MAX_CACHED_ROUTES)
def _build_survey_pages(key: _SameObject, role: str, functions: frozenset[str]) -> tuple[tuple[Section, ...], ...]:
    questionnaire = key.questionnaire
    asked_items = {item.id for item in list_asked_items(questionnaire, role, functions)}
    pages: list[list[Section]] = []
    for section in questionnaire.sections:
        items = tuple(item for item in section.items if item in asked_items)
        if not items:
            continue
        routed = Section(section.id, items, section.function)
        if pages and _can_join(pages[-1], routed):
            pages[-1].append(routed)
        else:
            pages.append([routed])
    return tuple(tuple(page) for page in pages)


def _can_join(page: list[Section], section: Section) -> bool:
    """Return whether a short section may join the page: within a function, or a remainder of one or two items."""
    size = sum(len(part.items) for part in page)
    shorter = min(size, len(section.items))
    together = page[-1].function == section.function or shorter <= MAX_REST_ITEMS
    return together and shorter < MIN_PAGE_ITEMS and size + len(section.items) <= MAX_PAGE_ITEMS
