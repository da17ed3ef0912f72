"""People of the invented organisation: the same in every wave, except newcomers."""

from collections.abc import Iterator

from msgspec import Struct

from assessment.demo.story import (
    ALSO,
    CARELESS,
    CREW,
    DOMAIN,
    FIRST_NAMES,
    HALF_WAY,
    LAST_NAMES,
    LOOKING_AROUND,
    NOT_BEGUN,
    Wave,
)

Group = tuple[str, str]

# Positions in a group, counted from its end.
LAST, NOT_BEGINNING, STOPPED, CLICKING = range(4)


class Person(Struct, frozen=True):
    """Invented person; `place` is the position in the group, counted from its end: the last is 0."""

    number: int
    name: str
    group: Group
    place: int
    functions: tuple[str, ...]

    @property
    def role(self) -> str:
        return self.group[1]

    @property
    def email(self) -> str:
        """Mail address; unique, because names are."""
        return f"{self.name.lower().replace(' ', '.')}@{DOMAIN}"

    @property
    def looks_around(self) -> bool:
        """Return whether the invitation is left for a visitor of the demo."""
        function, role = self.group
        return self.place == LAST and LOOKING_AROUND[role] == function

    @property
    def begins(self) -> bool:
        """Return whether the person has a draft in the open wave."""
        return not self.looks_around and not (self.place == NOT_BEGINNING and self.group in NOT_BEGUN)

    @property
    def finishes(self) -> bool:
        """Return whether the person has sent in the open wave."""
        return self.begins and not (self.place == STOPPED and self.group in HALF_WAY)

    @property
    def is_careless(self) -> bool:
        """Return whether the person gives the same answer everywhere."""
        return self.group == CARELESS and self.place == CLICKING


def crew(wave: Wave) -> tuple[Person, ...]:
    """List the people employed in a wave."""
    every = wave.newcomers
    return tuple(person for person in _everybody() if not every or person.number % every != every - 1)


def _everybody() -> Iterator[Person]:
    first, last = FIRST_NAMES.split(), LAST_NAMES.split()
    number = 0
    for group, count in CREW.items():
        second, how_many = ALSO.get(group, ("", 0))
        for index in range(count):
            functions = (group[0], second) if index < how_many else (group[0],)
            name = f"{first[number % len(first)]} {last[number % len(last)]}"
            yield Person(number, name, group, count - 1 - index, functions)
            number += 1
