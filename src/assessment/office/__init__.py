"""Render a report as deck, document or workbook. Deterministic: same report and edition give the same bytes.

The writers are imported when a file is rendered: a server process imports this package, and only its workers render.
"""

from importlib.metadata import version

from assessment.charts.primitives.brand import use_brand
from assessment.domain.report import Report
from assessment.domain.report.audiences import FULL_EDITION
from assessment.domain.report.file_formats import FileFormat
from assessment.domain.verification.provenance import OfficeProvenance
from assessment.i18n import get_translator
from assessment.office.package_files import save_deterministically
from assessment.office.selection import select_edition

__all__ = ["list_writer_versions", "render_office_file"]
LIBRARIES = ("lxml", "python-docx", "python-pptx", "xlsxwriter")


def render_office_file(
    report: Report, file_format: FileFormat, audience: str = FULL_EDITION, provenance: OfficeProvenance | None = None
) -> bytes:
    """Render one edition in the report's language. No figure is calculated or rounded here.

    Raises ValueError for an audience that the report has no edition for (`domain.report.file_formats`).
    """
    from assessment.office.deck import write_deck  # noqa: PLC0415  # see above
    from assessment.office.document import write_document  # noqa: PLC0415  # see above
    from assessment.office.workbook import write_workbook  # noqa: PLC0415  # see above

    writers = {
        FileFormat.DECK: write_deck,
        FileFormat.DOCUMENT: write_document,
        FileFormat.WORKBOOK: write_workbook,
    }
    selection = select_edition(report, audience, get_translator(report.language))
    with use_brand(report.details.accent or ""):
        content = writers[file_format](selection)
    return save_deterministically(content, file_format, provenance)


def list_writer_versions() -> dict[str, str]:
    """Return the versions of the libraries that write the files: others may write other bytes."""
    return {library: version(library) for library in LIBRARIES}
