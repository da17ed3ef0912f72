"""Rate limit per API key: a token bucket each, in the memory of this process."""

from datetime import datetime
from math import ceil

from msgspec import Struct

from assessment.errors import TooManyRequestsError

BURST = 1200
PER_SECOND = 20.0
MAX_KEYS = 10_000


class TokenBucket(Struct):
    """Tokens left at a time (POSIX seconds)."""

    left: float
    at: float


class ApiRateLimiter:
    def __init__(self, burst: int = BURST, per_second: float = PER_SECOND) -> None:
        self.burst = burst
        self.per_second = per_second
        self.buckets: dict[str, TokenBucket] = {}

    def take(self, key: str, now: datetime) -> None:
        """Take one token. Raises `TooManyError` with the seconds to wait if there is none."""
        at = now.timestamp()
        bucket = self.buckets.pop(key, None) or TokenBucket(self.burst, at)
        waited = max(0.0, at - bucket.at)
        left = min(float(self.burst), bucket.left + waited * self.per_second)
        self.buckets[key] = TokenBucket(left - 1 if left >= 1 else left, at)
        if len(self.buckets) > MAX_KEYS:
            del self.buckets[next(iter(self.buckets))]  # least recently used: dicts keep insertion order
        if left < 1:
            wait = ceil((1 - left) / self.per_second)
            raise TooManyRequestsError(f"This key has made too many requests. Wait {wait} s.", retry_after=wait)
