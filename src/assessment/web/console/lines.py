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
from assessment.domain.spelling import fold_name
from assessment.services.guests import Guest
from assessment.storage.assessments import Assessment
from assessment.web.console.names import names
from assessment.web.console.pasted_cells import read_records
from assessment.wording import SOURCE_LANGUAGE, wording
from assessment.wording.sentences import N_

COLUMNS = ("name", "email", "role", "functions")
HEADS = (N_("Name"), N_("Email"), N_("Role"), N_("Areas"))
LABEL = N_("One person per line: name, email, role, areas")
ALL = N_("all")


class Vocabulary(Struct, frozen=True):
    """Accepted texts, folded, with the column or id they stand for."""

    columns: dict[str, str]
    roles: dict[str, str]
    functions: dict[str, str]
    everything: dict[str, tuple[str, ...]]


class Line(Struct, frozen=True):
    """Person with the line number; an unknown role or function stays as typed, for the service to refuse."""

    number: int
    guest: Guest


def vocabulary(questionnaire: Questionnaire, assessment: Assessment, language: str) -> Vocabulary:
    """Collect the accepted texts; precedence if ambiguous: id, reader's language, English."""
    spoken = [(names(questionnaire, assessment, each), wording(each).gettext) for each in (SOURCE_LANGUAGE, language)]
    columns: dict[str, str] = {}
    roles: dict[str, str] = {}
    functions: dict[str, str] = {}
    for known, gettext in spoken:
        columns |= zip(_heads(gettext), COLUMNS * 2, strict=True)
        roles |= {_folded(title): id_ for id_, title in known.roles.items()}
        functions |= {_folded(title): id_ for id_, title in known.functions.items()}
    known = spoken[0][0]
    return Vocabulary(
        columns=columns | {name: name for name in COLUMNS},
        roles=roles | {id_: id_ for id_ in known.roles},
        functions=functions | {id_: id_ for id_ in known.functions},
        everything={_folded(gettext(ALL)): tuple(known.functions) for _, gettext in spoken},
    )


def read(text: str, words: Vocabulary, most: int) -> tuple[Line, ...]:
    """Parse non-blank lines, at most `most` + 1; raises `DelimitedError` at a misplaced quote."""
    rows = list(islice(read_records(text), most + 2))  # one may be the header
    columns: Sequence[str] = COLUMNS
    if rows and _is_head(rows[0][1], words):
        columns = [words.columns[_folded(cell)] for cell in rows[0][1]]
        rows = rows[1:]
    return tuple(Line(number, _guest(_placed(cells, columns), words)) for number, cells in rows)


def guest(name: str, email: str, role: str, functions: Sequence[str]) -> Guest:
    """Build an invitee; empty name and email become None."""
    return Guest(role=role, functions=tuple(functions), email=email or None, name=name or None)


def _heads(gettext: Callable[[str], str]) -> list[str]:
    """List the column labels of the table of people and of the paste field."""
    named = gettext(LABEL).partition(":")[2].split(",")
    return [_folded(head) for head in (*(gettext(head) for head in HEADS), *named)]


def _folded(written: str) -> str:
    return fold_name(written)


def _is_head(cells: Sequence[str], words: Vocabulary) -> bool:
    found = {words.columns.get(_folded(cell)) for cell in cells}
    return None not in found and {"role", "functions"} <= found


def _placed(cells: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    """Assign cells to columns; surplus cells are joined to the last column, so that nothing is lost silently."""
    last = len(columns) - 1
    return dict(zip(columns, (*cells[:last], ";".join(filter(None, cells[last:]))), strict=False))


def _guest(cells: Mapping[str, str], words: Vocabulary) -> Guest:
    written = cells.get("functions", "")
    name, email, role = (" ".join(cells.get(column, "").split()) for column in COLUMNS[:3])
    return guest(
        name,
        email,
        words.roles.get(_folded(role), role),
        words.everything.get(_folded(written)) or list(_functions(written, words)),
    )


def _functions(written: str, words: Vocabulary) -> Iterator[str]:
    """Yield the functions of a cell; split at commas only if the whole text is not the label of a function."""
    for part in re.split(r"[;\r\n]+", written):
        known = words.functions.get(_folded(part))
        for each in [part] if known else part.split(","):
            if each.strip():
                yield words.functions.get(_folded(each), each.strip())
