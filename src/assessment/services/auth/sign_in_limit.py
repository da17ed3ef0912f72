"""Limit of tries (sign-in, codes) with a sliding window, counted per process.

Not the token bucket of the API: a bucket refills while someone guesses, so that a window of fifteen minutes would let
through twice its tries. A window keeps the time of every try, which would be too many for an API key's requests.
"""

import threading
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from assessment.errors import TooManyRequestsError

MAX_KEYS = 50_000


class RateLimiter:
    """Limits the tries of each key within `window`."""

    def __init__(self, window: timedelta = timedelta(minutes=15)) -> None:
        self._window = window
        self._attempts: dict[str, deque[datetime]] = {}
        self._lock = threading.Lock()

    def take_try(self, allowed: Mapping[str, int], now: datetime) -> None:
        """Count a try for each key; `TooManyRequestsError` with `retry_after` if any key has none left."""
        with self._lock:
            for key, tries in allowed.items():
                seen = self._list_recent(key, now)
                if len(seen) >= tries:
                    wait = seen[0] + self._window - now
                    raise TooManyRequestsError("Too many tries. Wait a little.", max(1, int(wait.total_seconds()) + 1))
            for key in allowed:
                if len(self._attempts) >= MAX_KEYS:
                    self._evict(now)
                self._attempts.setdefault(key, deque()).append(now)

    def refund_tries(self, keys: Iterable[str]) -> None:
        """Remove the last try of each key, after a success."""
        with self._lock:
            for key in keys:
                if self._attempts.get(key):
                    self._attempts[key].pop()

    def _list_recent(self, key: str, now: datetime) -> deque[datetime]:
        seen = self._attempts.get(key, deque())
        while seen and seen[0] <= now - self._window:
            seen.popleft()
        return seen

    def _evict(self, now: datetime) -> None:
        """Evict expired keys; if none are expired, evict all, to bound memory."""
        self._attempts = {key: seen for key, seen in self._attempts.items() if seen and seen[-1] > now - self._window}
        if len(self._attempts) >= MAX_KEYS:
            self._attempts.clear()
