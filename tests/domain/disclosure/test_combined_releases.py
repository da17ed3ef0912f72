"""Scores of several releases put together: what they decide is found by trying all sums."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.domain.disclosure.combined_releases import TOP, ItemCells, decides_few_people
from assessment.domain.disclosure.decided_answers import get_window
from assessment.domain.disclosure.guard import DisclosureGuard, build_guard
from assessment.domain.questionnaire_rules import DisclosureRules

K = 3
POINTS = (0.0, 1.25, 2.5, 6.25, 12.5)


def make_guard() -> DisclosureGuard:
    return build_guard(DisclosureRules(minimum_group=K), K)


def make_cells(answers: list[list[int]], weights: list[list[float]]) -> ItemCells:
    """Cells of these answers; their scores are released as the product rounds them."""
    totals = np.asarray([sum(own) for own in answers])
    scores = np.clip(np.asarray(weights) @ totals, 0, 100)
    guard = make_guard()
    windows = np.asarray([get_window(guard, guard.round_score(score)) for score in scores])
    people = np.asarray([len(own) for own in answers])
    return ItemCells(np.asarray(weights), windows, people, totals, [tuple(sorted(set(own))) for own in answers])


def list_possible_sums(cells: ItemCells, insider: tuple[int, int] | None, releases: list[int]) -> list[tuple[int, ...]]:
    ranges = []
    for cell, people in enumerate(cells.people.tolist()):
        own = insider[1] if insider is not None and insider[0] == cell else None
        ranges.append(range(TOP * people + 1) if own is None else range(own, own + TOP * (people - 1) + 1))
    return [
        sums
        for sums in product(*ranges)
        if all(
            cells.windows[release][0] - 1e-7 <= cells.weights[release] @ sums < cells.windows[release][1] - 1e-7
            for release in releases
        )
    ]


def decides_by_trial(cells: ItemCells) -> bool:
    every = list(range(len(cells.windows)))
    insiders = [None, *((cell, answer) for cell, own in enumerate(cells.own) for answer in own)]
    for insider in insiders:
        possible = list_possible_sums(cells, insider, every)
        alone = [list_possible_sums(cells, insider, [release]) for release in every]
        for cell, people in enumerate(cells.people.tolist()):
            if people > K or (insider is not None and insider[0] == cell and people == 1):
                continue
            if len({sums[cell] for sums in possible}) == 1 and all(
                len({sums[cell] for sums in one}) > 1 for one in alone
            ):
                return True
    return False


@st.composite
def draw_cells(draw: st.DrawFn) -> ItemCells:
    answers = draw(st.lists(st.lists(st.integers(0, TOP), min_size=1, max_size=3), min_size=2, max_size=3))
    releases = draw(st.integers(2, 3))
    row = st.lists(st.sampled_from(POINTS), min_size=len(answers), max_size=len(answers))
    return make_cells(answers, draw(st.lists(row, min_size=releases, max_size=releases)))


@given(draw_cells())
@settings(deadline=None, max_examples=60)
def test_decided_cells_are_those_found_by_trying_all_sums(cells: ItemCells):
    assert decides_few_people(make_guard(), cells) == decides_by_trial(cells)
