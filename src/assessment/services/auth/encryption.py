"""Encryption of stored values with keys derived from the server's secret."""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet


@lru_cache(maxsize=8)
def make_cipher(secret: str, purpose: bytes) -> Fernet:
    """Derive a separate key for each purpose, so that no other ciphertext of the server can be substituted."""
    return Fernet(base64.urlsafe_b64encode(hmac.new(secret.encode(), purpose, hashlib.sha256).digest()))
