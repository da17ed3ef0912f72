"""Native charts for deck and document: editable in Office, with their data in a workbook inside.

Three kinds: bars, dumbbells (two values in a row), and a point in four quadrants. All on the scale from 0 to 100.
"""

from collections.abc import Sequence
from typing import Any

from pptx.chart.chart import Chart
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.shapes.graphfrm import GraphicFrame
from pptx.shapes.shapetree import SlideShapes
from pptx.util import Emu, Pt

from assessment.charts.primitives.palette import PALETTE
from assessment.domain.report.figures import ReportFigure
from assessment.i18n import Translator
from assessment.office.chart_data import (
    MAX_NAME_LENGTH,
    TOP_SCORE,
    BarSpec,
    ChartSpec,
    DumbbellRow,
    DumbbellSpec,
    QuadrantSpec,
    build_chart_data,
)
from assessment.office.figure_formats import build_figure_cell
from assessment.office.language_tags import get_language_tag
from assessment.office.plain_text import clean_line

FONT = "Calibri"
TICK = 20
LABEL_ROOM = 12  # points of the scale that a label takes next to its marker
NAME_SHARE = 0.24  # of a dumbbell chart's width, for the names of its rows
MARKER_SIZE, TARGET_REACH, TARGET_WIDTH = 12, 0.3, 2.5  # the reach in rows, the width in points
KEY_TOP = 0.92  # of a chart's height
PLAIN_FORMAT = "0.0;-0.0;0.0"
VALUE_ONLY = (
    '<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>'
    '<c:showPercent val="0"/><c:showBubbleSize val="0"/>'
)


def add_native_chart(
    shapes: SlideShapes, spec: ChartSpec, box: tuple[int, int, int, int], translator: Translator, size: float = 11
) -> GraphicFrame:
    """Add a chart to the shapes of a slide, with its alternative text; `size` in points. Returns the graphic frame."""
    kind, data = build_chart_data(spec)
    left, top, width, height = (Emu(value) for value in box)
    frame = shapes.add_chart(kind, left, top, width, height, data)
    chart = frame.chart
    chart.has_title = False
    _hide_frame(chart)
    tag = get_language_tag(translator.language)
    chart._chartSpace.insert(0, parse_xml(f'<c:lang {nsdecls("c")} val="{tag}"/>'))  # noqa: SLF001 - the library has no languages
    chart.font.name, chart.font.size = FONT, Pt(size)
    chart.font.color.rgb = get_colour("ink")
    if isinstance(spec, BarSpec):
        _style_bars(chart, spec, translator, size)
    elif isinstance(spec, DumbbellSpec):
        _style_dumbbell(chart, spec, translator, size)
    else:
        _style_quadrant(chart, spec, size)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean_line(spec.description, 2000))  # noqa: SLF001 - no public way
    return frame


def _hide_frame(chart: Chart) -> None:
    """Hide background and frame of a chart: Word draws both unless told not to."""
    properties = parse_xml(f"<c:spPr {nsdecls('c', 'a')}><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>")
    chart._chartSpace.chart.addnext(properties)  # noqa: SLF001 - the library has no look of the whole chart


def get_colour(tone: str) -> RGBColor:
    """Return a colour of the palette."""
    return RGBColor.from_string(PALETTE[tone].removeprefix("#"))


def _style_bars(chart: Chart, spec: BarSpec, translator: Translator, size: float) -> None:
    _style_value_axis(chart.value_axis, size)
    chart.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    chart.value_axis.has_major_gridlines = False  # each bar has its figure
    chart.value_axis.format.line.fill.background()  # it would be at the top: the order of the rows is reversed
    chart.value_axis.major_tick_mark = XL_TICK_MARK.NONE
    axis = chart.category_axis
    axis.reverse_order = True
    axis.format.line.color.rgb = get_colour("rule")
    axis.has_major_gridlines = False
    axis.major_tick_mark = XL_TICK_MARK.NONE
    axis.tick_labels.font.size = Pt(size)
    chart.plots[0].gap_width = 55
    chart.plots[0].overlap = -10
    for series, own in zip(chart.plots[0].series, spec.series, strict=True):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = get_colour(own.tone)
        series.invert_if_negative = False
        _label_figures(series, own.figures, translator, size)
    _set_legend(chart, size, is_visible=len(spec.series) > 1)


