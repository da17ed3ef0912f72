"""A key may make many requests, not endlessly many."""

from datetime import UTC, datetime, timedelta

import pytest

from assessment.api.http.rate_limit import MAX_KEYS, ApiRateLimiter
from assessment.errors import TooManyRequestsError

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_burst_is_allowed_then_limited_with_wait():
    limiter = ApiRateLimiter(burst=3, per_second=0.5)
    for _ in range(3):
        limiter.count_request("alice", NOON)

    with pytest.raises(TooManyRequestsError) as caught:
        limiter.count_request("alice", NOON)

    assert caught.value.retry_after == 2


def test_request_after_stated_wait_is_allowed():
    limiter = ApiRateLimiter(burst=1, per_second=0.5)
    limiter.count_request("alice", NOON)
    with pytest.raises(TooManyRequestsError) as caught:
        limiter.count_request("alice", NOON)

    limiter.count_request("alice", NOON + timedelta(seconds=caught.value.retry_after))


def test_keys_are_limited_independently():
    limiter = ApiRateLimiter(burst=1, per_second=0.1)
    limiter.count_request("alice", NOON)

    limiter.count_request("bob", NOON)


def test_backward_clock_jump_does_not_lock_out():
    limiter = ApiRateLimiter(burst=2, per_second=1)
    limiter.count_request("alice", NOON)

    limiter.count_request("alice", NOON - timedelta(hours=5))


def test_number_of_buckets_is_bounded():
    limiter = ApiRateLimiter()
    for number in range(MAX_KEYS + 10):
        limiter.count_request(str(number), NOON)

    assert len(limiter.buckets) == MAX_KEYS
