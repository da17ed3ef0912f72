"""Read exports of other tools in a child process with a lower priority and limits.

Such a file comes from anyone, and reading it takes seconds of processor time: a server process must not read it itself.
"""

import pickle
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from assessment.domain.closed_sets import Mode
from assessment.domain.csv_parser import CsvError, decode_text
from assessment.domain.questionnaire import Questionnaire
from assessment.errors import InvalidError, Problem, UnavailableError
from assessment.i18n.messages import N_
from assessment.services.imports.questions.draft_questionnaire import find_draft_problems, make_draft
from assessment.services.imports.questions.limesurvey_reader import read_lss
from assessment.services.imports.questions.source_questions import SkippedQuestion, SourceQuestion, SourceSurvey
from assessment.services.imports.questions.surveyjs_reader import read_definition
from assessment.services.imports.questions.xlsform_reader import read_xlsform
from assessment.services.imports.responses.import_mapping import ImportMapping, read_mapping
from assessment.services.imports.responses.response_conversion import ImportReport, convert_responses
from assessment.services.imports.responses.source_tables import (
    MAX_SOURCE_BYTES,
    read_json_results,
    read_source_table,
)
from assessment.services.people.response_files import read_responses
from assessment.services.people.response_table import REQUIRED_COLUMNS, read_header

MAX_CHILDREN = 1  # at the same time in a server process; a further file waits
WAIT_SECONDS = 60
CHILD_SECONDS = 90
CHILD_MODULE = "assessment.services.imports.import_child"
MAPPING_NAME = "mapping.toml"
NOT_READABLE = N_("This file takes too much memory or time to read.")
NOTHING_READ = N_("The file can’t be read.")
UTF8_MARK = b"\xef\xbb\xbf"

_children = threading.BoundedSemaphore(MAX_CHILDREN)


class ReadExport(Struct, frozen=True):
    """Responses of an export as CSV, what maps and what does not. `is_guessed`: it was read as Windows-1252."""

    csv: str
    report: ImportReport
    is_guessed: bool = False


class ReadSurvey(Struct, frozen=True):
    """Questions that become items, those that can't, and the files of the draft."""

    questions: tuple[SourceQuestion, ...]
    skipped: tuple[SkippedQuestion, ...]
    files: Mapping[str, str]
    problems: tuple[Problem, ...] = ()  # of the draft, by file and line


# What was read, or what `InvalidError` is raised with: exceptions of `AppError` can't be unpickled.
ReadOutcome: TypeAlias = ReadExport | ReadSurvey | tuple[str, list[Problem], int]


def read_export(content: bytes, mapping: bytes, questionnaire: Questionnaire, mode: str = Mode.SURVEY) -> ReadExport:
    """Read responses of LimeSurvey, SurveyJS or this program; `report.problems` lists what is wrong with them.

    Raises `InvalidError` for a file that can't be read at all, or a mistake in the mapping.
    """
    read: ReadExport = _read_in_child("responses", content, mapping, msgspec.json.encode(questionnaire), mode)
    return read


def read_survey(content: bytes, questionnaire_id: str) -> ReadSurvey:
    """Read the questions of an XLSForm, LimeSurvey or SurveyJS and make a draft of them; raises `InvalidError`."""
    read: ReadSurvey = _read_in_child("questions", content, questionnaire_id)
    return read


def read_packed_export(content: bytes) -> ReadOutcome:
    """Read what `read_export` or `read_survey` has packed, in the child process."""
    kind, *arguments = pickle.loads(content)  # noqa: S301  # packed by the parent process
    try:
        return _convert_export(*arguments) if kind == "responses" else _draft_survey(*arguments)
    except InvalidError as error:
        return error.detail, list(error.problems), error.problem_count


def _read_in_child(*request: object) -> Any:  # noqa: ANN401  # what was asked for
    if not _children.acquire(timeout=WAIT_SECONDS):
        raise UnavailableError
    try:
        done = subprocess.run(  # noqa: S603  # our own module, no shell
            [sys.executable, "-m", CHILD_MODULE],
            input=pickle.dumps(request),
            capture_output=True,
            timeout=CHILD_SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise InvalidError(NOTHING_READ, [Problem(NOT_READABLE, N_("Divide the file."))]) from error
    finally:
        _children.release()
    outcome = pickle.loads(done.stdout)  # noqa: S301  # packed by our own child process
    if isinstance(outcome, tuple):
        raise InvalidError(*outcome)
    return outcome


def _convert_export(content: bytes, mapping: bytes, packed_questionnaire: bytes, mode: str) -> ReadExport:
    questionnaire = msgspec.json.decode(packed_questionnaire, type=Questionnaire)
    if not mapping.strip() and (text := _find_own_format(content)):
        return _read_own_format(text, questionnaire, mode)
    chosen = read_mapping(mapping, MAPPING_NAME) if mapping.strip() else ImportMapping()
    is_json = content.removeprefix(UTF8_MARK).lstrip()[:1] in (b"[", b"{")
    table = read_json_results(content) if is_json else read_source_table(content)
    converted = convert_responses(table, questionnaire, chosen)
    return ReadExport(converted.csv, converted.report, table.is_guessed)


def _find_own_format(content: bytes) -> str:
    """Return the text of a file in the program's own format, which has comments and reasons too; otherwise ""."""
    if len(content) > MAX_SOURCE_BYTES or content.startswith(b"PK"):
        return ""
    try:
        text = decode_text(content)
    except CsvError:
        return ""
    return text if set(REQUIRED_COLUMNS) <= set(read_header(text)) else ""


def _read_own_format(text: str, questionnaire: Questionnaire, mode: str) -> ReadExport:
    report = ImportReport(columns={name: name for name in read_header(text) if name})
    report.missing_items = [item.id for item in questionnaire.items if item.id not in report.columns]
    try:
        report.rows = len(read_responses(text, questionnaire, mode=mode).answers.respondents)
    except InvalidError as error:
        report.problems = list(error.problems)
        report.problem_count = error.problem_count
    return ReadExport(text, report)


def _draft_survey(content: bytes, questionnaire_id: str) -> ReadSurvey:
    survey = _read_questions(content)
    files = make_draft(survey, questionnaire_id)
    return ReadSurvey(tuple(survey.questions), tuple(survey.skipped), files, tuple(find_draft_problems(files)))


def _read_questions(content: bytes) -> SourceSurvey:
    start = content.removeprefix(UTF8_MARK).lstrip()[:1]
    if start == b"<":
        return read_lss(content)
    return read_definition(content) if start in (b"[", b"{") else read_xlsform(content)
