"""Chart of authority and support: two bars of the group's averages and their difference."""

from collections.abc import Iterator

from assessment.charts.marks import Box, Chart, Label, Line, Mark
from assessment.charts.scale import Axis
from assessment.domain.report.figures import Figure
from assessment.domain.report.parts import Authority
from assessment.wording import Wording

NAME, SIDE, BAR, TOP = 92.0, 96.0, 22.0, 18.0


def authority_chart(authority: Authority, wording: Wording, width: float) -> Chart:
    """Draw averages only: a point per person would identify practitioners."""
    axis = Axis(NAME, width - SIDE)
    names = (wording.gettext("Authority"), wording.gettext("Support"))
    figures = (authority.authority, authority.support)
    bottom = TOP + 2 * (BAR + 14) + 4
    marks: list[Mark] = [*axis.ticks(TOP, bottom)]
    for number, (name, figure) in enumerate(zip(names, figures, strict=True)):
        tone = "second" if number == 0 else "accent"
        marks += _bar(name, figure, wording, axis, TOP + 8 + number * (BAR + 12), tone)
    marks += _difference(authority, wording, axis, bottom)
    described = "; ".join(f"{name} {wording.figure(one)}" for name, one in zip(names, figures, strict=True))
    return Chart(width, bottom, tuple(marks), wording.text(authority.title), described)


def _bar(name: str, figure: Figure, wording: Wording, axis: Axis, top: float, tone: str) -> Iterator[Mark]:
    yield Label(0, top + BAR / 2 + 4, name, "ink", 10, "strong", limit=NAME - 8)
    if figure.shown is None:
        yield Label(axis.left + 6, top + BAR / 2 + 4, wording.briefly(figure), "muted", 9)
        return
    end = axis.at(figure.shown)
    yield Box(axis.left, top, max(1.0, end - axis.left), BAR, tone)
    yield Label(end + 6, top + BAR / 2 + 4, wording.figure(figure), "ink", 11, "strong")
    if figure.n is not None:
        yield Label(0, top + BAR / 2 + 14, wording.gettext("n {n}").format(n=figure.n), "muted", 7.5)


def _difference(authority: Authority, wording: Wording, axis: Axis, bottom: float) -> Iterator[Mark]:
    ends = [axis.at(one.shown) for one in (authority.authority, authority.support) if one.shown is not None]
    if len(ends) < 2 or authority.difference.shown is None:  # noqa: PLR2004 - needs both ends
        return
    right = axis.right + 14
    yield Line(right, TOP + 8 + BAR / 2, right, bottom - BAR / 2 - 10, "rule", 1)
    middle = (TOP + bottom) / 2
    yield Label(right + 8, middle, wording.figure(authority.difference, signed=True), "ink", 12, "strong")
    yield Label(right + 8, middle + 11, wording.gettext("difference"), "muted", 7.5)
