"""Days that can be entered: so far from the ends of the calendar that no time zone and no horizon leaves it."""

from collections.abc import Iterator
from datetime import date

from assessment.errors import FormattedText, Problem, with_values

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)


def is_day_in_range(day: date) -> bool:
    """Return whether the program calculates with this day."""
    return FIRST_DAY <= day <= LAST_DAY


def parse_day(text: str) -> date | None:
    """Parse a day (ISO 8601); None if it is empty, invalid or out of range."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if is_day_in_range(day) else None


def find_day_problems(text: str, pointer: str) -> Iterator[Problem]:
    """Yield the problem of a typed day; an empty text has none."""
    try:
        day = date.fromisoformat(text) if text else FIRST_DAY
    except ValueError:
        yield Problem("This is not a valid date.", "Write it as 2027-01-31.", pointer=pointer, code="wrong-format")
        return
    if not is_day_in_range(day):
        yield Problem(describe_range(), pointer=pointer, code="out-of-range")


def describe_range() -> FormattedText:
    """Name the years that a day may be in."""
    first, last = str(FIRST_DAY.year), str(LAST_DAY.year)  # numbers would be grouped: 2,999
    return with_values("Choose a day in the years {first} to {last}.", first=first, last=last)
