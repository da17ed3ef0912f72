"""Which advice is given, in which order, and what it says of itself (method 8)."""

import numpy as np
import pytest
from msgspec.structs import replace

from assessment.domain.answers import AssessmentSettings
from assessment.domain.method import score_answers
from tests.domain.conftest import golden


@pytest.fixture
def risky(questionnaire, risk_36):
    def risky(**options):
        return score_answers(questionnaire, risk_36, AssessmentSettings(**options.pop("settings", {})), **options)

    return risky


def test_advice_is_ordered_by_pin_then_descending_priority(risky):
    advice = risky(unsuppressed=True).advice

    pinned = [given.pinned for given in advice]
    assert pinned == sorted(pinned, reverse=True)
    for part in (True, False):
        priorities = [round(given.priority, 6) for given in advice if given.pinned is part]
        assert priorities == sorted(priorities, reverse=True)


def test_first_five_actions_start_now_regardless_of_horizon(risky):
    parts = [given.part for given in risky(unsuppressed=True).advice]

    assert parts == ["now"] * 5 + ["next"] * (len(parts) - 5)


def test_action_that_starts_now_keeps_its_own_horizon(questionnaire, risky):
    """Nothing counts as due now because it starts now, or later because it starts next."""
    own = {rule.id: rule.horizon for rule in questionnaire.rules}
    advice = risky(unsuppressed=True).advice

    horizons = {part: {given.horizon for given in advice if given.part == part} for part in ("now", "next")}

    assert all(given.horizon == own[given.id] for given in advice)
    assert len(horizons["now"]) > 1
    assert horizons["now"] & horizons["next"]


@pytest.mark.parametrize(("minimum_functions", "is_first"), [(2, True), (4, False)])
def test_settling_scores_is_pinned_only_where_the_level_of_the_whole_is_withheld_for_it(
    questionnaire, minimum_functions, is_first
):
    """Rule 31: a whole without a score has no level anyway, whichever function is contested."""
    scoring = replace(questionnaire.scoring, minimum_functions=minimum_functions)
    result = score_answers(
        replace(questionnaire, scoring=scoring), golden(questionnaire, "contested-60"), AssessmentSettings()
    )

    pinned = {given.id for given in result.advice if given.pinned}

    assert any(function.contested and function.score is not None for function in result.functions.values())
    assert (result.overall.score is not None) is is_first
    assert ("calibrate-first" in pinned) is is_first


def test_advice_contains_figure_value_and_cut_point(risky):
    result = risky(unsuppressed=True)

    fired = next(advice for advice in result.advice if advice.id == "experienced-cover").fired[0]

    assert (fired.item, fired.comparison, fired.cut) == ("X-S3", "below", 50)
    assert fired.value == result.personal["X-S3"].score


def test_guard_condition_does_not_affect_priority(risky):
    given = {advice.id: advice for advice in risky(unsuppressed=True).advice}

    assert [fired.item for fired in given["experienced-cover"].fired] == ["X-S3"]


def test_importance_of_consultant_overrides_default(risky):
    plain = {advice.id: advice.priority for advice in risky(unsuppressed=True).advice}
    weighted = risky(unsuppressed=True, settings={"importance": {"one-queue": 5}}).advice

    priority = {advice.id: advice.priority for advice in weighted}

    assert priority["one-queue"] == pytest.approx(plain["one-queue"] * 5 / 5)
    assert {advice.importance for advice in weighted if advice.id == "one-queue"} == {5}


def test_released_red_flag_is_a_band_and_counts_as_its_cut_point(risky):
    given = {advice.id: advice for advice in risky().advice}

    flag = next(fired for fired in given["authority-limits"].fired if fired.figure == "red-flags")

    assert (flag.value, flag.band) == (None, "half or more")
    assert given["authority-limits"].gap == 2.0


def test_release_authority_does_not_fire_with_red_flag(questionnaire, over_controlled_28):
    answers = over_controlled_28
    column = {item.id: n for n, item in enumerate(questionnaire.items)}
    before = score_answers(questionnaire, answers, AssessmentSettings(), unsuppressed=True)
    someone = int(np.flatnonzero(answers.values[:, column["X-A3"]] >= 0)[0])
    answers.values[someone, [column["X-A3"], column["X-S2"]]] = [4, 0]

    after = score_answers(questionnaire, answers, AssessmentSettings(), unsuppressed=True)

    assert "release-authority" in {given.id for given in before.advice}
    assert "release-authority" not in {given.id for given in after.advice}


def test_hidden_figure_fires_no_advice(questionnaire, organisation):
    result = score_answers(questionnaire, organisation(4), AssessmentSettings())

    assert result.advice == ()
