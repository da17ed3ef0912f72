"""Exact linear algebra: combinations of released means that leave only a few people's answers.

Every released mean is a weighted sum of single answers with weights the attacker knows. A group is
isolated if some combination of means holds answers of that group and of nobody else: if leaving
its columns out lowers the rank. First as if every figure were exact; then, for what is isolated so,
with the width that rounding gives the combination.
"""

from collections.abc import Collection, Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.questionnaire import Kind
from tests.privacy.release import Background, Release, Shown, Window, gap_of, shown_items

NOTHING, VISIBLE = 1e-10, 1e-4
Floats = NDArray[np.float64]
People = frozenset[int]


class Row(Struct, frozen=True):
    """A released mean: weights by (person, column of the answers), and where its exact value lies."""

    weights: dict[tuple[int, int], float]
    window: Window


class Isolated(Struct, frozen=True):
    """A group of fewer than k whose answers some combination holds alone; `known`: rounding does not hide them."""

    people: People
    known: bool


def attack(known: Background, release: Release, insider: int | None = None) -> Iterator[Isolated]:
    """Try every single person and every group of one role behind one item, in every set of means that hang together.

    An insider's own answers are known, so their columns are as good as gone.
    """
    for block in _blocks(known, release):
        columns = sorted({place for row in block for place in row.weights if place[0] != insider})
        if not columns:
            continue
        matrix = np.asarray([[row.weights.get(place, 0.0) for place in columns] for row in block])
        owner = np.asarray([person for person, _ in columns], dtype=int)
        products = matrix @ matrix.T
        for people in _candidates(known, columns):
            own = np.isin(owner, list(people))
            combination = _combination(products, matrix[:, own])
            if combination is not None:
                yield Isolated(people, _known(combination, matrix[:, own], block))


def _combination(products: Floats, own: Floats) -> Floats | None:
    """Weights of the means that cancel everybody else and leave something of the group, if there are any.

    `products` of all columns less those of the group are those of everybody else.
    """
    values, vectors = np.linalg.eigh(products - own @ own.T)
    for vector in vectors[:, values < NOTHING].T:
        if np.abs(vector @ own).max(initial=0) > VISIBLE:
            return np.asarray(vector)
    return None


def _known(combination: Floats, own: Floats, block: list[Row]) -> bool:
    """Return True if only one sum of the group's answers fits the rounded figures."""
    width = sum(abs(c) * (row.window[1] - row.window[0]) for c, row in zip(combination, block, strict=True))
    weights = combination @ own
    smallest = float(np.abs(weights[np.abs(weights) > VISIBLE]).min())
    return bool(width < smallest)


def _candidates(known: Background, columns: list[tuple[int, int]]) -> Collection[People]:
    found = {frozenset({person}) for person, _ in columns}
    for item in {column for _, column in columns}:
        people = [person for person, column in columns if column == item]
        for role in range(len(known.roles)):
            group = frozenset(person for person in people if known.role[person] == role)
            if 0 < len(group) < known.k:
                found.add(group)
    return found


def _blocks(known: Background, release: Release) -> Iterator[list[Row]]:
    """Sets of means that share answers: items with the gap of their dimension; support with its parts."""
    shown = list(shown_items(known, release))
    index = known.questionnaire.indices.perception_gap
    both = {index.leader, index.practitioner}
    for dimension in known.questionnaire.dimensions:
        items = [
            item
            for item in shown
            if item.dimension == dimension.id and both <= set(known.questionnaire.items[item.column].roles)
        ]
        yield [_of_item(known, release, item) for item in items] + list(_of_gap(known, release, dimension.id, items))
    risk = known.questionnaire.indices.set_up_to_fail
    support = [_of_item(known, release, item) for item in shown if item.id in risk.support]
    yield support + list(_of_support(known, release))


def _answered(known: Background, column: int) -> NDArray[np.intp]:
    return np.flatnonzero(known.answers.values[:, column] >= 0)


def _of_item(known: Background, release: Release, shown: Shown) -> Row:
    counts = known.counts[:, shown.column]
    weights = known.weights * np.minimum(1.0, counts / known.questionnaire.scoring.full_weight_answers)
    share = 25 * weights / weights.sum() / np.maximum(1, counts)
    people = _answered(known, shown.column)
    window = release.window(shown.item.score or 0.0, shown.item.bound)
    return Row({(int(p), shown.column): float(share[known.role[p]]) for p in people}, window)


def _of_gap(known: Background, release: Release, dimension: str, items: list[Shown]) -> Iterator[Row]:
    gap, index = gap_of(release, dimension), known.questionnaire.indices.perception_gap
    sides = [known.roles.index(index.leader), known.roles.index(index.practitioner)]
    counted = [item for item in items if min(known.counts[sides, item.column]) >= index.minimum_people]
    if gap is None or not counted:
        return
    for role, name in zip(sides, ("leader", "practitioner"), strict=True):
        weights = {
            (int(p), item.column): 25 / len(counted) / known.counts[role, item.column]
            for item in counted
            for p in _answered(known, item.column)
            if known.role[p] == role
        }
        yield Row(weights, release.window(getattr(gap, name), gap.bounds.get(name)))


def _of_support(known: Background, release: Release) -> Iterator[Row]:
    """Mean support over those who have authority and support both: fewer, perhaps, than answered each item."""
    index, found = known.questionnaire.indices.set_up_to_fail, release.result.indices.set_up_to_fail
    if found is None or found.support is None:
        return
    numeric = known.answers.values >= 0
    kind = {item.id: n for n, item in enumerate(known.questionnaire.items) if item.kind is Kind.PERSONAL}
    parts = [kind[item] for item in index.support if numeric[:, kind[item]].sum() > known.k or not release.step]
    others = [kind[item] for item in index.authority if numeric[:, kind[item]].sum() > known.k or not release.step]
    size = numeric[:, parts].sum(axis=1)
    people = np.flatnonzero(
        (size >= index.minimum_support) & (numeric[:, others].sum(axis=1) >= index.minimum_authority)
    )
    weights = {(int(p), c): 25 / len(people) / size[p] for p in people for c in parts if numeric[p, c]}
    yield Row(weights, release.window(found.support, found.bounds.get("support")))
