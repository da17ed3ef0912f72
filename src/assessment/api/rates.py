"""Rate limit per API key: a token bucket each, in the memory of this process."""

from datetime import datetime
from math import ceil

from msgspec import Struct

from assessment.errors import TooManyError

BURST = 1200
PER_SECOND = 20.0
KEYS_MOST = 10_000


class Bucket(Struct):
    """Tokens left at a time (POSIX seconds)."""

    left: float
    at: float


class Rates:
    def __init__(self, burst: int = BURST, per_second: float = PER_SECOND) -> None:
        self.burst = burst
        self.per_second = per_second
        self.buckets: dict[str, Bucket] = {}

    def take(self, key: str, now: datetime) -> None:
        """Take one token. Raises `TooManyError` with the seconds to wait if there is none."""
        at = now.timestamp()
        bucket = self.buckets.pop(key, None) or Bucket(self.burst, at)
        waited = max(0.0, at - bucket.at)
        left = min(float(self.burst), bucket.left + waited * self.per_second)
        self.buckets[key] = Bucket(left - 1 if left >= 1 else left, at)
        if len(self.buckets) > KEYS_MOST:
            del self.buckets[next(iter(self.buckets))]  # least recently used: dicts keep insertion order
        if left < 1:
            wait = ceil((1 - left) / self.per_second)
            raise TooManyError(f"This key has made too many requests. Wait {wait} s.", retry_after=wait)
