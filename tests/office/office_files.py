"""Decks, documents and workbooks of worked cases, and what can be read in them."""

from functools import lru_cache
from io import BytesIO
from zipfile import ZipFile

import msgspec
import openpyxl

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
