"""Decks, documents and workbooks of worked cases, and what can be read in them."""

import re
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from zipfile import ZipFile

import msgspec
import openpyxl
from docx import Document
from docx.oxml.ns import qn
from pptx import Presentation
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml.ns import qn as chart_tag

from assessment.domain import report
from assessment.domain.report import ReportDetails
from assessment.domain.report.file_formats import FileFormat
from assessment.domain.verification.provenance import ReportContents, hash_content, strip_careless_log
from assessment.office import render_office_file
from assessment.services.reports.rendering import RenderJob, render_file
from tests import reports

DETAILS = ReportDetails("Norden", "Autumn", reports.DATE, "1")


def make_job(case, file_format, language="en", audience="full", details=DETAILS):
    """Make the job of a file, as services do."""
    release = msgspec.json.encode(reports.score_case(case))
    contents = ReportContents(strip_careless_log(release), details)
    return RenderJob(contents, hash_content(release), language, audience, FileFormat(file_format))


@lru_cache(maxsize=64)
def render_case(case, file_format, language="en", audience="full"):
    """Render one file of a worked case with its provenance, once in a process."""
    return render_file(reports.load_shipped_questionnaire(), make_job(case, file_format, language, audience, DETAILS))


def render_with_details(case, file_format, details, language="en", audience="full"):
    """Render with other details, without provenance."""
    result = reports.score_case(case)
    made = report.build_report(reports.load_shipped_questionnaire(), result, details, language)
    return render_office_file(made, FileFormat(file_format), audience)


def open_workbook(content):
    """Open a workbook with another library than the one that writes it."""
    return openpyxl.load_workbook(BytesIO(content))


def list_cells(content):
    """List the values of all cells that have one."""
    book = open_workbook(content)
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def read_parts(content):
    """Read all parts of a package."""
    with ZipFile(BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def open_deck(content):
    """Open a deck."""
    return Presentation(BytesIO(content))


def list_texts(slide):
    """List the texts of a slide, those in tables too."""
    texts = []
    for shape in slide.shapes:
        if shape.has_text_frame:
            texts += [paragraph.text for paragraph in shape.text_frame.paragraphs]
        if shape.has_table:
            texts += [cell.text for row in shape.table.rows for cell in row.cells]
        if shape.has_chart:
            texts += list_chart_labels(shape.chart)
    return texts


def list_chart_labels(chart):
    """List what a chart says: of bars each category with its value as labelled, of points their labels, row by row."""
    plot = chart.plots[0]
    if chart.chart_type == XL_CHART_TYPE.BAR_CLUSTERED:
        formats = {
            label.find(chart_tag("c:idx")).get("val"): label.find(chart_tag("c:numFmt")).get("formatCode")
            for label in plot.series[0]._element.iter(chart_tag("c:dLbl"))
        }
        values = [
            "" if value is None else show_number(value, formats[str(place)])
            for place, value in enumerate(plot.series[0].values)
        ]
        return [text for pair in zip(plot.categories, values, strict=True) for text in pair]
    rows = {}
    for series in reversed(list(plot.series)):
        for label in series._element.iter(chart_tag("c:dLbl")):
            place = int(label.find(chart_tag("c:idx")).get("val"))
            rows.setdefault(place, []).append("".join(text.text for text in label.iter(chart_tag("a:t"))))
    return [text for place in sorted(rows) for text in rows[place]]


def read_deck_text(content):
    """Read all texts of a deck, speaker notes too."""
    deck = open_deck(content)
    return "\n".join(
        text
        for slide in deck.slides
        for text in (*list_texts(slide), *slide.notes_slide.notes_text_frame.text.splitlines())
    )


def open_document(content):
    """Open a document."""
    return Document(BytesIO(content))


def read_document_text(content):
    """Read all texts of a document's body, those in tables too."""
    return "\n".join(
        "".join(run.text or "" for run in paragraph.iter(qn("w:t")))
        for paragraph in open_document(content).element.body.iter(qn("w:p"))
    )


def list_file_texts(ending, content):
    """List the texts of a file in reading order, numbers as its program shows them."""
    if ending == "docx":
        return [line for line in read_document_text(content).split("\n") if line.strip()]
    if ending == "xlsx":
        return [show_cell(cell) for cell in list_cells(content)]
    return [line for line in read_deck_text(content).split("\n") if line.strip()]


def show_cell(cell):
    """Show a cell as Excel would with an English number format."""
    return show_number(cell.value, cell.number_format) if cell.data_type == "n" else str(cell.value)


def show_number(value, number_format):
    """Show a number by a format; only what our own formats use."""
    positive, negative, zero = (number_format.split(";") * 3)[:3]
    pattern = negative if value < 0 and ";" in number_format else zero if value == 0 else positive
    digits = re.search(r"0(\.0+)?", re.sub(r'"[^"]*"', "", pattern))
    if digits is None:
        return str(value)
    number = f"{abs(Decimal(str(value))):.{len(digits[1] or '.') - 1}f}"
    parts = re.split(r'("[^"]*")', pattern)
    return "".join(part[1:-1] if part.startswith('"') else part.replace(digits[0], number) for part in parts)
