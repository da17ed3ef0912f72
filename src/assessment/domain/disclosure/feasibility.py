"""Feasibility before the opening: which figures the invited people are enough for, and what would show the others.

Counts only people who will count towards k + 1 (method 6.9), and never looks at answers. A selection of n invited
people is expected to give `floor(n x response rate)` answers, figure by figure, so inviting more people of a group
never hides a score.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from assessment.domain.disclosure.figure_forecast import (
    CountPeople,
    FigureForecast,
    FigureForecaster,
    PeopleSelection,
    select_people_asked,
)
from assessment.domain.disclosure.guard import MIN_ANSWERS_FOR_ITEM_INTERVAL, DisclosureGuard
from assessment.domain.scoring.blueprint import Blueprint

DEFAULT_RESPONSE_PERCENT = 60
CONSENSUS_OFFERED_BELOW = 15  # people invited (method 6)
ALL_PERCENT = 100


class PeopleGroup(Struct, frozen=True):
    """Number of people of one role with the same functions."""

    role: str
    functions: tuple[str, ...]
    people: int

    def is_in(self, selection: PeopleSelection) -> bool:
        """Return whether the people of this group belong to a selection."""
        if self.role not in selection.roles:
            return False
        return selection.functions is None or not set(self.functions).isdisjoint(selection.functions)


class RoleInFunction(Struct, frozen=True):
    """Invited people of a role in a function who will count, and the answers expected of them."""

    role: str
    function: str
    counting: int
    expected: int


class GroupNeed(Struct, frozen=True):
    """A group that is too small for a figure.

    `counting` are its invited people who will count, `expected` the answers of them, and `enough` the number to invite
    so that the figure is shown at the expected response.
    """

    roles: tuple[str, ...]
    functions: tuple[str, ...] | None
    counting: int
    expected: int
    enough: int


class FigureFeasibility(Struct, frozen=True):
    """Forecast of one figure: whether it is shown at the expected response, and if everyone answers.

    `needs` are the groups to extend; empty if it is shown, or if it depends on other figures.
    """

    path: str
    is_shown: bool
    is_shown_if_all_answer: bool
    needs: tuple[GroupNeed, ...] = ()


class ReleaseForecast(Struct, frozen=True):
    """Forecast for the people who count under one rule (with or without mail domains)."""

    counting: int
    groups: tuple[RoleInFunction, ...]
    figures: tuple[FigureFeasibility, ...]


def count_needed_invitations(needed: int, percent: int) -> int:
    """Return the smallest number of invited people of whom `needed` are expected to answer."""
    return -(-needed * ALL_PERCENT // percent)


def count_expected_answers(people: int, percent: int) -> int:
    """Return the number of answers expected of so many invited people."""
    return people * percent // ALL_PERCENT


def forecast_release(
    blueprint: Blueprint, guard: DisclosureGuard, groups: Sequence[PeopleGroup], percent: int
) -> ReleaseForecast:
    """Forecast a release if `percent` of 100 of each group's people answer."""
    finder = _NeedFinder(blueprint, guard, tuple(groups), percent)
    with_everyone = {figure.path: figure.is_shown for figure in _forecast(blueprint, guard, groups, ALL_PERCENT)}
    figures = _forecast(blueprint, guard, groups, percent)
    return ReleaseForecast(
        counting=sum(group.people for group in groups),
        groups=tuple(_iterate_roles_in_functions(blueprint, groups, percent)),
        figures=tuple(
            FigureFeasibility(
                figure.path,
                figure.is_shown,
                with_everyone[figure.path],
                () if figure.is_shown else finder.find_needs(figure),
            )
            for figure in figures
        ),
    )


def _forecast(
    blueprint: Blueprint, guard: DisclosureGuard, groups: Sequence[PeopleGroup], percent: int
) -> tuple[FigureForecast, ...]:
    # One of a few invited people may answer even where none is expected, so all of them decide who takes part.
    everyone = _make_counter(groups, ALL_PERCENT)
    forecaster = FigureForecaster(blueprint, guard, _make_counter(groups, percent), everyone)
    return tuple(forecaster.iterate_figures())


def _make_counter(groups: Sequence[PeopleGroup], percent: int) -> CountPeople:
    def count(selection: PeopleSelection) -> int:
        return count_expected_answers(count_people(groups, selection), percent)

    return count


def count_people(groups: Iterable[PeopleGroup], selection: PeopleSelection) -> int:
    """Count the people of a selection."""
    return sum(group.people for group in groups if group.is_in(selection))


def _iterate_roles_in_functions(
    blueprint: Blueprint, groups: Sequence[PeopleGroup], percent: int
) -> Iterator[RoleInFunction]:
    for role in blueprint.roles:
        for function in blueprint.functions:
            people = count_people(groups, PeopleSelection((role,), (function.id,)))
            yield RoleInFunction(role, function.id, people, count_expected_answers(people, percent))


