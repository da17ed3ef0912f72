"""Rate limit per API key: a token bucket each, in the memory of this process.

Two numbers per key, however many requests; tries of passwords are limited by a window, see
`services.auth.sign_in_limit`.
"""

from datetime import datetime
from math import ceil

from msgspec import Struct

from assessment.errors import TooManyRequestsError

BURST = 1200
PER_SECOND = 20.0
MAX_KEYS = 10_000


class TokenBucket(Struct):
    """Tokens left at a time (POSIX seconds)."""

    tokens: float
    updated_at: float


class ApiRateLimiter:
    def __init__(self, burst: int = BURST, per_second: float = PER_SECOND) -> None:
        self.burst = burst
        self.per_second = per_second
        self.buckets: dict[str, TokenBucket] = {}

    def count_request(self, key: str, now: datetime) -> None:
        """Take one token. Raises `TooManyRequestsError` with the seconds to wait if there is none."""
        moment = now.timestamp()
        bucket = self.buckets.pop(key, None) or TokenBucket(self.burst, moment)
        waited = max(0.0, moment - bucket.updated_at)
        tokens = min(float(self.burst), bucket.tokens + waited * self.per_second)
        self.buckets[key] = TokenBucket(tokens - 1 if tokens >= 1 else tokens, moment)
        if len(self.buckets) > MAX_KEYS:
            del self.buckets[next(iter(self.buckets))]  # least recently used: dicts keep insertion order
        if tokens < 1:
            wait = ceil((1 - tokens) / self.per_second)
            raise TooManyRequestsError(f"This key has made too many requests. Wait {wait} s.", retry_after=wait)
