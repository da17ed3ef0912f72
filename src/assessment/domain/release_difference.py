"""Whose answers differ between two releases, matched by name (method 6.7)."""

from collections.abc import Collection, Mapping

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.answers import BLANK, NOT_APPLICABLE, Answers, Flags, Values
from assessment.domain.disclosure import Guard

Columns = NDArray[np.intp]


class Difference(Struct, frozen=True):
    """Whose answers differ, person by person and item by item.

    `changed`: the answer is new, changed or gone; `unchanged`: it is a number and the same in both. `roles` (in either
    release), `functions` (of either) and `counts` (towards k + 1) mark people.
    """

    changed: Flags
    unchanged: Flags
    roles: Mapping[str, Flags]
    functions: Flags
    counts: Flags

    def differs(self, columns: Columns, role: str | None = None) -> bool:
        """Tell whether anyone's answers to any of these items differ."""
        return bool(self._differing(columns, role).any())

    def is_of_few(self, columns: Columns, rules: Guard, role: str | None = None) -> bool:
        """Tell whether answers to any of these items differ, but of too few people who count towards k + 1."""
        differing = self._differing(columns, role)
        return bool(differing.any()) and rules.hides(int((differing & self.counts).sum()))

    def leaves_few(self, columns: Columns, rules: Guard, role: str, function: int | None) -> bool:
        """Tell whether of a role (within a function) some people changed, and too few did not."""
        people = self._people(role) if function is None else self._people(role) & self.functions[:, function]
        changed = self.changed[:, columns].any(axis=1)
        stayed = self.unchanged[:, columns].any(axis=1) & ~changed & people
        if not stayed.any() or not (changed & people).any():
            return False
        return rules.hides(int((stayed & self.counts).sum()))

    def _differing(self, columns: Columns, role: str | None) -> Flags:
        return np.asarray(self.changed[:, columns].any(axis=1) & self._people(role))

    def _people(self, role: str | None) -> Flags:
        everyone = np.ones(len(self.counts), dtype=np.bool_)
        return everyone if role is None else self.roles.get(role, ~everyone)


def compare_answers(before: Answers, after: Answers) -> Difference:
    """Match people by name. Another role or function counts as other answers: they weigh elsewhere."""
    names = tuple(dict.fromkeys((*before.respondents, *after.respondents)))
    one, two = _laid_out(before, names), _laid_out(after, names)
    moved = _place(before, names) != _place(after, names)
    answered = (one[0] >= NOT_APPLICABLE) | (two[0] >= NOT_APPLICABLE)
    differs = (one[0] != two[0]) | (one[1] != two[1]) | moved[:, None]
    roles = {
        role: np.asarray([role in either for either in _roles(before, after, names)], dtype=np.bool_)
        for role in {*before.roles, *after.roles}
    }
    unchanged = (one[0] >= 0) & ~differs
    functions, counts = _members(before, after, names), _counting(before, after, names)
    return Difference(answered & differs, unchanged, roles, functions, counts)


def _roles(before: Answers, after: Answers, names: Collection[str]) -> list[set[str]]:
    found: dict[str, set[str]] = {name: set() for name in names}
    for answers in (before, after):
        for name, role in zip(answers.respondents, answers.roles, strict=True):
            found[name].add(role)
    return list(found.values())


def _members(before: Answers, after: Answers, names: Collection[str]) -> Flags:
    """Each one's functions in either release."""
    row = {name: number for number, name in enumerate(names)}
    found = np.zeros((len(row), after.functions.shape[1]), dtype=np.bool_)
    for answers in (before, after):
        found[[row[name] for name in answers.respondents]] |= answers.functions
    return found


def _counting(before: Answers, after: Answers, names: Collection[str]) -> Flags:
    """Who counts towards k + 1 in every release they are in."""
    away = {
        name
        for answers in (before, after)
        for name, counts in zip(answers.respondents, answers.counting.tolist(), strict=True)
        if not counts
    }
    return np.asarray([name not in away for name in names], dtype=np.bool_)


def _laid_out(answers: Answers, names: Collection[str]) -> tuple[Values, Values]:
    """Answers and evidence with a row for each name; what is no answer is blank."""
    row = {name: number for number, name in enumerate(names)}
    rows = [row[name] for name in answers.respondents]
    values = np.full((len(row), answers.values.shape[1]), BLANK, dtype=np.int8)
    evidence = values.copy()
    values[rows] = np.where(answers.values >= NOT_APPLICABLE, answers.values, BLANK)
    if answers.evidence is not None:
        evidence[rows] = answers.evidence
    return values, evidence


def _place(answers: Answers, names: Collection[str]) -> NDArray[np.object_]:
    """Each one's role and functions, None for who is not there."""
    people = zip(answers.roles, answers.functions.tolist(), strict=True)
    known = {name: str(place) for name, place in zip(answers.respondents, people, strict=True)}
    return np.asarray([known.get(name) for name in names], dtype=object)
