"""People whose answers differ between two releases, matched by respondent name (method 6.7)."""

from collections.abc import Collection, Mapping

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.answers import BLANK, NOT_APPLICABLE, Answers, AnswerValues, BoolArray
from assessment.domain.disclosure.guard import DisclosureGuard

ColumnIndices = NDArray[np.intp]


class AnswerDifference(Struct, frozen=True):
    """Differences by person and item.

    `changed`: the answer was added, changed or removed; `unchanged`: a numeric answer that is equal in both. `roles`
    and `functions` mark people who have them in either release, `counts` people who count towards k + 1.
    """

    changed: BoolArray
    unchanged: BoolArray
    roles: Mapping[str, BoolArray]
    functions: BoolArray
    counts: BoolArray

    def differs(self, columns: ColumnIndices, role: str | None = None) -> bool:
        """Return whether anyone's answers to any of these items differ."""
        return bool(self._mark_changed_people(columns, role).any())

    def differs_for_few(self, columns: ColumnIndices, guard: DisclosureGuard, role: str | None = None) -> bool:
        """Return whether answers to these items differ, but for fewer than k + 1 people who count."""
        differing = self._mark_changed_people(columns, role)
        return bool(differing.any()) and guard.must_hide(int((differing & self.counts).sum()))

    def leaves_few_unchanged(
        self, columns: ColumnIndices, guard: DisclosureGuard, role: str, function: int | None
    ) -> bool:
        """Return whether, in a role (within a function), someone's answers changed and 1 to k people's did not."""
        people = self._mark_role(role) if function is None else self._mark_role(role) & self.functions[:, function]
        changed = self.changed[:, columns].any(axis=1)
        stayed = self.unchanged[:, columns].any(axis=1) & ~changed & people
        if not stayed.any() or not (changed & people).any():
            return False
        return guard.must_hide(int((stayed & self.counts).sum()))

    def _mark_changed_people(self, columns: ColumnIndices, role: str | None) -> BoolArray:
        return np.asarray(self.changed[:, columns].any(axis=1) & self._mark_role(role))

    def _mark_role(self, role: str | None) -> BoolArray:
        everyone = np.ones(len(self.counts), dtype=np.bool_)
        return everyone if role is None else self.roles.get(role, ~everyone)


def compare_answers(before: Answers, after: Answers) -> AnswerDifference:
    """Compare two sets of answers by respondent name.

    A person whose role or function changed counts as changed in all items, since the answers enter other figures.
    """
    names = tuple(dict.fromkeys((*before.respondents, *after.respondents)))
    old, new = align_answers(before, names), align_answers(after, names)
    moved = _list_memberships(before, names) != _list_memberships(after, names)
    answered = (old[0] >= NOT_APPLICABLE) | (new[0] >= NOT_APPLICABLE)
    differs = (old[0] != new[0]) | (old[1] != new[1]) | moved[:, None]
    roles = {
        role: np.asarray(
            [role in person_roles for person_roles in _collect_roles(before, after, names)], dtype=np.bool_
        )
        for role in {*before.roles, *after.roles}
    }
    unchanged = (old[0] >= 0) & ~differs
    functions, counts = _collect_functions(before, after, names), _find_counting_people(before, after, names)
    return AnswerDifference(answered & differs, unchanged, roles, functions, counts)


def _collect_roles(before: Answers, after: Answers, names: Collection[str]) -> list[set[str]]:
    roles_by_name: dict[str, set[str]] = {name: set() for name in names}
    for answers in (before, after):
        for name, role in zip(answers.respondents, answers.roles, strict=True):
            roles_by_name[name].add(role)
    return list(roles_by_name.values())


def _collect_functions(before: Answers, after: Answers, names: Collection[str]) -> BoolArray:
    """Functions of each person in either release."""
    row = {name: number for number, name in enumerate(names)}
    functions = np.zeros((len(row), after.functions.shape[1]), dtype=np.bool_)
    for answers in (before, after):
        functions[[row[name] for name in answers.respondents]] |= answers.functions
    return functions


def _find_counting_people(before: Answers, after: Answers, names: Collection[str]) -> BoolArray:
    """Mark people who count towards k + 1 in every release that contains them."""
    uncounted = {
        name
        for answers in (before, after)
        for name, counts in zip(answers.respondents, answers.counting.tolist(), strict=True)
        if not counts
    }
    return np.asarray([name not in uncounted for name in names], dtype=np.bool_)


def align_answers(answers: Answers, names: Collection[str]) -> tuple[AnswerValues, AnswerValues]:
    """Return answers and evidence with one row per name; a missing answer is BLANK."""
    row = {name: number for number, name in enumerate(names)}
    rows = [row[name] for name in answers.respondents]
    values = np.full((len(row), answers.values.shape[1]), BLANK, dtype=np.int8)
    evidence = values.copy()
    values[rows] = np.where(answers.values >= NOT_APPLICABLE, answers.values, BLANK)
    if answers.evidence is not None:
        evidence[rows] = answers.evidence
    return values, evidence


def _list_memberships(answers: Answers, names: Collection[str]) -> NDArray[np.object_]:
    """Role and functions of each person; None for people who are not in `answers`."""
    people = zip(answers.roles, answers.functions.tolist(), strict=True)
    memberships = {name: str(place) for name, place in zip(answers.respondents, people, strict=True)}
    return np.asarray([memberships.get(name) for name in names], dtype=object)
