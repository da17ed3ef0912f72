"""Course of a survey: by day, by section and in minutes; for the whole assessment, from 2k begun, once an hour."""

from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from assessment.domain.survey import response_course
from assessment.domain.survey.response_course import CHECK_STAGE, Progression, count_sections, list_countable_sections
from assessment.domain.survey.routing import build_survey_pages
from assessment.services.people import progress
from assessment.storage import tables

STAFF = ("staff", ("hr", "marketing"))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINIMUM_GROUP = 3
NEEDED = 2 * MINIMUM_GROUP


@pytest.fixture
def survey(world):
    return world.open(minimum_group=MINIMUM_GROUP)


@pytest.fixture
def begin(world, questionnaire, survey):
    """People who begin; of them so many send."""

    def begin(number, sent=0, now=world.now, guest=STAFF):
        begun = [world.enter(invited.token) for invited in world.invite(survey, *[guest] * number)]
        for place, respondent in enumerate(begun):
            world.answer(questionnaire, respondent, share=0.2)
            if place < sent:
                world.send(respondent, now)
        return begun

    return begin


def begin_late(world, questionnaire, survey, number):
    """Invent people after the opening; they begin."""
    for invited in world.invite(survey, *[STAFF] * number, late=True):
        world.answer(questionnaire, world.enter(invited.token), share=0.2)


def load_course(world, survey, now):
    progress.refresh_counts(world.engine, world.alice, [survey.id], now)
    with world.reading() as session:
        return progress.load_course(session, survey.key)


def record_times(world, questionnaire, begun, seconds):
    with world.writing() as session:
        for respondent in begun:
            for page in build_survey_pages(questionnaire, *STAFF):
                row = {"response_id": respondent.response_id, "section": page[0].id, "workspace_id": world.alice}
                session.execute(tables.section_time.insert().values(**row, shown_at=world.now, seconds=seconds))


def test_course_is_not_even_stored_below_twice_the_minimum_group(world, survey, begin, now):
    begin(NEEDED - 1, NEEDED - 1)

    course = load_course(world, survey, now)

    with world.reading() as session:
        content = session.scalar(select(tables.hourly_count.c.content))
    assert course is None
    assert msgspec.json.decode(content)["course"] is None


def test_course_next_to_invented_people_is_not_stored(world, questionnaire, survey, begin, now):
    """Late ones do not count: next to many of them, the section where one real person stopped would show."""
    begin(1)
    begin_late(world, questionnaire, survey, NEEDED)

    assert load_course(world, survey, now) is None


def test_course_of_one_person_in_many_browsers_is_not_stored(world, questionnaire, survey, begin, now):
    begin(1)
    invited = world.invite(survey, STAFF)[0]
    for _ in range(NEEDED):
        world.answer(questionnaire, world.enter(invited.token), share=0.2)

    assert load_course(world, survey, now) is None


def test_median_and_sections_leave_out_invented_people(world, questionnaire, survey, begin, now):
    record_times(world, questionnaire, begin(NEEDED, NEEDED), 60.0)
    pages = len(build_survey_pages(questionnaire, *STAFF))
    alone = load_course(world, survey, now)
    begin_late(world, questionnaire, survey, NEEDED)

    course = load_course(world, survey, now + HOUR)

    assert alone.minutes == course.minutes == pages
    assert course.sections == alone.sections


def test_days_count_those_who_had_sent_by_then(world, survey, begin, now):
    begin(NEEDED, 2, now - 3 * DAY)
    begin(3, 3, now - DAY)

    course = load_course(world, survey, now)

    today = now.date()
    assert [(each.day, each.sent) for each in course.days] == [
        (today - timedelta(days=3), 2),
        (today - timedelta(days=1), 5),
        (today, 5),
    ]


def test_withdrawal_changes_no_earlier_day(world, survey, begin, now):
    begin(NEEDED, NEEDED, now - DAY)
    load_course(world, survey, now)
    with world.writing() as session:
        first = session.scalars(select(tables.response.c.id)).first()
        withdrawn = {"state": "withdrawn", "sent_at": None}
        session.execute(update(tables.response).where(tables.response.c.id == first).values(withdrawn))
    begin(1)

    course = load_course(world, survey, now + HOUR)

    assert [each.sent for each in course.days] == [NEEDED, NEEDED - 1]


