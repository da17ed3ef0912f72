"""Roadmap chart: actions by horizon, with owner, effort, date, and the way from baseline to goal."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from assessment.charts.action_effect import format_effect
from assessment.charts.primitives import text_width
from assessment.charts.primitives.marks import (
    SMALL,
    TEXT,
    Box,
    Chart,
    ChartLabel,
    ChartLine,
    ChartMark,
    FontWeight,
    Marker,
)
from assessment.domain.report.actions import Action
from assessment.domain.report.sections.roadmap import RoadmapSection
from assessment.i18n import Translator
from assessment.i18n.action_texts import format_group, format_owner

PLACE_WIDTH, NAME_WIDTH, EFFORT_WIDTH, GOAL_WIDTH = 24.0, 186.0, 34.0, 98.0
LINE_HEIGHT, ROW_PADDING = 10.0, 5.0
HEAD_LINES, HEAD_PADDING = 3, 8.0
GROUP_HEIGHT = 16.0
TOP_MARGIN = HEAD_LINES * LINE_HEIGHT + HEAD_PADDING
DOTS = {"S": 1, "M": 2, "L": 3}
DOT_SIZE, DOT_STEP, BAR_HEIGHT = 2.9, 9.0, 7.0
MAX_LABEL_LINES = 4
HIGH_IMPACT = "H"


class RowLines(Struct, frozen=True):
    """Texts of a row, line by line: title, and the figure to move with its name."""

    title: tuple[str, ...]
    goal: tuple[str, ...]
    label: tuple[str, ...]

    @property
    def height(self) -> float:
        """Height of the row in points; the owner takes one line below the title."""
        return LINE_HEIGHT * max(len(self.title) + 1, len(self.goal) + len(self.label)) + ROW_PADDING


def draw_roadmap_chart(
    roadmap: RoadmapSection, actions: Sequence[Action], translator: Translator, width: float
) -> Chart:
    """Draw some of the roadmap's actions; what starts now is accented and bold, urgent ones have a square."""
    left, right = NAME_WIDTH + EFFORT_WIDTH, width - GOAL_WIDTH
    column = (right - left) / max(1, len(roadmap.horizons))
    rows = [_lay_out_row(action, translator) for action in actions]
    starts_group = [number == 0 or action.part != actions[number - 1].part for number, action in enumerate(actions)]
    tops, bottom = [], TOP_MARGIN
    for row, is_first in zip(rows, starts_group, strict=True):
        tops.append(bottom + is_first * GROUP_HEIGHT)
        bottom = tops[-1] + row.height
    bottom += 2
    marks = [*_draw_head(roadmap, translator, (left, column), bottom, right)]
    for action, row, top, is_first in zip(actions, rows, tops, starts_group, strict=True):
        if is_first:
            marks += _draw_group(format_group(roadmap, action.part, translator), top, width)
        marks.append(ChartLine(0, top + row.height - 1, width, top + row.height - 1, "faint", 0.6))
        marks += _draw_names(action, row, format_owner(action, translator), top, left)
        marks += _draw_horizon(action, translator, (left, column, right), top)
        marks += _draw_goal(action, row, translator, right + 8, top)
    description = "; ".join(_describe_action(action, translator) for action in actions)
    return Chart(width, bottom, tuple(marks), translator.render_message(roadmap.title), description)


def measure_row_height(action: Action, translator: Translator) -> float:
    """Height of a row in points."""
    return _lay_out_row(action, translator).height


def _lay_out_row(action: Action, translator: Translator) -> RowLines:
    title = _wrap_title(_format_title(action, translator), NAME_WIDTH - PLACE_WIDTH - 10)
    if action.effect is None:
        return RowLines(title, (), ())
    goal = text_width.wrap_text(format_effect(action.effect, translator), SMALL, GOAL_WIDTH - 10)
    figure = translator.render_message(action.effect.figure)
    label = text_width.wrap_lines(figure, SMALL, GOAL_WIDTH - 10, MAX_LABEL_LINES)
    return RowLines(title, goal, label)


def _wrap_title(text: str, limit: float) -> tuple[str, ...]:
    """Wrap a title into two balanced lines, otherwise into three: a label that is too long would be cut."""
    lines = text_width.wrap_text(text, SMALL, limit)
    if max(text_width.estimate_width(line, SMALL) for line in lines) <= limit:
        return lines
    return text_width.wrap_lines(text, SMALL, limit, MAX_LABEL_LINES)


def _describe_action(action: Action, translator: Translator) -> str:
    """Describe an action in words: place, title, owner, effort, date, goal."""
    parts = [
        f"{action.place} {_format_title(action, translator)}",
        format_owner(action, translator),
        action.horizon_name,
    ]
    parts.append(translator.gettext("effort {effort}").format(effort=name_effort(action, translator)))
    if action.goal is not None:
        parts.append(translator.render_message(action.goal).rstrip("."))
    return ", ".join(parts)


def name_effort(action: Action, translator: Translator) -> str:
    """Name the size of an effort."""
    names = {"S": translator.gettext("small"), "M": translator.gettext("medium"), "L": translator.gettext("large")}
    return names.get(action.effort, action.effort)


