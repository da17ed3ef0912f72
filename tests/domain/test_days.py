"""Days that can be entered: no arithmetic on them leaves the calendar."""

from datetime import date

import pytest

from assessment.domain.days import find_day_problems, parse_day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2000-01-01", date(2000, 1, 1)),
        ("2999-12-31", date(2999, 12, 31)),
        ("1999-12-31", None),
        ("3000-01-01", None),
        ("9999-12-31", None),
        ("2026-02-30", None),
        ("", None),
    ],
)
def test_only_days_of_the_years_2000_to_2999_are_parsed(text, day):
    assert parse_day(text) == day


@pytest.mark.parametrize(
    ("text", "codes"),
    [("2027-01-31", []), ("", []), ("31.1.2027", ["wrong-format"]), ("9999-12-31", ["out-of-range"])],
)
def test_day_problem_depends_on_format_and_range(text, codes):
    problems = list(find_day_problems(text, "/start"))

    assert [problem.code for problem in problems] == codes
    assert all(problem.pointer == "/start" for problem in problems)


def test_day_out_of_range_is_reported_with_the_range():
    (problem,) = find_day_problems("9999-12-31", "/start")

    assert str(problem) == "Choose a day in the years 2000 to 2999."
