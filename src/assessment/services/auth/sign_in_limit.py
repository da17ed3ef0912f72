"""Limit of tries (sign-in, codes) with a sliding window, counted by all processes together.

Not the token bucket of the API: a bucket refills while someone guesses, so that a window of fifteen minutes would let
through twice its tries. A window stores the time of every try, which would be too many for an API key's requests.
"""

import logging
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.errors import TooManyRequestsError, UnavailableError
from assessment.services.auth import tokens
from assessment.services.auth.tokens import RANDOM
from assessment.storage import database
from assessment.storage.auth import limited_tries

WINDOW = timedelta(minutes=15)
HASH_PURPOSE = "limited try"

log = logging.getLogger("assessment.limits")


class RateLimiter:
    """Limits the tries of each key within `WINDOW`; `scope` keeps its keys apart from those of other limiters.

    Keys contain network addresses, so the database has only their HMAC with the server's secret. Its methods use
    transactions of their own: a caller must not have a connection at that time, since it would wait for a second one.
    """

    def __init__(self, engine: Engine, secret: str, scope: str) -> None:
        self._engine, self._scope = engine, scope
        self._secret = secret or secrets.token_hex()  # without one, each process counts for itself

    def take_try(self, allowed: Mapping[str, int], now: datetime) -> tuple[str, ...]:
        """Count a try for each key, and return what `refund_tries` needs.

        `TooManyRequestsError` with `retry_after` if any key has none left.
        """
        limits = {self._hash_key(key): tries for key, tries in allowed.items()}
        with database.read_session(self._engine) as session:  # a guesser who is refused does not take the write lock
            _refuse_if_spent(session, limits, now)
        tries = {tokens.generate_id(RANDOM): key_hash for key_hash in limits}
        with database.write_session(self._engine) as session:
            limited_tries.lock_tries(session)
            _refuse_if_spent(session, limits, now)
            limited_tries.add_tries(session, tries, now)
        return tuple(tries)

    def refund_tries(self, ids: Collection[str]) -> None:
        """Delete tries, after a success."""
        with database.write_session(self._engine) as session:
            limited_tries.delete_tries(session, ids)

    def _hash_key(self, key: str) -> bytes:
        return tokens.sign_text(self._secret, HASH_PURPOSE, f"{self._scope}:{key}")


def delete_old_tries_or_log(engine: Engine, now: datetime) -> None:
    """Delete tries that no longer count; if the database does not answer, the next call does it."""
    try:
        with database.read_session(engine) as session:
            if not limited_tries.has_expired_tries(session, now - WINDOW):
                return
        with database.write_session(engine) as session:
            limited_tries.delete_expired_tries(session, now - WINDOW)
    except UnavailableError:
        log.warning("tries to sign in were not deleted: the database does not answer")


def _refuse_if_spent(session: Session, limits: Mapping[bytes, int], now: datetime) -> None:
    recent = limited_tries.find_recent_tries(session, limits, now - WINDOW)
    for key_hash, tries in recent.items():
        if tries.count >= limits[key_hash]:
            wait = tries.first_at + WINDOW - now
            raise TooManyRequestsError("Too many attempts. Wait a little.", max(1, int(wait.total_seconds()) + 1))