def _draw_head(
    roadmap: RoadmapSection, translator: Translator, columns: tuple[float, float], bottom: float, right: float
) -> Iterator[ChartMark]:
    left, column = columns
    base = TOP_MARGIN - HEAD_PADDING + 1
    yield ChartLabel(PLACE_WIDTH, base, translator.gettext("Action and owner"), "muted", SMALL, "strong")
    yield ChartLabel(NAME_WIDTH, base, translator.gettext("Effort"), "muted", SMALL, "strong", limit=EFFORT_WIDTH - 2)
    yield ChartLabel(right + 8, base, translator.gettext("Now → goal"), "muted", SMALL, "strong", limit=GOAL_WIDTH - 8)
    for number, name in enumerate(roadmap.horizons):
        x = left + column * number
        for line, text in enumerate(reversed(text_width.wrap_lines(name, SMALL, column - 8, HEAD_LINES))):
            yield ChartLabel(x + 3, base - LINE_HEIGHT * line, text, "muted", SMALL, "strong", limit=column - 1)
        yield ChartLine(x, TOP_MARGIN - 4, x, bottom, "faint", 0.8)
    yield ChartLine(right, TOP_MARGIN - 4, right, bottom, "faint", 0.8)
    yield ChartLine(0, TOP_MARGIN - 2, right + GOAL_WIDTH, TOP_MARGIN - 2, "rule", 1.0)


def _draw_group(text: str, top: float, width: float) -> Iterator[ChartMark]:
    """Draw the heading of the actions below it, across the lines of the columns."""
    yield Box(0, top - GROUP_HEIGHT - 0.5, width, GROUP_HEIGHT - 1, "wash")
    yield ChartLabel(PLACE_WIDTH, top - GROUP_HEIGHT + 10, text, "ink", SMALL, "strong", limit=width - PLACE_WIDTH - 4)


def _draw_names(action: Action, row: RowLines, owner_text: str, top: float, right: float) -> Iterator[ChartMark]:
    first = top + LINE_HEIGHT
    tone, weight = ("accent", "strong") if action.starts_now else ("muted", "regular")
    yield ChartLabel(14, first, str(action.place), tone, TEXT, "strong", "end")
    if action.urgent:
        yield Marker(19, first - 3, 2.2, "square", "second")
    bold: FontWeight = "strong" if weight == "strong" else "regular"
    for number, text in enumerate(row.title):
        y = first + LINE_HEIGHT * number
        yield ChartLabel(PLACE_WIDTH, y, text, "ink", SMALL, bold, limit=NAME_WIDTH - PLACE_WIDTH - 2)
    owner = first + LINE_HEIGHT * len(row.title)
    yield ChartLabel(PLACE_WIDTH, owner, owner_text, "muted", SMALL, limit=right - PLACE_WIDTH - 4)
    for number in range(max(DOTS.values())):
        hollow = number >= DOTS.get(action.effort, 0)
        tone = "rule" if hollow else "ink"
        yield Marker(NAME_WIDTH + 4 + DOT_STEP * number, first - 3, DOT_SIZE, "circle", tone, hollow=hollow)


def _draw_horizon(
    action: Action, translator: Translator, columns: tuple[float, float, float], top: float
) -> Iterator[ChartMark]:
    """Draw a bar in the column of the horizon, filled for high impact, with the date below it."""
    left, column, right = columns
    x = left + column * action.horizon
    tone = "accent" if action.starts_now else "rule"
    yield Box(x + 3, top + 4, column - 6, BAR_HEIGHT, tone, outline=action.impact != HIGH_IMPACT, radius=2)
    if action.until is None:
        return
    text = translator.format_date(action.until, "medium")
    y = top + LINE_HEIGHT * 2
    width = text_width.estimate_width(text, SMALL)
    if width > column - 5:  # the line of the column would cross it
        start = min(x + 3, right - 3 - width)
        yield Box(start - 1, y - 7.5, width + 3, LINE_HEIGHT, "paper")
    if x + 3 + width <= right - 2:
        yield ChartLabel(x + 3, y, text, "ink", SMALL)
    else:
        yield ChartLabel(right - 3, y, text, "ink", SMALL, anchor="end")


def _draw_goal(action: Action, row: RowLines, translator: Translator, left: float, top: float) -> Iterator[ChartMark]:
    if action.part == "target":
        text = translator.gettext("to reach the target")
        yield ChartLabel(left, top + LINE_HEIGHT, text, "muted", SMALL, limit=GOAL_WIDTH - 8)
    for number, text in enumerate((*row.goal, *row.label)):
        is_goal = number < len(row.goal)
        weight: FontWeight = "strong" if is_goal else "regular"
        size, tone = (SMALL, "ink") if is_goal else (SMALL, "muted")
        yield ChartLabel(left, top + LINE_HEIGHT * (number + 1), text, tone, size, weight, limit=GOAL_WIDTH - 8)


def _format_title(action: Action, translator: Translator) -> str:
    """Format the title with the action that is decided before this one."""
    if action.after is None:
        return action.title
    after = translator.gettext("after {place}").format(place=translator.format_number(action.after))
    return f"{action.title} ({after})"
