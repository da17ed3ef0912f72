"""Slides: titles, text, tables, native charts, speaker notes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, NamedTuple

from msgspec import Struct
from pptx import Presentation
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu, Pt

from assessment.charts.primitives.brand import get_brand
from assessment.domain.report.figures import KeyFigure
from assessment.domain.report.message import Message
from assessment.i18n import Translator
from assessment.office.chart_data import ChartSpec
from assessment.office.deck.placeholders import copy_footer, find_placeholder, remove_content, set_language
from assessment.office.deck.slide_area import CONTENT, SlideArea
from assessment.office.deck.slide_tables import CELL_MARGIN, build_paragraph, build_table, measure_rows
from assessment.office.deck.template import (
    CONTENT_LAYOUT,
    COVER_LAYOUT,
    build_template,
    pick_title_size,
)
from assessment.office.language_tags import get_language_tag
from assessment.office.native_charts import add_native_chart, get_colour
from assessment.office.plain_text import clean_line, clean_text
from assessment.office.report_tables import Cell, ReportTable, build_key_figure_table
from assessment.office.selection import EditionSelection
from assessment.office.text_fitting import EMU_PER_POINT, find_scale

CREATED_AT = datetime(2000, 1, 1, tzinfo=UTC)  # constant, so that the same report gives the same bytes
MAX_PROPERTY_LENGTH, MAX_TITLE_LENGTH = 200, 260
BODY, SMALL, TABLE = 16.0, 12.0, 12.0
MIN_SIZE = 12.0  # points; smaller only where a text would otherwise not fit at all
SCALES = (1.0, 0.92, 0.85, 0.78, 0.72, 0.66)
SMALL_SCALES = (0.6, 0.54, 0.48)  # of tables, in a firm's layout with less room
PARAGRAPH_GAP = 6.0


class SlideLayouts(NamedTuple):
    """Presentation to write into, its two layouts, and the place of the content on slides.

    `is_own`: a template of the firm, whose cover has placeholders for all texts.
    """

    presentation: Any  # the library's types are incomplete
    cover: Any
    content: Any
    area: SlideArea = CONTENT
    is_own: bool = False


def load_layouts() -> SlideLayouts:
    """Return our own template."""
    presentation = Presentation(BytesIO(build_template(get_brand())))
    layouts = {layout.name: layout for layout in presentation.slide_layouts}
    return SlideLayouts(presentation, layouts[COVER_LAYOUT], layouts[CONTENT_LAYOUT])


class Line(Struct, frozen=True):
    """A paragraph; `size` in points."""

    text: str
    size: float = BODY
    bold: bool = False
    tone: str = "ink"


class DeckWriter:
    """Writes a presentation slide by slide."""

    def __init__(self, selection: EditionSelection, layouts: SlideLayouts | None = None) -> None:
        self.selection, self.translator = selection, selection.translator
        self.layouts = layouts or load_layouts()
        self.presentation = self.layouts.presentation

    @property
    def slide_count(self) -> int:
        """Return the number of slides so far."""
        return len(self.presentation.slides)

    def add_slide(self, title: str, notes: Sequence[str], *, is_cover: bool = False) -> "SlideWriter":
        """Add a slide with its title and speaker notes."""
        slide = self.presentation.slides.add_slide(self.layouts.cover if is_cover else self.layouts.content)
        text = clean_line(title, MAX_TITLE_LENGTH)
        title_shape = find_placeholder(slide, "Title") or slide.shapes.title
        title_shape.text_frame.text = text
        if not is_cover:
            title_shape.text_frame.paragraphs[0].runs[0].font.size = pick_title_size(len(text))
            remove_content(slide)
            copy_footer(slide, clean_line(f"{self.selection.subject} · {self.selection.footer}", MAX_TITLE_LENGTH))
        paragraphs = [clean_text(note) for note in (*notes, self._describe_source()) if note]
        slide.notes_slide.notes_text_frame.text = "\n".join(paragraphs)
        return SlideWriter(slide, self.translator, CONTENT if is_cover else self.layouts.area)

    def render_method(self, *identifiers: str) -> list[str]:
        """Render the paragraphs of the method that explain a slide."""
        method = self.selection.report.appendix.method
        return self.translator.render_messages([message for message in method if message.id in identifiers])

    def finish_presentation(self) -> Any:  # noqa: ANN401 - the library's types are incomplete
        """Set language and properties, and return the presentation."""
        tag = get_language_tag(self.translator.language)
        for slide in self.presentation.slides:
            set_language(slide.element, tag)
            set_language(slide.notes_slide.element, tag)
            for shape in slide.shapes:
                if shape.has_chart:
                    set_language(shape.chart._chartSpace, tag)  # noqa: SLF001 - the library has no languages
        for layout in self.presentation.slide_layouts:
            set_language(layout.element, tag)
        set_language(self.presentation.slide_master.element, tag)
        properties, details = self.presentation.core_properties, self.selection.report.details
        properties.title = clean_line(self.selection.subject, MAX_PROPERTY_LENGTH)
        properties.subject = clean_line(self.selection.report.instrument, MAX_PROPERTY_LENGTH)
        properties.author = clean_line(details.author or details.organisation, MAX_PROPERTY_LENGTH)
        properties.last_modified_by = ""
        properties.language = tag
        properties.created = properties.modified = CREATED_AT.replace(tzinfo=None)
        properties.revision = 1
        return self.presentation

    def _describe_source(self) -> str:
        """Describe where the figures of a slide come from."""
        report, translator = self.selection.report, self.translator
        text = translator.gettext(
            "Source of the figures: “{instrument}”, answers of {count} people, closed on {date}. "
            "The workbook of the same release has each of them."
        )
        if not self.selection.date or report.consensus:
            text = translator.gettext(
                "Source of the figures: “{instrument}”. The workbook of the same release has each of them."
            )
        return text.format(
            instrument=report.instrument,
            count=translator.format_number(report.participation.counted),
            date=self.selection.date,
        )


class SlideWriter:
    """Writes the content of one slide."""

    def __init__(self, slide: Any, translator: Translator, area: SlideArea = CONTENT) -> None:  # noqa: ANN401 - the library's types are incomplete
        self.slide, self.translator, self.area = slide, translator, area

    def _fit(self, box: SlideArea) -> SlideArea:
        """Move and scale a place on our own template to the same place in the content area of the slide."""
        if self.area == CONTENT:
            return box
        across, down = self.area.width / CONTENT.width, self.area.height / CONTENT.height
        return SlideArea(
            self.area.left + int((box.left - CONTENT.left) * across),
            self.area.top + int((box.top - CONTENT.top) * down),
            int(box.width * across),
            int(box.height * down),
        )

    def add_text(
        self, box: SlideArea, lines: Sequence[Line], *, name: str, fill: str = "", anchor: str = "top"
    ) -> None:
        """Add paragraphs, in smaller type where they would not fit."""
        visible = [line for line in lines if line.text.strip()]
        if not visible:
            return
        box = self._fit(box)
        shape = self.slide.shapes.add_textbox(*(Emu(value) for value in box))
        shape.name = name
        frame = shape.text_frame
        frame.word_wrap = True
        margin = 10.0 if fill else 0.0
        frame.margin_left = frame.margin_right = Pt(margin)
        frame.margin_top = frame.margin_bottom = Pt(margin / 2)
        frame.vertical_anchor = MSO_ANCHOR.MIDDLE if anchor == "middle" else MSO_ANCHOR.TOP
        if fill:
            shape.fill.solid()
            shape.fill.fore_color.rgb = get_colour(fill)
        width, height = box.width / EMU_PER_POINT - 2 * margin, box.height / EMU_PER_POINT - margin
        texts = [(clean_text(line.text), line.size) for line in visible]
        sizes, gap = _choose_sizes(texts, width, height)
        paragraphs = [
            build_paragraph(text, size, bold=line.bold, tone=line.tone, gap=gap)
            for line, (text, _), size in zip(visible, texts, sizes, strict=True)
        ]
        body = frame._txBody  # noqa: SLF001 - paragraph by paragraph, the library takes ten times as long
        for paragraph in body.findall(qn("a:p")):
            body.remove(paragraph)
        body.extend(parse_xml(f"<a:x {nsdecls('a')}>{''.join(paragraphs)}</a:x>"))

    def add_chart(self, box: SlideArea, spec: ChartSpec, size: float = SMALL) -> None:
        """Add a native chart."""
        frame = add_native_chart(self.slide.shapes, spec, self._fit(box), self.translator, size)
        frame.name = clean_line(spec.description, 60)

    def add_table(self, box: SlideArea, content: ReportTable, *, size: float = TABLE, row_height: float = 0.0) -> int:
        """Add a table; returns how many rows have room. Type is smaller where the rows would not fit.

        `row_height` is the least height of a row in points.
        """
        box = self._fit(box)
        head, rows, shares, description = content.head, content.rows, content.shares, content.description
        widths = [box.width * share / sum(shares) for share in shares]
        points = [width / EMU_PER_POINT - 2 * CELL_MARGIN for width in widths]
        room = box.height / EMU_PER_POINT
        scale = self._find_scale([head, *rows], points, size, room)
        measured = measure_rows([head, *rows], points, size * scale)
        heights = [measured[0], *(max(row_height, height) for height in measured[1:])]
        fitting = 0
        while fitting < len(rows) and sum(heights[: fitting + 2]) <= room:
            fitting += 1
        fitting = max(fitting, min(1, len(rows)))
        lines = [head, *rows[:fitting]]
        frame = self.slide.shapes.add_table(1, 1, *(Emu(value) for value in box[:3]), Pt(sum(heights[: fitting + 1])))
        frame.name = clean_line(description, 60)
        frame._element.nvGraphicFramePr.cNvPr.set("descr", clean_line(description, 2000))  # noqa: SLF001 - no public way
        table = frame._element.graphic.graphicData.find(qn("a:tbl"))  # noqa: SLF001 - cell by cell, the library takes ten times as long
        table.getparent().replace(table, parse_xml(build_table(lines, widths, heights, size * scale)))
        return fitting

    def find_table_scale(self, box: SlideArea, content: ReportTable, size: float = TABLE) -> float:
        """Find the scale of the type at which a table fits: tables next to each other share the smaller one."""
        place = self._fit(box)
        points = _measure_columns(place, content)
        return self._find_scale([content.head, *content.rows], points, size, place.height / EMU_PER_POINT)

    def _find_scale(self, lines: Sequence[Sequence[Cell]], points: Sequence[float], size: float, room: float) -> float:
        scales: tuple[float, ...] = SCALES if self.area == CONTENT else (*SCALES, *SMALL_SCALES)
        least = min(1.0, MIN_SIZE / size)
        scales = (*(scale for scale in scales if scale > least), least, *(scale for scale in scales if scale < least))
        return next((scale for scale in scales if sum(measure_rows(lines, points, size * scale)) <= room), scales[-1])

    def add_key_figures(self, box: SlideArea, figures: Sequence[KeyFigure]) -> None:
        """Add a strip of figures as a table: label, number, meaning."""
        if figures:
            self.add_table(box, build_key_figure_table(figures, self.translator))

    def add_picture(self, box: SlideArea, content: bytes, description: str) -> None:
        """Add a picture, as large as the box allows."""
        box = self._fit(box)
        picture = self.slide.shapes.add_picture(BytesIO(content), Emu(box.left), Emu(box.top))
        scale = min(box.width / picture.width, box.height / picture.height)
        picture.width, picture.height = Emu(int(picture.width * scale)), Emu(int(picture.height * scale))
        picture.left = Emu(box.left + box.width - picture.width)
        picture._element.nvPicPr.cNvPr.set("descr", description)  # noqa: SLF001 - no public way


def has_room(box: SlideArea, content: ReportTable) -> bool:
    """Return whether a table fits at `MIN_SIZE` on our own template: slides of a firm have the same texts."""
    lines = [content.head, *content.rows]
    return sum(measure_rows(lines, _measure_columns(box, content), MIN_SIZE)) <= box.height / EMU_PER_POINT


def _measure_columns(box: SlideArea, content: ReportTable) -> list[float]:
    """Return the widths of the texts in the columns, in points."""
    return [box.width * share / sum(content.shares) / EMU_PER_POINT - 2 * CELL_MARGIN for share in content.shares]


def _choose_sizes(texts: Sequence[tuple[str, float]], width: float, height: float) -> tuple[list[float], float]:
    """Choose the sizes of paragraphs that fit a box, and the gap between them; none below `MIN_SIZE` if possible."""
    for scale in SCALES:
        sizes = [max(min(size, MIN_SIZE), size * scale) for _, size in texts]
        paragraphs = [(text, size) for (text, _), size in zip(texts, sizes, strict=True)]
        if find_scale(paragraphs, width, height, PARAGRAPH_GAP * scale, (1.0, 0.0)):
            return sizes, PARAGRAPH_GAP * scale
    scale = find_scale(texts, width, height, PARAGRAPH_GAP, SCALES)
    return [size * scale for _, size in texts], PARAGRAPH_GAP * scale


def build_bullets(messages: Sequence[Message], translator: Translator, size: float = BODY) -> list[Line]:
    """Build paragraphs of messages."""
    return [Line(text, size) for text in translator.render_messages(messages)]
