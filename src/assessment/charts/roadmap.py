"""Roadmap chart: actions by horizon; bar length is effort, fill is impact."""

from collections.abc import Iterator, Sequence

from assessment.charts.primitives import text_width
from assessment.charts.primitives.marks import Box, Chart, ChartLabel, ChartLine, ChartMark, FontWeight, Marker
from assessment.domain.report.sections.roadmap import Action, RoadmapSection
from assessment.i18n import Translator

NAME_WIDTH, ROW_HEIGHT, TALL_ROW_HEIGHT, TOP_MARGIN = 258.0, 16.0, 24.0, 28.0
TITLE_SIZE, LINE_HEIGHT, TITLE_INDENT = 8.5, 9.6, 32.0
EFFORT_LENGTHS = {"S": 0.36, "M": 0.66, "L": 0.96}
HIGH_IMPACT = "H"


def draw_roadmap_chart(
    roadmap: RoadmapSection, actions: Sequence[Action], translator: Translator, width: float
) -> Chart:
    """Draw some of the roadmap's actions; the first ones are accented, urgent ones have a square."""
    column = (width - NAME_WIDTH) / max(1, len(roadmap.horizons))
    heights = [measure_row_height(action, translator) for action in actions]
    tops = [TOP_MARGIN + sum(heights[:number]) for number in range(len(actions))]
    bottom = TOP_MARGIN + sum(heights) + 2
    marks: list[ChartMark] = [
        Box(0, top, width, height, "wash") for top, height in list(zip(tops, heights, strict=True))[::2]
    ]
    for number, name in enumerate(roadmap.horizons):
        left = NAME_WIDTH + column * number
        head = text_width.wrap_text(name, 8, column - 8)
        for line, text in enumerate(reversed(head)):
            marks.append(ChartLabel(left + 4, TOP_MARGIN - 8 - 9 * line, text, "muted", 8, "strong", limit=column - 5))
        marks.append(ChartLine(left, TOP_MARGIN - 24, left, bottom, "faint", 0.8))
    for action, top, height in zip(actions, tops, heights, strict=True):
        marks += _draw_row(action, translator, top + height / 2, NAME_WIDTH + column * action.horizon, column)
    description = "; ".join(
        f"{action.place} {_format_title(action, translator)} ({action.horizon_name})" for action in actions
    )
    return Chart(width, bottom, tuple(marks), translator.render_message(roadmap.title), description)


def measure_row_height(action: Action, translator: Translator) -> float:
    """Height in points; a long title takes two lines."""
    return ROW_HEIGHT if len(_wrap_title(action, translator)) == 1 else TALL_ROW_HEIGHT


def _draw_row(action: Action, translator: Translator, y: float, left: float, column: float) -> Iterator[ChartMark]:
    first = action.starts_now
    yield ChartLabel(16, y + 3, str(action.place), "accent" if first else "muted", 9, "strong", "end")
    if action.urgent:
        yield Marker(24.5, y, 2.6, "square", "second")
    yield from _draw_title(_wrap_title(action, translator), y, "strong" if first else "regular")
    length = (column - 6) * EFFORT_LENGTHS.get(action.effort, 1.0)
    tone = "accent" if first else "rule"
    yield Box(left + 3, y - 4.5, length, 9, tone, outline=action.impact != HIGH_IMPACT, radius=2)


def _wrap_title(action: Action, translator: Translator) -> tuple[str, ...]:
    return text_width.wrap_text(_format_title(action, translator), TITLE_SIZE, NAME_WIDTH - TITLE_INDENT - 6)


def _format_title(action: Action, translator: Translator) -> str:
    """Format the title with the action that is decided before this one."""
    if action.after is None:
        return action.title
    after = translator.gettext("after {place}").format(place=translator.format_number(action.after))
    return f"{action.title} ({after})"


def _draw_title(lines: Sequence[str], y: float, weight: FontWeight) -> Iterator[ChartMark]:
    first = y + 3 - LINE_HEIGHT / 2 * (len(lines) - 1)
    for number, text in enumerate(lines):
        yield ChartLabel(
            TITLE_INDENT,
            first + LINE_HEIGHT * number,
            text,
            "ink",
            TITLE_SIZE,
            weight,
            limit=NAME_WIDTH - TITLE_INDENT - 4,
        )
