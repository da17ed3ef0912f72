"""Parse pasted people, one per line, from a spreadsheet or typed.

The columns are name, email, role and functions; functions are separated by `;`, by line breaks in their cell, or by
commas. A header line can set another order. Columns, roles and functions are recognised by id, and by their label in
the reader's language or in English.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from msgspec import Struct

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.text_normalisation import fold_name
from assessment.i18n import SOURCE_LANGUAGE, get_translator
from assessment.i18n.messages import N_
from assessment.services.people.invitee_checks import Invitee
from assessment.storage.assessments import Assessment
from assessment.web.console.labels import get_labels
from assessment.web.console.pasted_cells import read_records

COLUMNS = ("name", "email", "role", "functions")
COLUMN_LABELS = (N_("Name"), N_("Email"), N_("Role"), N_("Areas"))
PASTE_LABEL = N_("One person per line: name, email, role, areas")
ALL_FUNCTIONS = N_("all")


class ImportVocabulary(Struct, frozen=True):
    """Accepted texts, folded, with the column or id they stand for."""

    columns: dict[str, str]
    roles: dict[str, str]
    functions: dict[str, str]
    everything: dict[str, tuple[str, ...]]


class PersonLine(Struct, frozen=True):
    """Person with the line number; an unknown role or function stays as typed, for the service to refuse."""

    number: int
    invitee: Invitee


def build_vocabulary(questionnaire: Questionnaire, assessment: Assessment, language: str) -> ImportVocabulary:
    """Collect the accepted texts; precedence if ambiguous: id, reader's language, English."""
    labels_by_language = [
        (get_labels(questionnaire, assessment, tag), get_translator(tag).gettext) for tag in (SOURCE_LANGUAGE, language)
    ]
    columns: dict[str, str] = {}
    roles: dict[str, str] = {}
    functions: dict[str, str] = {}
    for labels, gettext in labels_by_language:
        columns |= zip(_list_headings(gettext), COLUMNS * 2, strict=True)
        roles |= {_fold_text(title): id_ for id_, title in labels.roles.items()}
        functions |= {_fold_text(title): id_ for id_, title in labels.functions.items()}
    labels = labels_by_language[0][0]
    return ImportVocabulary(
        columns=columns | {name: name for name in COLUMNS},
        roles=roles | {id_: id_ for id_ in labels.roles},
        functions=functions | {id_: id_ for id_ in labels.functions},
        everything={_fold_text(gettext(ALL_FUNCTIONS)): tuple(labels.functions) for _, gettext in labels_by_language},
    )


def parse_people(text: str, vocabulary: ImportVocabulary, max_lines: int) -> tuple[PersonLine, ...]:
    """Parse non-blank lines, at most `max_lines` + 1; raises `CsvError` at a misplaced quote."""
    rows = list(islice(read_records(text), max_lines + 2))  # one may be the header
    columns: Sequence[str] = COLUMNS
    if rows and _is_header(rows[0][1], vocabulary):
        columns = [vocabulary.columns[_fold_text(cell)] for cell in rows[0][1]]
        rows = rows[1:]
    return tuple(
        PersonLine(number, _parse_invitee(_assign_columns(cells, columns), vocabulary)) for number, cells in rows
    )


def make_invitee(name: str, email: str, role: str, functions: Sequence[str]) -> Invitee:
    """Build an invitee; empty name and email become None."""
    return Invitee(role=role, functions=tuple(functions), email=email or None, name=name or None)


def _list_headings(gettext: Callable[[str], str]) -> list[str]:
    """List the column labels of the table of people and of the paste field."""
    named = gettext(PASTE_LABEL).partition(":")[2].split(",")
    return [_fold_text(head) for head in (*(gettext(head) for head in COLUMN_LABELS), *named)]


def _fold_text(text: str) -> str:
    return fold_name(text)


def _is_header(cells: Sequence[str], vocabulary: ImportVocabulary) -> bool:
    columns = {vocabulary.columns.get(_fold_text(cell)) for cell in cells}
    return None not in columns and {"role", "functions"} <= columns


def _assign_columns(cells: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    """Assign cells to columns; surplus cells are joined to the last column, so that nothing is lost silently."""
    last = len(columns) - 1
    return dict(zip(columns, (*cells[:last], ";".join(filter(None, cells[last:]))), strict=False))


def _parse_invitee(cells: Mapping[str, str], vocabulary: ImportVocabulary) -> Invitee:
    functions = cells.get("functions", "")
    name, email, role = (" ".join(cells.get(column, "").split()) for column in COLUMNS[:3])
    return make_invitee(
        name,
        email,
        vocabulary.roles.get(_fold_text(role), role),
        vocabulary.everything.get(_fold_text(functions)) or list(_parse_functions(functions, vocabulary)),
    )


def _parse_functions(text: str, vocabulary: ImportVocabulary) -> Iterator[str]:
    """Yield the functions of a cell; split at commas only if the whole text is not the label of a function."""
    for part in re.split(r"[;\r\n]+", text):
        is_label = vocabulary.functions.get(_fold_text(part))
        for name in [part] if is_label else part.split(","):
            if name.strip():
                yield vocabulary.functions.get(_fold_text(name), name.strip())
