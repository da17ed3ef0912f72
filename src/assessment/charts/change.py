"""Slope chart of two waves: each figure then and now, and whether the change exceeds chance."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from assessment.charts.primitives.marks import (
    SMALL,
    Chart,
    ChartLabel,
    ChartLine,
    ChartMark,
    FontWeight,
    Marker,
    MarkerShape,
)
from assessment.charts.primitives.score_axis import PLOT_LEFT
from assessment.domain.report.sections.change import ChangeRow, ChangeSection
from assessment.i18n import Translator

TOP_MARGIN, BOTTOM_MARGIN, SIDE_WIDTH = 24.0, 8.0, 226.0
LEADER_WIDTH, SCORE_WIDTH, NAME_SHARE = 14.0, 32.0, 0.5
LABEL_DISTANCE = 11.5


def draw_slope_chart(change: ChangeSection, translator: Translator, width: float, height: float) -> Chart:
    """Draw one line per figure on the 0-100 scale; dashed means within chance."""
    left, right = PLOT_LEFT, width - SIDE_WIDTH
    rows = [row for row in change.rows if row.earlier.value is not None and row.later.value is not None]
    marks: list[ChartMark] = []
    waves = (change.earlier, translator.gettext("Last wave")), (change.later, translator.gettext("This wave"))
    for x, (name, fallback) in zip((left, right), waves, strict=True):
        marks.append(ChartLine(x, TOP_MARGIN, x, height - BOTTOM_MARGIN, "faint", 1))
        marks.append(
            ChartLabel(
                x, TOP_MARGIN - 10, translator.format_date(name) or fallback, "muted", SMALL, "strong", "middle", 150
            )
        )
    before = _separate_labels([_convert_score_to_y(row.earlier.value, height) for row in rows], height)
    after = _separate_labels([_convert_score_to_y(row.later.value, height) for row in rows], height)
    for row, *places in zip(rows, before, after, strict=True):
        marks += _draw_row(row, translator, (left, right), (places[0], places[1]), height)
    description = "; ".join(
        f"{_format_name(row, translator)} {translator.format_figure(row.earlier)} → "
        f"{translator.format_figure(row.later)}, {_format_change(row, translator)}"
        for row in rows
    )
    return Chart(width, height, tuple(marks), translator.render_message(change.title), description)


def _convert_score_to_y(score: object, height: float) -> float:
    share = min(1.0, max(0.0, float(str(score)) / 100))
    return height - BOTTOM_MARGIN - share * (height - BOTTOM_MARGIN - TOP_MARGIN)


def _separate_labels(places: Sequence[float], height: float) -> list[float]:
    """Move overlapping labels apart, keeping their order from top to bottom."""
    order = sorted(range(len(places)), key=lambda number: places[number])
    moved = list(places)
    for upper, lower in pairwise(order):
        moved[lower] = max(moved[lower], moved[upper] + LABEL_DISTANCE)
    limit = height - BOTTOM_MARGIN
    for number in reversed(order):
        moved[number] = min(moved[number], limit)
        limit = moved[number] - LABEL_DISTANCE
    return moved


def _format_name(row: ChangeRow, translator: Translator) -> str:
    if isinstance(row.name, str):
        return row.name or translator.gettext("The whole")
    return translator.render_message(row.name)


def _draw_row(
    row: ChangeRow, translator: Translator, ends: tuple[float, float], labels: tuple[float, float], height: float
) -> Iterator[ChartMark]:
    left, right = ends
    start, end = _convert_score_to_y(row.earlier.value, height), _convert_score_to_y(row.later.value, height)
    tone = "accent" if row.is_overall else "ink" if row.changed else "rule"
    weight: FontWeight = "strong" if row.is_overall or row.changed else "regular"
    yield ChartLine(left, start, right, end, tone, 2.2 if row.is_overall else 1.3, dashed=not row.changed)
    shape: MarkerShape = "diamond" if row.is_overall else "circle"
    yield Marker(left, start, 3.6, shape, tone)
    yield Marker(right, end, 3.6, shape, tone)
    name, change_text = _format_name(row, translator), _format_change(row, translator)
    before, after = translator.format_figure(row.earlier), translator.format_figure(row.later)
    yield from _draw_leader(left, start, left - LEADER_WIDTH, labels[0])
    yield from _draw_leader(right, end, right + LEADER_WIDTH, labels[1])
    edge = left - LEADER_WIDTH - 4
    yield ChartLabel(edge, labels[0] + 3, before, "ink", SMALL, weight, "end")
    yield ChartLabel(edge - SCORE_WIDTH, labels[0] + 3, name, "ink", SMALL, weight, "end", edge - SCORE_WIDTH)
    edge = right + LEADER_WIDTH + 4
    yield ChartLabel(edge, labels[1] + 3, after, "ink", SMALL, weight)
    room = SIDE_WIDTH - LEADER_WIDTH - 4 - SCORE_WIDTH
    yield ChartLabel(edge + SCORE_WIDTH, labels[1] + 3, name, "ink", SMALL, weight, limit=room * NAME_SHARE - 4)
    yield ChartLabel(
        edge + SCORE_WIDTH + room * NAME_SHARE,
        labels[1] + 3,
        change_text,
        "ink",
        SMALL,
        weight,
        limit=room * (1 - NAME_SHARE),
    )


def _draw_leader(x: float, y: float, label_x: float, label_y: float) -> Iterator[ChartMark]:
    """Lead from a point to its label, where it had to move."""
    yield ChartLine(x, y, label_x, label_y, "rule", 0.6)


def _format_change(row: ChangeRow, translator: Translator) -> str:
    return f"{translator.format_figure(row.change, signed=True)}  {translator.render_message(row.verdict)}"
