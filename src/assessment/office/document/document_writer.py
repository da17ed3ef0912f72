"""Word documents: headings, paragraphs, tables and native charts with captions, running lines, contents."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from pptx import Presentation

from assessment.charts.primitives.brand import find_colour, find_heading_colour
from assessment.charts.primitives.palette import PALETTE
from assessment.domain.report.figures import KeyFigure
from assessment.domain.report.message import Message
from assessment.office.chart_data import BarSpec, ChartSpec, DumbbellSpec
from assessment.office.language_tags import get_language_tag
from assessment.office.native_charts import FONT, add_native_chart
from assessment.office.plain_text import clean_line, clean_text
from assessment.office.report_tables import Cell, ReportTable, build_key_figure_table
from assessment.office.selection import EditionSelection

CREATED_AT = datetime(2000, 1, 1, tzinfo=UTC)  # constant, so that the same report gives the same bytes
PAGE_WIDTH, PAGE_HEIGHT, SIDE_MARGIN, OUTER_MARGIN = Cm(21.0), Cm(29.7), Cm(2.2), Cm(2.0)
TEXT_WIDTH = PAGE_WIDTH - 2 * SIDE_MARGIN
CHART_HEIGHT = Cm(7.2)  # at most
BAR_HEIGHT, BAR_SURROUNDINGS, DUMBBELL_HEIGHT, DUMBBELL_SURROUNDINGS = Cm(0.68), Cm(1.6), Cm(1.0), Cm(3.0)
MAX_PROPERTY_LENGTH, MAX_DESCRIPTION_LENGTH = 200, 2000
EMU_PER_TWIP = 635
TABLE_SIZE, CHART_SIZE = 9.0, 9.0
NAMESPACES = nsdecls("w", "r", "wp", "a", "c")
CONTENTS_LEVELS = 2
ROWS_TOGETHER = 8  # a table of so many rows stays on one page
# style: size, colour, bold, space before, space after
STYLES: dict[str, tuple[float, str, bool, float, float]] = {
    "Normal": (10.5, "ink", False, 0, 6),
    "Title": (34, "level-5", True, 120, 6),
    "Subtitle": (14, "muted", False, 0, 24),
    "Heading 1": (18, "level-5", True, 18, 8),
    "Heading 2": (13, "ink", True, 14, 4),
    "Heading 3": (11, "accent", True, 10, 2),
    "Caption": (9, "muted", False, 8, 4),
    "List Bullet": (10.5, "ink", False, 0, 3),
    "Header": (8.5, "muted", False, 0, 0),
    "Footer": (8.5, "muted", False, 0, 0),
}
BRAND_STYLES = ("Title", "Heading 1", "Heading 2")


class DocumentWriter:
    """Writes a document from top to bottom."""

    def __init__(self, selection: EditionSelection) -> None:
        self.selection, self.translator = selection, selection.translator
        self.document = Document()
        self._end = self.document.element.body.sectPr
        for child in list(self.document.element.body):
            if child is not self._end:
                self.document.element.body.remove(child)
        self._headings: list[tuple[int, str]] = []
        self._charts = self._tables = 0
        self._scratch: Any = None  # a slide: charts are made by the library for decks
        self._contents: Any = None
        _style_document(self.document, get_language_tag(self.translator.language))
        self._add_running_lines()

    def add_heading(self, text: str, level: int = 1, *, is_new_page: bool = False) -> None:
        """Add a heading that the contents list."""
        cleaned = clean_line(text)
        self._headings.append((level, cleaned))
        number = len(self._headings)
        page_break = "<w:pageBreakBefore/>" if is_new_page else ""
        self._append(
            f'<w:p><w:pPr><w:pStyle w:val="Heading{level}"/>{page_break}</w:pPr>'
            f'<w:bookmarkStart w:id="{number}" w:name="heading{number}"/>{_build_run(cleaned)}'
            f'<w:bookmarkEnd w:id="{number}"/></w:p>'
        )

    def add_paragraph(
        self,
        text: str,
        style: str = "Normal",
        *,
        bold: bool = False,
        tone: str = "",
        fill: str = "",
        keep_next: bool = False,
    ) -> None:
        """Add a text; each of its lines is a paragraph. `keep_next` keeps it on the page of the next block."""
        for line in clean_text(text).split("\n"):
            if line.strip():
                self._append(
                    _build_paragraph(line, style.replace(" ", ""), bold=bold, tone=tone, fill=fill, keep_next=keep_next)
                )

    def add_messages(self, messages: Iterable[Message], style: str = "List Bullet", *, tone: str = "") -> None:
        """Add a paragraph for each message."""
        for text in self.translator.render_messages(list(messages)):
            self.add_paragraph(text, style, tone=tone)

    def add_remark(self, place: str) -> None:
        """Add the consultant's text on a section, marked as theirs."""
        text = self.selection.report.details.remarks.get(place, "")
        if text.strip():
            self.add_paragraph(self.translator.gettext("In the consultant’s own words"), bold=True, tone="third")
            self.add_paragraph(text, fill="wash")

    def add_table(self, table: ReportTable, caption: str, size: float = TABLE_SIZE) -> None:
        """Add a table below its caption; the heading is repeated on every page."""
        if not table.rows:
            return
        self._tables += 1
        label = self.translator.gettext("Table {number}: {caption}")
        self._add_caption(label, "Table", self._tables, caption, keep_next=True)
        self._append(build_table(table, caption, size))
        self._append('<w:p><w:pPr><w:spacing w:after="60" w:line="120" w:lineRule="exact"/></w:pPr></w:p>')

    def add_key_figures(self, figures: Sequence[KeyFigure], caption: str) -> None:
        """Add a strip of figures."""
        if figures:
            self.add_table(build_key_figure_table(figures, self.translator, 1.5), caption)

    def add_chart(self, spec: ChartSpec | None, caption: str) -> None:
        """Add a native chart above its caption."""
        if spec is None:
            return
        self._charts += 1
        height = compute_chart_height(spec)
        relation = self._relate_chart(spec, height)
        description = quoteattr(clean_line(spec.description, MAX_DESCRIPTION_LENGTH))
        self._append(
            f'<w:p><w:pPr><w:keepNext/></w:pPr><w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
            f'<wp:extent cx="{int(TEXT_WIDTH)}" cy="{height}"/><wp:docPr id="{100 + self._charts}" '
            f'name="Chart {self._charts}" descr={description}/><wp:cNvGraphicFramePr/><a:graphic><a:graphicData '
            f'uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart r:id="{relation}"/>'
            f"</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
        )
        self._add_caption(self.translator.gettext("Figure {number}: {caption}"), "Figure", self._charts, caption)

    def add_picture(self, content: bytes, height: int, description: str) -> None:
        """Add a picture of this height in EMU."""
        run = self.document.add_paragraph().add_run()
        picture = run.add_picture(BytesIO(content), height=height)
        picture._inline.docPr.set("descr", description)  # noqa: SLF001 - the library has no alternative texts

    def add_page_break(self) -> None:
        """Begin a page."""
        self._append('<w:p><w:r><w:br w:type="page"/></w:r></w:p>')

    def reserve_contents(self) -> None:
        """Keep the place of the contents, which are written at the end."""
        self._contents = self._append("<w:p/>")

    def save_document(self) -> bytes:
        """Write contents and properties, and return the file."""
        if self._contents is not None:
            self._write_contents()
        properties, details = self.document.core_properties, self.selection.report.details
        properties.title = clean_line(self.selection.subject, MAX_PROPERTY_LENGTH)
        properties.subject = clean_line(self.selection.report.instrument, MAX_PROPERTY_LENGTH)
        properties.author = clean_line(details.author or details.organisation, MAX_PROPERTY_LENGTH)
        properties.last_modified_by = properties.comments = ""
        properties.language = get_language_tag(self.translator.language)
        properties.created = properties.modified = CREATED_AT.replace(tzinfo=None)
        properties.revision = 1
        target = BytesIO()
        self.document.save(target)
        return target.getvalue()

    def _append(self, xml: str) -> Any:  # noqa: ANN401 - the library's types are incomplete
        """Append one block, parsed at once: element by element, the library takes ten times as long."""
        element = parse_xml(f"<w:x {NAMESPACES}>{xml}</w:x>")[0]
        self._end.addprevious(element)
        return element

    def _add_caption(self, template: str, kind: str, number: int, caption: str, *, keep_next: bool = False) -> None:
        """Add a caption whose number Word can update."""
        before, _, after = template.partition("{number}")
        field = build_field(f"SEQ {kind} \\* ARABIC", str(number))
        text = after.replace("{caption}", clean_line(caption))
        keep = "<w:keepNext/>" if keep_next else ""
        self._append(
            f'<w:p><w:pPr><w:pStyle w:val="Caption"/>{keep}</w:pPr>{_build_run(before)}{field}{_build_run(text)}</w:p>'
        )

    def _relate_chart(self, spec: ChartSpec, height: int) -> str:
        """Add a chart's parts to the package; return the relation from the document."""
        if self._scratch is None:
            presentation = Presentation()
            self._scratch = presentation.slides.add_slide(presentation.slide_layouts[6])
        box = (0, 0, int(TEXT_WIDTH), height)
        frame = add_native_chart(self._scratch.shapes, spec, box, self.translator, CHART_SIZE)
        package, source = self.document.part.package, frame.chart.part
        chart = Part(PackURI(f"/word/charts/chart{self._charts}.xml"), CONTENT_TYPE.DML_CHART, source.blob, package)
        book = Part(
            PackURI(f"/word/embeddings/workbook{self._charts}.xlsx"),
            CONTENT_TYPE.SML_SHEET,
            source.chart_workbook.xlsx_part.blob,
            package,
        )
        chart.relate_to(book, RELATIONSHIP_TYPE.PACKAGE)  # rId1, as in the chart
        return str(self.document.part.relate_to(chart, RELATIONSHIP_TYPE.CHART))

    def _add_running_lines(self) -> None:
        section = self.document.sections[0]
        section.header.paragraphs[0].text = clean_line(self.selection.subject, MAX_PROPERTY_LENGTH)
        footer = section.footer.paragraphs[0]
        footer.text = clean_line(self.selection.footer, MAX_PROPERTY_LENGTH) + " · "
        template = self.translator.gettext("Page {page} of {pages}")
        before, _, rest = template.partition("{page}")
        middle, _, after = rest.partition("{pages}")
        parts = (
            _build_run(before) + build_field("PAGE", "1") + _build_run(middle) + build_field("NUMPAGES", "1")
        ) + _build_run(after)
        footer._p.extend(parse_xml(f"<w:x {NAMESPACES}>{parts}</w:x>"))  # noqa: SLF001 - the library has no fields

    def _write_contents(self) -> None:
        """Write the contents as a field that Word can update, with links to the headings."""
        entries = [
            (level, number, text)
            for number, (level, text) in enumerate(self._headings, start=1)
            if level <= CONTENTS_LEVELS
        ]
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> TOC \\o "1-'
            f'{CONTENTS_LEVELS}" \\h \\z \\u </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        for place, (level, number, text) in enumerate(entries):
            indent = 360 * (level - 1)
            paragraph = (
                f'<w:p><w:pPr><w:spacing w:after="40"/><w:ind w:left="{indent}"/></w:pPr>{begin if place == 0 else ""}'
                f'<w:hyperlink w:anchor="heading{number}">{_build_run(text, bold=level == 1)}</w:hyperlink>'
                f"{end if place == len(entries) - 1 else ''}</w:p>"
            )
            self._contents.addprevious(parse_xml(f"<w:x {NAMESPACES}>{paragraph}</w:x>")[0])
        self._contents.getparent().remove(self._contents)


