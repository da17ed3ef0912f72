"""What a report says: variants of its sentences, and figures that are those of the result."""

import re
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from assessment.domain import report
from assessment.domain.display import scales, shown
from assessment.domain.report import Details
from assessment.domain.report.message import Message
from assessment.wording import wording
from assessment.wording.sentences import SENTENCES
from tests import reports

SOURCES = Path(report.__file__).parent


def messages(part):
    """Every message inside a report."""
    if isinstance(part, Message):
        yield part
        for value in part.values.values():
            yield from messages(value)
    elif isinstance(part, msgspec.Struct):
        for name in part.__struct_fields__:
            yield from messages(getattr(part, name))
    elif isinstance(part, (tuple, list)):
        for one in part:
            yield from messages(one)


@pytest.mark.parametrize("unsuppressed", [False, True])
@pytest.mark.parametrize("case", reports.CASES)
def test_every_message_of_every_worked_case_has_words(case, unsuppressed):
    made = reports.made(case, unsuppressed=unsuppressed)

    texts = [wording().text(message) for message in messages(made)]

    assert len(texts) > 50
    assert not [text for text in texts if "{" in text or "None" in text]


def test_every_message_id_in_the_sources_has_a_sentence():
    said = set()
    for source in SOURCES.glob("*.py"):
        said |= set(re.findall(r'say\(\s*"([^"]+)"', source.read_text(encoding="utf-8")))

    assert said
    assert not {name for name in said if name not in SENTENCES}


def test_scores_are_those_of_the_result_rounded_once():
    result, made = reports.result("risk-36"), reports.made("risk-36")
    scale = scales(reports.questionnaire()).score

    figures = {row.name: row.figure.shown for row in made.answer.functions}

    names = reports.questionnaire().text("en").functions
    assert figures == {names[name]: shown(found.score, scale) for name, found in result.functions.items()}
    assert made.answer.overall.figure.shown == shown(result.overall.score, scale)


def test_a_confirmed_gap_is_stated_with_who_is_more_positive():
    made = reports.made("gap-50", unsuppressed=True)

    assert wording().text(made.gap.title) == "Leaders rate Channels 43.5 points higher than practitioners do"


def test_authority_without_support_leads_the_findings():
    made = reports.made("risk-36")

    assert made.answer.findings[0].id == "authority.high"
    assert wording().text(made.answer.findings[0]).startswith("Authority exceeds support by 45 points")


def test_support_without_authority_is_called_held_back():
    assert reports.made("over-controlled-28").authority.title.id == "authority.over-controlled"


def test_a_contested_function_has_its_level_withheld_and_says_so():
    made = reports.made("contested-60")

    contested = [part for part in made.functions if part.whole.contested]
    assert contested
    assert {part.title.id for part in contested} == {"function.contested"}
    assert made.answer.title.id == "answer.contested"


def test_a_function_out_of_scope_is_left_out_and_named():
    made = reports.made("out-of-scope-30")

    assert [part.title.id for part in made.functions].count("function.out-of-scope") == 1
    assert "note.out-of-scope" in {note.id for note in made.answer.notes}


def test_too_few_people_leave_words_and_no_figures():
    made = reports.made("small-9")

    assert made.answer.title.id == "answer.hidden"
    assert made.answer.decision.id == "decision.ask-more"
    assert made.answer.overall.figure.shown is None
    assert {part.title.id for part in made.functions} == {"function.hidden"}
    assert made.gap.title.id == "gap.hidden"
    assert made.authority.title.id == "authority.hidden"
    assert made.outlook.title.id == "outlook.hidden"


def test_consensus_mode_says_what_it_does_not_measure():
    made = reports.made("consensus")

    assert made.gap.title.id == "gap.consensus"
    assert made.authority.title.id == "authority.consensus"
    assert made.outlook.title.id == "outlook.consensus"
    assert all(row.figure.interval is None for row in made.answer.functions)


def test_released_items_are_whole_numbers_with_bounds():
    made = reports.made("risk-36")
    items = [item for part in made.functions for row in part.dimensions for item in row.items]

    known = [item.figure for item in items if item.figure.shown is not None]
    assert known
    assert all(figure.shown % 5 == 0 and figure.n >= 6 for figure in known)
    assert {figure.bound for figure in known if figure.shown == Decimal(10)} == {"at most"}


def test_rows_are_sorted_by_distance_to_target():
    rows = reports.made("gap-50").targets.functions

    assert [row.short for row in rows] == sorted((row.short for row in rows), reverse=True)
    assert all(row.short == row.target - row.now.shown for row in rows)


def test_every_action_states_figure_value_and_cut():
    made = reports.made("risk-36", unsuppressed=True)

    texts = [wording().text(fired.text) for action in made.roadmap.actions for fired in action.fired]
    assert len(texts) >= len(made.roadmap.actions) > 10
    assert all(re.search(r": .*\d", text) for text in texts)


def test_actions_keep_the_order_of_the_result():
    made, result = reports.made("gap-50"), reports.result("gap-50")

    assert [action.id for action in made.roadmap.actions] == [advice.id for advice in result.advice]
    assert [action.place for action in made.answer.actions] == [1, 2, 3]


def test_a_very_long_name_is_shortened_in_sentences():
    details = Details("x" * 5000)
    made = report.build(reports.questionnaire(), reports.result("gap-50"), details)

    assert len(wording().text(made.answer.title)) < 300
    assert made.details.organisation == "x" * 5000
