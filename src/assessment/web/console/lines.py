"""Pasted lines of people: from a spreadsheet or typed, one person a line.

A line holds name, email, role and functions, apart by tabs, else by commas; functions are joined by `;`.
A first line with these words in it sets another order. Roles and functions may be named by id or by title.
"""

import csv
from collections.abc import Mapping, Sequence

from msgspec import Struct

from assessment.services.inviting import Guest
from assessment.web.console.names import Names

COLUMNS = ("name", "email", "role", "functions")
ALL = "all"


class Line(Struct, frozen=True):
    """One person as read, and where; what is unknown stays as it was written, for the service to refuse."""

    number: int
    guest: Guest


def read(text: str, names: Names) -> tuple[Line, ...]:
    """Read all lines that are not blank."""
    rows = [(number, _cells(line)) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    columns: Sequence[str] = COLUMNS
    if rows and _is_head(rows[0][1]):
        columns = [cell.lower() for cell in rows[0][1]]
        rows = rows[1:]
    return tuple(Line(number, _guest(dict(zip(columns, cells, strict=False)), names)) for number, cells in rows)


def guest(name: str, email: str, role: str, functions: Sequence[str]) -> Guest:
    """Make somebody to invite; empty is left out."""
    return Guest(role=role, functions=tuple(functions), email=email or None, name=name or None)


def _cells(line: str) -> list[str]:
    try:
        cells = next(csv.reader([line], delimiter="\t" if "\t" in line else ","), [])
    except csv.Error:
        cells = [line]
    return [cell.strip() for cell in cells]


def _is_head(cells: Sequence[str]) -> bool:
    found = {cell.lower() for cell in cells}
    return {"role", "functions"} <= found <= set(COLUMNS)


def _guest(cells: Mapping[str, str], names: Names) -> Guest:
    functions = [part.strip() for part in cells.get("functions", "").split(";") if part.strip()]
    if [part.lower() for part in functions] == [ALL]:
        functions = list(names.functions)
    return guest(
        cells.get("name", ""),
        cells.get("email", ""),
        _known(cells.get("role", ""), names.roles),
        [_known(part, names.functions) for part in functions],
    )


def _known(written: str, titles: Mapping[str, str]) -> str:
    """Return the id of what was written as id or title."""
    for id_, title in titles.items():
        if written.lower() in (id_.lower(), title.lower()):
            return id_
    return written