def _style_dumbbell(chart: Chart, spec: DumbbellSpec, translator: Translator, size: float) -> None:
    lines, second, first, names = chart.plots[0].series
    _style_value_axis(_list_value_axes(chart)[0], size)
    rows = _list_value_axes(chart)[1]
    rows.minimum_scale, rows.maximum_scale, rows.major_unit = 0.4, len(spec.rows) + 0.6, 1
    rows.visible = False
    rows.has_major_gridlines = False
    lines.format.line.color.rgb = get_colour("rule")
    lines.format.line.width = Pt(3)
    lines.marker.style = XL_MARKER_STYLE.NONE
    _style_marker(second, XL_MARKER_STYLE.CIRCLE, "second")
    _style_marker(first, XL_MARKER_STYLE.CIRCLE if spec.has_targets else XL_MARKER_STYLE.DIAMOND, "accent")
    firsts, seconds = ([row.first for row in spec.rows], [row.second for row in spec.rows])
    sides = [_choose_sides(row) for row in spec.rows]
    _label_points(first, _format_labels(firsts, translator), [side for side, _ in sides], size)
    _label_points(second, _format_labels(seconds, translator), [side for _, side in sides], size)
    names.format.line.fill.background()
    names.marker.style = XL_MARKER_STYLE.NONE
    _label_points(names, [row.name for row in spec.rows], [XL_LABEL_POSITION.LEFT] * len(spec.rows), size)
    _set_plot_area(chart, left=NAME_SHARE, top=0.03, width=0.96 - NAME_SHARE, height=0.8)
    if spec.has_targets:
        _draw_upright_lines(second)
        _add_target_key(chart, spec, size)
    _set_legend(chart, size, is_visible=not spec.has_targets)
    if not spec.has_targets:
        _hide_legend_entries(chart, (0, 3))


def _style_marker(series: Any, shape: XL_MARKER_STYLE, tone: str) -> None:  # noqa: ANN401 - the library's types are incomplete
    series.format.line.fill.background()
    series.marker.style, series.marker.size = shape, MARKER_SIZE
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = get_colour(tone)
    series.marker.format.line.color.rgb = get_colour("paper")


def _draw_upright_lines(series: Any) -> None:  # noqa: ANN401 - as above
    """Draw targets as in every other chart: Office has no upright marker, so its error bars are the lines."""
    series.marker.style = XL_MARKER_STYLE.NONE
    bars = parse_xml(
        f'<c:errBars {nsdecls("c", "a")}><c:errDir val="y"/><c:errBarType val="both"/>'
        f'<c:errValType val="fixedVal"/><c:noEndCap val="1"/><c:val val="{TARGET_REACH}"/>'
        f'<c:spPr><a:ln w="{Pt(TARGET_WIDTH)}" cap="flat"><a:solidFill><a:srgbClr val="{get_colour("ink")}"/>'
        "</a:solidFill></a:ln></c:spPr></c:errBars>"
    )
    next(series._element.iterchildren(qn("c:xVal"))).addprevious(bars)  # noqa: SLF001 - the library has no error bars


def _add_target_key(chart: Chart, spec: DumbbellSpec, size: float) -> None:
    """Explain both marks below the plot: a legend of Office would show error bars as nothing."""
    chart.has_title = True
    paragraph = chart.chart_title.text_frame.paragraphs[0]
    for text, tone in (
        ("●", "accent"),
        (f" {clean_line(spec.first_name, MAX_NAME_LENGTH)}      ", "ink"),
        ("|", "ink"),
        (f" {clean_line(spec.second_name, MAX_NAME_LENGTH)}", "ink"),
    ):
        run = paragraph.add_run()
        run.text = text
        run.font.size, run.font.bold, run.font.color.rgb = Pt(size), text == "|", get_colour(tone)
    title = chart.chart_title._element  # noqa: SLF001 - the library can't place a title
    for layout in title.findall(qn("c:layout")):
        title.remove(layout)
    title.find(qn("c:tx")).addnext(
        parse_xml(
            f'<c:layout {nsdecls("c")}><c:manualLayout><c:xMode val="edge"/><c:yMode val="edge"/>'
            f'<c:x val="{NAME_SHARE}"/><c:y val="{KEY_TOP}"/></c:manualLayout></c:layout>'
        )
    )
    title.find(qn("c:overlay")).set("val", "1")  # it takes no room from the plot


def _choose_sides(row: DumbbellRow) -> tuple[XL_LABEL_POSITION, XL_LABEL_POSITION]:
    """Place the labels of both values away from each other; above and below where the plot has no room."""
    first, second = row.first.value, row.second.value
    left, right = XL_LABEL_POSITION.LEFT, XL_LABEL_POSITION.RIGHT
    if first is None or second is None or first <= second:
        sides, low, high = (left, right), first, second
    else:
        sides, low, high = (right, left), second, first
    if (low is not None and low < LABEL_ROOM) or (high is not None and high > TOP_SCORE - LABEL_ROOM):
        return XL_LABEL_POSITION.ABOVE, XL_LABEL_POSITION.BELOW
    return sides


def _style_quadrant(chart: Chart, spec: QuadrantSpec, size: float) -> None:
    for axis, name in zip(_list_value_axes(chart), (spec.x_name, spec.y_name), strict=True):
        _style_value_axis(axis, size)
        axis.has_major_gridlines = False
        axis.has_title = True
        axis.axis_title.text_frame.text = clean_line(name, MAX_NAME_LENGTH)
        axis.axis_title.text_frame.paragraphs[0].runs[0].font.size = Pt(size)
        axis.axis_title.text_frame.paragraphs[0].runs[0].font.bold = False
        axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        cross = axis._element.find(qn("c:crosses"))  # noqa: SLF001 - the library can only set it on the other axis
        cross.addprevious(parse_xml(f'<c:crossesAt {nsdecls("c")} val="{float(spec.cut)}"/>'))
        axis._element.remove(cross)  # noqa: SLF001 - as above
    series, *corners = chart.plots[0].series
    for corner, own in zip(corners, spec.corners, strict=True):
        corner.format.line.fill.background()
        corner.marker.style = XL_MARKER_STYLE.NONE
        _label_points(corner, [own.name], [XL_LABEL_POSITION.CENTER], size)
        corner.points[0].data_label.text_frame.paragraphs[0].runs[0].font.bold = own.is_current
    series.marker.style, series.marker.size = XL_MARKER_STYLE.DIAMOND, 16
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = get_colour("accent")
    _set_legend(chart, size, is_visible=False)


