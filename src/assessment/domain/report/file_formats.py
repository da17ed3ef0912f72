"""File formats of a report, and the editions that each of them has."""

from enum import StrEnum

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report.audiences import BOARD_EDITION, RESPONDENT_EDITION, list_audiences
from assessment.domain.result import Result


class FileFormat(StrEnum):
    """A file format, by the ending of its file names."""

    PDF = "pdf"
    DECK = "pptx"
    DOCUMENT = "docx"
    WORKBOOK = "xlsx"

    @property
    def media_type(self) -> str:
        """Return the media type of HTTP responses."""
        return MEDIA_TYPES[self]


OPEN_XML = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES = {
    FileFormat.PDF: "application/pdf",
    FileFormat.DECK: f"{OPEN_XML}.presentationml.presentation",
    FileFormat.DOCUMENT: f"{OPEN_XML}.wordprocessingml.document",
    FileFormat.WORKBOOK: f"{OPEN_XML}.spreadsheetml.sheet",
}

# A workbook is for someone who works with every figure; slides of a summary would repeat its page.
MISSING_AUDIENCES: dict[FileFormat, tuple[str, ...]] = {
    FileFormat.WORKBOOK: (BOARD_EDITION, RESPONDENT_EDITION),
    FileFormat.DECK: (RESPONDENT_EDITION,),
}


def list_format_audiences(file_format: FileFormat, questionnaire: Questionnaire, result: Result) -> tuple[str, ...]:
    """List the editions of a result in one file format."""
    missing = MISSING_AUDIENCES.get(file_format, ())
    return tuple(audience for audience in list_audiences(questionnaire, result) if audience not in missing)
