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
LONG_CODE_BYTES = 15
CODE_LETTERS = 12
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that looks like something else
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


def code_of(token: str) -> str:
    """Return the code of a token, in three groups of four; nobody gets from it back to the token (58 bits)."""
    number = int.from_bytes(hmac.digest(token.encode(), b"short code", "sha256"))
    letters = []
    for _ in range(CODE_LETTERS):
        number, place = divmod(number, len(CODE_ALPHABET))
        letters.append(CODE_ALPHABET[place])
    return _grouped("".join(letters))


def long_code_of(token: str) -> str:
    """Return the code as it was made before codes had twelve letters; those handed out stay valid."""
    made = hmac.digest(token.encode(), b"personal code", "sha256")[:LONG_CODE_BYTES]
    return _grouped(base64.b32encode(made).decode())


def plain_code(code: str) -> str:
    """Return the letters of a code in capitals, however it was typed."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


def code_digest(code: str) -> bytes:
    """Return the SHA-256 under which codes were stored before they were tied to an invitation."""
    return digest(plain_code(code))


def _grouped(text: str) -> str:
    return "-".join(text[start : start + CODE_GROUP] for start in range(0, len(text), CODE_GROUP))
