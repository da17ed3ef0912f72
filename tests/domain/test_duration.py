"""Minutes: from words and answers, and from real times."""

import math

import pytest
from msgspec import structs

from assessment.domain.duration import (
    estimated_range,
    minutes_of,
    minutes_of_items,
    observed_range,
    survey_of,
    surveys,
)
from assessment.domain.routing import asked_items
from assessment.library import load, shipped

ONE_FUNCTION, ALL_FUNCTIONS = 12, 24


@pytest.fixture(scope="module")
def questionnaire():
    return load(shipped() / "social-media-integration")


def test_minutes_are_words_at_238_a_minute_and_15_seconds_an_answer():
    assert minutes_of(238, 0) == 1
    assert minutes_of(0, 4) == 1
    assert minutes_of(476, 8) == 4


def test_range_is_30_percent_either_side_and_never_one_number():
    assert estimated_range(10) == (7, 13)
    assert estimated_range(0.5) == (1, 2)
    assert estimated_range(1.5) == (1, 2)


def test_words_of_one_item_are_question_hint_and_rungs(questionnaire):
    texts = questionnaire.texts["en"]
    item = questionnaire.item["X-S2"]
    text = texts.items[item.id]
    words = sum(len(part.split()) for part in (text.text, text.hint, *text.rungs))

    assert minutes_of_items(questionnaire, [item]) == pytest.approx(minutes_of(words, 1))


def test_stem_and_ladder_of_a_block_are_counted_once(questionnaire):
    block = questionnaire.block_of["X-A1"]
    texts = questionnaire.texts["en"]
    above = texts.blocks[block.id]
    labels = [texts.items[item].label for item in block.items]
    words = sum(len(part.split()) for part in (above.stem, *above.rungs, *labels))
    items = [questionnaire.item[item] for item in block.items]

    assert minutes_of_items(questionnaire, items) == pytest.approx(minutes_of(words, 3))


def test_french_punctuation_is_not_a_word(questionnaire):
    texts = questionnaire.texts["fr"]
    text = texts.items["CS-P1"]
    spaced = structs.replace(text, text=text.text.replace("\u202f?", " ?"))
    other = structs.replace(
        questionnaire, texts=questionnaire.texts | {"fr": structs.replace(texts, items=texts.items | {"CS-P1": spaced})}
    )

    item = [questionnaire.item["CS-P1"]]
    assert minutes_of_items(questionnaire, item, "fr") == minutes_of_items(other, item, "fr")


def test_survey_counts_its_items_and_the_titles_of_its_sections(questionnaire):
    survey = survey_of(questionnaire, "leader", ["hr"])
    items = asked_items(questionnaire, "leader", ["hr"])

    assert survey.questions == len(items)
    assert survey.middle > minutes_of_items(questionnaire, items)


def test_real_times_count_from_twenty_responses():
    assert observed_range([600.0] * 19) is None
    assert observed_range([600.0] * 19 + [math.nan]) is None
    assert observed_range([600.0] * 20) == (10, 11)


def test_real_times_are_the_10th_to_90th_percentile_in_minutes():
    assert observed_range([60.0 * minute for minute in range(1, 22)]) == (3, 19)


def test_full_survey_keeps_its_limits_in_english(questionnaire):
    for survey in surveys(questionnaire, sizes=(1, 3)):
        assert survey.middle <= (ONE_FUNCTION if len(survey.functions) == 1 else ALL_FUNCTIONS), survey
