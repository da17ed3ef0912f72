"""A key may make many requests, not endlessly many, however many processes serve them."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import event

from assessment.api.http.problems import RateLimitedError
from assessment.api.http.rate_limit import BATCH_TOKENS, MAX_KEYS, ApiRateLimiter
from assessment.services.operations import token_buckets
from assessment.storage import database

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


async def test_burst_is_allowed_then_limited_with_wait():
    limiter = ApiRateLimiter(burst=3, per_second=0.5)
    for _ in range(3):
        await limiter.count_request("alice", NOON)

    with pytest.raises(RateLimitedError) as caught:
        await limiter.count_request("alice", NOON)

    assert caught.value.retry_after == 2


async def test_request_after_stated_wait_is_allowed():
    limiter = ApiRateLimiter(burst=1, per_second=0.5)
    await limiter.count_request("alice", NOON)
    with pytest.raises(RateLimitedError) as caught:
        await limiter.count_request("alice", NOON)

    await limiter.count_request("alice", NOON + timedelta(seconds=caught.value.retry_after))


async def test_keys_are_limited_independently():
    limiter = ApiRateLimiter(burst=1, per_second=0.1)
    await limiter.count_request("alice", NOON)

    await limiter.count_request("bob", NOON)


async def test_backward_clock_jump_does_not_lock_out():
    limiter = ApiRateLimiter(burst=2, per_second=1)
    await limiter.count_request("alice", NOON)

    await limiter.count_request("alice", NOON - timedelta(hours=5))


async def test_number_of_buckets_is_bounded():
    limiter = ApiRateLimiter()
    for number in range(MAX_KEYS + 10):
        await limiter.count_request(str(number), NOON)

    assert len(limiter.allowances) == len(limiter.local_buckets) == MAX_KEYS


async def test_remaining_and_reset_follow_the_requests():
    limiter = ApiRateLimiter(burst=100, per_second=10)

    states = [await limiter.count_request("alice", NOON) for _ in range(60)]
    later = limiter.peek_state("alice", NOON + timedelta(seconds=2))

    assert [state.remaining for state in states] == list(range(99, 39, -1))
    assert (states[-1].reset, later.remaining, later.reset) == (6, 60, 4)


def make_process(engine, **limits):
    """Return the limiter of one of several processes that share a database."""

    async def take_shared(key, wanted):
        return token_buckets.take_shared_tokens(engine, key, wanted)

    return ApiRateLimiter(take_shared=take_shared, **limits)


async def count_allowed(processes, key, tries, now=NOON):
    allowed = 0
    for number in range(tries):
        try:
            await processes[number % len(processes)].count_request(key, now)
        except RateLimitedError:
            continue
        allowed += 1
    return allowed


async def test_processes_share_the_tokens_of_a_key(engine, new_key):
    key = new_key("alices").id
    processes = [make_process(engine, burst=300, per_second=1) for _ in range(3)]

    allowed = await count_allowed(processes, key, 900)
    refilled = await count_allowed(processes, key, 300, NOON + timedelta(seconds=60))

    assert allowed == 300
    assert refilled == 60


async def test_unspent_tokens_return_to_the_bucket(engine, new_key):
    key = new_key("alices").id
    quiet, busy = (make_process(engine, burst=200, per_second=0.001) for _ in range(2))
    await quiet.count_request(key, NOON)  # takes a batch, spends one
    await quiet.count_request(key, NOON + timedelta(minutes=1))  # returns the rest, takes a new batch

    allowed = await count_allowed([busy], key, 300, NOON + timedelta(minutes=1))

    assert allowed == 200 - BATCH_TOKENS - 1


async def test_reads_write_once_per_batch(engine, new_key):
    key, writes = new_key("alices").id, []
    process = make_process(engine)
    listen = partial(event.listens_for, engine, "before_cursor_execute")

    @listen()
    def note(_connection, _cursor, statement, *_):
        if statement.startswith("UPDATE"):
            writes.append(statement)

    for _ in range(2 * BATCH_TOKENS):
        await process.count_request(key, NOON)

    assert len(writes) == 2


async def test_busy_database_does_not_hold_up_requests(engine, new_key):
    key = new_key("alices").id
    process = make_process(engine, burst=10, per_second=1)
    with database.write_session(engine) as session:
        session.connection()  # takes the write lock of SQLite

        state = await process.count_request(key, NOON)

    assert state.remaining == 9
