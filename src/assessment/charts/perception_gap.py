"""Chart of the perception gap: one row per dimension on an axis of its own around zero, widest first."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from msgspec import Struct

from assessment.charts.primitives import text_width
from assessment.charts.primitives.marks import SMALL, TEXT, Chart, ChartLabel, ChartLine, ChartMark, Marker
from assessment.charts.primitives.row_names import LINE_HEIGHT as NAME_LINE
from assessment.charts.primitives.row_names import draw_row_name, wrap_row_name
from assessment.charts.primitives.score_axis import PLOT_LEFT
from assessment.domain.report.sections.perception_gap import GapRow, PerceptionGapSection
from assessment.i18n import Translator

NAME_WIDTH, MIN_ROW_HEIGHT, TOP_MARGIN = 96.0, 35.0, 38.0
LINE_HEIGHT, FIGURE_WIDTH, VERDICT_WIDTH, SIDE_GAP = 10.0, 92.0, 90.0, 12.0
SIDE_WIDTH = SIDE_GAP + FIGURE_WIDTH + VERDICT_WIDTH
INTERVAL_OFFSET, LABEL_GAP = 28.0, 4.0  # of an interval next to its gap; between two labels
AXIS_STEP = 25  # points; the axis ends at a multiple of it
SURE_VERDICTS = ("confirmed", "strong")


class GapAxis(Struct, frozen=True):
    """Horizontal positions of gaps from minus to plus `limit` points."""

    left: float
    right: float
    limit: int

    def get_position(self, gap: Decimal) -> float:
        """Return the position of a gap, clipped to the axis."""
        share = min(1.0, max(-1.0, float(gap) / self.limit))
        return (self.left + self.right) / 2 + share * (self.right - self.left) / 2


def draw_gap_chart(gap: PerceptionGapSection, translator: Translator, width: float) -> Chart:
    """Draw the gaps with their intervals; an untested one is hollow, a hidden one has its reason only."""
    rows = sort_rows(gap.rows)
    axis = GapAxis(PLOT_LEFT, width - SIDE_WIDTH, _find_limit(rows))
    row_height = max([MIN_ROW_HEIGHT, *(_measure_verdict_height(row, translator) for row in rows)])
    bottom = TOP_MARGIN + row_height * len(rows) + 2
    marks: list[ChartMark] = [*_draw_head(translator, axis, bottom)]
    # An open figure such as "+45 or more" leaves no room for its interval: then all intervals stand below their gaps.
    is_stacked = not all(_has_room_for_interval(row, translator) for row in rows)
    for number, row in enumerate(rows):
        marks += _draw_row(row, translator, axis, TOP_MARGIN + row_height * (number + 0.5), is_stacked=is_stacked)
    description = "; ".join(translator.join_label(row.name, _describe_row(row, translator)) for row in rows)
    return Chart(width, bottom, tuple(marks), translator.render_message(gap.title), description)


def sort_rows(rows: Sequence[GapRow]) -> list[GapRow]:
    """Sort by size of gap, widest first; dimensions without a gap come last."""
    return sorted(rows, key=lambda row: -1 if row.gap.value is None else abs(row.gap.value), reverse=True)


def _find_limit(rows: Sequence[GapRow]) -> int:
    """Find the end of the axis that holds all gaps and intervals, at most 100 points."""
    ends = [abs(end) for row in rows if row.gap.value is not None for end in (row.gap.value, *(row.gap.interval or ()))]
    steps = -(-int(max(ends, default=Decimal(AXIS_STEP))) // AXIS_STEP)
    return AXIS_STEP * min(4, max(1, steps))


def _describe_row(row: GapRow, translator: Translator) -> str:
    if row.leader.value is None or row.practitioner.value is None:
        return translator.render_message(row.direction) if row.direction else ""
    sides = ((translator.gettext("Leaders"), row.leader), (translator.gettext("Practitioners"), row.practitioner))
    parts = [f"{name} {translator.format_figure(figure)}" for name, figure in sides]
    parts.append(translator.gettext("gap {points}").format(points=translator.format_figure(row.gap, signed=True)))
    if row.gap.interval:
        parts[-1] += f" ({translator.format_interval(row.gap.interval, signed=True)})"
    return ", ".join([*parts, translator.render_message(row.verdict_text) if row.verdict_text else ""])


def _draw_head(translator: Translator, axis: GapAxis, bottom: float) -> Iterator[ChartMark]:
    base, middle = TOP_MARGIN - 6, (axis.left + axis.right) / 2
    yield Marker(4, 6, 3.4, "diamond", "accent")
    yield ChartLabel(12, 9, translator.gettext("Leaders"), "ink", SMALL, limit=NAME_WIDTH - 14)
    yield Marker(4, 18, 3.2, "circle", "second")
    yield ChartLabel(12, 21, translator.gettext("Practitioners"), "ink", SMALL, limit=NAME_WIDTH)
    room = axis.right - axis.left
    yield ChartLabel(axis.left, 9, translator.gettext("← practitioners higher"), "muted", SMALL, limit=room)
    yield ChartLabel(axis.right, 21, translator.gettext("leaders higher →"), "muted", SMALL, anchor="end", limit=room)
    for gap in (-axis.limit, 0, axis.limit):
        x = axis.get_position(Decimal(gap))
        yield ChartLine(x, TOP_MARGIN - 2, x, bottom, "rule" if gap == 0 else "faint", 1.0 if gap == 0 else 0.6)
        text = translator.format_signed(Decimal(gap))
        yield ChartLabel(x, base, text, "muted", SMALL, anchor="middle" if gap == 0 else "start" if gap < 0 else "end")
    yield ChartLabel(axis.right + SIDE_GAP, base, translator.gettext("Gap (interval)"), "muted", SMALL, "strong")
    right = axis.right + SIDE_GAP + FIGURE_WIDTH
    yield ChartLabel(right, base, translator.gettext("Verdict"), "muted", SMALL, "strong", limit=VERDICT_WIDTH)
    yield ChartLine(middle, bottom, middle, bottom, "rule", 0.6)


def _has_room_for_interval(row: GapRow, translator: Translator) -> bool:
    """Return whether the interval fits next to the gap."""
    if row.gap.value is None or not row.gap.interval:
        return True
    gap = text_width.estimate_width(translator.format_figure(row.gap, signed=True), TEXT)
    interval = text_width.estimate_width(_format_interval(row.gap.interval, translator), SMALL)
    return gap <= INTERVAL_OFFSET and INTERVAL_OFFSET + interval <= FIGURE_WIDTH


def _format_interval(interval: tuple[Decimal, Decimal], translator: Translator) -> str:
    low, high = interval
    return f"({translator.format_signed(low)}; {translator.format_signed(high)})"


def _draw_row(row: GapRow, translator: Translator, axis: GapAxis, y: float, *, is_stacked: bool) -> Iterator[ChartMark]:
    name = wrap_row_name(row.name, NAME_WIDTH - 4)
    yield from draw_row_name(row.name, y - 4 - NAME_LINE / 2 * (len(name) - 1), NAME_WIDTH - 4)
    if row.leader.n is not None and row.practitioner.n is not None:
        people = translator.gettext("n {leaders} | {practitioners}")
        text = people.format(leaders=row.leader.n, practitioners=row.practitioner.n)
        yield ChartLabel(0, y + 10, text, "muted", SMALL)
    right = axis.right + SIDE_GAP
    if row.leader.value is None or row.practitioner.value is None or row.gap.value is None:
        if row.direction:
            text = translator.render_message(row.direction)
            yield ChartLabel(right, y + 3, text, "muted", SMALL, limit=SIDE_WIDTH - SIDE_GAP)
        return
    yield from _draw_figure(row, translator, right, y, is_stacked=is_stacked)
    yield from _draw_verdict(row, translator, right + FIGURE_WIDTH, y)
    yield from _draw_gap(row, axis, y)
    for figure, offset, shape, tone in (
        (row.leader, -4, "diamond", "accent"),
        (row.practitioner, 8, "circle", "second"),
    ):
        yield Marker(NAME_WIDTH + 4, y + offset - 3, 3.2, shape, tone)  # type: ignore[arg-type] # literals in a tuple
        text = translator.format_figure(figure)
        yield ChartLabel(NAME_WIDTH + 12, y + offset, text, "muted", SMALL, limit=PLOT_LEFT - NAME_WIDTH - 14)


def _draw_figure(row: GapRow, translator: Translator, x: float, y: float, *, is_stacked: bool) -> Iterator[ChartMark]:
    """Draw the gap, with its interval next to it or below it."""
    is_stacked = is_stacked and bool(row.gap.interval)
    limit = FIGURE_WIDTH - LABEL_GAP
    gap = translator.format_figure(row.gap, signed=True)
    yield ChartLabel(x, y - 2 if is_stacked else y + 3, gap, "ink", TEXT, "strong", limit=limit)
    if row.gap.interval:
        below, beside = (x, y + LINE_HEIGHT - 1), (x + INTERVAL_OFFSET, y + 3)
        text = _format_interval(row.gap.interval, translator)
        yield ChartLabel(*(below if is_stacked else beside), text, "muted", SMALL)


def _draw_gap(row: GapRow, axis: GapAxis, y: float) -> Iterator[ChartMark]:
    if row.gap.value is None:
        return
    tone = "accent" if row.verdict in SURE_VERDICTS else "ink"
    if row.gap.interval:
        low, high = (axis.get_position(end) for end in row.gap.interval)
        yield ChartLine(low, y, high, y, tone, 1.2)
        yield ChartLine(low, y - 3, low, y + 3, tone, 1.2)
        yield ChartLine(high, y - 3, high, y + 3, tone, 1.2)
    is_untested = row.verdict == "untested" or row.gap.interval is None
    yield Marker(axis.get_position(row.gap.value), y, 4.2, "square", tone, hollow=is_untested)


def _wrap_verdict(row: GapRow, translator: Translator) -> tuple[Sequence[str], Sequence[str]]:
    """Wrap the verdict, and who is more positive."""
    texts = (translator.render_message(text) if text else "" for text in (row.verdict_text, row.direction))
    verdict, direction = (text_width.wrap_text(text, SMALL, VERDICT_WIDTH) if text else () for text in texts)
    return verdict, direction


def _measure_verdict_height(row: GapRow, translator: Translator) -> float:
    """Measure the verdict with some air; a hidden gap has a reason in one line instead."""
    if row.gap.value is None:
        return MIN_ROW_HEIGHT
    verdict, direction = _wrap_verdict(row, translator)
    return LINE_HEIGHT * (len(verdict) + len(direction)) + LABEL_GAP


def _draw_verdict(row: GapRow, translator: Translator, x: float, y: float) -> Iterator[ChartMark]:
    """Draw the verdict on one or two lines, then who is more positive."""
    is_sure = row.verdict in SURE_VERDICTS
    lines, below = _wrap_verdict(row, translator)
    top = y + 3 - LINE_HEIGHT / 2 * (len(lines) + len(below) - 1)
    for number, text in enumerate((*lines, *below)):
        is_verdict = number < len(lines)
        yield ChartLabel(
            x,
            top + LINE_HEIGHT * number,
            text,
            "ink" if is_verdict else "muted",
            SMALL,
            "strong" if is_sure and is_verdict else "regular",
            limit=VERDICT_WIDTH,
        )
