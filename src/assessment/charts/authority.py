"""Plane of authority against support: one point for the group, named by its class of risk."""

from collections.abc import Iterator

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
from assessment.domain.report.sections.authority import AuthoritySection
from assessment.i18n import Translator

TOP_MARGIN, BOTTOM_MARGIN, SIDE_WIDTH, PLANE_HEIGHT = 8.0, 28.0, 112.0, 154.0
LINE_HEIGHT, HUNDRED = 13.0, 100


def draw_authority_chart(authority: AuthoritySection, translator: Translator, width: float) -> Chart:
    """Draw the averages only: a point per person would identify practitioners."""
    height = TOP_MARGIN + PLANE_HEIGHT + BOTTOM_MARGIN
    plane = Box(PLOT_LEFT, TOP_MARGIN, width - SIDE_WIDTH - PLOT_LEFT, PLANE_HEIGHT, "wash")
    marks = [plane, *_draw_axes(translator, plane), *_draw_figures(authority, translator, width - SIDE_WIDTH + 14)]
    marks += _draw_group(authority, plane)
    sides = ((translator.gettext("Authority"), authority.authority), (translator.gettext("Support"), authority.support))
    parts = [f"{name} {translator.format_figure(figure)}" for name, figure in sides]
    if authority.difference.value is not None:
        difference = translator.format_figure(authority.difference, signed=True)
        parts.append(f"{translator.gettext('difference')} {difference}")
    if authority.class_name:
        risk = translator.gettext("risk {name}").format(name=authority.class_name)
        parts.append(f"{risk}, {translator.format_figure(authority.risk)}")
    return Chart(width, height, tuple(marks), translator.render_message(authority.title), "; ".join(parts))


def _draw_axes(translator: Translator, plane: Box) -> Iterator[ChartMark]:
    """Draw the axes, and the diagonal on which authority equals support."""
    bottom, right = plane.y + plane.height, plane.x + plane.width
    yield ChartLine(plane.x, bottom, right, plane.y, "rule", 0.8, dashed=True)
    for step in (0, 50, HUNDRED):
        share = step / HUNDRED
        x, y = plane.x + share * plane.width, bottom - share * plane.height
        anchor: TextAnchor = "start" if step == 0 else "end" if step == HUNDRED else "middle"
        yield ChartLabel(x, bottom + 11, str(step), "muted", SMALL, anchor=anchor)
        yield ChartLabel(plane.x - 5, y + (7 if step == HUNDRED else 3), str(step), "muted", SMALL, anchor="end")
    middle = (plane.x + right) / 2
    yield ChartLabel(middle, bottom + 23, translator.gettext("Support →"), "muted", SMALL, anchor="middle")
    yield ChartLabel(0, plane.y + 8, translator.gettext("Authority ↑"), "muted", SMALL)
    limit = plane.width * 0.7
    above, below = translator.gettext("more authority than support"), translator.gettext("more support than authority")
    yield ChartLabel(plane.x + 6, plane.y + 12, above, "muted", SMALL, limit=limit)
    yield ChartLabel(right - 6, bottom - 6, below, "muted", SMALL, anchor="end", limit=limit)


def _draw_figures(authority: AuthoritySection, translator: Translator, left: float) -> Iterator[ChartMark]:
    """Draw the figures next to the plane, each below its name."""
    sides = ((translator.gettext("Authority"), authority.authority), (translator.gettext("Support"), authority.support))
    y = TOP_MARGIN + 10
    for name, figure in sides:
        yield ChartLabel(left, y, name, "muted", SMALL, "strong")
        yield ChartLabel(left, y + LINE_HEIGHT, translator.format_figure(figure), "ink", TEXT, "strong")
        if figure.value is None:
            yield ChartLabel(left + 12, y + LINE_HEIGHT, translator.format_missing_briefly(figure), "muted", SMALL)
        elif figure.n is not None:
            count = translator.gettext("n {n}").format(n=figure.n)
            yield ChartLabel(left + 56, y + LINE_HEIGHT, count, "muted", SMALL)
        y += 2.6 * LINE_HEIGHT
    if authority.difference.value is not None:
        difference = translator.format_figure(authority.difference, signed=True)
        yield ChartLabel(left, y, translator.gettext("difference"), "muted", SMALL, "strong")
        yield ChartLabel(left, y + LINE_HEIGHT, difference, "ink", TEXT, "strong")


def _draw_group(authority: AuthoritySection, plane: Box) -> Iterator[ChartMark]:
    """Draw the group's point with its distance to the diagonal, and its class."""
    if authority.authority.value is None or authority.support.value is None:
        return
    support, bottom = float(authority.support.value) / HUNDRED, plane.y + plane.height
    x, y = plane.x + support * plane.width, bottom - float(authority.authority.value) / HUNDRED * plane.height
    yield ChartLine(x, y, x, bottom - support * plane.height, "second", 1.6)
    yield Marker(x, y, 5, "diamond", "accent")
    if authority.class_name:
        is_right = support > 0.5  # noqa: PLR2004 - the half of the plane with more room for the name
        anchor: TextAnchor = "end" if is_right else "start"
        limit = (x - plane.x if is_right else plane.x + plane.width - x) - 14
        yield ChartLabel(
            x + (-10 if is_right else 10), y + 3, authority.class_name, "ink", TEXT, "strong", anchor, limit
        )
