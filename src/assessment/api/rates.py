"""How many requests a key may make: a bucket each, refilled steadily, kept by this process."""

from datetime import datetime
from math import ceil

from msgspec import Struct

from assessment.errors import TooManyError

BURST = 1200
PER_SECOND = 20.0
KEYS_MOST = 10_000


class Bucket(Struct):
    """What is left of a burst, and when that was."""

    left: float
    at: float


class Rates:
    """The buckets of this process."""

    def __init__(self, burst: int = BURST, per_second: float = PER_SECOND) -> None:
        self.burst = burst
        self.per_second = per_second
        self.buckets: dict[str, Bucket] = {}

    def take(self, key: str, now: datetime) -> None:
        """Count one request, or raise `TooManyError` that says how long to wait."""
        at = now.timestamp()
        bucket = self.buckets.pop(key, None) or Bucket(self.burst, at)
        waited = max(0.0, at - bucket.at)
        left = min(float(self.burst), bucket.left + waited * self.per_second)
        self.buckets[key] = Bucket(left - 1 if left >= 1 else left, at)
        if len(self.buckets) > KEYS_MOST:
            del self.buckets[next(iter(self.buckets))]  # the one not used for longest
        if left < 1:
            wait = ceil((1 - left) / self.per_second)
            raise TooManyError(f"This key has made too many requests. Wait {wait} s.", retry_after=wait)
