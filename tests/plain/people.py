"""Respondents, and who of them counts (section 3 of the method)."""

import csv
import io
from dataclasses import dataclass
from itertools import groupby

from tests.plain.instrument import CHECKS, EVERYTHING, SCORED, asked

CUT = 6  # decimals that a comparison with a cut point looks at (method 4)
LONG, HASTY, APART, TOO_MANY = 10, 2, 3, 2


@dataclass(frozen=True)
class Person:
    """`answers` has a place for each item asked: 0-4, "dk", "na", a choice, or None where it is blank."""

    name: str
    role: str
    functions: list[str]
    seconds: float | None
    answers: dict[str, int | str | None]

    def rung(self, item: str) -> int | None:
        """The numeric answer, if there is one."""
        answer = self.answers.get(item)
        return answer if isinstance(answer, int) else None

    def rungs(self, items) -> list[int]:
        """The numeric answers to these items."""
        return [rung for item in items if (rung := self.rung(item)) is not None]


def read(text: str) -> list[Person]:
    """Read a file of responses."""
    return [_person(row) for row in csv.DictReader(io.StringIO(text))]


def _person(row: dict[str, str]) -> Person:
    role, functions = row["role"], row["functions"].split(";")
    answers = {
        item: int(row[item]) if row[item].isdigit() else row[item] or None
        for item in EVERYTHING
        if item in row and asked(item, role, functions)
    }
    return Person(row["respondent"], role, functions, float(row["seconds"]) if row["seconds"] else None, answers)


def mean(numbers) -> float:
    numbers = list(numbers)
    return sum(numbers) / len(numbers)


def flags(person: Person) -> list[str]:
    """Careless flags of a respondent (method 3)."""
    found = {
        "long string": any(len(list(run)) >= LONG for _, run in groupby(person.rungs(SCORED))),
        "speed": _hasty(person),
        "contradiction": any(_contradicts(person, item, check) for check, item in CHECKS.items()),
    }
    return [flag for flag, up in found.items() if up]


def _hasty(person: Person) -> bool:
    answered = sum(answer is not None for answer in person.answers.values())
    return person.seconds is not None and answered > 0 and round(person.seconds / answered, CUT) < HASTY


def _contradicts(person: Person, item: str, check: str) -> bool:
    one, other = person.rung(item), person.rung(check)
    return one is not None and other is not None and one >= 1 and abs(one + other - 4) >= APART


def careless(people: list[Person]) -> dict[str, list[str]]:
    """Careless respondents, with their flags."""
    return {person.name: found for person in people if len(found := flags(person)) >= TOO_MANY}