def compute_chart_height(spec: ChartSpec) -> int:
    """Height of a chart in EMU: few bars take less, so that what belongs to them stays on the page."""
    if isinstance(spec, BarSpec):
        height = BAR_SURROUNDINGS + len(spec.categories) * BAR_HEIGHT
    elif isinstance(spec, DumbbellSpec):
        height = DUMBBELL_SURROUNDINGS + len(spec.rows) * DUMBBELL_HEIGHT
    else:
        height = CHART_HEIGHT
    return min(int(CHART_HEIGHT), int(height))


def build_table(table: ReportTable, caption: str, size: float) -> str:
    """Build the XML of a table over the width of the text."""
    total = int(TEXT_WIDTH) // EMU_PER_TWIP
    widths = [int(total * share / sum(table.shares)) for share in table.shares]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    last = len(table.rows)
    rows = "".join(
        f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if place == 0 else ''}</w:trPr>"
        + "".join(
            _build_cell(
                cell, width, size, is_head=place == 0, keep_next=place == 0 or (last <= ROWS_TOGETHER and place < last)
            )
            for cell, width in zip(row, widths, strict=True)
        )
        + "</w:tr>"
        for place, row in enumerate((table.head, *table.rows))
    )
    texts = (
        f"<w:tblCaption w:val={quoteattr(clean_line(caption, MAX_PROPERTY_LENGTH))}/>"
        f"<w:tblDescription w:val={quoteattr(clean_line(table.description, MAX_DESCRIPTION_LENGTH))}/>"
    )
    margins = '<w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar>'
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>{margins}'
        f'<w:tblLook w:val="0020" w:firstRow="1"/>{texts}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>'
    )


