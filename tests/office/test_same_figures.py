"""Slides, document and workbook show the figures of the scores to the digit, each next to its label.

`tests/web/console/test_same_figures.py` compares the same list with page, API and PDF.
"""

import re

import msgspec
import pytest
from msgspec.structs import replace

from tests import reports
from tests.end_to_end import printed_figures
from tests.office.office_files import list_file_texts, render_case

CASES = ("gap-50", "risk-36")
SCORE = re.compile(r"[+\u2212]?\d+(\.\d)?%?( or (less|more))?")
NEAR = 12  # pieces of text after a label, in its row


def list_figures(case, ending):
    """List scores and percentages with their labels in files of one format."""
    questionnaire = reports.load_shipped_questionnaire()
    scores = msgspec.json.decode(msgspec.json.encode(reports.score_case(case)))
    for figure in printed_figures.list_figures(questionnaire, scores):
        if SCORE.fullmatch(figure.shown) and figure.last != printed_figures.LYING:
            label = name_in_file(figure.label, questionnaire.text("en"), ending)
            if label:
                yield replace(figure, page="", label=label, first=1, last=NEAR)


def name_in_file(label, texts, ending):
    """Give items their full text, as documents and workbooks have it; slides leave most of them out.

    Hand-offs stand in a grid there, below the names of the channels.
    """
    items = {text.short: text.text for text in texts.items.values()}
    if label in texts.channels.values() or (ending == "pptx" and label in items):
        return None
    return items.get(label, label)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("ending", ["pptx", "docx", "xlsx"])
def test_file_shows_the_figures_of_the_scores(case, ending):
    figures = list(list_figures(case, ending))

    lines = list_file_texts(ending, render_case(case, ending))

    missing = printed_figures.find_missing_on_pages([lines], figures)
    assert len(figures) >= (30 if ending == "pptx" else 80)
    assert not missing, [(figure.label, figure.shown) for figure in missing]


def test_comparison_detects_two_more_digits():
    figures = [replace(figure, shown=f"{figure.shown}01") for figure in list_figures("gap-50", "xlsx")]

    lines = list_file_texts("xlsx", render_case("gap-50", "xlsx"))

    assert printed_figures.find_missing_on_pages([lines], figures) == figures
