"""Charts of the results page, as SVG."""

from markupsafe import Markup
from msgspec import Struct

from assessment.charts.authority import authority_chart
from assessment.charts.dumbbell import dumbbell
from assessment.charts.gap import gap_chart
from assessment.charts.grid import hand_off_chart, heatmap_chart
from assessment.charts.level import level_chart
from assessment.charts.marks import Chart
from assessment.charts.quadrant import quadrant_chart
from assessment.charts.slope import slope_chart
from assessment.charts.spread import spread_chart
from assessment.charts.stacked import stacked_chart
from assessment.charts.svg import svg
from assessment.domain.report.parts import FunctionPart, Report
from assessment.wording import Wording

WIDE, NARROW, HIGH, SLOPE = 620.0, 420.0, 300.0, 260.0


class Drawings(Struct, frozen=True):
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


def draw(report: Report, words: Wording) -> Drawings:
    targets = dumbbell(report.targets.functions, words, WIDE, words.text(report.targets.title))
    gap, authority, moving, roles = report.gap, report.authority, report.hand_offs, report.outlook
    changed = report.change
    has_roles = roles and roles.independence.shown is not None and roles.readiness.shown is not None
    return Drawings(
        level=_markup(level_chart(report.answer, words, WIDE), "level"),
        heatmap=_markup(heatmap_chart(report.heatmap, words, WIDE), "heatmap"),
        targets=_markup(targets, "targets"),
        gap=_markup(gap_chart(gap, words, WIDE), "gap") if gap and gap.rows else None,
        authority=_markup(authority_chart(authority, words, WIDE), "authority")
        if authority and authority.authority.shown is not None
        else None,
        hand_offs=_markup(hand_off_chart(moving, words, WIDE), "hand-offs") if moving else None,
        outlook=_markup(quadrant_chart(roles, words, NARROW, HIGH), "outlook") if roles and has_roles else None,
        change=_markup(slope_chart(changed, words, WIDE, SLOPE), "change") if changed and changed.rows else None,
        answers={part.id: _answers(part, words) for part in report.functions if any(each.shares for each in part.all)},
        spreads={
            part.id: _markup(spread_chart(part.spread, words, WIDE), f"spread-{part.id}")
            for part in report.functions
            if part.spread
        },
    )


def _answers(part: FunctionPart, words: Wording) -> Markup:
    title = words.gettext("How the answers lie: {function}").format(function=part.name)
    return _markup(stacked_chart(part.all, words, WIDE, title), f"answers-{part.id}")


def _markup(chart: Chart, prefix: str) -> Markup:
    return Markup(svg(chart, f"chart-{prefix}"))  # noqa: S704  # the SVG renderer escapes all text