def _build_cell(cell: Cell, width: int, size: float, *, is_head: bool, keep_next: bool) -> str:
    line = PALETTE["ink" if is_head else "faint"][1:]
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{PALETTE[cell.fill][1:]}"/>' if cell.fill else ""
    borders = f'<w:tcBorders><w:bottom w:val="single" w:sz="{8 if is_head else 4}" w:color="{line}"/></w:tcBorders>'
    align = '<w:jc w:val="right"/>' if cell.is_number else ""
    lines = clean_text(cell.text).split("\n")
    paragraphs = "".join(
        f'<w:p><w:pPr>{"<w:keepNext/>" if keep_next else ""}<w:spacing w:before="30" w:after="30"/>{align}</w:pPr>'
        f"{_build_run(text, bold=cell.bold, tone=cell.tone, size=size * cell.size)}</w:p>"
        for text in lines
    )
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{borders}{fill}</w:tcPr>{paragraphs}</w:tc>'


def _build_paragraph(text: str, style: str, *, bold: bool, tone: str, fill: str, keep_next: bool) -> str:
    shade = ""
    keep = "<w:keepNext/>" if keep_next else ""
    if fill:
        shade = (
            f'<w:pBdr><w:left w:val="single" w:sz="24" w:space="8" w:color="{find_colour("accent")[1:]}"/></w:pBdr>'
            f'<w:shd w:val="clear" w:color="auto" w:fill="{PALETTE[fill][1:]}"/>'
        )
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{keep}{shade}</w:pPr>{_build_run(text, bold=bold, tone=tone)}</w:p>'


