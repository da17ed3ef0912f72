"""Parses SQL as far as needed to see whether a statement stays within one workspace.

A database that is distributed by `workspace_id` sends such a statement to one server. It stays within one if each table
that has the column is compared with a value of it, directly or by way of another table of the statement, or if the
statement inserts the column.
"""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]+\"|%\(\w+\)s|%s|[\w.$]+|::|<>|<=|>=|\|\||\S")
KEY = "workspace_id"
WORDS_AFTER_TABLE = {
    "where", "join", "on", "left", "inner", "outer", "cross", "set", "order", "group", "limit", "for", "as", "using",
    "values", "select", "returning", "union", "default", "and", "or", "having", "offset", "from", "lateral", "except",
}  # fmt: skip
COMPARISONS = {"=", "in", "<", ">", "<=", ">=", "is", "<>"}
CLAUSES = {"select", "from", "where", "set", "into", "values", "order", "group", "returning"}


class TableUse(Struct, frozen=True):
    """A table of a statement, and the name that columns have before their dot."""

    table: str
    alias: str


def split_tokens(statement: str) -> list[str]:
    return [token.strip('"') for token in TOKEN.findall(statement)]


def list_tables(tokens: Sequence[str], tables: frozenset[str]) -> Iterator[TableUse]:
    """List the tables after FROM, JOIN, UPDATE, INTO or a comma."""
    lowered = [token.lower() for token in tokens]
    clause = ""
    for number, token in enumerate(lowered):
        clause = token if token in CLAUSES else clause
        before = lowered[number - 1] if number else ""
        if token not in tables or (
            before not in ("from", "join", "update", "into") and (before, clause) != (",", "from")
        ):
            continue
        rest = [*lowered[number + 1 : number + 3], "", ""]
        if rest[0] == "as":
            yield TableUse(token, rest[1])
        elif re.fullmatch(r"\w+", rest[0]) and rest[0] not in WORDS_AFTER_TABLE:
            yield TableUse(token, rest[0])
        else:
            yield TableUse(token, token)


def find_crossing_tables(statement: str, tables: frozenset[str]) -> list[str]:
    """Return the tables (of those that have the column) that the statement does not restrict to one workspace."""
    tokens = split_tokens(statement)
    uses = list(dict.fromkeys(list_tables(tokens, tables)))
    if not uses:
        return []
    if tokens[0].lower() == "insert" or _is_upsert(tokens):
        words = [token.lower() for token in tokens]
        begin = words.index("into")  # a CTE may come before it
        end = next((n for n in range(begin, len(words)) if words[n] in ("values", "select")), begin)
        inserted = tokens[begin:end]
        target = next((use for use in uses if use.table in (token.lower() for token in inserted)), uses[0])
        if KEY in inserted or KEY in tokens[: tokens.index(")") if ")" in tokens else 0]:
            uses.remove(target)
    restricted = _find_restricted(tokens, uses)
    return sorted({use.table for use in uses if use.alias not in restricted})


def _is_upsert(tokens: Sequence[str]) -> bool:
    return tokens[0].lower() == "with" and "into" in (token.lower() for token in tokens)


def _find_restricted(tokens: Sequence[str], uses: Sequence[TableUse]) -> set[str]:
    """Return aliases whose workspace is compared with a value, or with that of an alias that is."""
    compared: set[str] = set()
    equal: list[tuple[str, str]] = []
    for number, token in enumerate(tokens):
        alias, _, column = token.lower().rpartition(".")
        if column != KEY:
            continue
        names = [alias] if alias else [use.alias for use in uses]
        for other in _find_others(tokens, number):
            other_alias, _, other_column = other.rpartition(".")
            if other_column == KEY:
                equal += [(name, other_alias) for name in names]
            elif not re.fullmatch(r"\w+\.\w+", other):  # a value, not another column
                compared.update(names)
    while grown := {b if a in compared else a for a, b in equal if (a in compared) != (b in compared)}:
        compared |= grown
    return compared


def _find_others(tokens: Sequence[str], number: int) -> list[str]:
    """Return what a column is compared with, also as part of a row like (a.workspace_id, a.id) IN (SELECT b.id."""
    words = [token.lower() for token in tokens]
    after = number + 1
    if words[after : after + 1] not in (["="], ["in"]):
        if number and words[number - 1] == "=":
            return words[number - 2 : number - 1]
        begin = next((n for n in range(number, -1, -1) if words[n] in ("(", "select")), 0)
        after = next((n + 1 for n in range(number, len(words)) if words[n] == ")"), len(words))
        if words[begin] != "(" or words[after : after + 1] not in (["="], ["in"]):
            return []
    is_selected = words[after + 1 : after + 3] == ["(", "select"]
    return words[after + 3 : after + 4] if is_selected else words[after + 1 : after + 2]


def describe_statement(statement: str, tables: frozenset[str]) -> str:
    """Describe a statement that crosses: its verb, the tables, and by what they are found.

    "joined by id" if another table of the statement is restricted: the rows are in that workspace, but the planner
    can't know it.
    """
    tokens = split_tokens(statement)
    words = [token.lower() for token in tokens]
    crossing = find_crossing_tables(statement, tables)
    verb = next(word for word in words if word in ("insert", "update", "delete", "select"))
    if _find_restricted(tokens, list(list_tables(tokens, tables))):
        return f"{verb} {', '.join(crossing)} joined by id"
    begin = words.index("where") if "where" in words else len(words)
    columns = {
        word.rpartition(".")[2]
        for word, following in zip(words[begin:], words[begin + 1 :], strict=False)
        if following in COMPARISONS and re.fullmatch(r"[a-z_.]+", word)
    }
    return f"{verb} {', '.join(crossing)} by {', '.join(sorted(columns)) or 'nothing'}"
