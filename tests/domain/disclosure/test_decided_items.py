"""Items of very few people: hidden where some score would tell someone's answer, whatever their score is."""

from itertools import product

import msgspec
import numpy as np
import pytest

from assessment.domain.answers import BLANK, AssessmentSettings
from assessment.domain.disclosure.decided_items import MAX_DECIDED_ANSWERS, decides_answer
from assessment.domain.disclosure.guard import OPEN_GUARD, build_guard
from assessment.domain.method import score_answers
from assessment.domain.report import ReportDetails, build_report
from assessment.domain.report.figures import build_figure_rounder
from assessment.domain.scoring.suppression_reasons import DECIDED_ANSWER_REASON
from assessment.domain.verification.bounds import find_impossible_figures
from assessment.domain.verification.recompute import recompute_result

ITEM = "CS-P1"
PATH = f"functions.customer-service.dimensions.purpose.items.{ITEM}"
# Leaders, practitioners and staff who answered, with the shipped weights.
DECIDED_BY_FOUR = {(0, 1, 3), (0, 2, 2), (0, 3, 1), (1, 0, 3), (1, 1, 2), (1, 2, 1), (1, 3, 0), (2, 0, 2), (3, 0, 1)}
DECIDED_BY_FOUR |= {(3, 1, 0)}
DECIDED_BY_FIVE = {(1, 1, 3), (2, 0, 3)}
MOST_SEARCHED = 7


def find_decided(questionnaire, k, base, full, most=MOST_SEARCHED):
    guard = build_guard(questionnaire.disclosure, k)
    counts = product(range(most + 1), repeat=len(base))
    return {each for each in counts if k < sum(each) <= most and decides_answer(guard, each, base, full)}


@pytest.mark.parametrize(
    ("k", "expected"), [(3, DECIDED_BY_FOUR | DECIDED_BY_FIVE), (4, DECIDED_BY_FIVE), (5, set()), (6, set())]
)
def test_few_numbers_of_answers_decide_an_answer(questionnaire, k, expected):
    base = tuple(role.weight for role in questionnaire.roles)

    assert find_decided(questionnaire, k, base, questionnaire.scoring.full_weight_answers) == expected


@pytest.mark.parametrize("seed", range(6))
def test_weights_that_are_allowed_decide_nothing_from_six_answers_on(questionnaire, seed):
    """More answers never decide what fewer leave open: so a forecast of few answers holds for more."""
    rng = np.random.default_rng(seed)
    base = tuple(rng.uniform(1, 2, rng.integers(2, 4)).tolist())
    k = 3 + seed % 2

    decided = find_decided(questionnaire, k, base, int(rng.integers(3, 9)))

    assert max(map(sum, decided), default=0) <= MAX_DECIDED_ANSWERS
    for counts in decided:
        fewer = [tuple(n - (role == own) for own, n in enumerate(counts)) for role, n in enumerate(counts) if n]
        assert {each for each in fewer if sum(each) > k} <= decided


def answers_of(questionnaire, organisation, counts, rungs):
    """An organisation in which so many of each role answered one question, with these rungs in turn."""
    answers = organisation(40, 1, blank=0.0, dont_know=0.0, not_applicable=0.0)
    values = answers.values.copy()
    column = next(number for number, item in enumerate(questionnaire.items) if item.id == ITEM)
    asked = values[:, column] >= 0
    values[asked, column] = BLANK
    for role, number in zip(("leader", "practitioner", "staff"), counts, strict=True):
        people = np.flatnonzero(asked & (np.asarray(answers.roles) == role))[:number]
        assert len(people) == number
        values[people, column] = [rungs[n % len(rungs)] for n in range(number)]
    return msgspec.structs.replace(answers, values=values, seconds=np.full(40, np.nan))


def release(questionnaire, answers, k=3):
    return score_answers(questionnaire, answers, AssessmentSettings(minimum_group=k))


def get_item(result):
    return result.functions["customer-service"].dimensions["purpose"].items[ITEM]


@pytest.mark.parametrize("rungs", [(0,), (2,), (4,), (1, 3), (3, 0, 2)])
def test_item_is_hidden_whatever_its_answers_are(questionnaire, organisation, rungs):
    item = get_item(release(questionnaire, answers_of(questionnaire, organisation, (0, 1, 3), rungs)))

    assert (item.score, item.n, item.dk, item.withheld) == (None, None, None, True)


@pytest.mark.parametrize("counts", [(0, 0, 4), (2, 2, 0), (0, 2, 3)])
def test_item_with_open_answers_is_shown(questionnaire, organisation, counts):
    item = get_item(release(questionnaire, answers_of(questionnaire, organisation, counts, (1, 3))))

    assert item.n == sum(counts)
    assert not item.withheld