def _build_run(text: str, *, bold: bool = False, tone: str = "", size: float = 0.0) -> str:
    if not text:
        return ""
    run_properties = "<w:b/>" if bold else ""
    run_properties += f'<w:color w:val="{find_colour(tone)[1:]}"/>' if tone else ""
    run_properties += f'<w:sz w:val="{round(size * 2)}"/>' if size else ""
    return f'<w:r><w:rPr>{run_properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def build_field(instruction: str, text: str) -> str:
    """Build a field with the text that is shown until Word updates it."""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> {instruction} '
        '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'<w:r><w:t>{text}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _style_document(document: Any, tag: str) -> None:  # noqa: ANN401 - the library's types are incomplete
    section = document.sections[0]
    section.page_width, section.page_height = PAGE_WIDTH, PAGE_HEIGHT
    section.left_margin = section.right_margin = SIDE_MARGIN
    section.top_margin = section.bottom_margin = OUTER_MARGIN
    for name, (size, tone, bold, before, after) in STYLES.items():
        style = document.styles[name]
        style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(size), bold, False
        colour = find_heading_colour(tone) if name in BRAND_STYLES else find_colour(tone)
        style.font.color.rgb = RGBColor.from_string(colour[1:])
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        fonts = style.element.rPr.rFonts
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for border in style.element.iter(qn("w:pBdr")):
            border.getparent().remove(border)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), tag)
