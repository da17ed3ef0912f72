"""Dumbbell chart of scores and targets."""

from collections.abc import Iterator, Sequence

from assessment.charts.primitives import text_width
from assessment.charts.primitives.marks import SMALL, TEXT, Chart, ChartLabel, ChartLine, ChartMark, Marker
from assessment.charts.primitives.row_names import draw_row_name
from assessment.charts.primitives.score_axis import PLOT_LEFT, ScoreAxis
from assessment.domain.report.sections.targets import TargetRow
from assessment.i18n import Translator

SIDE_WIDTH, ROW_HEIGHT, TOP_MARGIN = 120.0, 22.0, 18.0


def draw_target_chart(
    rows: Sequence[TargetRow],
    translator: Translator,
    width: float,
    title: str,
    *,
    group: bool = False,
    page_rows: Sequence[TargetRow] = (),
) -> Chart:
    """Draw one line per row; `group` names the function next to a dimension.

    `page_rows` are those of all charts on the page: so their axes are equally long.
    """
    side_width = max(
        (
            _measure_score_width(row, translator) + text_width.estimate_width(_format_distance(row, translator), SMALL)
            for row in page_rows or rows
        ),
        default=0,
    )
    axis = ScoreAxis(PLOT_LEFT, width - max(SIDE_WIDTH, 15 + side_width))
    bottom = TOP_MARGIN + ROW_HEIGHT * len(rows) + 4
    marks = [*axis.draw_ticks(TOP_MARGIN, bottom)]
    for number, row in enumerate(rows):
        marks += _draw_row(row, translator, axis, TOP_MARGIN + ROW_HEIGHT * (number + 0.5), group=group)
    description = "; ".join(_describe_row(row, translator, group=group) for row in rows)
    return Chart(width, bottom, tuple(marks), title, description)


def _describe_row(row: TargetRow, translator: Translator, *, group: bool) -> str:
    """Describe a row in words: name, score with its interval, moderated score, distance to the target."""
    interval = f" ({translator.format_interval(row.now.interval)})" if row.now.interval else ""
    parts = [f"{_format_name(row, group=group)} {translator.format_figure(row.now)}{interval}"]
    parts += [translator.format_moderated(row.now), _format_distance(row, translator)]
    return ", ".join(part for part in parts if part)


def _format_name(row: TargetRow, *, group: bool) -> str:
    return f"{row.name} · {row.function}" if group else row.name


def _draw_row(row: TargetRow, translator: Translator, axis: ScoreAxis, y: float, *, group: bool) -> Iterator[ChartMark]:
    yield from draw_row_name(_format_name(row, group=group), y, PLOT_LEFT - 8, "regular" if group else "strong")
    right = axis.right + 14
    yield ChartLabel(right, y + 3, translator.format_figure(row.now), "ink", TEXT, "strong")
    if row.now.value is None or row.missing_points is None:
        yield ChartLabel(
            right + 14, y + 3, translator.format_missing_briefly(row.now), "muted", SMALL, limit=SIDE_WIDTH - 30
        )
        return
    yield ChartLabel(
        right + _measure_score_width(row, translator), y + 3, _format_distance(row, translator), "muted", SMALL
    )
    now, target = axis.get_position(row.now.value), axis.get_position(row.target)
    yield ChartLine(now, y, target, y, "second" if row.missing_points > 0 else "third", 2)
    yield axis.draw_target(row.target, y)
    yield Marker(now, y, 4.5, "circle", "accent")
    if row.now.moderated is not None:
        moderated = axis.get_position(row.now.moderated)
        yield Marker(moderated, y, 3.4, "square", "third", hollow=True)
        yield ChartLabel(
            moderated, y + 11, translator.format_number(row.now.moderated), "third", SMALL, anchor="middle"
        )


def _measure_score_width(row: TargetRow, translator: Translator) -> float:
    """Measure the width of a score: "10 or less" needs more than a number."""
    return (
        34 if row.now.bound is None else max(34, text_width.estimate_width(translator.format_figure(row.now), TEXT) + 8)
    )


def _format_distance(row: TargetRow, translator: Translator) -> str:
    target = translator.format_number(row.target)
    if row.missing_points is None or row.missing_points <= 0:
        return translator.gettext("target {target} reached").format(target=target)
    return translator.gettext("of {target}: {points} to go").format(
        target=target, points=translator.format_figure(row.distance)
    )
