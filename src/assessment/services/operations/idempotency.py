"""Idempotent requests: store the first HTTP response for a day and replay it on retries."""

import hashlib
import hmac
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assessment.errors import IdempotencyInProgressError, IdempotencyMismatchError
from assessment.services.auth.encryption import make_cipher
from assessment.storage import idempotent_requests

RETENTION = timedelta(hours=24)
KEY_PURPOSE = b"idempotency"


class KeyedRequest(Struct, frozen=True):
    """Request of an API key with its `Idempotency-Key`."""

    workspace: str
    key_id: str
    key: str
    request: bytes  # method, path, query and body; `digest` compares it

    @property
    def digest(self) -> bytes:
        """SHA-256 that detects a key reused for another request."""
        return hashlib.sha256(self.request).digest()


class StoredHttpResponse(Struct, frozen=True):
    status: int
    content: bytes
    headers: dict[str, str] = {}  # Location and ETag


def find_stored_response(
    session: Session, secret: str, attempt: KeyedRequest, now: datetime
) -> StoredHttpResponse | None:
    """Return the stored response of this request; `IdempotencyMismatchError` for another request."""
    row = idempotent_requests.find_idempotent_request(
        session, attempt.workspace, attempt.key_id, attempt.key, since=now - RETENTION
    )
    if row is None:
        return None
    if not hmac.compare_digest(row.request_digest, attempt.digest):
        raise IdempotencyMismatchError("This Idempotency-Key was used for another request. Choose a new one.")
    return msgspec.msgpack.decode(make_cipher(secret, KEY_PURPOSE).decrypt(row.body), type=StoredHttpResponse)


def store_response(
    session: Session, secret: str, attempt: KeyedRequest, answer: StoredHttpResponse, now: datetime
) -> None:
    """Store a response and delete expired ones. Encrypted, since responses may contain links."""
    idempotent_requests.delete_idempotent_requests(session, until=now - RETENTION)
    try:
        idempotent_requests.add_idempotent_request(
            session,
            key_id=attempt.key_id,
            key=attempt.key,
            workspace_id=attempt.workspace,
            request_digest=attempt.digest,
            status=answer.status,
            body=make_cipher(secret, KEY_PURPOSE).encrypt(msgspec.msgpack.encode(answer)),
            created_at=now,
        )
    except IntegrityError as error:
        message = "A request with this Idempotency-Key is in progress. Try again in a moment."
        raise IdempotencyInProgressError(message) from error
