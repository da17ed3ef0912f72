"""Minutes: from words and answers, and from real times."""

import math

import pytest
from msgspec import structs

from assessment.domain.survey.duration import (
    compute_observed_range,
    estimate_minutes,
    estimate_minutes_of_items,
    estimate_range,
    measure_survey,
    measure_surveys,
)
from assessment.domain.survey.routing import list_asked_items
from assessment.questionnaires import find_shipped_folder, load_questionnaire

ONE_FUNCTION, ALL_FUNCTIONS = 12, 24


@pytest.fixture(scope="module")
def questionnaire():
    return load_questionnaire(find_shipped_folder() / "social-media-integration")


def test_estimate_is_238_words_per_minute_and_15_seconds_per_answer():
    assert estimate_minutes(238, 0) == 1
    assert estimate_minutes(0, 4) == 1
    assert estimate_minutes(476, 8) == 4


def test_estimated_range_is_plus_minus_30_percent_with_two_numbers():
    assert estimate_range(10) == (7, 13)
    assert estimate_range(0.5) == (1, 2)
    assert estimate_range(1.5) == (1, 2)


def test_words_of_item_are_question_hint_and_rungs(questionnaire):
    texts = questionnaire.texts["en"]
    item = questionnaire.item["X-S2"]
    text = texts.items[item.id]
    words = sum(len(part.split()) for part in (text.text, text.hint, *text.rungs))

    assert estimate_minutes_of_items(questionnaire, [item]) == pytest.approx(estimate_minutes(words, 1))


def test_stem_and_ladder_of_block_are_counted_once(questionnaire):
    block = questionnaire.block_of["X-A1"]
    texts = questionnaire.texts["en"]
    above = texts.blocks[block.id]
    labels = [texts.items[item].label for item in block.items]
    words = sum(len(part.split()) for part in (above.stem, *above.rungs, *labels))
    items = [questionnaire.item[item] for item in block.items]

    assert estimate_minutes_of_items(questionnaire, items) == pytest.approx(estimate_minutes(words, 3))


def test_french_punctuation_is_not_counted_as_word(questionnaire):
    texts = questionnaire.texts["fr"]
    text = texts.items["CS-P1"]
    spaced = structs.replace(text, text=text.text.replace("\u202f?", " ?"))
    other = structs.replace(
        questionnaire, texts=questionnaire.texts | {"fr": structs.replace(texts, items=texts.items | {"CS-P1": spaced})}
    )

    item = [questionnaire.item["CS-P1"]]
    assert estimate_minutes_of_items(questionnaire, item, "fr") == estimate_minutes_of_items(other, item, "fr")


def test_survey_words_include_items_and_section_titles(questionnaire):
    survey = measure_survey(questionnaire, "leader", ["hr"])
    items = list_asked_items(questionnaire, "leader", ["hr"])

    assert survey.questions == len(items)
    assert survey.middle > estimate_minutes_of_items(questionnaire, items)


def test_observed_range_requires_twenty_responses():
    assert compute_observed_range([600.0] * 19) is None
    assert compute_observed_range([600.0] * 19 + [math.nan]) is None
    assert compute_observed_range([600.0] * 20) == (10, 11)


def test_observed_range_is_10th_to_90th_percentile_in_minutes():
    assert compute_observed_range([60.0 * minute for minute in range(1, 22)]) == (3, 19)


def test_full_english_survey_stays_within_limits(questionnaire):
    for survey in measure_surveys(questionnaire, sizes=(1, 3)):
        assert survey.middle <= (ONE_FUNCTION if len(survey.functions) == 1 else ALL_FUNCTIONS), survey