def test_course_is_taken_once_an_hour(world, survey, begin, now):
    begin(NEEDED, 2)
    before = load_course(world, survey, now)
    begin(4, 4)

    within = load_course(world, survey, now + HOUR / 2)
    later = load_course(world, survey, now + HOUR)

    assert within == before
    assert (before.days[-1].sent, later.days[-1].sent) == (2, 6)


def test_anonymous_days_come_from_the_counts_alone(world, now, questionnaire):
    survey = world.open(minimum_group=MINIMUM_GROUP, confidentiality="anonymous")
    for invited in world.invite(survey, *[STAFF] * NEEDED):
        entered = world.begin(invited.token)
        world.answer(questionnaire, entered.respondent, share=0.2)
        world.send_anonymously(entered, invited.invitation.id)

    first = load_course(world, survey, now)
    second = load_course(world, survey, now + DAY)

    assert [(each.day, each.sent) for each in first.days] == [(now.date(), NEEDED)]
    assert [each.day for each in second.days] == [now.date(), now.date() + DAY]


def test_minutes_are_the_median_of_sent_responses(world, survey, begin, now, questionnaire):
    pages = len(build_survey_pages(questionnaire, *STAFF))
    begun = begin(NEEDED, MINIMUM_GROUP + 1)
    record_times(world, questionnaire, begun[:MINIMUM_GROUP], 120)
    few = load_course(world, survey, now)
    record_times(world, questionnaire, begun[MINIMUM_GROUP:], 120)

    enough = load_course(world, survey, now + HOUR)

    assert few.minutes is None  # of k people it would be the time of few
    assert enough.minutes == 2 * pages


def test_sections_show_where_unsent_responses_stopped(world, survey, begin, now, questionnaire):
    pages = build_survey_pages(questionnaire, *STAFF)
    begun = begin(NEEDED, 4)
    with world.writing() as session:
        for page in pages[:2]:
            row = {"response_id": begun[-1].response_id, "section": page[0].id, "workspace_id": world.alice}
            session.execute(tables.section_time.insert().values(**row, shown_at=now, seconds=30))

    sections = {each.section: (each.reached, each.stopped) for each in load_course(world, survey, now).sections}

    assert sections[pages[0][0].id] == (6, 1)  # the other one has displayed nothing but this
    assert sections[pages[1][0].id] == (5, 1)
    assert sections[pages[2][0].id] == (4, 0)
    assert sections[CHECK_STAGE] == (4, 0)


def test_background_count_takes_open_assessments_once_an_hour(world, survey, begin, now):
    begin(NEEDED, 1)
    progress.refresh_open_counts(world.engine, now)
    begin(1, 1)

    progress.refresh_open_counts(world.engine, now + HOUR / 2)

    with world.reading() as session:
        assert progress.load_progress(session, survey.key).total.sent == 1


def test_section_that_only_some_roles_of_a_function_are_asked_is_left_out(questionnaire):
    """Its count would be one by role within a function."""
    section = next(each for each in questionnaire.sections if each.function == "hr")
    items = tuple(
        replace(item, roles=("leader",)) if item.id in section.items else item for item in questionnaire.items
    )
    narrowed = replace(questionnaire, items=items)
    people = [Progression(role, ("hr",), 20, is_sent=True) for role in ("leader", "practitioner", "staff")]

    shown = {each.section for each in count_sections(narrowed, people, NEEDED)}

    assert section.id in list_countable_sections(questionnaire)
    assert section.id not in list_countable_sections(narrowed)
    assert section.id not in shown


def test_section_that_few_are_asked_is_left_out(questionnaire):
    people = [
        Progression("staff", ("hr",), NEEDED, is_sent=True),
        Progression("staff", ("marketing",), NEEDED - 1, is_sent=True),
    ]

    shown = {each.section.partition("-")[0] for each in count_sections(questionnaire, people, NEEDED)}

    assert "hr" in shown
    assert "marketing" not in shown


def test_median_needs_enough_responses():
    assert response_course.compute_median_minutes([60, 120, 600], 4) is None
    assert response_course.compute_median_minutes([10, 20, 30], 3) == 1
