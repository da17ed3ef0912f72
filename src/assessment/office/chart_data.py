"""Charts as data: their figures by series, rows and points, and the workbook that Office opens for “Edit Data”."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import IO, Any

from msgspec import Struct
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.chart.xlsx import CategoryWorkbookWriter, XyWorkbookWriter
from pptx.enum.chart import XL_CHART_TYPE
from xlsxwriter import Workbook

from assessment.domain.report.figures import ReportFigure
from assessment.office.plain_text import clean_line

MAX_NAME_LENGTH = 60
TOP_SCORE, EDGE = 100, 6  # points of the scale
SAFE_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


class BarSeries(Struct, frozen=True):
    """Figures of one series, in the order of the categories; a missing figure leaves a gap."""

    name: str
    figures: tuple[ReportFigure, ...]
    tone: str = "accent"


class BarSpec(Struct, frozen=True):
    """Bars by category, first at the top."""

    categories: tuple[str, ...]
    series: tuple[BarSeries, ...]
    description: str


class DumbbellRow(Struct, frozen=True):
    """A row with two values, either of which may be missing."""

    name: str
    first: ReportFigure
    second: ReportFigure


class DumbbellSpec(Struct, frozen=True):
    """Rows of two values joined by a line: a diamond and a circle, or a circle and an upright line for a target."""

    rows: tuple[DumbbellRow, ...]
    first_name: str
    second_name: str
    description: str
    has_targets: bool = False


class QuadrantCorner(Struct, frozen=True):
    """Name of a quadrant, and the sides of the cut that it lies on."""

    name: str
    is_right: bool
    is_upper: bool
    is_current: bool = False


class QuadrantSpec(Struct, frozen=True):
    """One point between two axes that cross at `cut`."""

    x: ReportFigure
    y: ReportFigure
    x_name: str
    y_name: str
    point_name: str
    cut: Decimal
    description: str
    corners: tuple[QuadrantCorner, ...] = ()


ChartSpec = BarSpec | DumbbellSpec | QuadrantSpec


class PlainTextWriter:
    """Writes the workbook inside a chart with every text as text, never as a formula."""

    @contextmanager
    def _open_worksheet(self, xlsx_file: IO[bytes]) -> Iterator[tuple[Workbook, Any]]:
        workbook = Workbook(xlsx_file, SAFE_OPTIONS)
        worksheet = workbook.add_worksheet()
        yield workbook, worksheet
        workbook.close()


class PlainCategoryWriter(PlainTextWriter, CategoryWorkbookWriter):  # type: ignore[misc] # the library has no types here
    """Writes categories and series."""


class PlainPointWriter(PlainTextWriter, XyWorkbookWriter):  # type: ignore[misc] # the library has no types here
    """Writes points."""


class PlainCategoryData(CategoryChartData):  # type: ignore[misc] # the library has no types here
    """Categories and series, whose workbook has no formulas."""

    @property
    def _workbook_writer(self) -> PlainCategoryWriter:
        return PlainCategoryWriter(self)


class PlainPointData(XyChartData):  # type: ignore[misc] # the library has no types here
    """Points, whose workbook has no formulas."""

    @property
    def _workbook_writer(self) -> PlainPointWriter:
        return PlainPointWriter(self)


def build_chart_data(spec: ChartSpec) -> tuple[Any, Any]:
    """Build the kind and the data of a chart."""
    if isinstance(spec, BarSpec):
        bars = PlainCategoryData(number_format="0.0")
        bars.categories = [clean_line(name, MAX_NAME_LENGTH) for name in spec.categories]
        for series in spec.series:
            bars.add_series(clean_line(series.name, MAX_NAME_LENGTH), [_get_number(one) for one in series.figures])
        return XL_CHART_TYPE.BAR_CLUSTERED, bars
    points = PlainPointData()
    if isinstance(spec, DumbbellSpec):
        _add_dumbbell_points(points, spec)
    else:
        point = points.add_series(clean_line(spec.point_name, MAX_NAME_LENGTH))
        point.add_data_point(_get_number(spec.x), _get_number(spec.y))
        _add_corner_points(points, spec)
    return XL_CHART_TYPE.XY_SCATTER, points


def _add_corner_points(points: PlainPointData, spec: QuadrantSpec) -> None:
    """Add a point without a marker in each quadrant, at its upper or lower edge, that carries its name."""
    cut = float(spec.cut)
    for corner in spec.corners:
        series = points.add_series(clean_line(corner.name, MAX_NAME_LENGTH))
        across = (cut + TOP_SCORE) / 2 if corner.is_right else cut / 2
        series.add_data_point(across, TOP_SCORE - EDGE if corner.is_upper else EDGE)


def _get_number(figure: ReportFigure) -> float | None:
    return None if figure.value is None else float(figure.value)


def _add_dumbbell_points(points: PlainPointData, spec: DumbbellSpec) -> None:
    """Add the joining lines, both values, and points at 0 that carry the names. The first row is at the top."""
    places = [len(spec.rows) - number for number in range(len(spec.rows))]
    lines = points.add_series("–")
    for place, row in zip(places, spec.rows, strict=True):
        if row.first.value is not None and row.second.value is not None:
            lines.add_data_point(_get_number(row.first), place)
            lines.add_data_point(_get_number(row.second), place)
            lines.add_data_point(None, None)
    for name, figures in (
        (spec.second_name, [row.second for row in spec.rows]),
        (spec.first_name, [row.first for row in spec.rows]),
    ):
        series = points.add_series(clean_line(name, MAX_NAME_LENGTH))
        for place, figure in zip(places, figures, strict=True):
            series.add_data_point(_get_number(figure), place if figure.value is not None else None)
    names = points.add_series("·")
    for place in places:
        names.add_data_point(0, place)