def _list_value_axes(chart: Chart) -> list[Any]:
    """Return both axes of a chart of points: the library names only the second one a value axis."""
    from_library = chart.category_axis, chart.value_axis
    return list(from_library)


def _style_value_axis(axis: Any, size: float) -> None:  # noqa: ANN401 - the library's types are incomplete
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = 0, TOP_SCORE, TICK
    axis.has_major_gridlines = True
    axis.major_gridlines.format.line.color.rgb = get_colour("faint")
    axis.major_gridlines.format.line.width = Pt(0.75)
    axis.format.line.color.rgb = get_colour("rule")
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "0", False
    axis.tick_labels.font.size = Pt(size)
    axis.tick_labels.font.color.rgb = get_colour("muted")


def _label_figures(series: Any, figures: Sequence[ReportFigure], translator: Translator, size: float) -> None:  # noqa: ANN401 - the library's types are incomplete
    """Label each bar with the number format that shows its value as all other outputs do."""
    labels = "".join(
        f'<c:dLbl><c:idx val="{place}"/><c:numFmt formatCode="{_escape(_find_format(figure, translator))}" '
        f'sourceLinked="0"/><c:spPr><a:noFill/></c:spPr><c:dLblPos val="outEnd"/>{VALUE_ONLY}</c:dLbl>'
        for place, figure in enumerate(figures)
        if figure.value is not None
    )
    element = parse_xml(
        f'<c:dLbls {nsdecls("c", "a")}>{labels}<c:numFmt formatCode="{PLAIN_FORMAT}" sourceLinked="0"/>'
        f"<c:spPr><a:noFill/></c:spPr><c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr>"
        f'<a:defRPr sz="{int(size * 100)}" b="1"/></a:pPr><a:endParaRPr lang="{translator.language}"/></a:p></c:txPr>'
        f'<c:dLblPos val="outEnd"/>{VALUE_ONLY}</c:dLbls>'
    )
    place = next(series._element.iterchildren(qn("c:cat"), qn("c:val")))  # noqa: SLF001 - the library has no number format for one point
    place.addprevious(element)


def _label_points(series: Any, texts: Sequence[str], positions: Sequence[XL_LABEL_POSITION], size: float) -> None:  # noqa: ANN401 - as above
    """Label points with texts: Office has no number format for the x of a point."""
    for place, (text, position) in enumerate(zip(texts, positions, strict=True)):
        if not text:
            continue
        label = series.points[place].data_label
        label.position = position
        label.text_frame.text = clean_line(text, MAX_NAME_LENGTH)
        label.text_frame.paragraphs[0].runs[0].font.size = Pt(size)


def _format_labels(figures: Sequence[ReportFigure], translator: Translator) -> list[str]:
    return ["" if figure.value is None else translator.format_figure(figure) for figure in figures]


def _find_format(figure: ReportFigure, translator: Translator) -> str:
    return build_figure_cell(figure, translator).number_format or PLAIN_FORMAT


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _set_legend(chart: Chart, size: float, *, is_visible: bool) -> None:
    chart.has_legend = is_visible
    if is_visible:
        chart.legend.position = XL_LEGEND_POSITION.BOTTOM
        chart.legend.include_in_layout = False
        chart.legend.font.size = Pt(size)


def _hide_legend_entries(chart: Chart, entries: Sequence[int]) -> None:
    legend = chart._chartSpace.chart.find(qn("c:legend"))  # noqa: SLF001 - the library has no legend entries
    position = legend.find(qn("c:legendPos"))
    for entry in reversed(entries):
        position.addnext(
            parse_xml(f'<c:legendEntry {nsdecls("c")}><c:idx val="{entry}"/><c:delete val="1"/></c:legendEntry>')
        )


def _set_plot_area(chart: Chart, *, left: float, top: float, width: float, height: float) -> None:
    """Set the inner plot area, in shares of the chart."""
    area = chart._chartSpace.chart.plotArea  # noqa: SLF001 - the library has no layout
    for layout in area.findall(qn("c:layout")):
        area.remove(layout)
    area.insert(
        0,
        parse_xml(
            f'<c:layout {nsdecls("c")}><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/>'
            f'<c:yMode val="edge"/><c:x val="{left}"/><c:y val="{top}"/><c:w val="{width}"/><c:h val="{height}"/>'
            "</c:manualLayout></c:layout>"
        ),
    )
