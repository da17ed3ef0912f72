"""Charts of the report's sections, as deck and document show them; None without a figure to draw."""

from msgspec.structs import replace

from assessment.domain.report.figures import ReportFigure
from assessment.domain.report.sections.authority import AuthoritySection
from assessment.domain.report.sections.functions import FunctionSection
from assessment.domain.report.sections.outlook import OutlookSection
from assessment.domain.report.sections.perception_gap import PerceptionGapSection
from assessment.domain.report.sections.targets import TargetsSection
from assessment.i18n import Translator
from assessment.office.chart_data import (
    BarSeries,
    BarSpec,
    DumbbellRow,
    DumbbellSpec,
    QuadrantCorner,
    QuadrantSpec,
)
from assessment.office.selection import EditionSelection

FigureRow = tuple[str, ReportFigure]


def build_level_chart(selection: EditionSelection) -> BarSpec | None:
    """Build the scores of the whole and its functions."""
    translator, answer = selection.translator, selection.report.answer
    rows = [(translator.gettext("The whole"), answer.overall.figure)]
    return _build_bars([*rows, *((row.name, row.figure) for row in answer.functions)], translator)


def build_target_chart(section: TargetsSection, translator: Translator) -> DumbbellSpec | None:
    """Build scores and targets of functions."""
    rows = tuple(DumbbellRow(row.name, row.now, ReportFigure(row.target)) for row in section.functions)
    spec = _build_dumbbells(rows, translator.gettext("Score now"), translator.gettext("Target"), translator)
    return None if spec is None else replace(spec, has_targets=True)


def build_function_chart(part: FunctionSection, translator: Translator) -> BarSpec | None:
    """Build the dimensions of a function, hand-offs last."""
    rows = [(row.name, row.figure) for row in part.dimensions]
    return _build_bars(rows + ([(translator.gettext("Hand-offs"), part.hand_off)] if part.rows else []), translator)


def build_gap_chart(section: PerceptionGapSection, translator: Translator) -> DumbbellSpec | None:
    """Build leaders and practitioners by dimension."""
    rows = tuple(DumbbellRow(row.name, row.leader, row.practitioner) for row in section.rows)
    return _build_dumbbells(rows, translator.gettext("Leaders"), translator.gettext("Practitioners"), translator)


def build_authority_chart(section: AuthoritySection, translator: Translator) -> BarSpec | None:
    """Build both sides, and what support is made of."""
    return _build_bars(list_authority_figures(section, translator), translator)


def list_authority_figures(section: AuthoritySection, translator: Translator) -> list[FigureRow]:
    """List both sides, and what support is made of."""
    return [
        (translator.gettext("Authority"), section.authority),
        (translator.gettext("Support"), section.support),
        *((item.name, item.figure) for item in section.items),
    ]


def build_outlook_chart(section: OutlookSection, translator: Translator) -> QuadrantSpec | None:
    """Build the point of the group between both axes."""
    if section.independence.value is None or section.readiness.value is None:
        return None
    current = next((quadrant.name for quadrant in section.quadrants if quadrant.is_current), "")
    return QuadrantSpec(
        section.independence,
        section.readiness,
        translator.gettext("Independence of one network"),
        translator.gettext("Readiness for another role"),
        current or translator.gettext("Now"),
        section.cut,
        f"{current} {format_coordinates(section, translator)}".strip(),
        tuple(
            QuadrantCorner(quadrant.name, quadrant.high_independence, quadrant.high_readiness, quadrant.is_current)
            for quadrant in section.quadrants
        ),
    )


def format_coordinates(section: OutlookSection, translator: Translator) -> str:
    """Format the coordinates of the point, and from where they are high."""
    return translator.gettext("Independence {independence}, readiness {readiness}; high from {cut}.").format(
        independence=translator.format_figure(section.independence),
        readiness=translator.format_figure(section.readiness),
        cut=translator.format_number(section.cut),
    )


def _build_bars(rows: list[FigureRow], translator: Translator) -> BarSpec | None:
    if all(figure.value is None for _, figure in rows):
        return None
    description = "; ".join(f"{name} {translator.format_figure(figure)}" for name, figure in rows)
    series = BarSeries(translator.gettext("Score"), tuple(figure for _, figure in rows))
    return BarSpec(tuple(name for name, _ in rows), (series,), description)


def _build_dumbbells(
    rows: tuple[DumbbellRow, ...], first: str, second: str, translator: Translator
) -> DumbbellSpec | None:
    if all(row.first.value is None for row in rows):
        return None
    figures = "; ".join(
        f"{row.name} {translator.format_figure(row.first)}, {translator.format_figure(row.second)}" for row in rows
    )
    return DumbbellSpec(rows, first, second, f"{first} / {second}: {figures}")
