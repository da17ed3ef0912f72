"""Plane of authority against support: one point for the group, named by its class of risk."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from assessment.charts.primitives.marks import (
    SMALL,
    TEXT,
    Box,
    Chart,
    ChartLabel,
    ChartLine,
    ChartMark,
    Marker,
    TextAnchor,
)
from assessment.charts.primitives.score_axis import PLOT_LEFT
from assessment.charts.primitives.text_width import estimate_width, wrap_text
from assessment.domain.report.sections.authority import AuthoritySection
from assessment.i18n import Translator

TOP_MARGIN, BOTTOM_MARGIN, SIDE_WIDTH, PLANE_HEIGHT = 8.0, 28.0, 112.0, 154.0
LINE_HEIGHT, HUNDRED = 13.0, 100
COUNT_OFFSET = 56.0  # from a figure to its number of people
SIDE_HEIGHT, CLEARANCE, INSET, SMALL_LINE = 24.0, 10.0, 6.0, 10.0  # of the names of the two sides of the diagonal
AXIS_NAME_GAP = 30.0  # from the plane; the numbers of the axis stand between


class GroupPoint(Struct, frozen=True):
    """The group's point in the plane, and the room that its class takes next to it."""

    x: float
    y: float
    class_name: str
    is_right: bool  # its name is to its left


class SideName(Struct, frozen=True):
    """The name of a side of the diagonal in its corner: as lines, or next to the point that stands there."""

    lines: Sequence[str]
    x: float
    anchor: TextAnchor
    is_moved: bool

    def is_above_or_below(self, left: float, right: float) -> bool:
        """Return whether it takes part of the width from `left` to `right`."""
        width = _measure_lines(self.lines)
        start = self.x - width if self.anchor == "end" else self.x
        return start < right and left < start + width


def draw_authority_chart(authority: AuthoritySection, translator: Translator, width: float) -> Chart:
    """Draw the averages only: a point per person would identify practitioners."""
    height = TOP_MARGIN + PLANE_HEIGHT + BOTTOM_MARGIN
    plane = Box(PLOT_LEFT, TOP_MARGIN, width - SIDE_WIDTH - PLOT_LEFT, PLANE_HEIGHT, "wash")
    marks = [plane, *_draw_axes(translator, plane), *_draw_figures(authority, translator, width - SIDE_WIDTH + 14)]
    point = _locate_group(authority, plane)
    upper = _place_upper_name(translator.gettext("more authority than support"), plane, point)
    lower = _place_lower_name(translator.gettext("more support than authority"), plane, point)
    marks += _draw_side_names(plane, upper, lower)
    marks += _draw_group(plane, point, _place_class(plane, point, upper, lower)) if point else []
    sides = ((translator.gettext("Authority"), authority.authority), (translator.gettext("Support"), authority.support))
    parts = [f"{name} {translator.format_figure(figure)}" for name, figure in sides]
    if authority.difference.value is not None:
        difference = translator.format_figure(authority.difference, signed=True)
        parts.append(f"{translator.gettext('Difference')} {difference}")
    if authority.class_name:
        risk = translator.gettext("risk {name}").format(name=authority.class_name)
        parts.append(f"{risk}, {translator.format_figure(authority.risk)}")
    return Chart(width, height, tuple(marks), translator.render_message(authority.title), "; ".join(parts))


def _draw_axes(translator: Translator, plane: Box) -> Iterator[ChartMark]:
    """Draw the axes, and the diagonal on which authority equals support."""
    bottom, right = plane.y + plane.height, plane.x + plane.width
    yield ChartLine(plane.x, bottom, right, plane.y, "rule", 0.8, dashed=True)
    for step in (0, 25, 50, 75, HUNDRED):
        share = step / HUNDRED
        x, y = plane.x + share * plane.width, bottom - share * plane.height
        anchor: TextAnchor = "start" if step == 0 else "end" if step == HUNDRED else "middle"
        yield ChartLabel(x, bottom + 11, str(step), "muted", SMALL, anchor=anchor)
        yield ChartLabel(plane.x - 5, y + (7 if step == HUNDRED else 3), str(step), "muted", SMALL, anchor="end")
    middle = (plane.x + right) / 2
    yield ChartLabel(middle, bottom + 23, translator.gettext("Support →"), "muted", SMALL, anchor="middle")
    name = translator.gettext("Authority ↑")
    yield ChartLabel(plane.x - AXIS_NAME_GAP, plane.y + plane.height / 2 + 3, name, "muted", SMALL, anchor="end")


def _draw_figures(authority: AuthoritySection, translator: Translator, left: float) -> Iterator[ChartMark]:
    """Draw the figures next to the plane, each below its name."""
    sides = ((translator.gettext("Authority"), authority.authority), (translator.gettext("Support"), authority.support))
    y = TOP_MARGIN + 10
    widest = max(estimate_width(translator.format_figure(figure), TEXT) for _, figure in sides)
    counts = left + max(COUNT_OFFSET, widest + INSET)
    for name, figure in sides:
        yield ChartLabel(left, y, name, "muted", SMALL, "strong")
        yield ChartLabel(left, y + LINE_HEIGHT, translator.format_figure(figure), "ink", TEXT, "strong")
        if figure.value is None:
            yield ChartLabel(left + 12, y + LINE_HEIGHT, translator.format_missing_briefly(figure), "muted", SMALL)
        elif figure.n is not None:
            count = translator.gettext("n {n}").format(n=figure.n)
            yield ChartLabel(counts, y + LINE_HEIGHT, count, "muted", SMALL)
        y += 2.6 * LINE_HEIGHT
    if authority.difference.value is not None:
        difference = translator.format_figure(authority.difference, signed=True)
        yield ChartLabel(left, y, translator.gettext("Difference"), "muted", SMALL, "strong")
        yield ChartLabel(left, y + LINE_HEIGHT, difference, "ink", TEXT, "strong")


