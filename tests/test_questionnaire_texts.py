"""The shipped questionnaires as respondents read them: each rung alone, one question at a time, the same in waves."""

import re

import msgspec
import numpy as np
import pytest

from assessment.domain.answers import AssessmentSettings
from assessment.domain.comparison.waves import Wave, compare_waves
from assessment.domain.method import score_answers
from assessment.domain.survey.duration import measure_surveys
from assessment.domain.synthetic_answers import SimulationParameters, draw_answers
from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder
from assessment.questionnaires.lint.survey_routes import MAX_MINUTES
from tests import items_page

ALL = QuestionnaireCatalogue([find_shipped_folder()]).list()
REVISED = {"CS-W2"}  # docs/decisions: other questions than in 1.0.0
# A rung that leans on another one, in each language.
LEANS = {
    "en": r"the same[;,]|same;|all three|both;|ditto|it works",
    "de": r"ebenso|dieselbe[,;]|dasselbe|beides|genauso|alle drei|es klappt",
    "fr": r"de même|idem|la même,|les trois|les deux ;|cela marche",
    "es": r"lo mismo|la misma,|las tres|ambos;|ambas;|igual;|funciona",
}
# What 1.0 said and readers took in several ways.
VAGUE = {
    "en": r"past year|\baims?\b|objectives?\b|\btargets?\b|apart from|how far",
    "de": r"im letzten jahr|zielwert|\bakte\b|gleicher vorrang|undichte|fast jede hat|vereinbart, wie,|kanälen geplant",
    "fr": r"depuis un an|\bcibles?\b|\brelais\b|personne cliente|gens du dehors|objectifs du téléphone|qu’on cherche",
    "es": r"último año|\bmetas?\b|alguien de la clientela|sin compañía|objetivos del teléfono|puestos de atención,",
}
MONTHS = {"en": "12 months", "de": "12 Monaten", "fr": "12 derniers mois", "es": "12 meses"}
CHANGED = {"en": "if needed", "de": "bei Bedarf", "fr": "si besoin", "es": "si hizo falta"}


@pytest.fixture(scope="module")
def questionnaire():
    return QuestionnaireCatalogue([find_shipped_folder()]).get("social-media-integration")


def list_texts(questionnaire):
    """Every question, hint, label, stem and rung, with its language and where it stands."""
    for language, texts in questionnaire.texts.items():
        for id_, text in texts.items.items():
            for part in (text.text, text.hint, text.label, *text.rungs, *text.options.values()):
                yield language, id_, part
        for id_, block in texts.blocks.items():
            yield language, id_, block.stem


@pytest.mark.parametrize("questionnaire", ALL, ids=lambda one: one.id)
def test_rungs_do_not_refer_to_other_rungs(questionnaire):
    found = [
        (language, id_, rung)
        for language, texts in questionnaire.texts.items()
        for id_, text in texts.items.items()
        for rung in text.rungs
        if re.match(LEANS[language], rung, re.IGNORECASE)
    ]

    assert found == []


@pytest.mark.parametrize("questionnaire", ALL, ids=lambda one: one.id)
def test_texts_avoid_ambiguous_words(questionnaire):
    found = [one for one in list_texts(questionnaire) if re.search(VAGUE[one[0]], one[2], re.IGNORECASE)]

    assert found == []


@pytest.mark.parametrize("questionnaire", ALL, ids=lambda one: one.id)
def test_checked_top_rung_asks_for_change_only_if_needed(questionnaire):
    """Nobody who checked and found nothing to change is left without a rung."""
    checked = {
        "en": r"\bchecked\b.*\b(improved|adjusted)",
        "de": r"geprüft.*\b(verbessert|angepasst)",
        "fr": r"vérifié.*\b(amélioré|ajusté)",
        "es": r"comprobad.*\b(mejorad|ajustad)",
    }
    for language, texts in questionnaire.texts.items():
        for id_, text in texts.items.items():
            assert not (text.rungs and re.search(checked[language], text.rungs[-1])), (language, id_)


@pytest.mark.parametrize("questionnaire", ALL, ids=lambda one: one.id)
def test_languages_state_same_time_and_condition_in_same_rungs(questionnaire):
    for marks in (MONTHS, CHANGED):
        places = {
            language: {
                (id_, place)
                for id_, text in texts.items.items()
                for place, part in enumerate((text.text, *text.rungs))
                if marks[language] in part
            }
            for language, texts in questionnaire.texts.items()
        }
        for language, found in places.items():
            assert found ^ places["en"] == set(), (language, found ^ places["en"])


@pytest.mark.parametrize("questionnaire", ALL, ids=lambda one: one.id)
def test_survey_is_short_enough_in_every_language(questionnaire):
    too_long = [
        (language, survey.role, survey.functions, survey.middle)
        for language in questionnaire.texts
        for survey in measure_surveys(questionnaire, language=language)
        if survey.middle > MAX_MINUTES["one function" if len(survey.functions) == 1 else "every function"]
    ]

    assert set(questionnaire.texts) == {"de", "en", "es", "fr"}
    assert too_long == []


def test_only_items_with_changed_question_have_new_revision(questionnaire):
    assert {item.id for item in questionnaire.items if item.revision > 1} == REVISED


def test_wave_with_old_wording_is_compared_on_all_unrevised_items(questionnaire):
    items = tuple(msgspec.structs.replace(item, revision=1) for item in questionnaire.items)
    earlier = msgspec.structs.replace(questionnaire, items=items, version="1.0.0")
    answers = draw_answers(
        questionnaire, 120, np.random.default_rng(5), SimulationParameters(blank=0, dont_know=0, not_applicable=0)
    )

    same = compare_waves(*(Wave(one, score_answers(one, answers, AssessmentSettings(), date=date, unsuppressed=True))
                     for one, date in ((earlier, "2025-03-01"), (questionnaire, "2026-03-01"))))  # fmt: skip

    assert same.breaks == ()
    assert {item.id for item in questionnaire.items if item.dimension} - same.items.keys() == REVISED
    assert same.changes["overall"].change == 0
    assert same.changes["overall"].changed is False


def test_items_page_matches_questionnaires():
    assert items_page.PAGE.read_text(encoding="utf-8") == items_page.render_items_page(
        QuestionnaireCatalogue([find_shipped_folder()])
    ), "Write it again: python tests/items_page.py"
