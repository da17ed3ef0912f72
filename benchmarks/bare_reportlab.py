"""The pages of a report drawn by bare ReportLab calls: read back from the PDF and drawn again.

Every run of text with its position, face, size and colour, and every path. Everything before that is left out: scoring,
sentences, line breaking, page filling, tags, bookmarks and attachments.
"""

import ctypes
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, TypeAlias

import pypdfium2
from msgspec import Struct
from pypdfium2 import raw
from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from assessment.pdf.typesetting.fonts import LIGHT, REGULAR, STRONG, register_fonts
from assessment.pdf.typesetting.theme import PAGE_HEIGHT, PAGE_WIDTH

FONT_FACES = {b"FiraSans-Regular": REGULAR, b"FiraSans-Light": LIGHT, b"FiraSans-SemiBold": STRONG}
CHANNEL_MAXIMUM = 255
MAX_NAME = 200
BEZIER_POINTS = 3  # points per Bezier segment

Point: TypeAlias = tuple[float, float]
Pdfium: TypeAlias = Any  # a pointer of its C interface


class TextRun(Struct, frozen=True):
    text: str
    face: str
    size: float
    at: Point
    ink: Color

    def draw(self, canvas: Canvas) -> None:
        canvas.setFillColor(self.ink)
        canvas.setFont(self.face, self.size)
        canvas.drawString(*self.at, self.text)


class DrawnPath(Struct, frozen=True):
    """A path as calls of ReportLab's path object."""

    segments: tuple[tuple[str, tuple[float, ...]], ...]
    fill: Color | None
    stroke: Color | None
    width: float

    def draw(self, canvas: Canvas) -> None:
        path = canvas.beginPath()
        for call, numbers in self.segments:
            getattr(path, call)(*numbers)
        if self.fill:
            canvas.setFillColor(self.fill)
        if self.stroke:
            canvas.setStrokeColor(self.stroke)
            canvas.setLineWidth(self.width)
        canvas.drawPath(path, fill=int(self.fill is not None), stroke=int(self.stroke is not None))


DrawnPages: TypeAlias = Sequence[Sequence[TextRun | DrawnPath]]


def read_pages(content: bytes) -> DrawnPages:
    """Read the objects of each page in drawing order."""
    with pypdfium2.PdfDocument(content) as document:
        return [list(_read_objects(page)) for page in document]


def draw_pages(pages: DrawnPages) -> bytes:
    """Draw the pages with a canvas alone."""
    register_fonts()
    target = BytesIO()
    canvas = Canvas(target, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1)
    for page in pages:
        for mark in page:
            mark.draw(canvas)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def _read_objects(page: Pdfium) -> Iterator[TextRun | DrawnPath]:
    words = raw.FPDFText_LoadPage(page)
    for number in range(raw.FPDFPage_CountObjects(page)):
        mark = raw.FPDFPage_GetObject(page, number)
        kind = raw.FPDFPageObj_GetType(mark)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            yield _read_text(mark, words)
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            yield _read_path(mark)
        else:
            raise ValueError(f"An object of kind {kind} can't be drawn again.")
    raw.FPDFText_ClosePage(words)


def _read_text(mark: Pdfium, words: Pdfium) -> TextRun:
    length = raw.FPDFTextObj_GetText(mark, words, None, 0)
    buffer = ctypes.create_string_buffer(length)
    raw.FPDFTextObj_GetText(mark, words, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), length)
    name = ctypes.create_string_buffer(MAX_NAME)
    raw.FPDFFont_GetBaseFontName(raw.FPDFTextObj_GetFont(mark), name, MAX_NAME)
    size = ctypes.c_float()
    raw.FPDFTextObj_GetFontSize(mark, size)
    place = _read_matrix(mark)
    text = buffer.raw.decode("utf-16-le").rstrip("\0")
    return TextRun(
        text, FONT_FACES[name.value], size.value, (place.e, place.f), _read_colour(mark, raw.FPDFPageObj_GetFillColor)
    )


def _read_path(mark: Pdfium) -> DrawnPath:
    filled, stroked, width = ctypes.c_int(), ctypes.c_int(), ctypes.c_float()
    raw.FPDFPath_GetDrawMode(mark, filled, stroked)
    raw.FPDFPageObj_GetStrokeWidth(mark, width)
    return DrawnPath(
        segments=tuple(_read_segments(mark, _read_matrix(mark))),
        fill=_read_colour(mark, raw.FPDFPageObj_GetFillColor) if filled.value else None,
        stroke=_read_colour(mark, raw.FPDFPageObj_GetStrokeColor) if stroked.value else None,
        width=width.value,
    )


def _read_segments(mark: Pdfium, place: Pdfium) -> Iterator[tuple[str, tuple[float, ...]]]:
    curve: list[float] = []
    for number in range(raw.FPDFPath_CountSegments(mark)):
        segment = raw.FPDFPath_GetPathSegment(mark, number)
        x, y = ctypes.c_float(), ctypes.c_float()
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        at = (place.a * x.value + place.c * y.value + place.e, place.b * x.value + place.d * y.value + place.f)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_BEZIERTO:
            curve += at
            if len(curve) == 2 * BEZIER_POINTS:
                yield "curveTo", tuple(curve)
                curve = []
        else:
            yield ("moveTo" if kind == raw.FPDF_SEGMENT_MOVETO else "lineTo"), at
        if raw.FPDFPathSegment_GetClose(segment):
            yield "close", ()


def _read_matrix(mark: Pdfium) -> Pdfium:
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(mark, matrix)
    return matrix


def _read_colour(mark: Pdfium, ask: Any) -> Color:  # noqa: ANN401 - a function of pdfium
    channels = [ctypes.c_uint() for _ in range(4)]
    ask(mark, *channels)
    red, green, blue, _ = (channel.value / CHANNEL_MAXIMUM for channel in channels)
    return Color(red, green, blue)
