"""Grids of scores coloured by level: the heatmap and the hand-off matrix."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from assessment.charts.primitives import text_width
from assessment.charts.primitives.marks import LARGE, SMALL, TEXT, Box, Chart, ChartLabel, ChartMark, FontWeight
from assessment.charts.primitives.row_names import BASELINE_DROP, draw_row_name
from assessment.charts.primitives.score_axis import PLOT_LEFT
from assessment.domain.report.figures import ScoreCell
from assessment.domain.report.sections.hand_offs import HandOffsSection
from assessment.domain.report.sections.heatmap import HeatmapSection
from assessment.i18n import Translator

NAME_WIDTH, HEADER_HEIGHT, ROW_HEIGHT, CELL_GAP, LEGEND_HEIGHT = 100.0, 26.0, 44.0, 2.0, 28.0
LINE_HEIGHT, MODERATED_DROP = 10.0, 12.0
NAME_LINES = 3  # that the lowest row has room for
TITLE_LIFT = 7.0  # of the last line of a column's title, from the cells
FRAME_ROOM = 18.0  # of a framed cell: the frame on both sides, and air


class GridRow(Struct, frozen=True):
    """A name and its cells; the first cell is the figure of the whole row."""

    name: str
    cells: tuple[ScoreCell, ...]


def draw_heatmap_chart(
    heatmap: HeatmapSection, translator: Translator, width: float, row_height: float = ROW_HEIGHT
) -> Chart:
    """Draw functions by dimensions; the first column is the function's own score."""
    columns = (translator.gettext("Score"), *heatmap.columns)
    rows = [
        GridRow(row.name, (ScoreCell(row.level_score.figure, row.level_score.band), *row.cells)) for row in heatmap.rows
    ]
    return _draw_grid(columns, rows, translator, (width, row_height), translator.render_message(heatmap.title))


def draw_hand_off_chart(
    hand_offs: HandOffsSection, translator: Translator, width: float, row_height: float = ROW_HEIGHT
) -> Chart:
    """Draw functions by channels; the worst channel of a function is framed."""
    columns = (translator.gettext("Hand-offs"), *hand_offs.columns)
    rows = [GridRow(row.name, (ScoreCell(row.figure, None), *row.cells)) for row in hand_offs.rows]
    return _draw_grid(columns, rows, translator, (width, row_height), translator.render_message(hand_offs.title))


def _draw_grid(
    columns: Sequence[str], rows: Sequence[GridRow], translator: Translator, size: tuple[float, float], title: str
) -> Chart:
    """Draw a grid; its size is its width and the height of a row."""
    width, row_height = size
    cell_width = (width - PLOT_LEFT) / max(1, len(columns) - 1)
    height = HEADER_HEIGHT + row_height * len(rows) + LEGEND_HEIGHT
    marks: list[ChartMark] = []
    for number, column in enumerate(columns):
        marks += _draw_column_title(column, *_locate_column(number, cell_width), is_first=number == 0)
    for number, row in enumerate(rows):
        marks += _draw_row(row, translator, HEADER_HEIGHT + row_height * number, (cell_width, row_height))
    marks += _draw_legend(translator, width, height - 10)
    description = "; ".join(
        f"{row.name}: "
        + ", ".join(
            " ".join(
                text
                for text in (
                    column,
                    translator.format_figure(cell.figure),
                    translator.format_moderated(cell.figure),
                )
                if text
            )
            for column, cell in zip(columns, row.cells, strict=True)
        )
        for row in rows
    )
    return Chart(width, height, tuple(marks), title, description)


def _locate_column(number: int, cell_width: float) -> tuple[float, float]:
    """Return left edge and width of a column: the first ends where the cells begin, as plots of other charts do."""
    return (PLOT_LEFT + cell_width * (number - 1), cell_width) if number else (NAME_WIDTH, PLOT_LEFT - NAME_WIDTH)


