"""How many tries an account or an address has; counted in this process."""

import threading
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from assessment.errors import TooManyError

KEYS_MOST = 50_000


class Limiter:
    """Allows each key so many tries within `window`, and says when to come back."""

    def __init__(self, window: timedelta = timedelta(minutes=15)) -> None:
        self._window = window
        self._seen: dict[str, deque[datetime]] = {}
        self._lock = threading.Lock()

    def take(self, allowed: Mapping[str, int], now: datetime) -> None:
        """Count one try of each key; `TooManyError` if one of them has none left."""
        with self._lock:
            for key, tries in allowed.items():
                seen = self._recent(key, now)
                if len(seen) >= tries:
                    wait = seen[0] + self._window - now
                    raise TooManyError("Too many tries. Wait a little.", max(1, int(wait.total_seconds()) + 1))
            for key in allowed:
                if len(self._seen) >= KEYS_MOST:
                    self._forget(now)
                self._seen.setdefault(key, deque()).append(now)

    def give_back(self, keys: Iterable[str]) -> None:
        """Forget the last try of each key: it was a good one."""
        with self._lock:
            for key in keys:
                if self._seen.get(key):
                    self._seen[key].pop()

    def _recent(self, key: str, now: datetime) -> deque[datetime]:
        seen = self._seen.get(key, deque())
        while seen and seen[0] <= now - self._window:
            seen.popleft()
        return seen

    def _forget(self, now: datetime) -> None:
        """Drop what has run out; if all of it is recent, the whole: the memory is bounded."""
        self._seen = {key: seen for key, seen in self._seen.items() if seen and seen[-1] > now - self._window}
        if len(self._seen) >= KEYS_MOST:
            self._seen.clear()
