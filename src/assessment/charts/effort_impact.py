"""Two by two of effort and impact: quick wins against big bets, actions by their numbers."""

from collections.abc import Iterator

from assessment.charts.primitives import text_width
from assessment.charts.primitives.marks import SMALL, TEXT, Box, Chart, ChartLabel, ChartMark
from assessment.domain.report.sections.plan import EffortQuadrant, PlanSection
from assessment.i18n import Translator

LEFT_MARGIN, BOTTOM_MARGIN, GAP = 14.0, 14.0, 3.0
LINE_HEIGHT, PADDING = 13.0, 8.0


def draw_effort_impact_chart(plan: PlanSection, translator: Translator, width: float, height: float) -> Chart:
    """Draw effort to the right and impact upwards."""
    cell_width, cell_height = (width - LEFT_MARGIN - GAP) / 2, (height - BOTTOM_MARGIN - GAP) / 2
    marks: list[ChartMark] = []
    for quadrant in plan.quadrants:
        left = LEFT_MARGIN + (0 if quadrant.is_small else cell_width + GAP)
        top = 0 if quadrant.has_high_impact else cell_height + GAP
        tone = "level-2" if quadrant.is_small and quadrant.has_high_impact else "wash"
        box = Box(left, top, cell_width, cell_height, tone)
        marks += [box, *_draw_quadrant(quadrant, translator, box)]
    effort = translator.gettext("More effort →")
    marks.append(ChartLabel(width, height - 3, effort, "muted", SMALL, anchor="end"))
    marks.append(ChartLabel(LEFT_MARGIN, height - 3, translator.gettext("Higher impact ↑"), "muted", SMALL))
    description = "; ".join(
        translator.join_label(translator.render_message(quadrant.name), _list_places(quadrant, translator) or "–")
        for quadrant in plan.quadrants
    )
    return Chart(width, height, tuple(marks), translator.gettext("Quick wins and big bets"), description)


def _draw_quadrant(quadrant: EffortQuadrant, translator: Translator, box: Box) -> Iterator[ChartMark]:
    y = box.y + PADDING + 7
    name = translator.render_message(quadrant.name)
    yield ChartLabel(box.x + PADDING, y, name, "ink", TEXT, "strong", limit=box.width - 2 * PADDING)
    for line in _wrap_places(quadrant, translator, box.width - 2 * PADDING):
        y += LINE_HEIGHT
        yield ChartLabel(box.x + PADDING, y, line, "ink", TEXT)


def _wrap_places(quadrant: EffortQuadrant, translator: Translator, limit: float) -> Iterator[str]:
    line = ""
    for place in _list_places(quadrant, translator).split(" "):
        longer = f"{line} {place}".strip()
        if line and text_width.estimate_width(longer, TEXT) > limit:
            yield line
            longer = place
        line = longer
    yield line or "–"


def _list_places(quadrant: EffortQuadrant, translator: Translator) -> str:
    return ", ".join(translator.format_number(action.place) for action in quadrant.actions)
