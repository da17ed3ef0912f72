"""Read people from the text of a list, with the reader's decisions; everything that needs one is grouped.

Nothing is stored between two checks of a list: the form carries its text and all decisions.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from msgspec import Struct

from assessment.domain.text_normalisation import fold_name, strip_invisible
from assessment.services.people.invitee_checks import Invitee, normalize_invitee_address
from assessment.services.people.list_import.list_columns import ListColumn, ListRow, ListTable, find_columns
from assessment.services.people.list_import.list_vocabulary import ListVocabulary, split_functions
from assessment.services.people.list_import.name_and_address import split_address, split_recipients
from assessment.services.people.list_import.pasted_cells import read_records

ROLE_WORD, FUNCTION_WORD = "role", "functions"
ALL_CHOICE, SKIP_CHOICE = "*", "-"  # choices for a word: all functions; leave it out
STRAY_CHARACTERS = re.compile("[\u00ad\u200b\u2060\ufeff\u200e\u200f\u202a-\u202e]")


class ListChoices(Struct, frozen=True, kw_only=True):
    """Decisions of the reader: columns by index, words by kind and folded text, cells by row key and column.

    `remembered` are words that were chosen for an earlier list of the client.
    """

    columns: Mapping[int, ListColumn] = {}
    words: Mapping[tuple[str, str], str] = {}
    remembered: Mapping[tuple[str, str], str] = {}
    fixes: Mapping[tuple[int, str], str] = {}
    left_out: frozenset[int] = frozenset()


class ListWord(Struct, frozen=True):
    """Word for a role or a function that is no label; empty `text`: nothing was given.

    `choice` is what the reader chose or, if `is_suggested`, what the word probably means.
    """

    kind: str
    text: str
    lines: tuple[int, ...]
    choice: str = ""
    is_suggested: bool = False

    @property
    def key(self) -> str:
        """Folded text, which names the word in forms."""
        return fold_name(self.text)


class ListPerson(Struct, frozen=True):
    """Person of a row; `invitee` has the role and functions that are known, `missing` names those not given."""

    row: ListRow
    invitee: Invitee
    has_unknown_word: bool = False
    missing: tuple[str, ...] = ()


class DuplicateLine(Struct, frozen=True):
    """Person whose address an earlier line has; `first_line` is None if the address is already invited."""

    person: ListPerson
    first_line: int | None = None


class PeopleList(Struct, frozen=True):
    """People of a list, and the words that are no labels."""

    table: ListTable
    people: tuple[ListPerson, ...]
    words: tuple[ListWord, ...]
    left_out: int = 0

    @property
    def open_words(self) -> tuple[ListWord, ...]:
        """Words without a choice."""
        return tuple(word for word in self.words if not word.choice)


def read_people_list(text: str, vocabulary: ListVocabulary, choices: ListChoices, max_rows: int) -> PeopleList:
    """Read at most `max_rows` + 1 people; raises `CsvError` at a misplaced quote."""
    records = islice(read_records(split_recipients(text)), max_rows + 50)
    rows = [ListRow(key, line, tuple(map(_clean_cell, cells))) for key, (line, cells) in enumerate(records)]
    table = find_columns(rows, vocabulary, choices.columns)
    reader = _ListReader(table, vocabulary, choices)
    people = tuple(islice(reader.read_people(), max_rows + 1))
    words = tuple(
        ListWord(kind, spelling, tuple(lines), *reader.choose_word(kind, spelling))
        for (kind, _), (spelling, lines) in reader.words.items()
    )
    return PeopleList(table, people, tuple(sorted(words, key=lambda word: -len(word.lines))), reader.left_out)


def _clean_cell(cell: str) -> str:
    """Remove what spreadsheets and web pages leave behind; joiners stay, which names in some scripts need."""
    return unicodedata.normalize("NFC", STRAY_CHARACTERS.sub("", cell)).strip() if strip_invisible(cell).strip() else ""


def _join_name(first: str, last: str) -> str:
    """Join first and last name; a column called "Name" next to one of them may have the full name."""
    if first and last and first in last:
        return last
    return first if last and last in first else f"{first} {last}".strip()


def find_duplicates(people: Sequence[ListPerson], taken: set[str]) -> tuple[DuplicateLine, ...]:
    """Return the people whose address was `taken` before, or is on an earlier line."""
    first_lines: dict[str, int] = {}
    duplicates = []
    for person in people:
        address = normalize_invitee_address(person.invitee)
        if address is None:
            continue
        if address in taken:
            duplicates.append(DuplicateLine(person))
        elif address in first_lines:
            duplicates.append(DuplicateLine(person, first_lines[address]))
        else:
            first_lines[address] = person.row.line
    return tuple(duplicates)


class _ListReader:
    """Reads rows; `words` has the first spelling and the lines of each word that is no label."""

    def __init__(self, table: ListTable, vocabulary: ListVocabulary, choices: ListChoices) -> None:
        self.table, self.vocabulary, self.choices = table, vocabulary, choices
        self.words: dict[tuple[str, str], tuple[str, list[int]]] = {}
        self.left_out = 0
        self.line = 0

    def read_people(self) -> Iterator[ListPerson]:
        for row in self.table.rows:
            if row.key in self.choices.left_out:
                self.left_out += 1
                continue
            person = self._read_person(row)
            if person is None:
                self.left_out += 1
            else:
                yield person

    def choose_word(self, kind: str, spelling: str) -> tuple[str, bool]:
        """Return the choice for a word, and whether it is only suggested."""
        key = (kind, fold_name(spelling))
        chosen = self.choices.words.get(key) or self.choices.remembered.get(key)
        if chosen is not None and self._is_choice(kind, chosen):
            return chosen, False
        suggest = self.vocabulary.suggest_role if kind == ROLE_WORD else self.vocabulary.suggest_function
        suggestion = suggest(spelling) if spelling else ""
        return suggestion, bool(suggestion)

    def _is_choice(self, kind: str, choice: str) -> bool:
        ids = self.vocabulary.roles if kind == ROLE_WORD else self.vocabulary.functions
        return choice == SKIP_CHOICE or choice in ids.values() or (kind == FUNCTION_WORD and choice == ALL_CHOICE)

    def _read_person(self, row: ListRow) -> ListPerson | None:
        """Return the person of a row; None if a word of the row is to be left out."""
        self.line = row.line
        cells = self._collect_cells(row)
        name, email = self._read_name_and_email(cells, row.key)
        role_text = " ".join(" ".join(cells.get(ListColumn.ROLE, ())).split())
        functions_text = ";".join(cells.get(ListColumn.FUNCTIONS, ()))
        role = self._read_role(self.choices.fixes.get((row.key, ROLE_WORD)) or role_text)
        functions = self._read_functions(self.choices.fixes.get((row.key, FUNCTION_WORD)) or functions_text)
        if role == SKIP_CHOICE or functions == (SKIP_CHOICE,):
            return None
        invitee = Invitee(
            role=role,
            functions=tuple(dict.fromkeys(id_ for id_ in functions if id_)),
            email=email or None,
            name=name or None,
        )
        missing = [ROLE_WORD] * (not role_text) + [FUNCTION_WORD] * (not functions_text)
        return ListPerson(row, invitee, not role or "" in functions, tuple(missing))

    def _collect_cells(self, row: ListRow) -> dict[ListColumn, list[str]]:
        cells: dict[ListColumn, list[str]] = {}
        for column, cell in zip(self.table.columns, row.cells, strict=False):
            if cell and column is not ListColumn.IGNORED:
                cells.setdefault(column, []).append(cell)
        return cells

    def _read_name_and_email(self, cells: Mapping[ListColumn, list[str]], key: int) -> tuple[str, str]:
        first, last, full, email = (
            " ".join(" ".join(cells.get(column, ())).split())
            for column in (ListColumn.FIRST_NAME, ListColumn.LAST_NAME, ListColumn.NAME, ListColumn.EMAIL)
        )
        name = full or _join_name(first, last)
        named, email = split_address(email)
        if not email:
            own_name, address = split_address(name)
            if address != name:
                name, email = own_name, address
        name = self.choices.fixes.get((key, ListColumn.NAME), name or named)
        return name, self.choices.fixes.get((key, ListColumn.EMAIL), email)

    def _read_role(self, text: str) -> str:
        roles = set(self.vocabulary.roles.values())
        if len(roles) == 1:  # consensus mode
            return roles.pop()
        return self.vocabulary.roles.get(fold_name(text)) or self._look_up_word(ROLE_WORD, text)

    def _read_functions(self, text: str) -> tuple[str, ...]:
        """Return ids, with an empty one for each unknown word; `SKIP_CHOICE` alone if nothing remains."""
        if fold_name(text) in self.vocabulary.everything:
            return self._list_all_functions()
        ids: list[str] = []
        for word in list(split_functions(text, self.vocabulary)) or [""]:
            known = self.vocabulary.functions.get(fold_name(word))
            choice = known or self._look_up_word(FUNCTION_WORD, word)
            if choice == ALL_CHOICE or fold_name(word) in self.vocabulary.everything:
                ids += self._list_all_functions()
            elif choice != SKIP_CHOICE:
                ids.append(choice)
        return tuple(ids) or (SKIP_CHOICE,)

    def _list_all_functions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.vocabulary.functions.values()))

    def _look_up_word(self, kind: str, text: str) -> str:
        if kind == FUNCTION_WORD and fold_name(text) in self.vocabulary.everything:
            return ALL_CHOICE
        key = (kind, fold_name(text))
        spelling, lines = self.words.setdefault(key, (text, []))
        lines.append(self.line)
        return self.choose_word(kind, spelling)[0]
