"""Encrypted payload of a queued mail: the recipient and the secret link, cleared once the mail is finished."""

import msgspec
from msgspec import Struct

from assessment.services.auth.encryption import DecryptionError, decrypt_value, make_cipher

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
    return make_cipher(secret, KEY_PURPOSE).encrypt(msgspec.msgpack.encode(payload))


def decrypt_payload(secret: str, content: bytes) -> MailPayload:
    """Decrypt a payload; raises `UnreadablePayloadError`."""
    try:
        return msgspec.msgpack.decode(decrypt_value(make_cipher(secret, KEY_PURPOSE), content), type=MailPayload)
    except DecryptionError as error:
        raise UnreadablePayloadError from error
