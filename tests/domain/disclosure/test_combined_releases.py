"""Scores of several releases put together: what they decide is found by trying all sums."""

from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from assessment.domain.disclosure import combined_releases
from assessment.domain.disclosure.combined_releases import TOP, Insider, ItemCells, decides_few_people
from assessment.domain.disclosure.decided_answers import get_window
from assessment.domain.disclosure.guard import DisclosureGuard, build_guard
from assessment.domain.questionnaire_rules import DisclosureRules

K = 3
NOISE = 1e-7
POINTS = (0.0, 1.25, 2.5, 6.25, 12.5)
MOST_CELLS = 3
# One person alone, whom two releases leave one answer, next to two whose sum changes little.
DECIDED = [[(0,), (0,)], [(1,)]], [[2.5, 0.0], [2.5, 12.5]]
# One rung of either would be the score at which the window ends.
ONE_RUNG_TOO_MUCH = [[(0,)], [(0,)]], [[0.0, 0.0], [12.5, 12.5]]


def make_guard() -> DisclosureGuard:
    return build_guard(DisclosureRules(minimum_group=K), K)


def make_cells(groups: list[list[tuple[int, ...]]], weights: list[list[float]], known: int = -1) -> ItemCells:
    """Make the cells of these people, each with one answer in each cell; scores are released as the product rounds."""
    columns = [(number, column) for number, people in enumerate(groups) for column in zip(*people, strict=True)]
    totals = np.asarray([sum(column) for _, column in columns])
    guard = make_guard()
    scores = np.asarray(weights) @ totals
    return ItemCells(
        np.asarray(weights),
        np.asarray([get_window(guard, guard.round_score(score)) for score in scores]),
        np.asarray([len(column) for _, column in columns]),
        totals,
        np.asarray([number == known for number, _ in columns]),
        np.asarray([number for number, _ in columns]),
        [sorted(set(people)) for people in groups],
    )


def list_possible_sums(cells: ItemCells, insider: Insider | None, releases: list[int]) -> list[tuple[int, ...]]:
    ranges = []
    own = dict(zip(np.flatnonzero(cells.groups == insider.group), insider.answers, strict=True)) if insider else {}
    for cell, people in enumerate(cells.people.tolist()):
        least, others = own.get(cell, 0), people - (cell in own)
        total = int(cells.totals[cell])
        ranges.append(range(total, total + 1) if cells.is_known[cell] else range(least, least + TOP * others + 1))
    return [
        sums
        for sums in product(*ranges)
        if all(
            cells.windows[release][0] - NOISE <= cells.weights[release] @ sums < cells.windows[release][1] - NOISE
            for release in releases
        )
    ]


def decides_by_trial(cells: ItemCells) -> bool:
    every = list(range(len(cells.windows)))
    insiders = [None, *(Insider(group, own) for group, answers in enumerate(cells.own) for own in answers)]
    for insider in insiders:
        possible = list_possible_sums(cells, insider, every)
        alone = [list_possible_sums(cells, insider, [release]) for release in every]
        for cell, people in enumerate(cells.people.tolist()):
            is_own = insider is not None and insider.group == cells.groups[cell] and people == 1
            if people > K or is_own or cells.is_known[cell]:
                continue
            is_known, *is_known_alone = (len({sums[cell] for sums in one}) == 1 for one in (possible, *alone))
            if is_known and not any(is_known_alone):
                return True
    return False


@st.composite
def draw_cells(draw: st.DrawFn) -> ItemCells:
    sizes = draw(st.sampled_from([(1, 1), (1, 1, 1), (2, 1), (1, 2)]))  # cells of each group
    groups = [
        draw(st.lists(st.tuples(*[st.integers(0, TOP)] * size), min_size=1, max_size=3 if size == 1 else 2))
        for size in sizes
    ]
    row = st.lists(st.sampled_from(POINTS), min_size=sum(sizes), max_size=sum(sizes))
    weights = draw(st.lists(row, min_size=2, max_size=3))
    return make_cells(groups, weights, draw(st.sampled_from([-1, -1, 0])))


@given(draw_cells())
@example(make_cells(*ONE_RUNG_TOO_MUCH))
@settings(deadline=None, max_examples=60)
def test_decided_cells_are_those_found_by_trying_all_sums(cells: ItemCells):
    assert decides_few_people(make_guard(), cells) == decides_by_trial(cells)


def test_two_releases_decide_someone_alone():
    cells = make_cells(*DECIDED)

    assert decides_few_people(make_guard(), cells)
    assert not decides_few_people(make_guard(), replace(cells, is_known=np.asarray([False, True])))


def test_releases_that_cells_do_not_explain_are_refused():
    cells = make_cells([[(1,), (2,), (3,)], [(2,), (2,)]], [[2.5, 2.5], [2.5, 1.25]])
    moved = replace(cells, windows=cells.windows + 50)

    assert not decides_few_people(make_guard(), cells)
    assert decides_few_people(make_guard(), moved)


def test_release_is_refused_if_the_solver_gives_up(monkeypatch: pytest.MonkeyPatch):
    cells = make_cells([[(1,)], [(2,), (2,)]], [[12.5, 1.25], [12.5, 2.5]])
    assert not decides_few_people(make_guard(), cells)
    monkeypatch.setattr(combined_releases, "_is_certainly_open", lambda *_: False)
    monkeypatch.setattr(combined_releases, "_find_end", lambda *_: None)

    assert decides_few_people(make_guard(), cells)
