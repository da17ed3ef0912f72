"""Forecast which figures a release could show, from numbers of people instead of answers (method 6.1, 6.3, 6.4).

Assumes that everyone who answers rates every item they are asked. The validity of items, dimensions and functions is
decided by the same code that scores answers.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from msgspec import Struct

from assessment.domain.answers import BoolArray
from assessment.domain.disclosure.decided_items import can_show_item
from assessment.domain.disclosure.guard import DisclosureGuard
from assessment.domain.questionnaire import Item, Kind
from assessment.domain.questionnaire_rules import OutlookIndex, PerceptionGapIndex, SetUpToFailIndex
from assessment.domain.scoring.blueprint import Blueprint, FunctionColumns
from assessment.domain.scoring.validity import Validity, check_validity
from assessment.domain.survey.routing import is_asked

MIN_BALANCED_FUNCTIONS = 2


class PeopleSelection(Struct, frozen=True):
    """People of any of `roles` who are in any of `functions`; None: whatever their functions."""

    roles: tuple[str, ...]
    functions: tuple[str, ...] | None = None


CountPeople = Callable[[PeopleSelection], int]


class FigureForecast(Struct, frozen=True):
    """Forecast for the figure at `path` of a result: shown or hidden.

    `selections` are the groups of people that it is computed from and that must each be large enough; empty where it
    depends on other figures.
    """

    path: str
    is_shown: bool
    selections: tuple[PeopleSelection, ...] = ()


class FigureForecaster:
    """Forecast of the figures about one set of people.

    `count` returns how many people of a selection answer. `take_part` decides whether anyone of a role answers at all:
    one to k answers of a role hide measures of spread, none do not (method 6.4); default: `count`.
    """

    def __init__(
        self,
        blueprint: Blueprint,
        guard: DisclosureGuard,
        count: CountPeople,
        take_part: CountPeople | None = None,
    ) -> None:
        self._blueprint, self._guard = blueprint, guard
        self._items = blueprint.questionnaire.items
        self._counts: dict[PeopleSelection, int] = {}
        self._count_people, self._take_part = count, take_part or count
        self._asked = tuple(select_people_asked(blueprint, item) for item in self._items)
        self._numbers = np.asarray([self._count(asked) for asked in self._asked], dtype=np.int64)
        minimum = (
            1 if blueprint.consensus else guard.get_needed_answers(blueprint.questionnaire.scoring.minimum_answers)
        )
        can_show = np.asarray([self._can_show(column) for column in range(len(self._items))], dtype=np.bool_)
        # A released value needs `guard.needed` people; below that, an item is left out of the means over people too.
        self._usable: BoolArray = (self._numbers >= guard.get_needed_answers(1)) & can_show
        self.validity: Validity = check_validity(
            blueprint, (self._numbers >= minimum) & can_show, np.zeros(len(self._items), dtype=np.bool_)
        )

    def iterate_figures(self) -> Iterator[FigureForecast]:
        """Yield a forecast of every figure of the questionnaire, in the order of the result.

        A function in which nobody takes part is absent, not hidden (method 6.1).
        """
        valid, indices = self.validity, self._blueprint.questionnaire.indices
        yield FigureForecast("overall", valid.overall)
        for number, function in enumerate(self._blueprint.functions):
            yield from self._iterate_function_figures(number, function)
        if indices.embedding:
            yield FigureForecast("indices.embedding", valid.embedding)
        if indices.balance:
            scored = sum(function.valid for function in valid.functions)
            yield FigureForecast("indices.balance", scored >= MIN_BALANCED_FUNCTIONS)
        if self._blueprint.questionnaire.has_hand_offs:
            yield FigureForecast("indices.beyond_one_network", any(function.hand_off for function in valid.functions))
        if not self._blueprint.consensus:
            yield from self._iterate_people_figures()

    def _iterate_people_figures(self) -> Iterator[FigureForecast]:
        indices = self._blueprint.questionnaire.indices
        if indices.set_up_to_fail:
            yield from self._iterate_set_up_to_fail(indices.set_up_to_fail)
        if indices.perception_gap:
            yield from self._iterate_gap_figures(indices.perception_gap)
        if indices.outlook:
            yield from self._iterate_outlook_figures(indices.outlook)
        inside = {*(indices.set_up_to_fail.authority if indices.set_up_to_fail else ())}
        support = {*(indices.set_up_to_fail.support if indices.set_up_to_fail else ())}
        inside |= {*indices.outlook.independence, *indices.outlook.readiness} if indices.outlook else set()
        for column, item in enumerate(self._items):
            if item.kind is Kind.PERSONAL and item.id not in inside:
                is_mean = item.id in support  # over people, so one answer is enough where nothing is hidden
                is_shown = bool(self._usable[column]) if is_mean else self._is_item_shown(column)
                yield FigureForecast(f"personal.{item.id}", is_shown, (self._asked[column],))

    def _iterate_function_figures(self, number: int, function: FunctionColumns) -> Iterator[FigureForecast]:
        everyone = PeopleSelection(self._blueprint.roles, (function.id,))
        if not (self._count(everyone) or self._take_part(everyone)):
            return
        valid, path = self.validity.functions[number], f"functions.{function.id}"
        yield FigureForecast(path, valid.valid)
        if function.rows:
            yield FigureForecast(f"{path}.hand_off", valid.hand_off)
        for row in function.rows:
            is_shown = self._is_item_shown(row.column)
            yield FigureForecast(
                f"{path}.hand_off.rows.{self._items[row.column].id}", is_shown, (self._asked[row.column],)
            )
        for dimension, is_valid, columns in zip(
            self._blueprint.questionnaire.dimensions, valid.dimensions, function.dimensions, strict=True
        ):
            part = f"{path}.dimensions.{dimension.id}"
            weighted = tuple(row for row in function.rows if row.share > 0) if dimension.hand_offs else ()
            rows = tuple(row.column for row in function.rows) if dimension.hand_offs else ()
            if not (columns or rows):
                continue
            yield FigureForecast(part, is_valid)
            averaged = (*columns, *(row.column for row in weighted))
            is_hidden = self._has_too_small_role((*columns, *rows)) or self._must_hide_item_interval(averaged)
            yield FigureForecast(f"{part}.interval", is_valid and not is_hidden)
            for column in columns:
                is_shown = self._is_item_shown(column)
                yield FigureForecast(f"{part}.items.{self._items[column].id}", is_shown, (self._asked[column],))

    def _can_show(self, column: int) -> bool:
        """Return whether some numbers of answers by role, up to these, let an item be shown.

        Blanks can change how many of each role answer, so an item is hidden for sure only if all of them hide it.
        """
        asked, blueprint = self._asked[column], self._blueprint
        if not blueprint.has_score[column]:
            return True
        max_counts = [
            self._count(PeopleSelection((role,), asked.functions)) if role in asked.roles else 0
            for role in blueprint.roles
        ]
        full = blueprint.questionnaire.scoring.full_weight_answers
        return can_show_item(self._guard, max_counts, int(self._numbers[column]), blueprint.role_weights, full)

    def _must_hide_item_interval(self, columns: Sequence[int]) -> bool:
        """Return whether a mean of these items would rest on a single one with too few answers for an interval."""
        valid = [column for column in columns if self.validity.items[column]]
        return len(valid) == 1 and self._guard.must_hide_item_interval(int(self._numbers[valid[0]]))

    def _iterate_set_up_to_fail(self, index: SetUpToFailIndex) -> Iterator[FigureForecast]:
        authority, support = set(index.authority), set(index.support)
        both = PeopleSelection(
            tuple(
                role
                for role in self._blueprint.roles
                if self._count_items(role, authority) >= index.minimum_authority
                and self._count_items(role, support) >= index.minimum_support
            )
        )
        asked = self._select_roles_asked((*index.authority, *index.support))
        yield FigureForecast("indices.set_up_to_fail", self._is_enough(both), (asked,))

    def _iterate_gap_figures(self, index: PerceptionGapIndex) -> Iterator[FigureForecast]:
        path = "indices.perception_gap"
        for number, dimension in enumerate(self._blueprint.questionnaire.dimensions):
            asked = self._select_common_functions(index, number)
            if asked:
                sides = self._select_sides(index, self._select_gap_functions(index, number))
                is_shown = all(map(self._is_enough, sides))
                yield FigureForecast(f"{path}.dimensions.{dimension.id}", is_shown, self._select_sides(index, asked))
        dimensions = range(len(self._blueprint.questionnaire.dimensions))
        usable = {name for number in dimensions for name in self._select_common_functions(index, number, usable=True)}
        every = {name for number in dimensions for name in self._select_common_functions(index, number)}
        leaders = PeopleSelection((index.leader,), self._order_functions(usable))
        yield FigureForecast(
            f"{path}.leader_dont_know",
            self._is_enough(leaders),
            (PeopleSelection((index.leader,), self._order_functions(every)),),
        )
        if index.goals:
            column = self._blueprint.column[index.goals]
            sides = tuple(
                PeopleSelection((role,))
                for role in (index.leader, index.practitioner)
                if role in self._items[column].roles
            )
            is_shown = len(sides) == 2 and bool(self._usable[column]) and all(map(self._is_enough, sides))  # noqa: PLR2004  # both sides
            yield FigureForecast(f"{path}.goal_agreement", is_shown, sides)

    def _iterate_outlook_figures(self, index: OutlookIndex) -> Iterator[FigureForecast]:
        for name, items in (("independence", index.independence), ("readiness", index.readiness)):
            roles = tuple(role for role in self._blueprint.roles if self._count_items(role, set(items)))
            is_shown = self._is_enough(PeopleSelection(roles))
            yield FigureForecast(f"indices.outlook.{name}", is_shown, (self._select_roles_asked(items),))

    def _select_common_functions(
        self, index: PerceptionGapIndex, dimension: int, *, usable: bool = False
    ) -> tuple[str, ...]:
        """Functions with an item of the dimension that both roles are asked; `usable`: with enough answers to it."""
        both = {index.leader, index.practitioner}
        return tuple(
            function.id
            for function in self._blueprint.functions
            if any(
                both <= set(self._items[column].roles) and (self._usable[column] or not usable)
                for column in function.dimensions[dimension]
            )
        )

    def _select_gap_functions(self, index: PerceptionGapIndex, dimension: int) -> tuple[str, ...]:
        """Functions that enter a dimension's gap: with enough people of both roles."""
        return tuple(
            name
            for name in self._select_common_functions(index, dimension, usable=True)
            if all(self._count(side) >= index.minimum_people for side in self._select_sides(index, (name,)))
        )

    def _select_sides(self, index: PerceptionGapIndex, functions: tuple[str, ...]) -> tuple[PeopleSelection, ...]:
        return tuple(PeopleSelection((role,), functions) for role in (index.leader, index.practitioner))

    def _select_roles_asked(self, items: Iterable[str]) -> PeopleSelection:
        chosen = [self._items[self._blueprint.column[item]] for item in items]
        return PeopleSelection(
            tuple(role for role in self._blueprint.roles if any(role in item.roles for item in chosen))
        )

    def _order_functions(self, names: set[str]) -> tuple[str, ...]:
        return tuple(function.id for function in self._blueprint.functions if function.id in names)

    def _count_items(self, role: str, items: set[str]) -> int:
        """Number of items with enough answers that the role is asked."""
        return sum(
            bool(self._usable[column])
            for column, item in enumerate(self._items)
            if item.id in items and role in item.roles
        )

    def _is_item_shown(self, column: int) -> bool:
        return bool(self.validity.items[column])

    def _is_enough(self, selection: PeopleSelection) -> bool:
        return self._count(selection) >= self._guard.get_needed_answers(1)

    def _has_too_small_role(self, columns: Iterable[int]) -> bool:
        selections = {
            PeopleSelection((role,), self._asked[column].functions)
            for column in columns
            for role in self._asked[column].roles
        }
        return any(
            self._guard.must_hide(self._count(selection)) and self._take_part(selection) > 0 for selection in selections
        )

    def _count(self, selection: PeopleSelection) -> int:
        if not selection.roles or selection.functions == ():
            return 0
        if selection not in self._counts:
            self._counts[selection] = self._count_people(selection)
        return self._counts[selection]


def select_people_asked(blueprint: Blueprint, item: Item) -> PeopleSelection:
    """Return who is asked an item."""
    inside = {item.function} if item.function else set()
    roles = tuple(role for role in blueprint.roles if is_asked(item, role, inside))
    return PeopleSelection(roles, (item.function,) if item.function else None)
