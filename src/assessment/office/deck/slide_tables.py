"""Tables and paragraphs of a slide as XML: cell by cell, the library takes ten times as long."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from pptx.oxml.ns import nsdecls

from assessment.charts.primitives.brand import find_colour
from assessment.office.plain_text import clean_text
from assessment.office.report_tables import Cell
from assessment.office.text_fitting import EMU_PER_POINT, count_text_lines

CELL_MARGIN, ROW_MARGIN = 5.0, 4.0  # points at the sides, and above and below
LINE_SPACING = 1.22
NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


def measure_rows(rows: Sequence[Sequence[Cell]], widths: Sequence[float], size: float) -> list[float]:
    """Estimate the heights of rows in points."""
    return [
        max(
            count_text_lines(cell.text, size * cell.size, width) * size * cell.size
            for cell, width in zip(row, widths, strict=True)
        )
        * LINE_SPACING
        + 2 * ROW_MARGIN
        for row in rows
    ]


def build_table(lines: Sequence[Sequence[Cell]], widths: Sequence[float], heights: Sequence[float], size: float) -> str:
    """Build the XML of a table; the first line is its heading."""
    columns = "".join(f'<a:gridCol w="{int(width)}"/>' for width in widths)
    rows = "".join(
        f'<a:tr h="{int(height * EMU_PER_POINT)}">'
        + "".join(_build_cell(cell, size, is_head=place == 0) for cell in cells)
        + "</a:tr>"
        for place, (cells, height) in enumerate(zip(lines, heights, strict=False))
    )
    properties = f'<a:tblPr firstRow="1"><a:tableStyleId>{NO_STYLE}</a:tableStyleId></a:tblPr>'
    return f"<a:tbl {nsdecls('a')}>{properties}<a:tblGrid>{columns}</a:tblGrid>{rows}</a:tbl>"


def _build_cell(cell: Cell, size: float, *, is_head: bool) -> str:
    is_bold = cell.bold or (is_head and cell.tone == "ink")
    align = "r" if cell.is_number else "l"
    paragraph = build_paragraph(clean_text(cell.text), cell.size * size, bold=is_bold, tone=cell.tone, align=align)
    margins = (("marL", CELL_MARGIN), ("marR", CELL_MARGIN), ("marT", ROW_MARGIN), ("marB", ROW_MARGIN))
    sides = " ".join(f'{side}="{int(margin * EMU_PER_POINT)}"' for side, margin in margins)
    none = "".join(f'<a:{side} w="0"><a:noFill/></a:{side}>' for side in ("lnL", "lnR", "lnT"))
    line = f'<a:lnB w="{12700 if is_head else 9525}">{_build_fill("ink" if is_head else "faint")}</a:lnB>'
    fill = _build_fill(cell.fill) if cell.fill else "<a:noFill/>"
    return (
        f"<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{paragraph}</a:txBody>"
        f'<a:tcPr {sides} anchor="ctr">{none}{line}{fill}</a:tcPr></a:tc>'
    )


def _build_fill(tone: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{find_colour(tone)[1:]}"/></a:solidFill>'


def build_paragraph(text: str, size: float, *, bold: bool, tone: str, align: str = "l", gap: float = 0.0) -> str:
    """Build the XML of a paragraph; sizes in points, in steps of a half."""
    run_properties = f'sz="{round(size * 2) * 50}" b="{int(bold)}"'
    after = f'<a:spcAft><a:spcPts val="{int(gap * 100)}"/></a:spcAft>' if gap else ""
    content = escape(text.replace("\n", " "))
    run = f"<a:r><a:rPr {run_properties}>{_build_fill(tone)}</a:rPr><a:t>{content}</a:t></a:r>" if content else ""
    return f'<a:p><a:pPr algn="{align}">{after}</a:pPr>{run}<a:endParaRPr {run_properties}/></a:p>'
