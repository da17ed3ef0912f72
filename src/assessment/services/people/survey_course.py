"""Course of a survey while it runs: sent by day, drop-off by section, median minutes (method 6.11).

For the whole assessment only, from 2k people who have begun and count, and taken with the hourly count. Below that,
nothing of it is stored. How far people came and how long they took is measured of those who count: next to invented
people, one real person's time and the section where they stopped would show.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import AssessmentState, Mode
from assessment.domain.disclosure.invited_people import count_people_behind
from assessment.domain.survey.closing_time import get_workspace_day
from assessment.domain.survey.response_course import (
    Progression,
    SectionCount,
    compute_median_minutes,
    count_sections,
)
from assessment.domain.survey.routing import build_survey_pages
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.storage.assessments import Assessment
from assessment.storage.people import counting_people
from assessment.storage.survey import response_course
from assessment.storage.survey.response_course import BegunResponse


class DayCount(Struct, frozen=True):
    """People who had sent by the last count of a day."""

    day: date
    sent: int


class SurveyCourse(Struct, frozen=True):
    """Figures of a survey at the last hourly count; `minutes` is None while too few responses are timed."""

    days: tuple[DayCount, ...]
    sections: tuple[SectionCount, ...]
    minutes: int | None


def measure_course(
    session: Session,
    assessment: Assessment,
    begun_and_sent: tuple[int, int],
    earlier: SurveyCourse | None,
    now: datetime,
) -> SurveyCourse | None:
    """Measure the course of an open assessment; None below 2k begun, before the opening and for team consensus.

    The days of the `earlier` count stay as they are: what someone withdraws must not show on which day it was sent.
    """
    begun, sent = begun_and_sent
    minimum = 2 * assessment.minimum_group
    if begun < minimum or assessment.questionnaire_digest is None or assessment.mode == Mode.CONSENSUS:
        return None
    if assessment.state != AssessmentState.OPEN:
        return earlier
    counting = _list_counting_responses(session, assessment)
    if _count_people(session, assessment, counting) < minimum:
        return None
    today = get_workspace_day(now, assessment.time_zone)
    by_day = _count_days(session, assessment) if earlier is None else {row.day: row.sent for row in earlier.days}
    by_day = {day: count for day, count in by_day.items() if day < today} | {today: sent}
    sections, minutes = _measure_sections(session, assessment, counting, minimum)
    return SurveyCourse(tuple(DayCount(day, by_day[day]) for day in sorted(by_day)), sections, minutes)


def _count_days(session: Session, assessment: Assessment) -> Mapping[date, int]:
    """Return how many had sent by the end of each day; nothing for anonymous responses, which have no time."""
    counts = Counter(response_course.list_sending_days(session, assessment.key))
    total, by_day = 0, {}
    for day in sorted(counts):
        total += counts[day]
        by_day[day] = total
    return by_day


def _list_counting_responses(session: Session, assessment: Assessment) -> list[BegunResponse]:
    """Return the begun responses of people who count towards k + 1."""
    begun = response_course.list_begun_responses(session, assessment.key)
    flags = counting_people.load_count_flags(session, assessment.key, [response.id for response in begun])
    if flags is None:
        return begun
    return [response for response, is_counting in zip(begun, flags.tolist(), strict=True) if is_counting]


def _count_people(session: Session, assessment: Assessment, counting: Sequence[BegunResponse]) -> int:
    """Count the people behind responses: someone may have begun in many browsers, or have been invited again.

    Only sent ones where no response has an invitation: one person may begin many, and sends one.
    """
    ids = {response.invitation_id for response in counting if response.invitation_id is not None}
    if not ids:
        return sum(response.is_sent for response in counting)
    return count_people_behind(counting_people.load_invited_people(session, assessment.key), ids)


def _measure_sections(
    session: Session, assessment: Assessment, counting: Sequence[BegunResponse], minimum: int
) -> tuple[tuple[SectionCount, ...], int | None]:
    key = assessment.key
    questionnaire = load_questionnaire(session, assessment)
    ids = {response.id for response in counting}
    routes = Counter((response.role, response.functions) for response in counting if response.is_sent)
    progressions = [
        Progression(role, tuple(functions.split(";")), number, is_sent=True)
        for (role, functions), number in routes.items()
    ]
    progressions += [
        Progression(unsent.role, tuple(unsent.functions.split(";")), 1, is_sent=False, sections=unsent.sections)
        for unsent in response_course.list_unsent_responses(session, key)
        if unsent.id in ids
    ]
    seconds = [
        row.seconds
        for row in response_course.iterate_sent_seconds(session, key)
        if row.id in ids and row.pages >= len(build_survey_pages(questionnaire, row.role, row.functions.split(";")))
    ]
    return (
        count_sections(questionnaire, progressions, minimum),
        compute_median_minutes(seconds, assessment.minimum_group + 1),
    )
