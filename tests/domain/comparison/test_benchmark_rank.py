"""Ranks among other organisations, as fine as their number allows (method 7)."""

import pytest

from assessment.domain.comparison.benchmark_rank import compute_rank

CONFIDENCE = 0.95


@pytest.fixture
def ranked(questionnaire):
    def ranked(own, others):
        return compute_rank(own, others, questionnaire.benchmark, CONFIDENCE)

    return ranked


def test_rank_with_fewer_than_ten_others_is_none(ranked):
    found = ranked(50, range(9))

    assert (found.quarter, found.percentile, found.interval) == (None, None, None)


@pytest.mark.parametrize(("own", "quarter"), [(-1, 1), (2.5, 2), (7.2, 3), (99, 4)])
def test_rank_from_ten_others_is_a_quarter(ranked, own, quarter):
    assert ranked(own, range(12)).quarter == quarter


@pytest.mark.parametrize("others", [10, 29])
def test_quarter_has_no_percentile_and_no_interval(ranked, others):
    found = ranked(5, range(others))

    assert found.quarter is not None
    assert (found.percentile, found.interval) == (None, None)


def test_rank_from_thirty_others_is_rounded_to_five(ranked):
    assert ranked(10.5, range(30)).percentile == 35
    assert ranked(10.5, range(99)).percentile == 10


def test_rank_from_a_hundred_others_is_a_percentile(ranked):
    assert ranked(10.5, range(100)).percentile == 11


def test_percentile_counts_half_of_equal_scores(ranked):
    others = [10] * 50 + [20] * 50

    assert ranked(20, others).percentile == 75


def test_interval_is_wider_with_fewer_others(ranked):
    few, many = ranked(15, [10, 20] * 50).interval, ranked(15, [10, 20] * 500).interval

    assert few[1] - few[0] > many[1] - many[0]