class _NeedFinder:
    """Search for the groups to extend so that a hidden figure is shown."""

    def __init__(
        self, blueprint: Blueprint, guard: DisclosureGuard, groups: tuple[PeopleGroup, ...], percent: int
    ) -> None:
        self._blueprint, self._guard, self._groups, self._percent = blueprint, guard, groups, percent
        self._needed = guard.get_needed_answers(1)
        most_answers = max(
            guard.get_needed_answers(blueprint.questionnaire.scoring.minimum_answers), MIN_ANSWERS_FOR_ITEM_INTERVAL
        )
        self._max_additions = count_needed_invitations(most_answers, percent)
        self._shown_paths: dict[tuple[PeopleGroup, ...], frozenset[str]] = {}

    def find_needs(self, figure: FigureForecast) -> tuple[GroupNeed, ...]:
        """Return the needs of a hidden figure; empty if it depends on other figures only."""
        if figure.selections:
            return self._extend_selections(figure.path, figure.selections)
        kind, *parts = figure.path.split(".")
        if kind == "functions" and parts[1:] in ([], ["hand_off"]):
            return self._extend_function(figure.path, parts[0])
        if kind == "functions" and parts[-1] == "interval":
            return self._extend_small_roles(figure.path, parts[0])
        return ()

    def _extend_selections(self, path: str, selections: Sequence[PeopleSelection]) -> tuple[GroupNeed, ...]:
        """Extend every selection to the number needed; by more where single functions have too few."""
        enough = count_needed_invitations(self._needed, self._percent)
        missing = [max(0, enough - count_people(self._groups, selection)) for selection in selections]

        def list_additions(min_additions: int) -> list[int]:
            return [max(more, min_additions) for more in missing]

        min_additions: int | None = 0
        if not self._is_shown(path, selections, list_additions(0)):
            min_additions = _find_smallest(
                lambda more: self._is_shown(path, selections, list_additions(more)), self._max_additions
            )
        return tuple(
            self._build_need(selection, more)
            for selection, more in zip(selections, list_additions(min_additions or 0), strict=True)
            if more
        )

    def _extend_function(self, path: str, function: str) -> tuple[GroupNeed, ...]:
        """Extend the one role of which the fewest people give the function a score; all roles where none can."""
        items = [item for item in self._blueprint.questionnaire.items if item.function == function]
        asked = {role for item in items for role in select_people_asked(self._blueprint, item).roles}
        selections = [PeopleSelection((role,), (function,)) for role in self._blueprint.roles if role in asked]
        smallest: dict[PeopleSelection, int] = {}
        for selection in selections:
            more = self._find_extension(path, selection)
            if more is not None:
                smallest[selection] = more
        if not smallest:
            return self._extend_selections(path, selections)
        # On a tie the role with the most people: one person of a further role would hide intervals (method 6.4).
        best = min(smallest, key=lambda selection: (smallest[selection], -count_people(self._groups, selection)))
        return (self._build_need(best, smallest[best]),)

    def _find_extension(self, path: str, selection: PeopleSelection) -> int | None:
        return _find_smallest(lambda more: self._is_shown(path, [selection], [more]), self._max_additions)

    def _extend_small_roles(self, path: str, function: str) -> tuple[GroupNeed, ...]:
        """Extend the roles of which some, but too few are expected to answer: they hide intervals (method 6.4)."""
        selections = [PeopleSelection((role,), (function,)) for role in self._blueprint.roles]
        invited = [selection for selection in selections if count_people(self._groups, selection)]
        return self._extend_selections(path, invited)

    def _is_shown(self, path: str, selections: Sequence[PeopleSelection], additions: Sequence[int]) -> bool:
        """Return whether a figure is shown if so many more people of the first role of each selection are invited."""
        names = tuple(function.id for function in self._blueprint.functions)
        more = tuple(
            PeopleGroup(selection.roles[0], selection.functions or names[:1], people)
            for selection, people in zip(selections, additions, strict=True)
            if people
        )
        if more not in self._shown_paths:
            figures = _forecast(self._blueprint, self._guard, [*self._groups, *more], self._percent)
            self._shown_paths[more] = frozenset(figure.path for figure in figures if figure.is_shown)
        return path in self._shown_paths[more]

    def _build_need(self, selection: PeopleSelection, more: int) -> GroupNeed:
        people = count_people(self._groups, selection)
        expected = count_expected_answers(people, self._percent)
        return GroupNeed(selection.roles, selection.functions, people, expected, people + more)


def _find_smallest(is_enough: Callable[[int], bool], limit: int) -> int | None:
    """Return the smallest number from 1 to `limit` that is enough (monotone); None if `limit` is not."""
    if not is_enough(limit):
        return None
    low, high = 1, limit
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle + 1, high)
    return low