def test_nothing_is_withheld_from_those_who_hold_the_answers(questionnaire, organisation):
    answers = answers_of(questionnaire, organisation, (0, 1, 3), (1, 3))

    result = score_answers(questionnaire, answers, AssessmentSettings(), unsuppressed=True)

    assert get_item(result).n == 4
    assert OPEN_GUARD.needed is None


def test_withheld_item_enters_no_figure(questionnaire, organisation):
    """The same release as if one person fewer had answered, which is too few, but for the reason."""
    withheld = release(questionnaire, answers_of(questionnaire, organisation, (0, 1, 3), (4,)))
    too_few = release(questionnaire, answers_of(questionnaire, organisation, (0, 1, 2), (4,)))

    assert {path for path, reason in withheld.suppressed.items() if reason != too_few.suppressed[path]} == {
        f"{PATH}.score",
        f"{PATH}.n",
    }
    assert withheld.overall == too_few.overall
    assert withheld.indices == too_few.indices
    assert withheld.advice == too_few.advice


def test_reason_is_given_in_result_and_report(questionnaire, organisation):
    result = release(questionnaire, answers_of(questionnaire, organisation, (0, 1, 3), (1, 3)))
    rounder = build_figure_rounder(questionnaire, result)

    assert result.suppressed[f"{PATH}.score"] == DECIDED_ANSWER_REASON
    assert rounder.explain_missing(PATH).id == "missing.withheld"


def test_figure_of_withheld_items_alone_has_their_reason(questionnaire, organisation):
    """A dimension is hidden because of its items: too few answers, unless none of them has too few."""
    result = release(questionnaire, answers_of(questionnaire, organisation, (0, 1, 3), (1, 3)))
    function = result.functions["customer-service"]
    purpose = function.dimensions["purpose"]
    items = {name: msgspec.structs.replace(get_item(result)) for name in purpose.items}
    hidden = msgspec.structs.replace(purpose, score=None, items=items)
    functions = {
        **result.functions,
        "customer-service": msgspec.structs.replace(function, dimensions={**function.dimensions, "purpose": hidden}),
    }

    recomputed = recompute_result(questionnaire, msgspec.structs.replace(result, functions=functions))

    assert recomputed.suppressed["functions.customer-service.dimensions.purpose.score"] == DECIDED_ANSWER_REASON


def test_result_with_withheld_item_passes_verification(questionnaire, organisation):
    result = release(questionnaire, answers_of(questionnaire, organisation, (0, 1, 3), (1, 3)))

    assert recompute_result(questionnaire, result) == result
    assert not list(find_impossible_figures(questionnaire, result))


def test_withheld_item_with_a_number_of_answers_is_impossible(questionnaire, organisation):
    result = release(questionnaire, answers_of(questionnaire, organisation, (0, 1, 3), (1, 3)))
    function = result.functions["customer-service"]
    purpose = function.dimensions["purpose"]
    altered = msgspec.structs.replace(
        purpose, items={**purpose.items, ITEM: msgspec.structs.replace(get_item(result), n=4)}
    )
    functions = {
        **result.functions,
        "customer-service": msgspec.structs.replace(function, dimensions={**function.dimensions, "purpose": altered}),
    }

    found = find_impossible_figures(questionnaire, msgspec.structs.replace(result, functions=functions))

    assert [one.path for one in found] == [f"{ITEM}.withheld"]


def test_report_says_why_a_question_is_hidden(questionnaire, organisation):
    result = release(questionnaire, answers_of(questionnaire, organisation, (0, 1, 3), (1, 3)))

    made = build_report(questionnaire, result, ReportDetails("Norden", "Autumn", "2026-11-20", "1"))

    page = next(page for page in made.functions if page.id == "customer-service")
    hidden = {path.rpartition(".")[2] for path in result.suppressed if path.startswith("functions.customer-service.")}
    assert "score" in hidden
    assert "note.withheld" in {note.id for note in page.notes}
    assert "note.hidden" not in {note.id for note in page.notes}
    assert made.appendix.has_decided_figures
    assert next(note.id for note in made.answer.needs) == "needs.item-open"


def test_report_with_too_few_answers_alone_names_no_other_reason(questionnaire, organisation):
    result = release(questionnaire, answers_of(questionnaire, organisation, (0, 1, 2), (1, 3)))

    made = build_report(questionnaire, result, ReportDetails("Norden", "Autumn", "2026-11-20", "1"))

    page = next(page for page in made.functions if page.id == "customer-service")
    assert "note.hidden" in {note.id for note in page.notes}
    assert "note.withheld" not in {note.id for note in page.notes}
    assert not made.appendix.has_decided_figures
