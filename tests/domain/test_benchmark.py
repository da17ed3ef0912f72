"""Ranks among other organisations, as fine as their number allows (method 7)."""

import pytest

from assessment.domain.benchmark import rank

CONFIDENCE = 0.95


@pytest.fixture
def ranked(questionnaire):
    def ranked(own, others):
        return rank(own, others, questionnaire.benchmark, CONFIDENCE)

    return ranked


def test_under_ten_others_there_is_no_rank(ranked):
    found = ranked(50, range(9))

    assert (found.quarter, found.percentile, found.interval) == (None, None, None)


@pytest.mark.parametrize(("own", "quarter"), [(-1, 1), (2.5, 2), (7.2, 3), (99, 4)])
def test_from_ten_a_quarter(ranked, own, quarter):
    assert ranked(own, range(12)).quarter == quarter


@pytest.mark.parametrize("others", [10, 29])
def test_beside_a_quarter_nothing_finer_is_said(ranked, others):
    found = ranked(5, range(others))

    assert found.quarter is not None
    assert (found.percentile, found.interval) == (None, None)


def test_from_thirty_the_nearest_five(ranked):
    assert ranked(10.5, range(30)).percentile == 35
    assert ranked(10.5, range(99)).percentile == 10


def test_from_a_hundred_the_percentile(ranked):
    assert ranked(10.5, range(100)).percentile == 11


def test_from_a_hundred_the_percentile_with_half_of_the_equal(ranked):
    others = [10] * 50 + [20] * 50

    assert ranked(20, others).percentile == 75


def test_the_interval_is_wider_among_fewer(ranked):
    few, many = ranked(15, [10, 20] * 50).interval, ranked(15, [10, 20] * 500).interval

    assert few[1] - few[0] > many[1] - many[0]
