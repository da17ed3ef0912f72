"""XLSForm: sheets survey, choices and settings of a workbook."""

from collections.abc import Iterator, Sequence

from assessment.errors import InvalidError, Problem, with_values
from assessment.services.imports.questions.source_questions import WRONG_TYPE, SourceSurvey
from assessment.services.people.list_import.list_files import read_in_child
from assessment.services.people.list_import.workbook_guard import UnreadableListError, check_workbook

CHOICE_TYPES = ("select_one", "select one")
SILENT_TYPES = frozenset({"start", "end", "today", "deviceid", "note", "calculate", "hidden", "audit", "username", ""})
SHEETS = ("survey", "choices", "settings")
NOT_AN_XLSFORM = "This is not an XLSForm."


def read_xlsform(content: bytes) -> SourceSurvey:
    """Read the questions; raises InvalidError."""
    sheets = _read_sheets(content)
    if "survey" not in sheets:
        raise InvalidError(NOT_AN_XLSFORM, [Problem("The workbook has no sheet “survey”.")])
    settings = next(iter(_list_records(sheets.get("settings", []))), {})
    survey = SourceSurvey(_find(settings, "form_title"), _find(settings, "default_language") or "en")
    choices: dict[str, list[tuple[str, str]]] = {}
    for record in _list_records(sheets.get("choices", [])):
        name = _find(record, "name") or _find(record, "value")
        choices.setdefault(_find(record, "list_name") or _find(record, "list name"), []).append(
            (name, _find(record, "label") or name)
        )
    groups: list[str] = []
    for record in _list_records(sheets["survey"]):
        _read_record(record, survey, choices, groups)
    return survey


def _read_record(
    record: dict[str, str], survey: SourceSurvey, choices: dict[str, list[tuple[str, str]]], groups: list[str]
) -> None:
    kind, name = _find(record, "type").strip(), _find(record, "name")
    text = _find(record, "label") or name
    if kind in ("begin_group", "begin group", "begin_repeat", "begin repeat"):
        groups.append(text)
    elif kind in ("end_group", "end group", "end_repeat", "end repeat"):
        del groups[-1:]
    elif kind.startswith(CHOICE_TYPES):
        options = choices.get(kind.split()[-1], [])
        survey.add_choice(name, text, groups[0] if groups else "", options, _find(record, "hint"))
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


def _find(record: dict[str, str], column: str) -> str:
    """Return a cell; of a translated column (`label::English (en)`) the first language."""
    return next((cell for name, cell in record.items() if name == column or name.startswith(f"{column}::")), "")
