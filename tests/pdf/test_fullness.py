"""Fullness: no page of any edition holds next to nothing, whatever the case and the language."""

import numpy as np
import pypdfium2
import pytest

from assessment.domain import report
from assessment.domain.comparison import Wave, compare
from assessment.domain.report import Details, Earlier
from assessment.domain.report.audiences import FULL, FUNCTION, audiences
from assessment.domain.report.details import PLACES, OwnFinding
from assessment.pdf import render
from assessment.pdf.fitting import ends_well, filled, spread
from assessment.pdf.theme import BOTTOM, HEIGHT, TOP
from tests import reports

LANGUAGES = ("de", "en", "es", "fr")
HIDDEN = "small-9"  # nearly everything is: there is little to print
LONG = "not-applicable-40"  # 26 pieces of advice
LENGTH = {HIDDEN: (8, 20), LONG: (12, 24)}
SCALE = 0.3  # points to pixels: enough to see where a page ends
WHITE = 225
LEAST = 0.2  # of a page
REMARK = "We spoke with eleven leaders. Most of them knew the figures, but not what had caused them.\nSo begin there."
MOST_WITH_WORDS = 26  # with every remark, three findings of the consultant and a change since the last wave


def used(content):
    """How far down each page reaches, as a share of its frame."""
    with pypdfium2.PdfDocument(content) as document:
        pages = [np.asarray(page.render(scale=SCALE).to_pil().convert("L")) for page in document]
    frames = [page[int(TOP * SCALE) : page.shape[0] - int(BOTTOM * SCALE)] for page in pages]
    inked = [np.flatnonzero((frame < WHITE).any(axis=1)) for frame in frames]
    return [float(rows.max(initial=0)) / (HEIGHT * SCALE) for rows in inked]


def shares(case, language, audience):
    details = Details("Norden", "Autumn", reports.DATE, "1")
    made = report.build(reports.questionnaire(), reports.result(case), details, language)
    return used(render(made, language, audience))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", reports.CASES)
def test_the_full_edition_has_12_to_22_pages_and_none_that_is_nearly_empty(case, language):
    least, most = LENGTH.get(case, (12, 22))

    found = shares(case, language, FULL)

    assert least <= len(found) <= most
    assert min(found) >= LEAST


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", reports.CASES)
def test_no_page_of_a_playbook_is_nearly_empty(case, language):
    offered = audiences(reports.questionnaire(), reports.result(case))

    found = {one: shares(case, language, one) for one in offered if one.startswith(FUNCTION)}

    assert {one: pages for one, pages in found.items() if min(pages) < LEAST} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_later_wave_with_the_consultants_words_everywhere_leaves_no_page_nearly_empty(language):
    asked, before, later = reports.questionnaire(), reports.result("plain-24"), reports.result("gap-50")
    earlier = Earlier(compare(Wave(asked, before), Wave(asked, later)), date="2025-11-02")
    places = (*PLACES, *(function.id for function in asked.functions))
    details = Details("Norden", remarks=dict.fromkeys(places, REMARK), findings=(OwnFinding(REMARK[:90], REMARK),) * 3)
    made = report.build(asked, later, details, language, earlier=earlier)

    found = used(render(made, language, FULL))

    assert len(found) <= MOST_WITH_WORDS
    assert min(found) >= LEAST


def test_what_would_end_on_a_page_of_its_own_is_spread_over_the_pages():
    heights = [20.0] * 6

    assert filled(heights, 100, 100) == [[0, 1, 2, 3, 4], [5]]
    assert not ends_well(filled(heights, 100, 100), heights, 100)
    assert spread(heights, 100, 100) == [[0, 1, 2], [3, 4, 5]]


def test_what_would_leave_one_behind_begins_on_a_new_page_where_this_costs_none():
    heights = [20.0, 20.0, 20.0]

    assert filled(heights, 50, 100) == [[0, 1], [2]]
    assert spread(heights, 50, 100) == [[], [0, 1, 2]]


def test_what_fits_nowhere_below_begins_on_a_new_page():
    assert filled([60.0, 30.0], 50, 100) == [[], [0, 1]]
