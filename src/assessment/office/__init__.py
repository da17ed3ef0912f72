"""Render a report as deck, document or workbook. Deterministic: same report and edition give the same bytes."""

from importlib.metadata import version

from assessment.domain.report import Report
from assessment.domain.report.audiences import FULL_EDITION
from assessment.domain.report.file_formats import FileFormat
from assessment.domain.verification.provenance import OfficeProvenance
from assessment.i18n import get_translator
from assessment.office.deck import write_deck
from assessment.office.document import write_document
from assessment.office.package_files import save_deterministically
from assessment.office.selection import select_edition
from assessment.office.workbook import write_workbook

__all__ = ["list_writer_versions", "render_office_file"]
LIBRARIES = ("lxml", "python-docx", "python-pptx", "xlsxwriter")
WRITERS = {
    FileFormat.DECK: write_deck,
    FileFormat.DOCUMENT: write_document,
    FileFormat.WORKBOOK: write_workbook,
}


def render_office_file(
    report: Report, file_format: FileFormat, audience: str = FULL_EDITION, provenance: OfficeProvenance | None = None
) -> bytes:
    """Render one edition in the report's language. No figure is calculated or rounded here.

    Raises ValueError for an audience that the report has no edition for (`domain.report.file_formats`).
    """
    selection = select_edition(report, audience, get_translator(report.language))
    return save_deterministically(WRITERS[file_format](selection), file_format, provenance)


def list_writer_versions() -> dict[str, str]:
    """Return the versions of the libraries that write the files: others may write other bytes."""
    return {library: version(library) for library in LIBRARIES}
