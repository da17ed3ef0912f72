"""People of the invented organisation: the same in every wave, except newcomers."""

from collections.abc import Iterator

from msgspec import Struct

from assessment.demo.scenario import (
    CARELESS_GROUP,
    FIRST_NAMES,
    GROUP_SIZES,
    HALF_WAY_GROUPS,
    LAST_NAMES,
    MAIL_DOMAIN,
    NOT_BEGUN_GROUPS,
    SECOND_FUNCTIONS,
    VISITOR_FUNCTIONS,
    DemoWave,
)

PersonGroup = tuple[str, str]

# Positions in a group, counted from its end.
LAST_PLACE, NOT_BEGUN_PLACE, HALF_WAY_PLACE, CARELESS_PLACE = range(4)


class DemoPerson(Struct, frozen=True):
    """Invented person; `place` is the position in the group, counted from its end: the last is 0."""

    number: int
    name: str
    group: PersonGroup
    place: int
    functions: tuple[str, ...]

    @property
    def role(self) -> str:
        return self.group[1]

    @property
    def email(self) -> str:
        """Mail address; unique, because names are."""
        return f"{self.name.lower().replace(' ', '.')}@{MAIL_DOMAIN}"

    @property
    def is_visitor(self) -> bool:
        """Return whether the invitation is left for a visitor of the demo."""
        function, role = self.group
        return self.place == LAST_PLACE and VISITOR_FUNCTIONS[role] == function

    @property
    def has_draft(self) -> bool:
        """Return whether the person has a draft in the open wave."""
        return not self.is_visitor and not (self.place == NOT_BEGUN_PLACE and self.group in NOT_BEGUN_GROUPS)

    @property
    def has_sent(self) -> bool:
        """Return whether the person has sent in the open wave."""
        return self.has_draft and not (self.place == HALF_WAY_PLACE and self.group in HALF_WAY_GROUPS)

    @property
    def is_careless(self) -> bool:
        """Return whether the person gives the same answer everywhere."""
        return self.group == CARELESS_GROUP and self.place == CARELESS_PLACE


def list_people(wave: DemoWave) -> tuple[DemoPerson, ...]:
    """List the people employed in a wave."""
    every = wave.newcomers
    return tuple(person for person in _iterate_people() if not every or person.number % every != every - 1)


def _iterate_people() -> Iterator[DemoPerson]:
    first, last = FIRST_NAMES.split(), LAST_NAMES.split()
    number = 0
    for group, count in GROUP_SIZES.items():
        second, how_many = SECOND_FUNCTIONS.get(group, ("", 0))
        for index in range(count):
            functions = (group[0], second) if index < how_many else (group[0],)
            name = f"{first[number % len(first)]} {last[number % len(last)]}"
            yield DemoPerson(number, name, group, count - 1 - index, functions)
            number += 1
