"""Fullness: no page of any edition holds next to nothing, whatever the case and the language."""

import numpy as np
import pypdfium2
import pytest

from assessment.domain import report
from assessment.domain.comparison.waves import Wave, compare_waves
from assessment.domain.report import EarlierWave, ReportDetails
from assessment.domain.report.audiences import FULL_EDITION, FUNCTION_EDITION_PREFIX, list_audiences
from assessment.domain.report.details import REMARK_PLACES, ConsultantFinding
from assessment.pdf import render_report
from assessment.pdf.typesetting.column_filling import ColumnPiece, fill_columns, find_last_column_start
from assessment.pdf.typesetting.page_filling import balance_pages, fill_pages, has_filled_last_page
from assessment.pdf.typesetting.theme import BOTTOM_MARGIN, CONTENT_HEIGHT, TOP_MARGIN
from tests import reports

LANGUAGES = ("de", "en", "es", "fr")
HIDDEN = "small-9"  # nearly everything is: there is little to print
LONG = "not-applicable-40"  # 26 pieces of advice
LENGTH = {HIDDEN: (7, 20), LONG: (12, 24)}
SCALE = 0.3  # points to pixels: enough to see where a page ends
WHITE = 225
LEAST = 0.2  # of a page
REMARK = "We spoke with eleven leaders. Most of them knew the figures, but not what had caused them.\nSo begin there."
MOST_WITH_WORDS = 26  # with every remark, three findings of the consultant and a change since the last wave


def measure_used_height(content):
    """How far down each page reaches, as a share of its frame."""
    with pypdfium2.PdfDocument(content) as document:
        pages = [np.asarray(page.render(scale=SCALE).to_pil().convert("L")) for page in document]
    frames = [page[int(TOP_MARGIN * SCALE) : page.shape[0] - int(BOTTOM_MARGIN * SCALE)] for page in pages]
    inked = [np.flatnonzero((frame < WHITE).any(axis=1)) for frame in frames]
    return [float(rows.max(initial=0)) / (CONTENT_HEIGHT * SCALE) for rows in inked]


def measure_page_shares(case, language, audience):
    return measure_used_height(reports.render_case(case, audience, language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", reports.CASES)
def test_full_edition_has_12_to_22_pages_and_none_nearly_empty(case, language):
    least, most = LENGTH.get(case, (12, 22))

    found = measure_page_shares(case, language, FULL_EDITION)

    assert least <= len(found) <= most
    assert min(found) >= LEAST


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", reports.CASES)
def test_playbook_has_no_nearly_empty_page(case, language):
    offered = list_audiences(reports.load_shipped_questionnaire(), reports.score_case(case))

    found = {
        one: measure_page_shares(case, language, one) for one in offered if one.startswith(FUNCTION_EDITION_PREFIX)
    }

    assert {one: pages for one, pages in found.items() if min(pages) < LEAST} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_report_with_change_and_remarks_has_no_nearly_empty_page(language):
    asked, before, later = (
        reports.load_shipped_questionnaire(),
        reports.score_case("plain-24"),
        reports.score_case("gap-50"),
    )
    earlier = EarlierWave(compare_waves(Wave(asked, before), Wave(asked, later)), date="2025-11-02")
    places = (*REMARK_PLACES, *(function.id for function in asked.functions))
    details = ReportDetails(
        "Norden", remarks=dict.fromkeys(places, REMARK), findings=(ConsultantFinding(REMARK[:90], REMARK),) * 3
    )
    made = report.build_report(asked, later, details, language, earlier=earlier)

    found = measure_used_height(render_report(made, language, FULL_EDITION))

    assert len(found) <= MOST_WITH_WORDS
    assert min(found) >= LEAST


def test_short_last_page_is_balanced_over_the_pages():
    heights = [20.0] * 6

    assert fill_pages(heights, 100, 100) == [[0, 1, 2, 3, 4], [5]]
    assert not has_filled_last_page(fill_pages(heights, 100, 100), heights, 100)
    assert balance_pages(heights, 100, 100) == [[0, 1, 2], [3, 4, 5]]


def test_groups_start_on_new_page_if_it_costs_none():
    heights = [20.0, 20.0, 20.0]

    assert fill_pages(heights, 50, 100) == [[0, 1], [2]]
    assert balance_pages(heights, 50, 100) == [[], [0, 1, 2]]


def test_groups_are_balanced_where_a_new_page_would_leave_half_of_this_one_empty():
    heights = [20.0] * 8

    assert not has_filled_last_page(fill_pages(heights, 50, 100), heights, 100)
    assert balance_pages(heights, 50, 100) == [[0, 1], [2, 3, 4], [5, 6, 7]]


def make_rows(count, *, room):
    """Rows of one table with a header of 5 points, below a heading of a group."""
    rows = [ColumnPiece(2, 10, row, 5.0 * (row > 0), may_start_column=row > 1) for row in range(count)]
    pieces = [ColumnPiece(0, 20, starts_group=True, may_start_column=True), ColumnPiece(1, 8), *rows]
    fill_columns(pieces, [room], 100)
    return pieces


def test_columns_of_last_page_are_as_high_as_each_other():
    pieces = make_rows(19, room=100)
    assert [piece.row for piece in pieces if piece.column == 1] == list(range(9, 18))

    start = find_last_column_start(pieces, 1, 25)

    assert start.row == 14


def test_low_columns_of_last_page_stay_as_they_are():
    pieces = make_rows(10, room=100)

    assert pieces[-1].column == 1
    assert find_last_column_start(pieces, 1, 25) is None


def test_columns_of_a_shared_page_stay_as_they_are():
    assert find_last_column_start(make_rows(5, room=100), 1, 25) is None


def test_group_taller_than_rest_of_page_starts_on_new_page():
    assert fill_pages([60.0, 30.0], 50, 100) == [[], [0, 1]]
