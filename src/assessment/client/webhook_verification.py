"""Verify webhooks (Standard Webhooks): signature and time. Deduplicate by id yourself."""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

TOLERANCE_SECONDS = 300.0
SECRET_PREFIX = "whsec_"  # noqa: S105  # before every secret
SIGNATURE_VERSION = "v1"


class WebhookVerificationError(Exception):
    """A message was not sent by the server, or too long ago; do not act on it."""


class EventContent(Struct, frozen=True):
    """Body of a webhook; `data` names the assessment."""

    type: str
    timestamp: datetime
    data: dict[str, Any]


class WebhookMessage(Struct, frozen=True):
    """A verified event; `id` is the same each time the event is delivered."""

    id: str
    type: str
    timestamp: datetime
    data: dict[str, Any]


def verify_webhook(
    secrets: str | Iterable[str],
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: float | None = None,
    tolerance: float = TOLERANCE_SECONDS,
) -> WebhookMessage:
    """Verify a message with one or more secrets; `body` as it arrived, byte for byte, `now` in POSIX seconds.

    Raises `WebhookVerificationError`.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    event_id, seconds = lower.get("webhook-id", ""), lower.get("webhook-timestamp", "")
    moment = _parse_seconds(seconds)
    if not event_id or abs((time.time() if now is None else now) - moment) > tolerance:
        raise WebhookVerificationError("the message has no id, or is too old or too new")
    content = b".".join((event_id.encode(), seconds.encode(), body))
    known = [secrets] if isinstance(secrets, str) else list(secrets)
    if not _has_signature(lower.get("webhook-signature", ""), known, content):
        raise WebhookVerificationError("no signature matches")
    try:
        event = msgspec.json.decode(body, type=EventContent)
    except msgspec.MsgspecError as error:
        raise WebhookVerificationError("the body is not an event") from error
    return WebhookMessage(event_id, event.type, event.timestamp, event.data)


def _parse_seconds(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < len("100000000000000")):
        raise WebhookVerificationError("the message has no time")
    return int(text)


def _has_signature(signatures: str, secrets: Iterable[str], content: bytes) -> bool:
    expected = [_sign_content(secret, content) for secret in secrets]
    parts = [signature.partition(",") for signature in signatures.split()]
    received = [value.encode() for version, _, value in parts if version == SIGNATURE_VERSION]
    return any(hmac.compare_digest(mine, theirs) for mine in expected for theirs in received)


def _sign_content(secret: str, content: bytes) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("this is not a signing secret") from error
    return base64.b64encode(hmac.digest(key, content, hashlib.sha256))
