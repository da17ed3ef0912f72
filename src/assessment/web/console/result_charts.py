"""Charts of the results page, as SVG."""

from markupsafe import Markup
from msgspec import Struct

from assessment.charts.agreement import draw_agreement_chart
from assessment.charts.answer import draw_level_chart
from assessment.charts.answer_distribution import draw_distribution_chart
from assessment.charts.authority import draw_authority_chart
from assessment.charts.change import draw_slope_chart
from assessment.charts.outlook import draw_quadrant_chart
from assessment.charts.perception_gap import draw_gap_chart
from assessment.charts.primitives.marks import Chart
from assessment.charts.score_grid import draw_hand_off_chart, draw_heatmap_chart
from assessment.charts.svg import render_svg
from assessment.charts.targets import draw_target_chart
from assessment.domain.report.parts import FunctionSection, Report
from assessment.i18n import Translator

FULL_WIDTH, QUADRANT_WIDTH, QUADRANT_HEIGHT, SLOPE_HEIGHT = 620.0, 420.0, 300.0, 260.0


class ResultCharts(Struct, frozen=True):
    """Charts by report section; None if the section has no figures to draw."""

    level: Markup
    heatmap: Markup
    targets: Markup
    gap: Markup | None
    authority: Markup | None
    hand_offs: Markup | None
    outlook: Markup | None
    change: Markup | None
    answers: dict[str, Markup]
    spreads: dict[str, Markup]


def draw_result_charts(report: Report, words: Translator) -> ResultCharts:
    targets = draw_target_chart(report.targets.functions, words, FULL_WIDTH, words.text(report.targets.title))
    gap, authority, moving, roles = report.gap, report.authority, report.hand_offs, report.outlook
    changed = report.change
    has_roles = roles and roles.independence.value is not None and roles.readiness.value is not None
    return ResultCharts(
        level=_render_svg(draw_level_chart(report.answer, words, FULL_WIDTH), "level"),
        heatmap=_render_svg(draw_heatmap_chart(report.heatmap, words, FULL_WIDTH), "heatmap"),
        targets=_render_svg(targets, "targets"),
        gap=_render_svg(draw_gap_chart(gap, words, FULL_WIDTH), "gap") if gap and gap.rows else None,
        authority=_render_svg(draw_authority_chart(authority, words, FULL_WIDTH), "authority")
        if authority and authority.authority.value is not None
        else None,
        hand_offs=_render_svg(draw_hand_off_chart(moving, words, FULL_WIDTH), "hand-offs") if moving else None,
        outlook=_render_svg(draw_quadrant_chart(roles, words, QUADRANT_WIDTH, QUADRANT_HEIGHT), "outlook")
        if roles and has_roles
        else None,
        change=_render_svg(draw_slope_chart(changed, words, FULL_WIDTH, SLOPE_HEIGHT), "change")
        if changed and changed.rows
        else None,
        answers={
            part.id: _draw_answers(part, words) for part in report.functions if any(item.shares for item in part.all)
        },
        spreads={
            part.id: _render_svg(draw_agreement_chart(part.spread, words, FULL_WIDTH), f"spread-{part.id}")
            for part in report.functions
            if part.spread
        },
    )


def _draw_answers(part: FunctionSection, words: Translator) -> Markup:
    title = words.gettext("How the answers lie: {function}").format(function=part.name)
    return _render_svg(draw_distribution_chart(part.all, words, FULL_WIDTH, title), f"answers-{part.id}")


def _render_svg(chart: Chart, prefix: str) -> Markup:
    return Markup(render_svg(chart, f"chart-{prefix}"))  # noqa: S704  # the SVG renderer escapes all text
