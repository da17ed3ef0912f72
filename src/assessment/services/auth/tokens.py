"""Generate ids, tokens and codes, and hash them. The source of randomness is an argument."""

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
TOKEN_LENGTH = 43  # characters of 32 bytes in base64 without padding
LONG_CODE_BYTES = 15
CODE_LENGTH = 12
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without characters that look alike, such as 0 and O
CODE_GROUP_LENGTH = 4


def generate_id(random: Random) -> str:
    """Generate a random id (120 bits); a sequential one would reveal the order of responses."""
    return base64.b32encode(random(ID_BYTES)).decode().lower()


def generate_token(random: Random) -> str:
    """Generate a secret for a link, a cookie or an API key (256 bits)."""
    return base64.urlsafe_b64encode(random(TOKEN_BYTES)).decode().rstrip("=")


def hash_token(token: str) -> bytes:
    """SHA-256 of a token; only the hash is stored."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


def sign_text(secret: str, purpose: str, text: str) -> bytes:
    """HMAC-SHA-256 with the server's secret; `purpose` separates the uses."""
    return hmac.digest(f"{purpose}:{secret}".encode(), text.encode(errors="surrogatepass"), "sha256")


def derive_code(token: str) -> str:
    """Derive the code of a token, three groups of four characters (58 bits); the derivation is one-way."""
    number = int.from_bytes(hmac.digest(token.encode(), b"short code", "sha256"))
    letters = []
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(CODE_ALPHABET))
        letters.append(CODE_ALPHABET[place])
    return _group_letters("".join(letters))


def derive_long_code(token: str) -> str:
    """Derive the 24-character code of older versions; those already displayed stay valid."""
    digest = hmac.digest(token.encode(), b"personal code", "sha256")[:LONG_CODE_BYTES]
    return _group_letters(base64.b32encode(digest).decode())


def normalize_code(code: str) -> str:
    """Normalize a typed code: upper case, letters and digits only."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


def hash_legacy_code(code: str) -> bytes:
    """SHA-256 of a code, as stored by older versions, before codes were bound to an invitation."""
    return hash_token(normalize_code(code))


def _group_letters(text: str) -> str:
    return "-".join(text[start : start + CODE_GROUP_LENGTH] for start in range(0, len(text), CODE_GROUP_LENGTH))
