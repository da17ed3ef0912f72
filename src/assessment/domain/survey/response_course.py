"""How far people come in a survey: drop-off by section and median minutes, for the whole assessment (method 6.11)."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from msgspec import Struct

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.routing import build_survey_pages, is_asked

CHECK_STAGE = "*check"  # after the last section; no id of a section has an asterisk
SECONDS_PER_MINUTE = 60


class SectionCount(Struct, frozen=True):
    """One section: how many of those asked came to it, and how many of the unsent were last seen there."""

    section: str
    reached: int
    stopped: int


class Progression(Struct, frozen=True):
    """One or more responses with the same route: sections displayed, and whether each was continued.

    `is_sent`: they came to the end, whatever was displayed.
    """

    role: str
    functions: tuple[str, ...]
    people: int
    is_sent: bool
    sections: Mapping[str, bool] = {}


def list_countable_sections(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Return the sections whose counts are counts by role or by function, or of everyone.

    Those that only some roles of one function are asked would count people by role within a function (method 6.5).
    """
    roles = [role.id for role in questionnaire.roles]
    functions = [function.id for function in questionnaire.functions]
    items = {item.id: item for item in questionnaire.items}
    countable = []
    for section in questionnaire.sections:
        asked = {
            (role, function)
            for role in roles
            for function in functions
            if any(is_asked(items[item], role, (function,)) for item in section.items)
        }
        asked_roles, asked_functions = {role for role, _ in asked}, {function for _, function in asked}
        is_product = len(asked) == len(asked_roles) * len(asked_functions)
        if asked and is_product and (len(asked_roles) == len(roles) or len(asked_functions) == len(functions)):
            countable.append(section.id)
    return tuple(countable)


def count_sections(
    questionnaire: Questionnaire, progressions: Iterable[Progression], minimum: int
) -> tuple[SectionCount, ...]:
    """Count how far people came, by section in their order, then the check page.

    Left out are sections that are not countable, and those that fewer than `minimum` of those who began are asked.
    """
    asked: dict[str, int] = {}
    reached: dict[str, int] = {}
    stopped: dict[str, int] = {}
    for progression in progressions:
        pages = [
            [section.id for section in page]
            for page in build_survey_pages(questionnaire, progression.role, progression.functions)
        ]
        last = _find_last_page(pages, progression)
        for number, page in enumerate(pages):
            for section in page:
                asked[section] = asked.get(section, 0) + progression.people
                if number <= last:
                    reached[section] = reached.get(section, 0) + progression.people
        asked[CHECK_STAGE] = asked.get(CHECK_STAGE, 0) + progression.people
        if last == len(pages):
            reached[CHECK_STAGE] = reached.get(CHECK_STAGE, 0) + progression.people
        if not progression.is_sent:
            place = CHECK_STAGE if last == len(pages) else pages[max(last, 0)][0]
            stopped[place] = stopped.get(place, 0) + progression.people
    return tuple(
        SectionCount(section, reached.get(section, 0), stopped.get(section, 0))
        for section in (*list_countable_sections(questionnaire), CHECK_STAGE)
        if asked.get(section, 0) >= minimum
    )


def _find_last_page(pages: Sequence[Sequence[str]], progression: Progression) -> int:
    """Return the index of the last page displayed; the number of pages if the check page was reached."""
    if progression.is_sent or not pages:
        return len(pages)
    displayed = [number for number, page in enumerate(pages) if page[0] in progression.sections]
    last = displayed[-1] if displayed else 0
    is_finished = last == len(pages) - 1 and progression.sections.get(pages[last][0], False)
    return len(pages) if is_finished else last


def compute_median_minutes(seconds: Sequence[float], minimum: int) -> int | None:
    """Return the median in whole minutes; None for fewer than `minimum` responses."""
    if len(seconds) < minimum:
        return None
    return max(1, round(median(seconds) / SECONDS_PER_MINUTE))
