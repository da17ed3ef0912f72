"""A key may make many requests, not endlessly many."""

from datetime import UTC, datetime, timedelta

import pytest

from assessment.api.http.rate_limit import MAX_KEYS, ApiRateLimiter
from assessment.errors import TooManyRequestsError

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_burst_is_allowed_then_limited_with_wait():
    rates = ApiRateLimiter(burst=3, per_second=0.5)
    for _ in range(3):
        rates.take("alice", NOON)

    with pytest.raises(TooManyRequestsError) as caught:
        rates.take("alice", NOON)

    assert caught.value.retry_after == 2


def test_request_after_stated_wait_is_allowed():
    rates = ApiRateLimiter(burst=1, per_second=0.5)
    rates.take("alice", NOON)
    with pytest.raises(TooManyRequestsError) as caught:
        rates.take("alice", NOON)

    rates.take("alice", NOON + timedelta(seconds=caught.value.retry_after))


def test_keys_are_limited_independently():
    rates = ApiRateLimiter(burst=1, per_second=0.1)
    rates.take("alice", NOON)

    rates.take("bob", NOON)


def test_backward_clock_jump_does_not_lock_out():
    rates = ApiRateLimiter(burst=2, per_second=1)
    rates.take("alice", NOON)

    rates.take("alice", NOON - timedelta(hours=5))


def test_number_of_buckets_is_bounded():
    rates = ApiRateLimiter()
    for number in range(MAX_KEYS + 10):
        rates.take(str(number), NOON)

    assert len(rates.buckets) == MAX_KEYS
