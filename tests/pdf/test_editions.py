"""Editions: as long as they say, from one computation, with the same figures to the digit."""

import io
import re
from functools import lru_cache

import pytest
from pypdf import PdfReader

from assessment.domain import report
from assessment.domain.report import Details, Moderation
from assessment.domain.report.audiences import audiences
from assessment.pdf import render
from assessment.wording import wording
from tests import reports

SHORT = {"board": 2, "respondents": 1}


@lru_cache(maxsize=64)
def text_of(case, audience, *, unsuppressed=False):
    content = render(reports.made(case, unsuppressed=unsuppressed), audience=audience)
    return tuple(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def flat(pages):
    return " ".join(" ".join(pages).split())


@pytest.mark.parametrize("case", reports.CASES)
def test_leaders_and_practitioners_come_before_roles_in_four_years(case):
    text = flat(text_of(case, "full")[3:])

    assert 0 < text.index("Leaders and practitioners") < text.index("Roles in four years")


def test_class_and_its_meaning_are_parted_by_a_colon():
    text = flat(text_of("risk-36", "full"))

    assert "Critical: On average" in text
    assert "A shared tool: On the whole" in text


@pytest.mark.parametrize("audience", SHORT)
@pytest.mark.parametrize("case", reports.CASES)
def test_a_short_edition_has_exactly_its_pages(case, audience):
    assert len(text_of(case, audience)) == SHORT[audience]


@pytest.mark.parametrize("case", ["gap-50", "risk-36", "plain-24"])
def test_a_playbook_has_3_to_5_pages(case):
    for part in reports.made(case).functions:
        assert 3 <= len(text_of(case, f"function:{part.id}")) <= 5


@pytest.mark.parametrize("audience", ["full", *SHORT])
@pytest.mark.parametrize("case", reports.CASES)
def test_level_bar_states_the_figures_of_the_result(case, audience):
    made, pages = reports.made(case), text_of(case, audience)
    words = wording("en")

    found = next((page for page in pages if "The whole\n" in page), "")

    if audience == "respondents" and made.answer.overall.figure.shown is None:
        assert not found
        return
    assert f"The whole\n{words.figure(made.answer.overall.figure)}" in found
    for row in made.answer.functions:
        assert f"{row.name}\n{words.figure(row.figure)}" in found


def test_playbook_of_contested_function_shows_its_own_agreement_alone():
    for part in reports.made("contested-60").functions:
        text = flat(text_of("contested-60", f"function:{part.id}"))

        assert f"Agreement among the people asked in {part.name}: 0.40, below 0.5" in text
        assert text.count("Agreement among the people asked in") == text.count(f"people asked in {part.name}: 0.40")
        assert "is decided first" not in text


@pytest.mark.parametrize("case", ["gap-50", "risk-36"])
def test_a_playbook_states_its_own_figures_and_no_other_function(case):
    made = reports.made(case)

    for part in made.functions:
        pages = text_of(case, f"function:{part.id}")
        for row in part.dimensions:
            assert f"{row.name}\n{wording('en').figure(row.figure)}" in pages[0]
        for action in part.actions:
            assert action.title in flat(pages)
            assert all(step in flat(pages) for step in action.steps)
        others = {one.whole.figure.shown for one in made.functions} - {part.whole.figure.shown}
        assert not [score for score in others if f"Score\n{score}" in pages[0]]


@pytest.mark.parametrize("audience", ["full", "board", "respondents"])
@pytest.mark.parametrize("case", reports.CASES)
def test_every_decimal_printed_is_a_figure_of_the_report(case, audience):
    made = reports.made(case)
    known = set(re.findall(r"\d+\.\d+", str(made)))

    printed = set(re.findall(r"(?<![\d.])\d+\.\d(?![\d.])", flat(text_of(case, audience))))

    assert printed - known == set()


def test_audiences_are_one_playbook_per_function_and_three_more():
    made, result = reports.made("gap-50"), reports.result("gap-50")

    offered = audiences(reports.questionnaire(), result)

    assert offered == ("full", "board", *(f"function:{part.id}" for part in made.functions), "respondents")


def test_an_audience_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="everybody"):
        render(reports.made("gap-50"), audience="everybody")


@pytest.mark.parametrize("audience", ["full", "board", "respondents"])
def test_every_edition_gives_the_same_bytes_again_and_counts_its_pages(audience):
    made = reports.made("gap-50")

    content = render(made, audience=audience)

    reader = PdfReader(io.BytesIO(content))
    assert render(made, audience=audience) == content
    assert f"Page {len(reader.pages)} of {len(reader.pages)}" in reader.pages[-1].extract_text()
    assert reader.outline


def test_respondents_read_how_they_were_protected_and_what_follows():
    text = flat(text_of("risk-36", "respondents"))

    assert "What the answers of 34 people show" in text
    assert "Results are shown only for groups of 6 people or more." in text
    first = ("Keep an experienced colleague within reach", "Put in writing what people may decide alone")
    assert f"The first actions proposed: “{first[0]}”, “{first[1]}”" in text


def test_the_board_is_asked_for_a_decision():
    pages = text_of("risk-36", "board")

    assert "The decision asked for" in pages[1]
    assert "8 actions would lift the whole from level 3 to level 4." in flat(pages)


def test_the_board_reads_the_consultants_words_and_which_scores_are_moderated():
    details = Details(
        "Norden",
        remarks={"answer": "We walked two shifts."},
        moderations=(Moderation("Norden", 49.1, 55.0, "The new rota came after the close."),),
    )
    made = report.build(reports.questionnaire(), reports.result("risk-36"), details)

    pages = [page.extract_text() for page in PdfReader(io.BytesIO(render(made, audience="board"))).pages]

    assert len(pages) == SHORT["board"]
    assert "We walked two shifts." in pages[0]
    assert "Norden: 55.0, computed 49.1" in pages[0]


def test_a_playbook_names_what_concerns_all_functions():
    made = reports.made("risk-36")
    read = flat(text_of("risk-36", f"function:{made.functions[-1].id}"))

    (pinned, _) = [action for action in made.roadmap.actions if action.pinned and action.function is None]

    assert "In the roadmap for all functions" in read
    assert pinned.title in read
    assert pinned.owner in read


def test_every_playbook_of_a_contested_whole_names_the_action_that_others_wait_for():
    made = reports.made("contested-60")
    (doubt,) = [action for action in made.roadmap.actions if action.topic == "quality"]

    named = [doubt.title in flat(text_of("contested-60", f"function:{part.id}")) for part in made.functions]

    assert named == [True, True, True]


@pytest.mark.parametrize("audience", ["board", "function:hr"])
def test_where_nothing_is_known_a_decision_is_asked_for(audience):
    made, words = reports.made("small-9"), wording("en")

    assert words.text(made.answer.decision) in flat(text_of("small-9", audience))
