"""Charts of the results page, as SVG."""

from collections.abc import Mapping

from markupsafe import Markup
from msgspec import Struct

from assessment.charts.report_drawings import ANSWERS_PREFIX, SPREAD_PREFIX, draw_report_charts
from assessment.charts.svg import render_svg
from assessment.domain.report import Report
from assessment.i18n import Translator


class ResultCharts(Struct, frozen=True):
    """Charts by name; those of sections are None if the section has no figures to draw."""

    drawings: Mapping[str, Markup]

    def find_drawing(self, name: str) -> Markup | None:
        """Return a chart; None if the report has no figures for it."""
        return self.drawings.get(name)

    def find_answers(self, function: str) -> Markup | None:
        """Return the distribution of a function's answers."""
        return self.drawings.get(f"{ANSWERS_PREFIX}{function}")

    def find_spread(self, function: str) -> Markup | None:
        """Return how far a function agrees."""
        return self.drawings.get(f"{SPREAD_PREFIX}{function}")


def draw_result_charts(report: Report, translator: Translator) -> ResultCharts:
    return ResultCharts(
        {
            name: Markup(render_svg(chart, f"chart-{name}"))  # noqa: S704  # the SVG renderer escapes all text
            for name, chart in draw_report_charts(report, translator).items()
        }
    )
