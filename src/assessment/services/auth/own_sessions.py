"""A user's own sessions: list them, end one, end all others."""

import hmac
from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.errors import NotFoundError
from assessment.services.auth import tokens
from assessment.services.auth.user_sessions import IDLE_TIMEOUT, MAX_SESSION_AGE
from assessment.storage.auth import console_sessions, users
from assessment.storage.auth.console_sessions import StoredSession

ID_LENGTH = 24  # hexadecimal digits


class OwnSession(Struct, frozen=True):
    """Live session; the id is derived from the hash of its token and gives no access."""

    id: str
    started_at: datetime
    seen_at: datetime
    browser: str
    is_current: bool


def list_sessions(session: Session, user_id: str, token: str, now: datetime) -> tuple[OwnSession, ...]:
    """List the live sessions, those used last first; `token` is of the browser that asks."""
    own = tokens.hash_token(token)
    return tuple(
        OwnSession(_derive_id(row), row.created_at, row.seen_at, row.browser, row.token_hash == own)
        for row in console_sessions.list_sessions(session, user_id)
        if now - row.seen_at < IDLE_TIMEOUT and now - row.created_at < MAX_SESSION_AGE
    )


def end_session(session: Session, user_id: str, session_id: str) -> None:
    """End one of the user's own sessions; `NotFoundError` if it is none."""
    for row in console_sessions.list_sessions(session, user_id):
        if hmac.compare_digest(_derive_id(row).encode(), session_id.encode(errors="replace")):
            users.delete_console_session(session, row.token_hash)
            return
    raise NotFoundError


def end_other_sessions(session: Session, user_id: str, token: str) -> None:
    """End all sessions of the user except that of `token`."""
    console_sessions.delete_other_sessions(session, user_id, tokens.hash_token(token))


def _derive_id(row: StoredSession) -> str:
    return tokens.hash_token(f"session id:{row.token_hash.hex()}").hex()[:ID_LENGTH]
