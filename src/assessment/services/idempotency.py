"""Repeating a request safely: the first answer is kept for a day, and given again."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

import msgspec
from cryptography.fernet import Fernet
from msgspec import Struct
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assessment.errors import ConflictError, InvalidError
from assessment.storage.tables import replay

KEPT = timedelta(hours=24)
PURPOSE = b"idempotency"


class Attempt(Struct, frozen=True):
    """One request of an API key, under the idempotency key it chose."""

    workspace: str
    key_id: str
    key: str
    request: bytes  # all that makes the request what it is

    @property
    def digest(self) -> bytes:
        """What tells two requests under the same key apart."""
        return hashlib.sha256(self.request).digest()


class Given(Struct, frozen=True):
    """What was answered."""

    status: int
    content: bytes
    location: str | None = None


def given(session: Session, secret: str, attempt: Attempt, now: datetime) -> Given | None:
    """Return what this attempt was answered before; `InvalidError` where it was another request."""
    row = session.execute(
        select(replay.c.request_digest, replay.c.body).where(
            replay.c.workspace_id == attempt.workspace,
            replay.c.key_id == attempt.key_id,
            replay.c.key == attempt.key,
            replay.c.created_at > now - KEPT,
        )
    ).one_or_none()
    if row is None:
        return None
    if not hmac.compare_digest(row.request_digest, attempt.digest):
        raise InvalidError("This Idempotency-Key was used for another request. Choose a new one.")
    return msgspec.msgpack.decode(_box(secret).decrypt(row.body), type=Given)


def keep(session: Session, secret: str, attempt: Attempt, answer: Given, now: datetime) -> None:
    """Keep an answer, encrypted, for it may bear links; drop what is older than a day."""
    session.execute(delete(replay).where(replay.c.created_at <= now - KEPT))
    row = {
        "key_id": attempt.key_id,
        "key": attempt.key,
        "workspace_id": attempt.workspace,
        "request_digest": attempt.digest,
        "status": answer.status,
        "body": _box(secret).encrypt(msgspec.msgpack.encode(answer)),
        "created_at": now,
    }
    try:
        session.execute(insert(replay).values(row))
    except IntegrityError as error:
        raise ConflictError("A request with this Idempotency-Key is under way. Try again in a moment.") from error


def _box(secret: str) -> Fernet:
    key = hmac.new(secret.encode(), PURPOSE, hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))
