"""Encryption of stored values with keys derived from the server's secret."""

import base64
import hashlib
import hmac
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


class DecryptionError(Exception):
    """The value was encrypted with another secret, or changed."""


@lru_cache(maxsize=8)
def make_cipher(secret: str, purpose: bytes) -> "Fernet":
    """Derive a separate key for each purpose, so that no other ciphertext of the server can be substituted."""
    from cryptography.fernet import Fernet  # noqa: PLC0415  # 6 MB that a server process may never need

    return Fernet(base64.urlsafe_b64encode(hmac.new(secret.encode(), purpose, hashlib.sha256).digest()))


def decrypt_value(cipher: "Fernet", content: bytes) -> bytes:
    """Decrypt what `cipher` has encrypted; raises `DecryptionError` for anything else."""
    from cryptography.fernet import InvalidToken  # noqa: PLC0415  # see above

    try:
        return cipher.decrypt(content)
    except InvalidToken as error:
        raise DecryptionError from error
