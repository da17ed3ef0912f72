"""Combine all releases of an assessment: exact linear algebra, and an exact search over the sums behind each item.

The attacker knows who gave a number in which release, and whose answer is the same as in which other. People of one
role whose answers came, went and changed together are a cell; each of its answers has a sum that is not known.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from tests.privacy import linear_attacks
from tests.privacy.findings import Finding, kind_of
from tests.privacy.linear_attacks import Isolated, Row
from tests.privacy.release import Background, Release, Window, shown_items

TOP = 4
SOLVER_NOISE = 1e-5  # above the solver's tolerance: it takes a score at the end of a window for one within
MOST_EXCHANGED = 8  # points that another cell may give or take
Told = tuple[Background, Release]
Pattern = tuple[int, ...]  # which of a person's answers stands in each release, -1: none
Answer = tuple[str, int, int]  # name, column, value


class Cell(Struct, frozen=True):
    """One answer of people who cannot be told apart; `own` of them is the insider's, and known."""

    role: int
    pattern: Pattern
    answer: int
    names: tuple[str, ...]
    total: int
    own: int | None = None

    @property
    def others(self) -> int:
        return len(self.names) - (self.own is not None)

    @property
    def bounds(self) -> tuple[int, int]:
        own = self.own or 0
        return own, own + TOP * self.others


class Item(Struct, frozen=True):
    """Its cells, and a line for each release that shows it: weights of the cells, and where the score lies."""

    name: str
    cells: list[Cell]
    weights: NDArray[np.float64]
    windows: list[Window]


def attack(told: Sequence[Told], k: int, insider: str | None = None) -> Iterator[Finding]:
    """Find cells of up to k people, with an insider of fewer than k others, that all releases decide and none alone."""
    for item in _items(told, insider):
        for number, cell in enumerate(item.cells):
            if 0 < cell.others <= k and _is_decided(item, number) and not _is_decided_by_one(item, number):
                yield from _finding(item, cell, k)


def isolated(told: Sequence[Told], insider: str | None = None) -> Iterator[Isolated]:
    """Find people and cells under k that a combination of means of all releases holds alone."""
    for rows in zip(*(list(_rows(*one)) for one in told), strict=True):
        block = [row for of_release in rows for row in of_release]
        answers = sorted({answer for row in block for answer in row.weights if answer[0] != insider})
        if not answers:
            continue
        matrix = np.asarray([[row.weights.get(answer, 0.0) for answer in answers] for row in block])
        names = np.asarray([name for name, *_ in answers])
        products = matrix @ matrix.T
        for name in sorted(set(names)):
            own = names == name
            combination = linear_attacks._combination(products, matrix[:, own])
            if combination is not None:
                yield Isolated(frozenset({name}), linear_attacks._known(combination, matrix[:, own], block))


def _rows(known: Background, release: Release) -> Iterator[list[Row]]:
    """Blocks of means as ever, by answers instead of places: an answer that stays is the same in each release."""
    names, values = known.answers.respondents, known.answers.values
    for block in linear_attacks._blocks(known, release):
        yield [
            Row({(names[p], c, int(values[p, c])): weight for (p, c), weight in row.weights.items()}, row.window)
            for row in block
        ]


def _items(told: Sequence[Told], insider: str | None) -> Iterator[Item]:
    shown = [{found.column: found for found in shown_items(*one)} for one in told]
    for column in sorted(set().union(*shown)):
        releases = [number for number, items in enumerate(shown) if column in items]
        if len(releases) > 1:
            cells = _cells([told[number][0] for number in releases], column, insider)
            weights = [_weights(told[number][0], column, cells, place) for place, number in enumerate(releases)]
            found = [(told[number][1], shown[number][column].item) for number in releases]
            windows = [release.window(item.score or 0.0, item.bound) for release, item in found]
            yield Item(shown[releases[0]][column].id, cells, np.asarray(weights), windows)


