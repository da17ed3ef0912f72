"""Consultants' comments on a report from a TOML file and a logo next to it."""

from pathlib import Path

import msgspec

from assessment.cli.words import translate as _
from assessment.domain.comments import Comments, commented, faults
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report import Details
from assessment.domain.result import Result
from assessment.errors import InvalidError, Problem
from assessment.library.places import Path as Place
from assessment.library.reading import Document
from assessment.library.shaping import check_shape
from assessment.pdf.logo import LARGEST, redrawn


class CommentsFile(Comments, frozen=True, forbid_unknown_fields=True):
    """`logo` is a path relative to the file."""

    logo: str = ""


def read_comments(file: Path, details: Details, questionnaire: Questionnaire, result: Result, language: str) -> Details:
    """Add the comments to the details; raises InvalidError with all mistakes by line."""
    document = Document(file)
    check_shape(document.content, CommentsFile, document.report)
    if document.problems:
        raise _refused(document)
    comments = msgspec.convert(document.content, CommentsFile)
    for fault in faults(comments, questionnaire):
        document.report(_place(fault.pointer), fault.message, fault.remedy)
    logo = _logo(document, comments)
    if document.problems:
        raise _refused(document)
    return commented(details, comments, questionnaire, result, language, logo)


def _logo(document: Document, comments: CommentsFile) -> bytes | None:
    if not comments.logo:
        return None
    try:
        with (document.file.parent / comments.logo).open("rb") as picture:
            return redrawn(picture.read(LARGEST + 1))
    except OSError as error:
        document.report(("logo",), f"The logo can't be read: {error.strerror}.", "Name a file beside this one.")
    except InvalidError as error:
        for problem in error.problems:
            document.report(("logo",), problem.message, problem.remedy)
    return None


def _refused(document: Document) -> InvalidError:
    problems: list[Problem] = sorted(document.problems, key=lambda problem: problem.line or 0)
    return InvalidError(_("The comments have mistakes; nothing was printed."), problems)


def _place(pointer: str) -> Place:
    parts = (part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
    return tuple(int(part) if part.isdigit() else part for part in parts)
