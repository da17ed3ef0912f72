"""XLSForm: sheets survey, choices and settings of a workbook."""

import re
from collections.abc import Iterator, Sequence

from assessment.errors import InvalidError, Problem, with_values
from assessment.i18n.messages import N_
from assessment.services.imports.questions.source_questions import WRONG_TYPE, SourceSurvey
from assessment.services.people.list_import.list_files import read_in_child
from assessment.services.people.list_import.workbook_guard import UnreadableListError, check_workbook

SINGLE_CHOICE = re.compile(r"select[_ ]one\s+(?P<list>\S+)")  # "or_other" may follow
FILE_TYPES = ("select_one_from_file", "select one from file")
INSERTED_ANSWER = re.compile(r"\$\{[^{}]{1,200}\}")
CHOICES_IN_FILE = N_("has its answers in a file of their own, which is not read")
HAS_INSERTED_ANSWER = N_("inserts an earlier answer into its text, which no item does")
SILENT_TYPES = frozenset({"start", "end", "today", "deviceid", "note", "calculate", "hidden", "audit", "username", ""})
SHEETS = ("survey", "choices", "settings")
NOT_AN_XLSFORM = "This is not an XLSForm."


def read_xlsform(content: bytes) -> SourceSurvey:
    """Read the questions; raises InvalidError."""
    sheets = _read_sheets(content)
    if "survey" not in sheets:
        raise InvalidError(NOT_AN_XLSFORM, [Problem("The workbook has no sheet “survey”.")])
    settings = next(iter(_list_records(sheets.get("settings", []))), {})
    language = settings.get("default_language", "")
    survey = SourceSurvey(_find_text(settings, "form_title", language), language or "en")
    choices: dict[str, list[tuple[str, str]]] = {}
    for record in _list_records(sheets.get("choices", [])):
        name = record.get("name") or record.get("value", "")
        list_name = record.get("list_name") or record.get("list name", "")
        choices.setdefault(list_name, []).append((name, _find_text(record, "label", language) or name))
    groups: list[str] = []
    for record in _list_records(sheets["survey"]):
        _read_record(record, survey, choices, groups, language)
    return survey


def _read_record(
    record: dict[str, str],
    survey: SourceSurvey,
    choices: dict[str, list[tuple[str, str]]],
    groups: list[str],
    language: str,
) -> None:
    kind, name = record.get("type", ""), record.get("name", "")
    text, hint = _find_text(record, "label", language) or name, _find_text(record, "hint", language)
    if kind in ("begin_group", "begin group", "begin_repeat", "begin repeat"):
        groups.append(text)
    elif kind in ("end_group", "end group", "end_repeat", "end repeat"):
        del groups[-1:]
    elif kind.startswith(FILE_TYPES):
        survey.skip_question(name, text, CHOICES_IN_FILE)
    elif match := SINGLE_CHOICE.match(kind):
        options = choices.get(match["list"], [])
        if INSERTED_ANSWER.search("\n".join((text, hint, *(label for _, label in options)))):
            survey.skip_question(name, text, HAS_INSERTED_ANSWER)
        else:
            survey.add_choice(name, text, groups[0] if groups else "", options, hint)
    elif kind not in SILENT_TYPES:
        survey.skip_question(name, text, with_values(WRONG_TYPE, kind=kind))


def _read_sheets(content: bytes) -> dict[str, list[list[str]]]:
    try:
        check_workbook(content)
        sheets: dict[str, list[list[str]]] = read_in_child(content, *SHEETS)
    except UnreadableListError as error:
        raise InvalidError(NOT_AN_XLSFORM, [error.problem]) from error
    return {name: [[cell.strip() for cell in row] for row in rows] for name, rows in sheets.items()}


def _list_records(rows: Sequence[Sequence[str]]) -> Iterator[dict[str, str]]:
    header = [name.casefold() for name in rows[0]] if rows else []
    for row in rows[1:]:
        record = {name: cell for name, cell in zip(header, row, strict=False) if name and cell}
        if record:
            yield record


def _find_text(record: dict[str, str], column: str, language: str) -> str:
    """Return a text: in the default language (`label::English (en)`), otherwise in the first one."""
    names = (f"{column}::{language.casefold()}", column)
    if exact := next((record[name] for name in names if name in record), ""):
        return exact
    return next((cell for name, cell in record.items() if name.startswith(f"{column}::")), "")
