"""Minutes on the start page: by the formula until enough people of the same role and functions have sent."""

import pytest
from sqlalchemy import insert, select, update

from assessment.domain.survey.duration import measure_survey
from assessment.domain.survey.routing import build_survey_pages
from assessment.services.assessments import closing, reopening
from assessment.services.survey import duration_estimate, start_page
from assessment.storage import tables
from assessment.storage.survey import response_order

ANNA = ("practitioner", ("marketing",))
SECONDS = 1200.0
ENOUGH = 20
LEAST_COUNTING = 6  # k + 1: without them there is no release


@pytest.fixture
def formula(questionnaire):
    return measure_survey(questionnaire, *ANNA, "en").minutes


def minutes(world, questionnaire, role=ANNA[0], functions=ANNA[1], workspace=None):
    with world.reading() as session:
        return duration_estimate.estimate_minutes(
            session, workspace or world.alice, questionnaire, role, functions, "en"
        )


def send_all(world, questionnaire, people, guest=ANNA, late=0):
    """Open an assessment in which so many people send, `late` of them invited later; each took twenty minutes."""
    survey = world.open()
    invited_people = [
        *world.invite(survey, *[guest] * (people - late)),
        *world.invite(survey, *[guest] * late, late=True),
    ]
    for invited in invited_people:
        respondent = world.enter(invited.token)
        world.answer(questionnaire, respondent)
        world.send(respondent)
    with world.writing() as session:
        here = tables.response.c.assessment_id == survey.id
        session.execute(update(tables.response).where(here).values(seconds=SECONDS))
    return survey


def time_pages(world, survey, pages, now):
    """Write a minute for each of these pages of every response, and no time for the whole."""
    with world.writing() as session:
        here = tables.response.c.assessment_id == survey.id
        session.execute(update(tables.response).where(here).values(seconds=None))
        for response_id in session.scalars(select(tables.response.c.id).where(here)).all():
            for page in pages:
                row = {"workspace_id": world.alice, "response_id": response_id, "section": page, "shown_at": now}
                session.execute(insert(tables.section_time).values(**row, seconds=60.0))


def close(world, survey, now):
    with world.writing() as session:
        closing.close_assessment(session, survey.key, now, without_results=True)


def test_twenty_sent_responses_of_a_closed_assessment_replace_the_formula(world, questionnaire, formula, now):
    survey = send_all(world, questionnaire, ENOUGH)
    open_minutes = minutes(world, questionnaire)

    close(world, survey, now)

    assert open_minutes == formula
    assert minutes(world, questionnaire) == (20, 21)


def test_nineteen_responses_do_not_replace_the_formula(world, questionnaire, formula, now):
    close(world, send_all(world, questionnaire, ENOUGH - 1), now)

    assert minutes(world, questionnaire) == formula


def test_times_of_other_roles_functions_and_workspaces_do_not_count(world, questionnaire, now):
    close(world, send_all(world, questionnaire, ENOUGH), now)

    assert minutes(world, questionnaire, role="staff") == measure_survey(questionnaire, "staff", ANNA[1], "en").minutes
    assert minutes(world, questionnaire, functions=("hr", "marketing"))[0] < SECONDS / 60
    assert minutes(world, questionnaire, workspace=world.bob) != (20, 21)


@pytest.mark.parametrize("missing", [0, 1])
def test_page_times_are_summed_if_every_page_has_one(world, questionnaire, formula, now, missing):
    pages = [page[0].id for page in build_survey_pages(questionnaire, *ANNA)]
    survey = send_all(world, questionnaire, ENOUGH)
    time_pages(world, survey, pages[missing:], now)
    close(world, survey, now)

    assert minutes(world, questionnaire) == ((len(pages), len(pages) + 1) if not missing else formula)


@pytest.mark.parametrize("missing", [0, 1])
def test_page_times_of_a_packed_response_are_summed_if_every_page_has_one(world, questionnaire, formula, now, missing):
    pages = [page[0].id for page in build_survey_pages(questionnaire, *ANNA)]
    survey = send_all(world, questionnaire, ENOUGH)
    time_pages(world, survey, pages[missing:], now)
    close(world, survey, now)

    with world.writing() as session:
        ids = response_order.list_response_ids(session, survey.key)
        response_order.rewrite_rows(session, world.alice, ids)

    assert (minutes(world, questionnaire) == formula) is bool(missing)


def test_start_page_shows_observed_minutes(world, questionnaire, now):
    close(world, send_all(world, questionnaire, ENOUGH), now)
    token = world.invite(world.open(), ANNA)[0].token

    with world.reading() as session:
        assert start_page.load_start_page(session, token).minutes == (20, 21)


def test_time_next_to_late_invented_people_is_not_shown(world, questionnaire, formula, now):
    """Someone who knows nineteen of twenty times could read the twentieth, and whether its person has sent."""
    close(world, send_all(world, questionnaire, ENOUGH, late=ENOUGH - 1 - LEAST_COUNTING), now)

    assert minutes(world, questionnaire) == formula


def test_times_from_a_file_do_not_replace_the_formula(world, questionnaire, formula, now):
    survey = send_all(world, questionnaire, ENOUGH)
    close(world, survey, now)
    with world.writing() as session:
        made_up = select(tables.response.c.id).where(tables.response.c.assessment_id == survey.id).limit(1)
        values = {"label": "p1", "invitation_id": None, "draft_number": None}
        session.execute(update(tables.response).where(tables.response.c.id.in_(made_up)).values(**values))

    assert minutes(world, questionnaire) == formula


def test_times_of_an_assessment_closed_twice_do_not_replace_the_formula(world, questionnaire, formula, now):
    """Between two closes one person may have sent, which nothing but the counts may show."""
    survey = send_all(world, questionnaire, ENOUGH)
    close(world, survey, now)
    with world.writing() as session:
        reopening.reopen_assessment(session, survey.key, now)
    close(world, survey, now)

    assert minutes(world, questionnaire) == formula


def test_times_of_two_assessments_are_not_put_together(world, questionnaire, formula, now):
    close(world, send_all(world, questionnaire, ENOUGH - 1), now)
    close(world, send_all(world, questionnaire, ENOUGH - 1), now)

    assert minutes(world, questionnaire) == formula
