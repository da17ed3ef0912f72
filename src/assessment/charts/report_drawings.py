"""Charts of a report by name: what pages show and what can be downloaded as a picture."""

from assessment.charts.agreement import draw_agreement_chart
from assessment.charts.answer import draw_level_chart
from assessment.charts.answer_distribution import draw_distribution_chart
from assessment.charts.authority import draw_authority_chart
from assessment.charts.change import draw_slope_chart
from assessment.charts.outlook import draw_quadrant_chart
from assessment.charts.perception_gap import draw_gap_chart
from assessment.charts.primitives.marks import Chart
from assessment.charts.score_grid import draw_hand_off_chart, draw_heatmap_chart
from assessment.charts.targets import draw_target_chart
from assessment.domain.report import Report
from assessment.i18n import Translator

FULL_WIDTH, QUADRANT_WIDTH, QUADRANT_HEIGHT, SLOPE_HEIGHT = 620.0, 420.0, 300.0, 260.0
ANSWERS_PREFIX, SPREAD_PREFIX = "answers-", "spread-"


def draw_report_charts(report: Report, translator: Translator) -> dict[str, Chart]:
    """Draw all charts that have figures: by section, and `answers-ID` and `spread-ID` by function."""
    charts = {
        "level": draw_level_chart(report.answer, translator, FULL_WIDTH),
        "heatmap": draw_heatmap_chart(report.heatmap, translator, FULL_WIDTH),
        "targets": draw_target_chart(
            report.targets.functions, translator, FULL_WIDTH, translator.render_message(report.targets.title)
        ),
    }
    gap, authority, outlook, change = report.perception_gap, report.authority, report.outlook, report.change
    if gap and gap.rows:
        charts["gap"] = draw_gap_chart(gap, translator, FULL_WIDTH)
    if authority and authority.authority.value is not None:
        charts["authority"] = draw_authority_chart(authority, translator, FULL_WIDTH)
    if report.hand_offs:
        charts["hand-offs"] = draw_hand_off_chart(report.hand_offs, translator, FULL_WIDTH)
    if outlook and outlook.independence.value is not None and outlook.readiness.value is not None:
        charts["outlook"] = draw_quadrant_chart(outlook, translator, QUADRANT_WIDTH, QUADRANT_HEIGHT)
    if change and change.rows:
        charts["change"] = draw_slope_chart(change, translator, FULL_WIDTH, SLOPE_HEIGHT)
    return charts | _draw_function_charts(report, translator)


def _draw_function_charts(report: Report, translator: Translator) -> dict[str, Chart]:
    charts = {}
    for part in report.functions:
        if any(item.shares for item in part.all):
            title = translator.gettext("How the answers lie: {function}").format(function=part.name)
            charts[f"{ANSWERS_PREFIX}{part.id}"] = draw_distribution_chart(part.all, translator, FULL_WIDTH, title)
        if part.spread:
            charts[f"{SPREAD_PREFIX}{part.id}"] = draw_agreement_chart(part.spread, translator, FULL_WIDTH)
    return charts