def _locate_group(authority: AuthoritySection, plane: Box) -> GroupPoint | None:
    if authority.authority.value is None or authority.support.value is None:
        return None
    support = float(authority.support.value) / HUNDRED
    level = float(authority.authority.value) / HUNDRED
    x = plane.x + support * plane.width
    # Above the diagonal the name is to the left, so that the diagonal doesn't cross it, where it has room there.
    has_room = x - plane.x > 2 * CLEARANCE + estimate_width(authority.class_name, TEXT)
    is_far_right = support > 0.5  # noqa: PLR2004 - half of the plane
    is_right = level >= support if has_room and level != support else is_far_right
    if plane.x + plane.width - x < 2 * CLEARANCE + estimate_width(authority.class_name, TEXT):  # the plane ends
        is_right = True
    return GroupPoint(x, plane.y + (1 - level) * plane.height, authority.class_name, is_right)


def _draw_side_names(plane: Box, upper: SideName, lower: SideName) -> Iterator[ChartMark]:
    """Name the two sides of the diagonal in their corners, clear of the group's point."""
    bottom = plane.y + plane.height
    for number, line in enumerate(upper.lines):
        yield ChartLabel(upper.x, plane.y + 12 + SMALL_LINE * number, line, "muted", SMALL, anchor=upper.anchor)
    for number, line in enumerate(reversed(lower.lines)):
        yield ChartLabel(lower.x, bottom - INSET - SMALL_LINE * number, line, "muted", SMALL, anchor=lower.anchor)


def _place_upper_name(text: str, plane: Box, point: GroupPoint | None) -> SideName:
    left, wide = plane.x + INSET, estimate_width(text, SMALL)
    reach = _measure_reach(point) if point and point.is_right else CLEARANCE
    if point is None or point.y > plane.y + SIDE_HEIGHT or point.x - reach > left + wide:
        return SideName((text,), left, "start", is_moved=False)
    lines = wrap_text(text, SMALL, wide / 2)
    if left + _measure_lines(lines) <= point.x - CLEARANCE:
        return SideName(lines, left, "start", is_moved=True)
    return SideName((text,), point.x + CLEARANCE, "start", is_moved=True)


def _place_lower_name(text: str, plane: Box, point: GroupPoint | None) -> SideName:
    right, wide = plane.x + plane.width - INSET, estimate_width(text, SMALL)
    reach = CLEARANCE if point is None or point.is_right else _measure_reach(point)
    if point is None or point.y < plane.y + plane.height - SIDE_HEIGHT or point.x + reach < right - wide:
        return SideName((text,), right, "end", is_moved=False)
    lines = wrap_text(text, SMALL, wide / 2)
    if right - _measure_lines(lines) >= point.x + CLEARANCE:
        return SideName(lines, right, "end", is_moved=True)
    return SideName((text,), point.x - CLEARANCE, "end", is_moved=True)


def _measure_reach(point: GroupPoint) -> float:
    """Return how far the point and its class reach to their side."""
    return 2 * CLEARANCE + estimate_width(point.class_name, TEXT)


def _measure_lines(lines: Sequence[str]) -> float:
    return max(estimate_width(line, SMALL) for line in lines)


def _place_class(plane: Box, point: GroupPoint, upper: SideName, lower: SideName) -> float:
    """Return the base line of the class; it makes way for the name of a side that makes way for the point."""
    reach = _measure_reach(point)
    left, right = (point.x - reach, point.x) if point.is_right else (point.x, point.x + reach)
    if upper.is_moved and upper.is_above_or_below(left, right):
        return max(point.y + 15, plane.y + SIDE_HEIGHT + SMALL_LINE)
    if lower.is_moved and lower.is_above_or_below(left, right):
        return min(point.y - 9, plane.y + plane.height - SIDE_HEIGHT - INSET)
    return _clear_diagonal(plane, point)


def _clear_diagonal(plane: Box, point: GroupPoint) -> float:
    """Return the base line of the class next to the point, or as much higher or lower as the diagonal requires."""
    reach = _measure_reach(point) - CLEARANCE
    left, right = (point.x - reach, point.x) if point.is_right else (point.x, point.x + reach)
    if point.y <= _get_diagonal(plane, point.x):
        return min(point.y + 3, _get_diagonal(plane, right) - 3)
    return max(point.y + 3, _get_diagonal(plane, left) + TEXT)


def _get_diagonal(plane: Box, x: float) -> float:
    """Return the height of the diagonal at a horizontal position."""
    return plane.y + plane.height - (x - plane.x) / plane.width * plane.height


def _draw_group(plane: Box, point: GroupPoint, base: float) -> Iterator[ChartMark]:
    """Draw the group's point with its distance to the diagonal, and its class."""
    x, y = point.x, point.y
    yield ChartLine(x, y, x, _get_diagonal(plane, x), "second", 1.6)
    yield Marker(x, y, 5, "diamond", "accent")
    if not point.class_name:
        return
    anchor: TextAnchor = "end" if point.is_right else "start"
    limit = (x - plane.x if point.is_right else plane.x + plane.width - x) - 14
    at = x + (-CLEARANCE if point.is_right else CLEARANCE)
    yield ChartLabel(at, base, point.class_name, "ink", TEXT, "strong", anchor, limit)
