"""Find the heading row and the meaning of each column, from headings in four languages and from the cells."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from importlib.resources import files

from msgspec import Struct

from assessment.domain.text_normalisation import fold_name, is_address, normalize_address
from assessment.services.people.list_import.list_vocabulary import ListVocabulary, split_functions
from assessment.services.people.list_import.name_and_address import split_address

HEADING_ROWS = 12  # rows searched for headings; reports have titles above them
SAMPLE_ROWS = 200
MIN_SCORE = 0.5
SURE_HEADING, WEAK_HEADING, POSITION = 1.0, 0.5, 0.55
CONTENT_WEIGHT = 1.2  # cells count more than a weak heading
SECOND_FUNCTIONS = 0.6  # share of known functions in a further column of functions
MIN_NAME_SHARE = 0.7


class ListColumn(StrEnum):
    """Meaning of a column."""

    NAME = "name"
    FIRST_NAME = "first"
    LAST_NAME = "last"
    EMAIL = "email"
    ROLE = "role"
    FUNCTIONS = "functions"
    IGNORED = "-"


POSITIONS = (ListColumn.NAME, ListColumn.EMAIL, ListColumn.ROLE, ListColumn.FUNCTIONS)


class ListRow(Struct, frozen=True):
    """Row of a list; `key` is its number among the rows, `line` its first line in the text."""

    key: int
    line: int
    cells: tuple[str, ...]


class ListTable(Struct, frozen=True):
    """Rows of people, with the heading and meaning of each column; `skipped` rows are above the headings."""

    rows: tuple[ListRow, ...]
    headings: tuple[str, ...]
    columns: tuple[ListColumn, ...]
    skipped: int = 0
    has_headings: bool = False


def _load_headings() -> tuple[dict[str, ListColumn], dict[str, list[ListColumn]]]:
    data = tomllib.loads((files(__package__) / "column_headings.toml").read_text("utf-8"))
    weak: dict[str, list[ListColumn]] = {}
    for column, words in data.pop("weak").items():
        for word in words:
            weak.setdefault(fold_heading(word), []).append(ListColumn(column))
    return {fold_heading(word): ListColumn(column) for column, words in data.items() for word in words}, weak


def fold_heading(text: str) -> str:
    """Normalise a heading for comparison, without what surrounds it: `* E-Mail:`."""
    return fold_name(text.replace("’", "'")).strip(" .:*#_()[]\"'")


SURE_HEADINGS, WEAK_HEADINGS = _load_headings()


def find_columns(
    rows: Sequence[ListRow], vocabulary: ListVocabulary, chosen: Mapping[int, ListColumn] | None = None
) -> ListTable:
    """Find headings and columns; `chosen` columns replace those found."""
    rows = [row for row in rows if any(row.cells)]
    width = max((len(row.cells) for row in rows), default=0)
    top = next((i for i, row in enumerate(rows[:HEADING_ROWS]) if _is_heading_row(row.cells, vocabulary)), None)
    heading = _pad_cells(rows[top].cells, width) if top is not None else ("",) * width
    people = rows[top + 1 :] if top is not None else rows
    if top is not None:  # spreadsheets printed on pages repeat their headings
        people = [row for row in people if _pad_cells(row.cells, width) != heading]
    columns = _assign_columns(people[:SAMPLE_ROWS], heading, vocabulary, has_headings=top is not None)
    return ListTable(
        rows=tuple(people),
        headings=heading,
        columns=tuple((chosen or {}).get(index, column) for index, column in enumerate(columns)),
        skipped=top or 0,
        has_headings=top is not None,
    )


def _pad_cells(cells: Sequence[str], width: int) -> tuple[str, ...]:
    return (*cells, *("" for _ in range(width - len(cells))))


def _is_heading_row(cells: Sequence[str], vocabulary: ListVocabulary) -> bool:
    filled = [fold_heading(cell) for cell in cells if cell]
    if any("@" in cell for cell in filled):
        return False
    known = [cell for cell in filled if _score_headings(cell, vocabulary)]
    # "Service" and "Team" are headings, and functions of people too.
    doubtful = sum(cell in vocabulary.functions or cell in vocabulary.roles for cell in known)
    return len(known) - doubtful >= min(2, len(filled)) and bool(filled)


def _score_headings(heading: str, vocabulary: ListVocabulary) -> dict[ListColumn, float]:
    scores = dict.fromkeys(WEAK_HEADINGS.get(heading, ()), WEAK_HEADING)
    if own := vocabulary.columns.get(heading):
        scores[ListColumn(own)] = SURE_HEADING
    elif sure := SURE_HEADINGS.get(heading):
        scores[sure] = SURE_HEADING
    return scores


def _assign_columns(
    rows: Sequence[ListRow], headings: Sequence[str], vocabulary: ListVocabulary, *, has_headings: bool
) -> list[ListColumn]:
    """Assign each meaning to the column that fits best; the best pairs first."""
    folded = [fold_heading(heading) for heading in headings]
    scores: list[tuple[float, int, ListColumn]] = []
    shares: list[dict[ListColumn, float]] = []
    for index, heading in enumerate(folded):
        cells = [row.cells[index] for row in rows if index < len(row.cells) and row.cells[index]]
        shares.append(_measure_content(cells, vocabulary))
        by_heading = _score_headings(heading, vocabulary)
        for column in ListColumn:
            score = by_heading.get(column, 0) + CONTENT_WEIGHT * shares[index].get(column, 0)
            if not has_headings and index < len(POSITIONS) and POSITIONS[index] is column:
                score += POSITION
            scores.append((score, -index, column))
    assigned: dict[int, ListColumn] = {}
    for score, index, column in sorted(scores, reverse=True):
        if score >= MIN_SCORE and -index not in assigned and column not in assigned.values():
            assigned[-index] = column
    _add_further_functions(assigned, shares, has_headings=has_headings)
    _drop_double_names(assigned)
    return [assigned.get(index, ListColumn.IGNORED) for index in range(len(headings))]


def _add_further_functions(
    assigned: dict[int, ListColumn], shares: Sequence[Mapping[ListColumn, float]], *, has_headings: bool
) -> None:
    """Take further columns of functions; without headings, every one after the fourth, so that nothing is lost."""
    for index, share in enumerate(shares):
        if index in assigned:
            continue
        if share.get(ListColumn.FUNCTIONS, 0) >= SECOND_FUNCTIONS or (
            not has_headings and index >= len(POSITIONS) and assigned.get(3) is ListColumn.FUNCTIONS
        ):
            assigned[index] = ListColumn.FUNCTIONS


def _drop_double_names(assigned: dict[int, ListColumn]) -> None:
    """Keep first and last name if a list has both; "Name" next to one of them is the other one."""
    names = {column: index for index, column in assigned.items()}
    if ListColumn.NAME not in names:
        return
    if ListColumn.FIRST_NAME in names and ListColumn.LAST_NAME in names:
        del assigned[names[ListColumn.NAME]]
    elif ListColumn.FIRST_NAME in names:
        assigned[names[ListColumn.NAME]] = ListColumn.LAST_NAME
    elif ListColumn.LAST_NAME in names:
        assigned[names[ListColumn.NAME]] = ListColumn.FIRST_NAME


def _measure_content(cells: Sequence[str], vocabulary: ListVocabulary) -> dict[ListColumn, float]:
    """Return the share of cells that fit each meaning."""
    if not cells:
        return {}

    def share(fits: Callable[[str], bool]) -> float:
        return sum(map(fits, cells)) / len(cells)

    shares = {
        ListColumn.EMAIL: share(_is_address_cell),
        ListColumn.ROLE: share(vocabulary.is_role),
        ListColumn.FUNCTIONS: share(lambda cell: all(map(vocabulary.is_function, split_functions(cell, vocabulary)))),
    }
    names = share(_is_name_cell)
    if names >= MIN_NAME_SHARE and max(shares.values()) < MIN_SCORE and len(set(cells)) > len(cells) / 2:
        shares[ListColumn.NAME] = 0.5 * names
    return shares


def _is_address_cell(cell: str) -> bool:
    return is_address(normalize_address(split_address(cell)[1]))


def _is_name_cell(cell: str) -> bool:
    words = cell.split()
    return 2 <= len(words) <= 5 and not any(letter.isdigit() or letter in "@:/" for letter in cell)  # noqa: PLR2004
