"""Forecast at the close: what will or may be hidden, from counts by role and by function alone (method 6.11).

Neither answers nor counts by role within a function are known here. So the number of people behind a figure is
bounded from below and above, and the forecast shows nothing that the counts do not show.
"""

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from assessment.domain.disclosure.feasibility import PeopleGroup, count_people
from assessment.domain.disclosure.figure_forecast import FigureForecast, FigureForecaster, PeopleSelection
from assessment.domain.disclosure.guard import DisclosureGuard
from assessment.domain.scoring.blueprint import Blueprint


class CountedGroup(Struct, frozen=True):
    """Invited people of one role with the same functions, and how many of them count towards k + 1."""

    role: str
    functions: tuple[str, ...]
    invited: int
    counting: int


class AnsweredCounts(Struct, frozen=True):
    """People who have answered, by role and by function, as of the last hourly count."""

    by_role: Mapping[str, int]
    by_function: Mapping[str, int]


class ClosingForecast(Struct, frozen=True):
    """Paths of the figures that will be hidden, that may be hidden, and that have enough people by any reading."""

    hidden: tuple[str, ...]
    uncertain: tuple[str, ...]
    enough: tuple[str, ...]

    @property
    def has_figures(self) -> bool:
        """Return whether any figure may be shown."""
        return bool(self.uncertain or self.enough)


class AnsweredBounds:
    """Bounds of the number of counting people of a selection who have answered.

    `sent` bounds from below. `begun` bounds from above: an unsent response with enough answers counts too. Both bounds
    are exact where the groups have only one role or one function. `imported` are people whose answers came in a file:
    the consultant knows their numbers exactly, and they are not in the other arguments.
    """

    def __init__(
        self,
        groups: Sequence[CountedGroup],
        sent: AnsweredCounts,
        begun: AnsweredCounts,
        imported: Sequence[PeopleGroup] = (),
    ) -> None:
        self._groups, self._sent, self._begun, self._imported = groups, sent, begun, imported
        self._roles = tuple(dict.fromkeys((*(group.role for group in groups), *sent.by_role, *begun.by_role)))

    def compute_lowest(self, selection: PeopleSelection) -> int:
        """Return the smallest number of people that the counts allow."""
        others = [role for role in self._roles if role not in selection.roles]
        by_role = sum(
            max(0, self._sent.by_role.get(role, 0) - self._count_outside(role, selection.functions))
            for role in selection.roles
        )
        by_function = (
            self._sent.by_function.get(name, 0)
            - sum(min(self._sent.by_role.get(role, 0), self._count_invited((role,), (name,))) for role in others)
            for name in selection.functions or ()
        )
        uncounted = self._count_invited(selection.roles, selection.functions) - self._count_counting(selection)
        return max(0, max((by_role, *by_function)) - uncounted) + count_people(self._imported, selection)

    def compute_highest(self, selection: PeopleSelection) -> int:
        """Return the largest number of people that the counts allow."""
        by_role = sum(
            min(self._begun.by_role.get(role, 0), self._count_invited((role,), selection.functions))
            for role in selection.roles
        )
        highest = min(by_role, self._count_counting(selection))
        if selection.functions is not None:
            highest = min(highest, sum(self._begun.by_function.get(name, 0) for name in selection.functions))
        return highest + count_people(self._imported, selection)

    def _count_invited(self, roles: Collection[str], functions: Collection[str] | None) -> int:
        return sum(group.invited for group in self._groups if group.role in roles and _is_inside(group, functions))

    def _count_outside(self, role: str, functions: Collection[str] | None) -> int:
        return sum(group.invited for group in self._groups if group.role == role and not _is_inside(group, functions))

    def _count_counting(self, selection: PeopleSelection) -> int:
        return sum(
            group.counting
            for group in self._groups
            if group.role in selection.roles and _is_inside(group, selection.functions)
        )


def forecast_closing(blueprint: Blueprint, guard: DisclosureGuard, bounds: AnsweredBounds) -> ClosingForecast:
    """Forecast what a close would hide.

    Careless responses, blanks and "does not apply" can hide more: the forecast lists only what numbers of people hide.
    """
    lowest, highest = bounds.compute_lowest, bounds.compute_highest
    certain = _index_figures(FigureForecaster(blueprint, guard, lowest, highest))
    possible = _index_figures(FigureForecaster(blueprint, guard, highest, lowest))
    absent = tuple(
        f"functions.{function.id}" for function in blueprint.functions if f"functions.{function.id}" not in possible
    )
    hidden = tuple(path for path, figure in possible.items() if not figure.is_shown)
    others = [path for path in possible if path not in hidden]
    return ClosingForecast(
        hidden=(*hidden, *absent),
        uncertain=tuple(path for path in others if not certain[path].is_shown),
        enough=tuple(path for path in others if certain[path].is_shown),
    )


def _index_figures(forecaster: FigureForecaster) -> dict[str, FigureForecast]:
    return {figure.path: figure for figure in forecaster.iterate_figures()}


def _is_inside(group: CountedGroup, functions: Collection[str] | None) -> bool:
    return functions is None or not set(group.functions).isdisjoint(functions)
