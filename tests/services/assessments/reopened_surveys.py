"""Closing and reopening for tests: responses from a file, people who answer, the newest release."""

from datetime import timedelta
from pathlib import Path

import msgspec
from sqlalchemy import func, select

from assessment.domain.survey.answer import Answer
from assessment.services.assessments import assessment_setup, closing, reopening
from assessment.services.people import response_import
from assessment.services.results import published_results
from assessment.services.survey import response_lifecycle
from assessment.services.survey.answer_validation import map_asked_items
from assessment.storage import tables

GOLDEN = Path(__file__).parents[2] / "golden"
SECONDS = 30
STAFF = ("staff", ("marketing",))
DAY = timedelta(days=1)


class ResponseRows:
    def __init__(self, text):
        self.head, *self.rows = text.splitlines()

    def part(self, *rows):
        """A file of some rows; `rows` as for a slice."""
        return "\n".join([self.head, *self.rows[slice(*rows)]]) + "\n"


def import_rows(world, survey, text, now):
    with world.writing() as session:
        response_import.import_responses(session, survey.key, text, now)


def close_survey(world, survey, now):
    with world.writing() as session:
        return closing.close_assessment(session, survey.key, now, without_results=True)


def reopen_survey(world, survey, now):
    with world.writing() as session:
        return reopening.reopen_assessment(session, survey.key, now)


def find_assessment(world, survey):
    with world.reading() as session:
        return assessment_setup.get_assessment(session, survey.key)


def load_newest_release(world, survey):
    with world.reading() as session:
        return published_results.load_release(session, survey.key)


def decode_figures(release):
    """Figures of a release without the numbers of invited people, which include revoked ones."""
    return msgspec.structs.replace(published_results.decode_result(release), invited=None)


def count_copies(world):
    with world.reading() as session:
        return session.scalar(select(func.count()).select_from(tables.basis))


def close_with_unsent_answers(world, questionnaire, now, people=12):
    """Close a survey in which `people` have answered everything and not sent it."""
    survey = world.open()
    invited = world.invite(survey, *[STAFF] * (people + 1))
    entered = [world.enter(each.token) for each in invited]
    for number, person in enumerate(entered[:people]):
        world.answer(questionnaire, person, value=str(number % 5))
    return survey, invited, entered, close_survey(world, survey, now)


def change_one_answer(world, questionnaire, person, now):
    """Change the answer to one question to "don't know"."""
    item = next(iter(map_asked_items(questionnaire, person)))
    response_lifecycle.save_answer(world.writer, questionnaire, person, item, Answer("dk", sequence=99), now).result(
        SECONDS
    )


def read_figures(release):
    content = msgspec.json.decode(release.content)
    return {name: part for name, part in content.items() if name not in ("computed_at", "careless")}


def read_release_date(world, survey):
    with world.reading() as session:
        return published_results.load_result(session, survey.key).computed_at
