"""Fullness: no page of any edition holds next to nothing, whatever the case and the language."""

from math import inf

import pypdfium2
import pytest
from msgspec.structs import replace
from reportlab.platypus import CondPageBreak, PageBreak, Spacer

from assessment.domain import report
from assessment.domain.comparison.waves import Wave, compare_waves
from assessment.domain.report import EarlierWave, ReportDetails
from assessment.domain.report.audiences import FULL_EDITION, FUNCTION_EDITION_PREFIX, list_audiences
from assessment.domain.report.details import REMARK_PLACES, ConsultantFinding
from assessment.i18n import get_translator
from assessment.pdf import render_report
from assessment.pdf.typesetting.column_filling import (
    ColumnPiece,
    balance_columns,
    fill_columns,
)
from assessment.pdf.typesetting.page_distribution import EMPTY_COST, distribute_groups
from assessment.pdf.typesetting.page_groups import MovablePart, SectionStart, group_by_section
from tests import reports
from tests.pdf.page_shares import measure_column_tops, measure_used_height

LANGUAGES = ("de", "en", "es", "fr")
HIDDEN = "small-9"  # nearly everything is: there is little to print
LONG = "not-applicable-40"  # 26 pieces of advice
LENGTH = {HIDDEN: (6, 20), LONG: (12, 24)}
LEAST = 0.2  # of a page
LEAST_AT_END = 2 / 3
REMARK = "We spoke with eleven leaders. Most of them knew the figures, but not what had caused them.\nSo begin there."
MOST_WITH_WORDS = 26  # with every remark, three findings of the consultant and a change since the last wave


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


def distribute(heights, first, groups=None):
    """Distribute groups of these heights over pages of 100 points."""
    return distribute_groups(groups or [[] for _ in heights], heights, first, 100)


def test_short_last_page_is_balanced_over_the_pages():
    cost, pages = distribute([24.0] * 6, 100)

    assert pages == [[0, 1, 2], [3, 4, 5]]
    assert cost < EMPTY_COST


def test_one_page_that_is_too_empty_costs_less_than_two():
    cost, pages = distribute([22.0] * 6, 100)

    assert pages == [[0, 1], [2, 3, 4, 5]]
    assert cost >= EMPTY_COST


def test_groups_start_on_a_new_page_rather_than_leave_a_page_nearly_empty():
    assert distribute([40.0, 40.0], 20)[1] == [[], [0, 1]]


def test_groups_fill_the_rest_of_a_page_where_a_new_page_would_leave_it_empty():
    assert distribute([30.0] * 8, 65)[1][0] == [0, 1]


def test_sections_share_a_page_only_if_that_saves_one():
    sections = [SectionStart(), SectionStart(), SectionStart()]

    assert distribute([80.0, 75.0, 90.0], 100, sections)[1] == [[0], [1], [2]]
    assert distribute([45.0, 45.0, 90.0], 100, sections)[1] == [[0, 1], [2]]


def test_part_of_a_section_moves_to_the_next_page_only_if_a_page_would_stay_empty():
    sections = [SectionStart(), MovablePart(), MovablePart(), SectionStart()]

    assert distribute([50.0, 25.0, 20.0, 75.0], 100, sections)[1] == [[0, 1, 2], [3]]
    assert distribute([70.0, 40.0, 40.0], 100, sections[:3])[1] == [[0], [1, 2]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_title_and_figures_stay_with_their_chart_where_evidence_stands_below(language):
    result = reports.score_case("large-200")
    shares = zip(result.functions.items(), (0.6, 0.5, 0.5), strict=True)
    functions = {name: replace(found, evidence_share=share) for (name, found), share in shares}
    result = replace(result, functions=functions)
    made = report.build_report(
        reports.load_shipped_questionnaire(), result, ReportDetails("Norden", "Autumn", reports.DATE, "1"), language
    )

    with pypdfium2.PdfDocument(render_report(made, language)) as document:
        pages = [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]

    subject = get_translator(language).gettext("Roles in four years")
    axis = get_translator(language).gettext("Independence of one network →").rstrip(" →")
    found = [page for page in pages[3:] if subject in page]
    assert len(found) == 1
    assert found[0].count(axis) >= 2  # of the figure, and of the chart


def test_group_taller_than_a_page_has_pages_of_its_own():
    assert distribute([190.0, 80.0], 100)[1] == [[0], [1]]


def test_page_breaks_start_sections_and_conditional_ones_start_parts():
    first, second, third = Spacer(1, 1), Spacer(1, 2), Spacer(1, 3)

    groups = group_by_section([PageBreak(), first, CondPageBreak(50), second, PageBreak(), third])

    assert [type(group) for group in groups] == [SectionStart, MovablePart, SectionStart]
    assert [list(group) for group in groups] == [[first], [second], [third]]


def make_rows(count):
    """Rows of one table with a header of 5 points, below a heading of a group."""
    rows = [ColumnPiece(2, 10, row, 5.0 * (row > 0)) for row in range(count)]
    return [ColumnPiece(0, 20, starts_group=True), ColumnPiece(1, 8), *rows]


def measure_columns(pieces):
    """Heights of the columns, with repeated headers."""
    columns = {}
    for piece in pieces:
        columns.setdefault(piece.column, []).append(piece)
    return [
        column[0].header + sum(piece.height for piece in column if not piece.starts_group)
        for column in columns.values()
    ]


def test_rows_that_run_over_onto_a_new_page_are_shared_by_all_columns():
    pieces = make_rows(22)  # 228 points in columns of 100: two on this page, and a bit of another one

    fill = balance_columns(pieces, [100, 100], 100)

    heights = measure_columns(pieces)
    assert len(heights) == 4
    assert max(heights) - min(heights) <= 10
    assert max(heights) / 100 == pytest.approx(fill, abs=0.02)


def test_no_page_is_added_to_share_rows_evenly():
    pieces = make_rows(36)

    assert balance_columns(pieces, [100, 100], 100) > 0.95
    assert len(measure_columns(pieces)) == 4


def test_rows_that_fit_on_the_first_page_are_shared_by_its_columns():
    pieces = make_rows(9)

    assert balance_columns(pieces, [100, 100], 100) == inf
    assert measure_columns(pieces) == [48, 55]


@pytest.mark.parametrize("case", ["gap-50", "large-200", HIDDEN])
def test_columns_of_the_last_page_begin_at_one_height(case):
    left, right = measure_column_tops(reports.render_case(case, FULL_EDITION, "de"))

    assert abs(left - right) <= 1


@pytest.mark.parametrize(("height", "expected"), [(42, [0, 1, 1]), (43, [0, 1, 2])])
def test_space_above_a_table_counts_except_at_the_top_of_a_column(height, expected):
    pieces = [ColumnPiece(number, tall, above=6.0) for number, tall in enumerate((50, 52, height))]

    fill_columns(pieces, [], 100)

    assert [piece.column for piece in pieces] == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", reports.CASES)
def test_last_page_of_full_edition_is_not_a_third_empty(case, language):
    assert measure_page_shares(case, language, FULL_EDITION)[-1] > LEAST_AT_END


def test_group_taller_than_rest_of_page_starts_on_new_page():
    assert distribute([60.0, 30.0], 20)[1] == [[], [0, 1]]
