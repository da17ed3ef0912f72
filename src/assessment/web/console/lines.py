"""Pasted lines of people: from a spreadsheet or typed, one person a line.

A line holds name, email, role and functions; functions are joined by `;`, by line breaks in their cell, or by commas.
A first line with these words in it sets another order. Columns, roles and functions are known by their ids, by what
the page calls them in the reader's language, and by what it calls them in English.
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
    """What people may write, folded, with what is meant by it."""

    columns: dict[str, str]
    roles: dict[str, str]
    functions: dict[str, str]
    everything: dict[str, tuple[str, ...]]


class Line(Struct, frozen=True):
    """One person as read, and where; what is unknown stays as it was written, for the service to refuse."""

    number: int
    guest: Guest


def vocabulary(questionnaire: Questionnaire, assessment: Assessment, language: str) -> Vocabulary:
    """Gather what may be written; where one word means two things, the id comes first, then the reader's language."""
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
    """Read the lines that are not blank, up to one more than `most`; `DelimitedError` at a quote out of place."""
    rows = list(islice(read_records(text), most + 2))  # one may be the head
    columns: Sequence[str] = COLUMNS
    if rows and _is_head(rows[0][1], words):
        columns = [words.columns[_folded(cell)] for cell in rows[0][1]]
        rows = rows[1:]
    return tuple(Line(number, _guest(_placed(cells, columns), words)) for number, cells in rows)


def guest(name: str, email: str, role: str, functions: Sequence[str]) -> Guest:
    """Make somebody to invite; empty is left out."""
    return Guest(role=role, functions=tuple(functions), email=email or None, name=name or None)


def _heads(gettext: Callable[[str], str]) -> list[str]:
    """Name the columns as the table of people does, and as the field for pasting does."""
    named = gettext(LABEL).partition(":")[2].split(",")
    return [_folded(head) for head in (*(gettext(head) for head in HEADS), *named)]


def _folded(written: str) -> str:
    return fold_name(written)


def _is_head(cells: Sequence[str], words: Vocabulary) -> bool:
    found = {words.columns.get(_folded(cell)) for cell in cells}
    return None not in found and {"role", "functions"} <= found


def _placed(cells: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    """Give each cell its column; what is left over belongs to the last, lest it be lost without a word."""
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
    """Yield the functions of a cell; one whose name has a comma is looked for before the comma parts it."""
    for part in re.split(r"[;\r\n]+", written):
        known = words.functions.get(_folded(part))
        for each in [part] if known else part.split(","):
            if each.strip():
                yield words.functions.get(_folded(each), each.strip())
