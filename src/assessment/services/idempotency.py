"""Repeating a request safely: the first answer is kept for a day, and given again."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

import msgspec
from cryptography.fernet import Fernet
from msgspec import Struct
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assessment.errors import ConflictError, InvalidError
from assessment.storage import replays

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


def given(session: Session, secret: str, attempt: Attempt, now: datetime) -> Given | None:
    """Return what this attempt was answered before; `InvalidError` where it was another request."""
    row = replays.find(session, attempt.workspace, attempt.key_id, attempt.key, since=now - KEPT)
    if row is None:
        return None
    if not hmac.compare_digest(row.request_digest, attempt.digest):
        raise InvalidError("This Idempotency-Key was used for another request. Choose a new one.")
    return msgspec.msgpack.decode(_box(secret).decrypt(row.body), type=Given)


def keep(session: Session, secret: str, attempt: Attempt, answer: Given, now: datetime) -> None:
    """Keep an answer, encrypted, for it may bear links; drop what is older than a day."""
    replays.forget(session, until=now - KEPT)
    try:
        replays.add(
            session,
            key_id=attempt.key_id,
            key=attempt.key,
            workspace_id=attempt.workspace,
            request_digest=attempt.digest,
            status=answer.status,
            body=_box(secret).encrypt(msgspec.msgpack.encode(answer)),
            created_at=now,
        )
    except IntegrityError as error:
        raise ConflictError("A request with this Idempotency-Key is under way. Try again in a moment.") from error


def _box(secret: str) -> Fernet:
    """A key of its own, so that nothing else encrypted with the server's secret can be put in its place."""
    key = hmac.new(secret.encode(), PURPOSE, hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))
