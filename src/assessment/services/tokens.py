"""Ids, tokens and codes out of randomness that the caller may give."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from secrets import token_bytes
from typing import TypeAlias

Random: TypeAlias = Callable[[int], bytes]

RANDOM: Random = token_bytes
ID_BYTES = 15
TOKEN_BYTES = 32
TOKEN_LETTERS = 43
CODE_BYTES = 15
CODE_GROUP = 4


def new_id(random: Random) -> str:
    """Make an id that tells nothing of when or after whom it was made (120 bits)."""
    return base64.b32encode(random(ID_BYTES)).decode().lower()


def new_token(random: Random) -> str:
    """Make a secret for a link, a cookie or a key (256 bits)."""
    return base64.urlsafe_b64encode(random(TOKEN_BYTES)).decode().rstrip("=")


def digest(token: str) -> bytes:
    """Return what is kept of a token: nobody gets from it back to the token."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


def signature(secret: str, purpose: str, text: str) -> bytes:
    """Return an HMAC that only the holder of the server's secret can make."""
    return hmac.digest(f"{purpose}:{secret}".encode(), text.encode(errors="surrogatepass"), "sha256")


def new_code(random: Random) -> str:
    """Make a secret that a person can write down, in groups of four (120 bits)."""
    return _grouped(random(CODE_BYTES))


def code_of(token: str) -> str:
    """Return the code that belongs to a token: whoever holds the token can show it again, nobody gets back from it."""
    return _grouped(hmac.digest(token.encode(), b"personal code", "sha256")[:CODE_BYTES])


def is_token(text: str) -> bool:
    """Tell whether a text is long enough for a token and made of its letters."""
    return len(text) == TOKEN_LETTERS and text.isascii() and text.replace("-", "a").replace("_", "a").isalnum()


def code_digest(code: str) -> bytes:
    """Return what is kept of a code, however it was typed."""
    return digest("".join(letter for letter in code.upper() if letter.isalnum()))


def _grouped(content: bytes) -> str:
    text = base64.b32encode(content).decode()
    return "-".join(text[start : start + CODE_GROUP] for start in range(0, len(text), CODE_GROUP))
