"""A key may make many requests, not endlessly many."""

from datetime import UTC, datetime, timedelta

import pytest

from assessment.api.rates import KEYS_MOST, Rates
from assessment.errors import TooManyError

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_a_burst_is_let_through_and_then_told_how_long_to_wait():
    rates = Rates(burst=3, per_second=0.5)
    for _ in range(3):
        rates.take("alice", NOON)

    with pytest.raises(TooManyError) as caught:
        rates.take("alice", NOON)

    assert caught.value.retry_after == 2


def test_waiting_as_told_is_enough():
    rates = Rates(burst=1, per_second=0.5)
    rates.take("alice", NOON)
    with pytest.raises(TooManyError) as caught:
        rates.take("alice", NOON)

    rates.take("alice", NOON + timedelta(seconds=caught.value.retry_after))


def test_one_key_does_not_slow_another_down():
    rates = Rates(burst=1, per_second=0.1)
    rates.take("alice", NOON)

    rates.take("bob", NOON)


def test_a_clock_that_jumps_back_locks_nobody_out():
    rates = Rates(burst=2, per_second=1)
    rates.take("alice", NOON)

    rates.take("alice", NOON - timedelta(hours=5))


def test_what_is_remembered_is_bounded():
    rates = Rates()
    for number in range(KEYS_MOST + 10):
        rates.take(str(number), NOON)

    assert len(rates.buckets) == KEYS_MOST
