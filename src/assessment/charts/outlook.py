"""Quadrant chart of the outlook: four classes, and one point for the group."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import accumulate, product

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
    TextAnchor,
)
from assessment.charts.primitives.score_axis import PLOT_LEFT
from assessment.charts.primitives.text_width import estimate_width
from assessment.domain.report.sections.outlook import OutlookSection
from assessment.i18n import Translator

BOTTOM_MARGIN, TOP_MARGIN = 30.0, 18.0
HUNDRED = Decimal(100)
ARROWS = " →↑"
INSET, NAME_DROP, NAME_LIFT = 9.0, 17.0, 8.0  # of a name in its quadrant, from the sides, the top and the bottom
CLEARANCE, NAME_LEADING = 2.0, 2.5  # around labels; between the lines of a name
NAME_LINES = (1, 2, 3, 4)
FIGURES_ROOM = 70.0  # width of both figures next to the point
NEXT_TO_POINT, ABOVE_POINT, BELOW_POINT = 3.0, -8.0, 15.0  # their base lines, from the middle of the point
STRONG_SHARE = 1.08  # width of strong letters, compared with the estimate

LabelBox = tuple[float, float, float, float]


def draw_quadrant_chart(outlook: OutlookSection, translator: Translator, width: float, height: float) -> Chart:
    """Draw independence to the right and readiness upwards, divided at the questionnaire's cut point."""
    ends = PLOT_LEFT, width - 2, height - BOTTOM_MARGIN
    # The figures stand where nothing crosses them nor, because of them, a name; or as little as possible.
    points = [[*_draw_point(outlook, translator, ends, *side)] for side in _list_sides(outlook, ends)]
    choices = [
        (_draw_quadrants(outlook, ends, [*_measure_marks(point)]), _count_own_crossings(outlook, ends, point), point)
        for point in points
    ]
    (quadrants, _), _, point = min(choices, key=lambda choice: (choice[0][1], choice[1]))
    marks: list[ChartMark] = [*quadrants, *_draw_axes(translator, ends, height), *point]
    title = translator.render_message(outlook.title)
    sides = zip(_name_axes(translator), (outlook.independence, outlook.readiness), strict=True)
    description = "; ".join(f"{name.rstrip(ARROWS)} {translator.format_figure(figure)}" for name, figure in sides)
    return Chart(width, height, tuple(marks), title, description)


def _draw_quadrants(
    outlook: OutlookSection, ends: tuple[float, float, float], drawn: Sequence[LabelBox]
) -> tuple[list[ChartMark], int]:
    """Draw each quadrant with its name in the corner where the fewest of the `drawn` marks cross it; count these."""
    left, right, bottom = ends
    cut_x, cut_y = _locate_cuts(outlook, ends)
    marks: list[ChartMark] = []
    crossings = 0
    for corner in outlook.quadrants:
        x = (cut_x, right) if corner.high_independence else (left, cut_x)
        y = (TOP_MARGIN, cut_y) if corner.high_readiness else (cut_y, bottom)
        tone = "level-2" if corner.is_current else "wash"
        places = _list_name_places(corner.name, x, y, "strong" if corner.is_current else "regular")
        counts = [(_count_crossings([*_measure_marks(labels)], drawn), labels) for labels in places]
        count, labels = min(counts, key=lambda choice: choice[0])
        marks += [Box(x[0] + 1, y[0] + 1, x[1] - x[0] - 2, y[1] - y[0] - 2, tone), *labels]
        crossings += count
    return marks, crossings


def _list_name_places(
    name: str, x: tuple[float, float], y: tuple[float, float], weight: FontWeight
) -> Iterator[list[ChartLabel]]:
    """Yield a name in each corner of its quadrant, in one line, then in more; then in small type."""
    limit = x[1] - x[0] - 2 * INSET
    sides: tuple[tuple[float, TextAnchor], ...] = ((x[0] + INSET, "start"), (x[1] - INSET, "end"))
    choices = [wrap_evenly(name, count) for count in NAME_LINES]
    for size, lines in product((TEXT, SMALL), choices):
        if lines is not choices[-1] and max(estimate_width(line, size) for line in lines) * STRONG_SHARE > limit:
            continue
        leading = size + NAME_LEADING
        for top in (y[0] + NAME_DROP, y[1] - NAME_LIFT - leading * (len(lines) - 1)):
            for left, anchor in sides:
                yield [
                    ChartLabel(left, top + leading * number, line, "ink", size, weight, anchor, limit=limit)
                    for number, line in enumerate(lines)
                ]


def wrap_evenly(name: str, count: int) -> tuple[str, ...]:
    """Wrap at the spaces that make the longest of `count` lines shortest, earlier lines as short as that allows.

    A name of fewer words stays on one line. Time grows with the length, not with the number of ways to wrap.
    """
    words = name.split(" ")
    if count > len(words):
        return (name,)
    # Of words i to j with the spaces between them, the length is starts[j] - starts[i] - 1.
    starts = [0, *accumulate(len(word) + 1 for word in words)]
    longest = range(max(map(len, words)), len(name) + 1)
    limit = longest[bisect_left(longest, -count, key=lambda length: -_count_lines(starts, length)[0])]
    needed = _count_lines(starts, limit)
    lines, start = [], 0
    for lines_left in range(count - 1, -1, -1):
        rest = len(words) - lines_left  # each later line has a word at least
        end = next(end for end in range(start + 1, rest + 1) if needed[end] <= lines_left)
        lines.append(" ".join(words[start:end]))
        start = end
    return tuple(lines)


def _count_lines(starts: Sequence[int], limit: int) -> list[int]:
    """Return, for each word and the end, the fewest lines of up to `limit` characters that take the rest."""
    counts = [0] * len(starts)
    for start in range(len(starts) - 2, -1, -1):
        counts[start] = 1 + counts[bisect_right(starts, starts[start] + limit + 1) - 1]
    return counts


