"""Rate limit of the API: a token bucket for each key, shared by all processes that use one database.

A process takes tokens from the bucket of a key in batches and spends them from memory: one short write for up to
`BATCH_TOKENS` requests or `BATCH_SECONDS`, and none for the rest. Unspent tokens go back with the next batch. Where the
database can't be written at once, the process counts on its own: a rate limit must not stop anyone from reading.
Requests without a valid key are counted by network address, in memory only.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from math import ceil
from typing import TypeAlias

import anyio
from msgspec import Struct

from assessment.api.http.problems import RateLimitedError
from assessment.services.operations.token_buckets import TokenBucket, TokenRequest, take_tokens

BURST = 1200
PER_SECOND = 20.0
BATCH_TOKENS = 50
BATCH_SECONDS = 30.0
MAX_KEYS = 10_000
POLICY = f"{BURST};w={BURST / PER_SECOND:.0f}"

# Takes tokens from a shared bucket; None if that is not possible now.
TakeSharedTokens: TypeAlias = Callable[[str, TokenRequest], Awaitable[TokenBucket | None]]


class RateLimitState(Struct, frozen=True):
    """Limit, requests left, and seconds until all of them are available again."""

    limit: int
    remaining: int
    reset: int


class Allowance(Struct):
    """Tokens that this process has taken and not spent, and what was left in the bucket; times are POSIX seconds."""

    lock: anyio.Lock
    tokens: int = 0
    shared: float = 0.0
    taken_at: float = 0.0
    is_new: bool = True


class ApiRateLimiter:
    def __init__(
        self, burst: int = BURST, per_second: float = PER_SECOND, take_shared: TakeSharedTokens | None = None
    ) -> None:
        self.burst = burst
        self.per_second = per_second
        self.take_shared = take_shared
        self.allowances: dict[str, Allowance] = {}
        self.local_buckets: dict[str, TokenBucket] = {}

    async def count_request(self, key: str, now: datetime) -> RateLimitState:
        """Spend one token. Raises `RateLimitedError` with the seconds to wait if there is none."""
        moment = now.timestamp()
        allowance = self.allowances.pop(key, None) or Allowance(anyio.Lock())
        self.allowances[key] = allowance
        if len(self.allowances) > MAX_KEYS:
            del self.allowances[next(iter(self.allowances))]  # least recently used: dicts keep insertion order
        if self._is_renewal_due(allowance, moment):
            async with allowance.lock:
                if self._is_renewal_due(allowance, moment):
                    await self._take_batch(key, allowance, moment)
        if allowance.tokens < 1:
            wait = max(1, ceil((1 - allowance.shared) / self.per_second))
            raise RateLimitedError(f"Too many requests. Wait {wait} s.", retry_after=wait)
        allowance.tokens -= 1
        return self._describe_state(allowance, moment)

    def peek_state(self, key: str, now: datetime) -> RateLimitState:
        """Return the state of a key without spending a token."""
        allowance = self.allowances.get(key)
        if allowance is None:
            return RateLimitState(self.burst, self.burst, 0)
        return self._describe_state(allowance, now.timestamp())

    def describe_empty(self) -> RateLimitState:
        """Return the state of a key without tokens, for the answer to a request that is refused."""
        return RateLimitState(self.burst, 0, ceil(self.burst / self.per_second))

    def _is_renewal_due(self, allowance: Allowance, moment: float) -> bool:
        age = moment - allowance.taken_at
        if allowance.is_new or not 0 <= age < BATCH_SECONDS:
            return True
        # An empty bucket has its next token after a while: no write for each request that is refused meanwhile.
        return allowance.tokens < 1 and allowance.shared + age * self.per_second >= 1

    async def _take_batch(self, key: str, allowance: Allowance, moment: float) -> None:
        wanted = TokenRequest(BATCH_TOKENS, allowance.tokens, self.burst, self.per_second, moment)
        allowance.tokens = 0
        bucket = await self.take_shared(key, wanted) if self.take_shared else None
        if bucket is None:
            bucket = take_tokens(self.local_buckets.pop(key, None), wanted)
            self.local_buckets[key] = bucket
            if len(self.local_buckets) > MAX_KEYS:
                del self.local_buckets[next(iter(self.local_buckets))]
        allowance.tokens += bucket.taken
        allowance.shared, allowance.taken_at, allowance.is_new = bucket.tokens, moment, False

    def _describe_state(self, allowance: Allowance, moment: float) -> RateLimitState:
        refilled = allowance.shared + max(0.0, moment - allowance.taken_at) * self.per_second
        remaining = min(self.burst, int(allowance.tokens + refilled))
        return RateLimitState(self.burst, remaining, ceil((self.burst - remaining) / self.per_second))
