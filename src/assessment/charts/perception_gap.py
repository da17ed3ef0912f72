"""Dumbbell chart of the perception gap: leaders and practitioners per dimension, with the verdict."""

from collections.abc import Iterator

from assessment.charts.primitives import text_width
from assessment.charts.primitives.marks import Chart, ChartLabel, ChartLine, ChartMark, Marker
from assessment.charts.primitives.score_axis import ScoreAxis
from assessment.domain.report.sections.perception_gap import GapRow, PerceptionGapSection
from assessment.i18n import Translator

NAME_WIDTH, SIDE_WIDTH, ROW_HEIGHT, TOP_MARGIN = 92.0, 196.0, 34.0, 34.0
SCORE_SIZE, SCORE_OFFSET, SCORE_RISE, LINE_HEIGHT = 7.5, 7.0, 7.0, 9.5


def draw_gap_chart(gap: PerceptionGapSection, translator: Translator, width: float) -> Chart:
    """Draw leaders as diamonds and practitioners as circles: shapes are readable without colour."""
    axis = ScoreAxis(NAME_WIDTH, width - SIDE_WIDTH)
    bottom = TOP_MARGIN + ROW_HEIGHT * len(gap.rows) + 2
    marks: list[ChartMark] = [*_draw_key(translator, axis), *axis.draw_ticks(TOP_MARGIN, bottom)]
    marks += [ChartLabel(axis.right + 16, TOP_MARGIN - 4, translator.gettext("gap (interval)"), "muted", 7)]
    marks += [ChartLabel(axis.right + 104, TOP_MARGIN - 4, translator.gettext("verdict"), "muted", 7)]
    for number, row in enumerate(gap.rows):
        marks += _draw_row(row, translator, axis, TOP_MARGIN + ROW_HEIGHT * (number + 0.5))
    description = "; ".join(f"{row.name}: {_describe_row(row, translator)}" for row in gap.rows)
    return Chart(width, bottom, tuple(marks), translator.render_message(gap.title), description)


def _describe_row(row: GapRow, translator: Translator) -> str:
    if row.leader.value is None or row.practitioner.value is None:
        return translator.render_message(row.direction) if row.direction else ""
    sides = ((translator.gettext("Leaders"), row.leader), (translator.gettext("Practitioners"), row.practitioner))
    verdict = translator.render_message(row.verdict_text) if row.verdict_text else ""
    return ", ".join([*(f"{name} {translator.format_figure(figure)}" for name, figure in sides), verdict])


def _draw_key(translator: Translator, axis: ScoreAxis) -> Iterator[ChartMark]:
    y = 8.0
    yield Marker(axis.left + 4, y, 4, "diamond", "accent")
    yield ChartLabel(axis.left + 12, y + 3, translator.gettext("Leaders"), "ink", 8)
    yield Marker(axis.left + 76, y, 4, "circle", "second")
    yield ChartLabel(axis.left + 84, y + 3, translator.gettext("Practitioners"), "ink", 8)


def _draw_row(row: GapRow, translator: Translator, axis: ScoreAxis, y: float) -> Iterator[ChartMark]:
    yield ChartLabel(0, y + 3, row.name, "ink", 9.5, "strong", limit=NAME_WIDTH - 6)
    if row.leader.n is not None and row.practitioner.n is not None:
        people = translator.gettext("n {leaders} | {practitioners}")
        text = people.format(leaders=row.leader.n, practitioners=row.practitioner.n)
        yield ChartLabel(0, y + 13, text, "muted", 7.5)
    right = axis.right + 16
    if row.leader.value is None or row.practitioner.value is None:
        if row.direction:
            yield ChartLabel(right, y + 3, translator.render_message(row.direction), "muted", 8, limit=SIDE_WIDTH - 16)
        return
    yield ChartLabel(right, y + 3, translator.format_figure(row.gap, signed=True), "ink", 9.5, "strong")
    if row.gap.interval:
        low, high = row.gap.interval
        yield ChartLabel(
            right + 30, y + 3, f"({translator.format_signed(low)}; {translator.format_signed(high)})", "muted", 7.5
        )
    sure = row.verdict in ("confirmed", "strong")
    yield from _draw_verdict(row, translator, right + 88, y, strong=sure)
    leader, practitioner = axis.get_position(row.leader.value), axis.get_position(row.practitioner.value)
    yield ChartLine(leader, y, practitioner, y, "rule", 2)
    yield Marker(practitioner, y, 4.5, "circle", "second")
    yield Marker(leader, y, 4.5, "diamond", "accent")
    first, second = sorted(
        ((leader, translator.format_figure(row.leader)), (practitioner, translator.format_figure(row.practitioner)))
    )
    yield _place_left_score(*first, axis, y)
    yield _place_right_score(*second, axis, y)


def _draw_verdict(row: GapRow, translator: Translator, x: float, y: float, *, strong: bool) -> Iterator[ChartMark]:
    """Draw the verdict on one or two lines, then who is more positive."""
    lines = (
        text_width.wrap_text(translator.render_message(row.verdict_text), 8, SIDE_WIDTH - 104)
        if row.verdict_text
        else ()
    )
    below = [translator.render_message(row.direction)] if row.direction else []
    top = y + 3 - LINE_HEIGHT / 2 * (len(lines) + len(below) - 1)
    for number, text in enumerate(lines):
        yield ChartLabel(x, top + LINE_HEIGHT * number, text, "ink", 8, "strong" if strong else "regular")
    for number, text in enumerate(below, start=len(lines)):
        yield ChartLabel(x, top + LINE_HEIGHT * number, text, "muted", 7.5, limit=SIDE_WIDTH - 104)


def _place_left_score(x: float, text: str, axis: ScoreAxis, y: float) -> ChartLabel:
    """Place a score left of its marker, or above it where it would overlap the name."""
    if x - SCORE_OFFSET - text_width.estimate_width(text, SCORE_SIZE) > axis.left - 6:
        return ChartLabel(x - SCORE_OFFSET, y + 3, text, "muted", SCORE_SIZE, anchor="end")
    return ChartLabel(axis.left - 4, y - SCORE_RISE, text, "muted", SCORE_SIZE)


def _place_right_score(x: float, text: str, axis: ScoreAxis, y: float) -> ChartLabel:
    """Place a score right of its marker, or above it where it would overlap the gap."""
    if x + SCORE_OFFSET + text_width.estimate_width(text, SCORE_SIZE) < axis.right + 14:
        return ChartLabel(x + SCORE_OFFSET, y + 3, text, "muted", SCORE_SIZE)
    return ChartLabel(axis.right + 12, y - SCORE_RISE, text, "muted", SCORE_SIZE, anchor="end")
