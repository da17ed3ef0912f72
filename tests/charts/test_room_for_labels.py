"""Labels have room: none is cut, none touches a frame, and charts on one page have axes of one length."""

import pytest

from assessment.charts.primitives.marks import SMALL, ChartLabel, ChartLine
from assessment.charts.primitives.text_width import estimate_width
from assessment.charts.roadmap import draw_roadmap_chart
from assessment.charts.score_grid import draw_hand_off_chart
from assessment.charts.targets import draw_target_chart
from assessment.domain import report
from assessment.domain.report import ReportDetails
from assessment.i18n import get_translator
from tests import reports

WIDTH = 487.0
LANGUAGES = ("de", "en", "es", "fr")
CASE = "not-applicable-40"  # 29 actions


def list_labels(chart):
    return [mark for mark in chart.marks if isinstance(mark, ChartLabel)]


def list_upright_lines(chart):
    return [mark for mark in chart.marks if isinstance(mark, ChartLine) and mark.x1 == mark.x2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_of_actions_are_never_cut(language):
    asked, result = reports.load_shipped_questionnaire(), reports.score_case(CASE)
    made = report.build_report(asked, result, ReportDetails("Norden"), language)
    actions = (*made.roadmap.actions, *made.roadmap.further)

    labels = list_labels(draw_roadmap_chart(made.roadmap, actions, get_translator(language), WIDTH))

    cut = [each.text for each in labels if each.limit and estimate_width(each.text, each.size) > each.limit]
    assert cut == []


def test_words_in_a_framed_cell_keep_clear_of_the_frame():
    hand_offs = reports.build_case_report("risk-36").hand_offs

    labels = list_labels(draw_hand_off_chart(hand_offs, get_translator("de"), WIDTH))

    framed = [each for each in labels if each.weight == "strong" and each.size == SMALL and "weniger" in each.text]
    assert [each.text for each in framed] == ["weniger"] * 3


def test_target_charts_of_one_page_have_axes_of_one_length():
    targets = reports.build_case_report("weighted-30").targets
    rows = (*targets.functions, *targets.dimensions)

    charts = [
        draw_target_chart(part, get_translator("en"), WIDTH, "Targets", page_rows=rows)
        for part in (targets.functions, targets.dimensions)
    ]

    ends = [max(line.x1 for line in list_upright_lines(chart)) for chart in charts]
    assert ends[0] == ends[1]