def _measure_label(label: ChartLabel) -> LabelBox:
    """Left, top, right and bottom of a label, with some white space."""
    width = estimate_width(label.text, label.size) * STRONG_SHARE
    left = label.x - (width if label.anchor == "end" else 0.0)
    return left - CLEARANCE, label.y - label.size - CLEARANCE, left + width + CLEARANCE, label.y + CLEARANCE


def _count_crossings(boxes: Sequence[LabelBox], drawn: Sequence[LabelBox]) -> int:
    return sum(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
        for box, other in product(boxes, drawn)
    )


def _name_axes(translator: Translator) -> tuple[str, str]:
    return translator.gettext("Independence of one network →"), translator.gettext("Readiness for another role ↑")


def _draw_axes(translator: Translator, ends: tuple[float, float, float], height: float) -> Iterator[ChartMark]:
    left, right, bottom = ends
    for step in (0, 25, 50, 75, 100):
        share = step / 100
        anchor: TextAnchor = "start" if step == 0 else "end" if step == HUNDRED else "middle"
        yield ChartLabel(left + share * (right - left), bottom + 10, str(step), "muted", SMALL, anchor=anchor)
        yield ChartLabel(
            left - 5,
            bottom - share * (bottom - TOP_MARGIN) + (5 if step == HUNDRED else 2),
            str(step),
            "muted",
            SMALL,
            anchor="end",
        )
    across, up = _name_axes(translator)
    yield ChartLabel((left + right) / 2, height - 6, across, "muted", SMALL, anchor="middle")
    yield ChartLabel(0, 9, up, "muted", SMALL)


def _measure_marks(marks: Sequence[ChartMark]) -> Iterator[LabelBox]:
    """Measure the guide lines, the point and its label."""
    for mark in marks:
        if isinstance(mark, ChartLine):
            yield min(mark.x1, mark.x2), min(mark.y1, mark.y2), max(mark.x1, mark.x2), max(mark.y1, mark.y2)
        elif isinstance(mark, Marker):
            yield mark.x - mark.size, mark.y - mark.size, mark.x + mark.size, mark.y + mark.size
        elif isinstance(mark, ChartLabel):
            yield _measure_label(mark)


def _locate_point(outlook: OutlookSection, ends: tuple[float, float, float]) -> tuple[float, float] | None:
    """Return the position of the group's point; None if a coordinate is withheld."""
    if outlook.independence.value is None or outlook.readiness.value is None:
        return None
    left, right, bottom = ends
    across = left + float(outlook.independence.value) / 100 * (right - left)
    return across, bottom - float(outlook.readiness.value) / 100 * (bottom - TOP_MARGIN)


def _list_sides(outlook: OutlookSection, ends: tuple[float, float, float]) -> Sequence[tuple[bool, float]]:
    """List where the figures may stand: whether to the left of the point, and how far below it is their base line.

    To the right first, where no guide line is; otherwise above or below the line, where there is room.
    """
    place, (left, right, bottom) = _locate_point(outlook, ends), ends
    if place is None:
        return [(False, NEXT_TO_POINT)]
    x, y = place
    sides = [is_left for is_left in (False, True) if (x - left if is_left else right - x) > FIGURES_ROOM]
    drops = [NEXT_TO_POINT]
    drops += [ABOVE_POINT] if y + ABOVE_POINT - TEXT > TOP_MARGIN else []
    drops += [BELOW_POINT] if y + BELOW_POINT + CLEARANCE < bottom else []
    return [(is_left, drop) for drop in drops for is_left in sides]


def _count_own_crossings(outlook: OutlookSection, ends: tuple[float, float, float], point: Sequence[ChartMark]) -> int:
    """Count the guide lines and borders of quadrants that cross the figures of the point."""
    left, right, bottom = ends
    cut_x, cut_y = _locate_cuts(outlook, ends)
    columns = [(x - 1, TOP_MARGIN, x + 1, bottom) for x in (cut_x, right)]
    borders = columns + [(left, y - 1, right, y + 1) for y in (TOP_MARGIN, cut_y, bottom)]
    guides = [*_measure_marks([mark for mark in point if isinstance(mark, ChartLine)])]
    figures = [*_measure_marks([mark for mark in point if isinstance(mark, ChartLabel)])]
    return 2 * _count_crossings(figures, guides) + _count_crossings(figures, borders)


def _locate_cuts(outlook: OutlookSection, ends: tuple[float, float, float]) -> tuple[float, float]:
    """Return where the quadrants are divided: from the left, and from the top."""
    left, right, bottom = ends
    share = float(outlook.cut) / 100
    return left + share * (right - left), bottom - share * (bottom - TOP_MARGIN)


def _draw_point(
    outlook: OutlookSection,
    translator: Translator,
    ends: tuple[float, float, float],
    is_left: bool,  # noqa: FBT001 - one of the sides that are listed
    drop: float,
) -> Iterator[ChartMark]:
    place = _locate_point(outlook, ends)
    if place is None:
        return
    (x, y), (left, _, bottom) = place, ends
    yield ChartLine(x, bottom, x, y, "rule", 0.7, dashed=True)
    yield ChartLine(left, y, x, y, "rule", 0.7, dashed=True)
    yield Marker(x, y, 6, "diamond", "accent")
    text = f"{translator.format_figure(outlook.independence)} | {translator.format_figure(outlook.readiness)}"
    at, anchor = (x - 10, "end") if is_left else (x + 10, "start")
    yield ChartLabel(at, y + drop, text, "ink", TEXT, "strong", anchor)  # type: ignore[arg-type] # a literal in a tuple
