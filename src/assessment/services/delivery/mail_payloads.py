"""Encrypted payload of a queued mail: the recipient and the secret link, cleared once the mail is finished."""

import base64
import hashlib
import hmac
from functools import lru_cache

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from msgspec import Struct

KEY_PURPOSE = b"outbox"


class MailPayload(Struct, frozen=True):
    """`path` is the path of the link, after the public URL; `text_kind` the kind of text that a test mail shows."""

    recipient: str
    name: str
    path: str
    text_kind: str = ""


class UnreadablePayloadError(Exception):
    """The payload was encrypted with another secret."""


def encrypt_payload(secret: str, payload: MailPayload) -> bytes:
    return _make_cipher(secret).encrypt(msgspec.msgpack.encode(payload))


def decrypt_payload(secret: str, content: bytes) -> MailPayload:
    """Decrypt a payload; raises `UnreadablePayloadError`."""
    try:
        return msgspec.msgpack.decode(_make_cipher(secret).decrypt(content), type=MailPayload)
    except InvalidToken as error:
        raise UnreadablePayloadError from error


@lru_cache(maxsize=4)
def _make_cipher(secret: str) -> Fernet:
    """Derive a separate key, so that no other ciphertext of the server can be substituted."""
    return Fernet(base64.urlsafe_b64encode(hmac.new(secret.encode(), KEY_PURPOSE, hashlib.sha256).digest()))
