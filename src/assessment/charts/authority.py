"""Chart of authority and support: two bars of the group's averages and their difference."""

from collections.abc import Iterator

from assessment.charts.primitives.marks import Box, Chart, ChartLabel, ChartLine, ChartMark
from assessment.charts.primitives.score_axis import ScoreAxis
from assessment.domain.report.figures import ReportFigure
from assessment.domain.report.sections.authority import AuthoritySection
from assessment.i18n import Translator

NAME_WIDTH, SIDE_WIDTH, BAR_HEIGHT, TOP_MARGIN = 92.0, 96.0, 22.0, 18.0


def draw_authority_chart(authority: AuthoritySection, translator: Translator, width: float) -> Chart:
    """Draw averages only: a point per person would identify practitioners."""
    axis = ScoreAxis(NAME_WIDTH, width - SIDE_WIDTH)
    names = (translator.gettext("Authority"), translator.gettext("Support"))
    figures = (authority.authority, authority.support)
    bottom = TOP_MARGIN + 2 * (BAR_HEIGHT + 14) + 4
    marks: list[ChartMark] = [*axis.draw_ticks(TOP_MARGIN, bottom)]
    for number, (name, figure) in enumerate(zip(names, figures, strict=True)):
        tone = "second" if number == 0 else "accent"
        marks += _draw_bar(name, figure, translator, axis, TOP_MARGIN + 8 + number * (BAR_HEIGHT + 12), tone)
    marks += _draw_difference(authority, translator, axis, bottom)
    description = "; ".join(
        f"{name} {translator.format_figure(figure)}" for name, figure in zip(names, figures, strict=True)
    )
    return Chart(width, bottom, tuple(marks), translator.render_message(authority.title), description)


def _draw_bar(
    name: str, figure: ReportFigure, translator: Translator, axis: ScoreAxis, top: float, tone: str
) -> Iterator[ChartMark]:
    yield ChartLabel(0, top + BAR_HEIGHT / 2 + 4, name, "ink", 10, "strong", limit=NAME_WIDTH - 8)
    if figure.value is None:
        yield ChartLabel(axis.left + 6, top + BAR_HEIGHT / 2 + 4, translator.format_missing_briefly(figure), "muted", 9)
        return
    end = axis.get_position(figure.value)
    yield Box(axis.left, top, max(1.0, end - axis.left), BAR_HEIGHT, tone)
    yield ChartLabel(end + 6, top + BAR_HEIGHT / 2 + 4, translator.format_figure(figure), "ink", 11, "strong")
    if figure.n is not None:
        yield ChartLabel(0, top + BAR_HEIGHT / 2 + 14, translator.gettext("n {n}").format(n=figure.n), "muted", 7.5)


def _draw_difference(
    authority: AuthoritySection, translator: Translator, axis: ScoreAxis, bottom: float
) -> Iterator[ChartMark]:
    ends = [
        axis.get_position(figure.value)
        for figure in (authority.authority, authority.support)
        if figure.value is not None
    ]
    if len(ends) < 2 or authority.difference.value is None:  # noqa: PLR2004 - needs both ends
        return
    right = axis.right + 14
    yield ChartLine(right, TOP_MARGIN + 8 + BAR_HEIGHT / 2, right, bottom - BAR_HEIGHT / 2 - 10, "rule", 1)
    middle = (TOP_MARGIN + bottom) / 2
    yield ChartLabel(
        right + 8, middle, translator.format_figure(authority.difference, signed=True), "ink", 12, "strong"
    )
    yield ChartLabel(right + 8, middle + 11, translator.gettext("difference"), "muted", 7.5)
