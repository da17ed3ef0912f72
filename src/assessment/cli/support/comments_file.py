"""Consultants' comments on a report from a TOML file and a logo next to it."""

from pathlib import Path

import msgspec

from assessment.cli.support.messages import translate_text as _
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report import ReportDetails
from assessment.domain.report.comments import Comments, add_comments, find_comment_problems
from assessment.domain.report.details import MAX_LOGO_BYTES
from assessment.domain.result import Result
from assessment.errors import InvalidError, Problem
from assessment.pdf.logo import reencode_logo
from assessment.questionnaires.checks.schema_check import check_shape
from assessment.questionnaires.toml_document import TomlDocument
from assessment.questionnaires.toml_lines import KeyPath as Place


class CommentsFile(Comments, frozen=True, forbid_unknown_fields=True):
    """`logo` is a path relative to the file."""

    logo: str = ""


def read_comments(
    file: Path, details: ReportDetails, questionnaire: Questionnaire, result: Result, language: str
) -> ReportDetails:
    """Add the comments to the details; raises InvalidError with all mistakes by line."""
    document = TomlDocument(file)
    check_shape(document.content, CommentsFile, document.report)
    if document.problems:
        raise _make_error(document)
    comments = msgspec.convert(document.content, CommentsFile)
    for fault in find_comment_problems(comments, questionnaire):
        document.report(_parse_pointer(fault.pointer), fault.message, fault.remedy)
    logo = _read_logo(document, comments)
    if document.problems:
        raise _make_error(document)
    return add_comments(details, comments, questionnaire, result, language, logo)


def _read_logo(document: TomlDocument, comments: CommentsFile) -> bytes | None:
    if not comments.logo:
        return None
    try:
        with (document.file.parent / comments.logo).open("rb") as picture:
            return reencode_logo(picture.read(MAX_LOGO_BYTES + 1))
    except OSError as error:
        document.report(("logo",), f"The logo can't be read: {error.strerror}.", "Name a file next to this one.")
    except InvalidError as error:
        for problem in error.problems:
            document.report(("logo",), problem.message, problem.remedy)
    return None


def _make_error(document: TomlDocument) -> InvalidError:
    problems: list[Problem] = sorted(document.problems, key=lambda problem: problem.line or 0)
    return InvalidError(_("The comments contain mistakes; no report was written."), problems)


def _parse_pointer(pointer: str) -> Place:
    parts = (part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
    return tuple(int(part) if part.isdigit() else part for part in parts)