def _draw_column_title(title: str, left: float, width: float, *, is_first: bool) -> Iterator[ChartMark]:
    lines = text_width.wrap_lines(title, SMALL, width - 2)
    weight: FontWeight = "strong" if is_first else "regular"
    for number, line in enumerate(lines):
        baseline = HEADER_HEIGHT - TITLE_LIFT - LINE_HEIGHT * (len(lines) - 1 - number)
        yield ChartLabel(left + width / 2, baseline, line, "muted", SMALL, weight, "middle", width - 2)


def _draw_row(row: GridRow, translator: Translator, top: float, size: tuple[float, float]) -> Iterator[ChartMark]:
    cell_width, row_height = size
    middle = top + row_height / 2 + 4
    yield from draw_row_name(row.name, middle - BASELINE_DROP, NAME_WIDTH - 10, max_lines=NAME_LINES)
    for number, cell in enumerate(row.cells):
        left, width = _locate_column(number, cell_width)
        if number:
            yield from _draw_background(cell, left, top, size)
        yield from _draw_number(cell, translator, left + width / 2, middle, width, first=number == 0)


def _draw_background(cell: ScoreCell, left: float, top: float, size: tuple[float, float]) -> Iterator[ChartMark]:
    """Draw the level colour. A frame surrounds the cell, so the number keeps its contrast."""
    if cell.band is None:
        yield _inset_box(left, top, size, CELL_GAP / 2 + 0.4, "faint", outline=True)
        return
    if cell.mark:
        yield _inset_box(left, top, size, CELL_GAP / 2, "second")
        yield _inset_box(left, top, size, CELL_GAP / 2 + 2, "paper")
    yield _inset_box(left, top, size, CELL_GAP / 2 + 3.2 if cell.mark else CELL_GAP / 2, f"level-{cell.band}")


def _inset_box(
    left: float, top: float, size: tuple[float, float], inset: float, tone: str, *, outline: bool = False
) -> Box:
    width, height = size
    return Box(left + inset, top + inset, width - 2 * inset, height - 2 * inset, tone, outline=outline)


def _draw_number(
    cell: ScoreCell, translator: Translator, centre: float, y: float, cell_width: float, *, first: bool
) -> Iterator[ChartMark]:
    if cell.figure.value is None:
        yield ChartLabel(centre, y, translator.format_figure(cell.figure), "muted", TEXT, anchor="middle")
        return
    tone = "ink" if first or cell.band is None else f"on-level-{cell.band}"
    weight: FontWeight = "strong" if first or cell.mark else "regular"
    text, size = translator.format_figure(cell.figure), LARGE if first else TEXT
    lines: tuple[str, ...] = (text,)
    if cell.figure.bound is not None:  # truncated, "10 or less" would be another statement
        room = cell_width - (FRAME_ROOM if cell.mark else 4)
        lines, size = text_width.wrap_text(text, SMALL, room), SMALL
    for number, line in enumerate(lines):
        top = y + LINE_HEIGHT * (number - (len(lines) - 1) / 2)
        yield ChartLabel(centre, top, line, tone, size, weight, "middle", cell_width - 4)
    if cell.figure.moderated is not None:
        moderated = f"[{translator.format_number(cell.figure.moderated)}]"
        yield ChartLabel(centre, y + MODERATED_DROP, moderated, tone, SMALL, "regular", "middle", cell_width - 4)


def _draw_legend(translator: Translator, width: float, y: float) -> Iterator[ChartMark]:
    step = 20.0
    left = width - 5 * step - 44
    yield ChartLabel(left - 6, y + 3, translator.gettext("level"), "muted", SMALL, anchor="end")
    for band in range(1, 6):
        x = left + step * (band - 1)
        yield Box(x, y - 6, step - 1, 12, f"level-{band}")
        yield ChartLabel(x + step / 2, y + 3, str(band), f"on-level-{band}", SMALL, "regular", "middle")
    yield ChartLabel(left + 5 * step + 6, y + 3, translator.gettext("– none"), "muted", SMALL)
