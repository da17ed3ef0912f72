"""Find columns by heading and content, in every language of the questionnaire and of the tools."""

import re
from collections.abc import Callable, Iterable, Mapping

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.text_normalisation import fold_name
from assessment.services.imports.responses.source_tables import SourceTable

RESPONDENT_HEADINGS = frozenset(
    {"id", "response id", "responseid", "antwort id", "antwort-id", "antwortid", "id de la réponse", "id de réponse",
     "id de la respuesta", "id de respuesta", "respondent", "instanceid", "_id", "submitid"}
)  # fmt: skip
SUBMITTED_HEADINGS = frozenset(
    {"submitdate", "date submitted", "datum abgeschickt", "date de soumission", "fecha de envío", "submitted"}
)
SECONDS_HEADINGS = frozenset({"interviewtime", "total time", "gesamtzeit", "temps total", "tiempo total", "timespent"})
TOOL_HEADINGS = frozenset(
    {"lastpage", "last page", "letzte seite", "dernière page", "última página", "startlanguage", "start language",
     "startsprache", "langue de départ", "langue de base", "idioma inicial", "seed", "zufallsstartwert", "startdate",
     "date started", "datum gestartet", "date de lancement", "fecha de inicio", "datestamp", "date last action",
     "datum letzte aktivität", "date de la dernière action", "fecha de la última acción", "ipaddr", "ip address",
     "ip-adresse", "adresse ip", "dirección ip", "refurl", "referrer url", "weiterleitungs-url", "token", "zugangscode",
     "code d'invitation", "contraseña", "happenedat", "pageno"}
)  # fmt: skip
TICKED = frozenset(
    {"y", "yes", "ja", "oui", "sí", "si", "1", "true", "x", "checked", "ausgewählt", "quoted", "selected"}
)
NOT_TICKED = frozenset(
    {"", "n", "no", "nein", "non", "0", "false", "not selected", "nicht gewählt", "n/a", "not quoted"}
)
CODE_HEADING = re.compile(r"([A-Za-z][A-Za-z0-9_]*(?:\[[^\]]+\])?)[.:]\s+(.*)", re.DOTALL)  # "G01Q01. Question"
PART_HEADING = re.compile(r"(.*?)\s*\[([^\]]+)\]\s*", re.DOTALL)  # "Question [Part]"
LIST_SEPARATORS = re.compile(r"[;,|/]")

Names = Mapping[str, str]


def fold_heading(text: str) -> str:
    """Fold a heading for comparison: case, spaces, punctuation at the end."""
    return fold_name(re.sub(r"<[^>]*>", " ", text)).rstrip(" ?!.:*")


def fold_code(text: str) -> str:
    """Fold a code for comparison: tools allow letters and digits only, so A-1 is A1 there."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def find_by_heading(table: SourceTable, headings: Iterable[str]) -> int | None:
    """Return the first column with one of the headings, alone or after a code."""
    known = set(headings)
    for column, heading in enumerate(table.header):
        code = CODE_HEADING.fullmatch(heading)
        if fold_heading(heading) in known or (code and {fold_heading(code[1]), fold_heading(code[2])} & known):
            return column
    return None


def list_role_names(questionnaire: Questionnaire) -> Names:
    """Map every name of a role, in all languages, and its id."""
    return _list_names([role.id for role in questionnaire.roles], [t.roles for t in questionnaire.texts.values()])


def list_function_names(questionnaire: Questionnaire) -> Names:
    ids = [function.id for function in questionnaire.functions]
    return _list_names(ids, [texts.functions for texts in questionnaire.texts.values()])


def _list_names(ids: list[str], titles: Iterable[Mapping[str, str]]) -> Names:
    names = {fold_heading(id_): id_ for id_ in ids} | {fold_code(id_): id_ for id_ in ids}
    return names | {fold_heading(title): id_ for texts in titles for id_, title in texts.items()}


def find_by_content(table: SourceTable, names: Names, taken: set[int], split: Callable[[str], list[str]]) -> int | None:
    """Return the column whose every filled cell consists of known names."""
    for column in range(len(table.header)):
        cells = [cell for cell in table.list_cells(column) if cell] if column not in taken else []
        if cells and all(fold_heading(part) in names for cell in cells for part in split(cell)):
            return column
    return None


def find_ticked_columns(table: SourceTable, names: Names, taken: set[int]) -> dict[str, int]:
    """Return the column of each function in a multiple choice, one column for each part."""
    columns: dict[str, int] = {}
    for column, heading in enumerate(table.header):
        part = PART_HEADING.fullmatch(heading)
        id_ = names.get(fold_heading(part[2])) if part else None
        if id_ and column not in taken and all(is_tick(cell) is not None for cell in table.list_cells(column)):
            columns.setdefault(id_, column)
    return columns


def is_tick(cell: str) -> bool | None:
    """Return whether a cell is ticked; None if it is something else."""
    text = fold_name(cell)
    return True if text in TICKED else False if text in NOT_TICKED else None


def split_list(cell: str) -> list[str]:
    return [part.strip() for part in LIST_SEPARATORS.split(cell) if part.strip()]


def find_item_columns(table: SourceTable, questionnaire: Questionnaire) -> dict[str, int]:
    """Return the columns of items: by code, by the question in any language, or by the label in a block."""
    codes = {fold_code(item.id): item.id for item in questionnaire.items}
    questions: dict[str, str] = {}
    for texts in questionnaire.texts.values():
        for id_, text in texts.items.items():
            questions[fold_heading(text.text)] = id_
            if text.label:
                questions.setdefault(fold_heading(text.label), id_)
    columns: dict[str, int] = {}
    for column, heading in enumerate(table.header):
        item_id = _match_item(heading, codes, questions)
        if item_id is not None:
            columns.setdefault(item_id, column)
    return columns


def _match_item(heading: str, codes: Names, questions: Names) -> str | None:
    candidates = [heading]
    if code := CODE_HEADING.fullmatch(heading):
        candidates += [code[1], code[2]]
    if part := PART_HEADING.fullmatch(heading):
        candidates += [part[2], part[1]]
    candidates += [heading.rpartition(".")[2]] if "." in heading else []
    for text in candidates:
        item_id = codes.get(fold_code(text)) or questions.get(fold_heading(text))
        if item_id is not None:
            return item_id
    return None
