"""Three flags, left out at two, logged, never for one alone (method 3)."""

import numpy as np
import pytest

from assessment.domain.answers import BLANK, DONT_KNOW, NOT_ASKED, Answers
from assessment.domain.scoring.careless_responses import find_longest_runs, screen_responses
from assessment.domain.survey.routing import build_asked_matrix

CALM = np.inf


@pytest.fixture
def practitioner(questionnaire):
    """One practitioner of marketing; answers by item, the rest 0 1 2 3 4 0 1 ... in turn."""

    def practitioner(seconds: float = np.nan, **given: int) -> Answers:
        asked = build_asked_matrix(questionnaire, ["practitioner"], np.asarray([[False, True, False]]))
        values = np.where(asked, np.arange(len(questionnaire.items)) % 5, NOT_ASKED).astype(np.int8)
        values[0, [n for n, item in enumerate(questionnaire.items) if item.checks]] = NOT_ASKED
        for name, value in given.items():
            column = [item.id for item in questionnaire.items].index(name.replace("_", "-"))
            values[0, column] = value
        return Answers(("r1",), ("practitioner",), np.asarray([[False, True, False]]), np.asarray([seconds]), values)

    return practitioner


def flags(questionnaire, answers):
    screening = screen_responses(questionnaire, answers)
    return screening.is_kept.all(), [row.flags for row in screening.log]


def test_longest_run_skips_blanks_and_dont_knows():
    row = np.asarray([[3, 3, BLANK, 3, DONT_KNOW, 3, 3, 3, 3, 3, 3, NOT_ASKED, 3, 1]], dtype=np.int8)

    assert find_longest_runs(row).tolist() == [10]


def test_one_flag_excludes_nobody(questionnaire, practitioner):
    hasty = practitioner(seconds=5.0)

    assert flags(questionnaire, hasty) == (True, [])


def test_two_flags_exclude_response_and_are_logged(questionnaire, practitioner):
    hasty = practitioner(seconds=5.0, MK_M1=4, X_V1=4)

    assert flags(questionnaire, hasty) == (False, [("speed", "contradiction")])


def test_unknown_seconds_raise_no_flag(questionnaire, practitioner):
    unknown = practitioner(MK_M1=4, X_V1=4)

    assert flags(questionnaire, unknown) == (True, [])


def test_two_seconds_per_answer_raise_no_flag(questionnaire, practitioner):
    given = int((practitioner(MK_M1=4, X_V1=4).values >= 0).sum())

    steady = practitioner(seconds=2.0 * given, MK_M1=4, X_V1=4)

    assert flags(questionnaire, steady) == (True, [])


@pytest.mark.parametrize(("rating", "check", "left_out"), [(4, 3, True), (4, 2, False), (1, 0, True), (0, 0, False)])
def test_contradiction_flag_requires_three_rungs_from_the_reverse(questionnaire, practitioner, rating, check, left_out):
    answers = practitioner(seconds=5.0, MK_M1=rating, X_V1=check)

    kept, _ = flags(questionnaire, answers)

    assert kept is not left_out
