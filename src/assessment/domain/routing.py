"""What is asked of whom (method 2)."""

from collections.abc import Collection, Sequence

import numpy as np

from assessment.domain.answers import CONSENSUS, Flags
from assessment.domain.questionnaire import Item, Kind, Questionnaire, Section

SECTION_LEAST = 4
SECTION_MOST = 8
SECTION_REST = 2


def is_asked(item: Item, role: str, functions: Collection[str]) -> bool:
    """Tell whether `item` is asked of someone with this role in these functions.

    A consensus record is asked every practice item and hand-off row of its functions, nothing else.
    """
    if item.function is not None and item.function not in functions:
        return False
    if role == CONSENSUS:
        return item.kind in (Kind.PRACTICE, Kind.HAND_OFF)
    return role in item.roles


def asked_items(questionnaire: Questionnaire, role: str, functions: Collection[str]) -> tuple[Item, ...]:
    """Items asked of someone with this role in these functions, in questionnaire order."""
    return tuple(item for item in questionnaire.items if is_asked(item, role, functions))


def asked_matrix(questionnaire: Questionnaire, roles: Sequence[str], functions: Flags) -> Flags:
    """`is_asked` for many at once: one row per respondent, one column per item."""
    role = np.asarray(roles, dtype=object)
    column = {function.id: number for number, function in enumerate(questionnaire.functions)}
    asked = np.zeros((len(roles), len(questionnaire.items)), dtype=np.bool_)
    for name in set(roles):
        everywhere = [item.function is None or functions[:, column[item.function]] for item in questionnaire.items]
        of_role = role == name
        for number, item in enumerate(questionnaire.items):
            if is_asked(item, name, {item.function} if item.function else ()):
                asked[:, number] |= of_role & everywhere[number]
    return asked


def sections(questionnaire: Questionnaire, role: str, functions: Collection[str]) -> tuple[tuple[Section, ...], ...]:
    """Pages of the survey: neighbours of one function are joined while a page stays short.

    Each page is the tuple of sections it shows, each with only the items asked; a short rest joins
    the page before it where the two fit on one.
    """
    asked = {item.id for item in asked_items(questionnaire, role, functions)}
    pages: list[list[Section]] = []
    for section in questionnaire.sections:
        items = tuple(item for item in section.items if item in asked)
        if not items:
            continue
        routed = Section(section.id, items, section.function)
        if pages and _may_join(pages[-1], routed):
            pages[-1].append(routed)
        else:
            pages.append([routed])
    return tuple(tuple(page) for page in pages)


def _may_join(page: list[Section], section: Section) -> bool:
    """Join what is short: within a function always, across functions only a rest of one or two."""
    size = sum(len(part.items) for part in page)
    shorter = min(size, len(section.items))
    together = page[-1].function == section.function or shorter <= SECTION_REST
    return together and shorter < SECTION_LEAST and size + len(section.items) <= SECTION_MOST