def _cells(known: Sequence[Background], column: int, insider: str | None) -> list[Cell]:
    people: dict[tuple[int, Pattern], list[tuple[str, list[int]]]] = {}
    rows = [{name: row for row, name in enumerate(one.answers.respondents)} for one in known]
    for name in sorted(set().union(*rows)):
        held = [
            int(one.answers.values[row[name], column]) if name in row else -1
            for one, row in zip(known, rows, strict=True)
        ]
        values = list(dict.fromkeys(value for value in held if value >= 0))
        pattern = tuple(values.index(value) if value >= 0 else -1 for value in held)
        role = next(int(one.role[row[name]]) for one, row in zip(known, rows, strict=True) if name in row)
        people.setdefault((role, pattern), []).append((name, values))
    return [
        Cell(
            role,
            pattern,
            answer,
            tuple(name for name, _ in members),
            sum(values[answer] for _, values in members),
            next((values[answer] for name, values in members if name == insider), None),
        )
        for (role, pattern), members in people.items()
        for answer in range(max(pattern) + 1)
    ]


def _weights(known: Background, column: int, cells: Sequence[Cell], place: int) -> list[float]:
    """Weight of each cell: the change of an item's score for one point more in the cell's sum, in one release."""
    counts = known.counts[:, column]
    base = known.weights * np.minimum(1.0, counts / known.questionnaire.scoring.full_weight_answers)
    share = 25 * base / base.sum() / np.maximum(1, counts)
    return [float(share[cell.role]) if cell.pattern[place] == cell.answer else 0.0 for cell in cells]


def _is_decided(item: Item, number: int) -> bool:
    """Return True if the cell has one sum only in every set of sums that gives what was released."""
    if _has_room(item, number) or _has_exchange(item, number):
        return False
    total = item.cells[number].total
    return all(_end(item, number, sign) == total for sign in (1, -1))


def _is_decided_by_one(item: Item, number: int) -> bool:
    alone = (Item(item.name, item.cells, item.weights[[place]], [window]) for place, window in enumerate(item.windows))
    return any(_is_decided(one, number) for one in alone)


def _has_room(item: Item, number: int) -> bool:
    """Return True if one more or one less gives the same releases with all other sums unchanged: the usual case."""
    cell, column = item.cells[number], item.weights[:, number]
    scores = item.weights @ np.asarray([each.total for each in item.cells], dtype=float)
    low, high = cell.bounds
    return any(
        low <= cell.total + step <= high
        and all(w[0] <= score < w[1] for w, score in zip(item.windows, scores + step * column, strict=True))
        for step in (1, -1)
    )


def _has_exchange(item: Item, number: int) -> bool:
    """Return True if one more or less here, and in one other cell, gives the same releases: avoids most searches."""
    totals = np.asarray([cell.total for cell in item.cells])
    low, high = (np.asarray(side) for side in zip(*(cell.bounds for cell in item.cells), strict=True))
    least, most = (np.asarray(side)[:, None] for side in zip(*item.windows, strict=True))
    scores = item.weights @ totals.astype(float)
    others = np.arange(len(totals)) != number
    for step in (1, -1):
        if not low[number] <= totals[number] + step <= high[number]:
            continue
        moved = (scores + step * item.weights[:, number])[:, None]
        for change in range(-MOST_EXCHANGED, MOST_EXCHANGED + 1):
            changed = moved + change * item.weights
            fits = ((least <= changed) & (changed < most)).all(axis=0)
            if (fits & others & (low <= totals + change) & (totals + change <= high)).any():
                return True
    return False


def _end(item: Item, number: int, sign: int) -> int:
    """The least or greatest sum of a cell."""
    aim = np.zeros(len(item.cells))
    aim[number] = sign
    low, high = (np.asarray(side, dtype=float) for side in zip(*(cell.bounds for cell in item.cells), strict=True))
    least, most = (np.asarray(side) for side in zip(*item.windows, strict=True))
    lines = LinearConstraint(item.weights, least, most - np.minimum(SOLVER_NOISE, (most - least) / 4))
    found = milp(aim, integrality=np.ones(len(aim)), bounds=Bounds(low, high), constraints=lines)
    assert found.success, found.message  # what really was answered is one solution
    return round(sign * found.fun)


def _finding(item: Item, cell: Cell, k: int) -> Iterator[Finding]:
    insider = None if cell.own is None else (str(cell.role), cell.own)
    rest = cell.total - (cell.own or 0)
    alike = rest in (0, TOP * cell.others)
    kind = kind_of(cell.others, k, alike=alike, alone=insider is None)
    if kind:
        yield Finding(kind, item.name, str(cell.role), cell.others, cell.total, insider)
