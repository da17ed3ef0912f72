"""Names of quadrants are wrapped evenly, also those of thousands of words."""

from itertools import combinations, pairwise
from random import Random

import pytest

from assessment.charts.outlook import wrap_evenly


def list_all_lines(name, count):
    words = name.split(" ")
    for breaks in combinations(range(1, len(words)), count - 1):
        yield tuple(" ".join(words[start:end]) for start, end in pairwise((0, *breaks, len(words))))


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_lines_are_the_first_of_those_whose_longest_is_shortest(count):
    random = Random(count)  # noqa: S311  # a fixed seed
    for _ in range(300):
        name = " ".join("x" * random.randint(0, 9) for _ in range(random.randint(1, 9)))

        lines = min(list_all_lines(name, count), key=lambda lines: max(map(len, lines)), default=(name,))

        assert wrap_evenly(name, count) == lines


def test_name_of_thousands_of_words_is_wrapped_without_trying_all_ways():
    name = " ".join(["word"] * 4_000)

    assert [len(line) for line in wrap_evenly(name, 4)] == [4_999] * 4
