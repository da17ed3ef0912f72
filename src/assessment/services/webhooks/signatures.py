"""Signatures of webhooks (Standard Webhooks, symmetric): HMAC-SHA-256 over id, time and body."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from assessment.services.auth.tokens import Random

SECRET_PREFIX = "whsec_"  # noqa: S105  # before every secret
SECRET_BYTES = 32
ID_HEADER, TIME_HEADER, SIGNATURE_HEADER = "webhook-id", "webhook-timestamp", "webhook-signature"


def generate_secret(random: Random) -> str:
    """Generate a signing secret (256 bits)."""
    return SECRET_PREFIX + base64.b64encode(random(SECRET_BYTES)).decode()


def build_headers(secrets: Iterable[str], event_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers of a delivery; one signature for each secret, separated by spaces."""
    seconds = str(int(now.timestamp()))
    content = b".".join((event_id.encode(), seconds.encode(), body))
    signatures = " ".join(f"v1,{_sign_content(secret, content)}" for secret in secrets)
    return {ID_HEADER: event_id, TIME_HEADER: seconds, SIGNATURE_HEADER: signatures}


def _sign_content(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
