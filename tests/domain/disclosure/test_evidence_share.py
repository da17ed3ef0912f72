"""Evidence is released per function only: the share of high ratings with at least a document (method 6.10)."""

import numpy as np
import pytest

from assessment.domain.answers import BLANK, EVIDENCE_KINDS, NOT_ASKED, Answers, AssessmentSettings
from assessment.domain.method import score_answers
from assessment.domain.survey.routing import build_asked_matrix

FUNCTION = "hr"
DOCUMENT, DESCRIBED = EVIDENCE_KINDS.index("document"), EVIDENCE_KINDS.index("described")


@pytest.fixture
def answers_of(questionnaire):
    """Staff of HR who all answer 4 to the first items; the first ratings have a document."""

    def build(people: int, ratings: int, documents: int, counts: int | None = None) -> Answers:
        functions = np.zeros((people, len(questionnaire.functions)), dtype=np.bool_)
        functions[:, [function.id for function in questionnaire.functions].index(FUNCTION)] = True
        roles = ("staff",) * people
        values = np.where(build_asked_matrix(questionnaire, roles, functions), 0, NOT_ASKED).astype(np.int8)
        asked = [n for n, item in enumerate(questionnaire.items) if item.function == FUNCTION and values[0, n] == 0]
        evidence = np.full_like(values, BLANK)
        cells = [(row, column) for column in asked for row in range(people)]
        for number, cell in enumerate(cells[:ratings]):
            values[cell], evidence[cell] = 4, DOCUMENT if number < documents else DESCRIBED
        names = tuple(f"r{number}" for number in range(people))
        counting = None if counts is None else np.arange(people) < counts
        return Answers(names, roles, functions, np.full(people, np.nan), values, evidence, counting)

    return build


def find_share(questionnaire, answers, **options):
    return score_answers(questionnaire, answers, AssessmentSettings(), **options).functions[FUNCTION].evidence_share


def test_share_is_released_to_the_nearest_tenth(questionnaire, answers_of):
    assert find_share(questionnaire, answers_of(12, 24, 8)) == 0.3
    assert find_share(questionnaire, answers_of(12, 24, 8), unsuppressed=True) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("people", "ratings", "is_shown"), [(6, 10, True), (6, 9, False), (10, 10, True), (5, 20, False)]
)
def test_share_needs_ten_ratings_by_six_people(questionnaire, answers_of, people, ratings, is_shown):
    result = score_answers(questionnaire, answers_of(people, ratings, 2), AssessmentSettings())

    share = result.functions[FUNCTION].evidence_share
    assert (share is not None) == is_shown
    assert (f"functions.{FUNCTION}.evidence_share" in result.suppressed) == (share is None)


def test_ratings_of_people_who_do_not_count_are_not_enough(questionnaire, answers_of):
    assert find_share(questionnaire, answers_of(12, 24, 8, counts=5)) is None


def test_low_ratings_and_descriptions_are_no_documents(questionnaire, answers_of):
    answers = answers_of(12, 24, 0)
    answers.evidence[answers.values == 0] = DOCUMENT

    assert find_share(questionnaire, answers) == 0.0


def test_share_is_absent_where_evidence_was_not_asked(questionnaire, answers_of):
    answers = answers_of(12, 24, 8)
    without = Answers(answers.respondents, answers.roles, answers.functions, answers.seconds, answers.values)

    result = score_answers(questionnaire, without, AssessmentSettings())

    assert result.functions[FUNCTION].evidence_share is None
    assert f"functions.{FUNCTION}.evidence_share" not in result.suppressed
