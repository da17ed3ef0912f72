"""Passwords: what is refused, and what is kept of one (Argon2id)."""

from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from assessment.errors import InvalidError, Problem, with_values

LEAST = 12
MOST = 1000
DIFFERENT_LEAST = 5
# Stems that the commonest passwords of published lists are made of; digits and signs around them help little.
COMMON = frozenset(
    [
        "password",
        "passwort",
        "passw0rd",
        "motdepasse",
        "contrasena",
        "qwertyuiop",
        "qwerty",
        "qwertz",
        "azerty",
        "iloveyou",
        "letmein",
        "welcome",
        "willkommen",
        "bienvenue",
        "administrator",
        "admin",
        "superuser",
        "changeme",
        "trustno1",
        "football",
        "baseball",
        "basketball",
        "princess",
        "sunshine",
        "monkey",
        "dragon",
        "master",
        "shadow",
        "superman",
        "batman",
        "starwars",
        "whatever",
        "computer",
        "internet",
        "michael",
        "jordan",
        "jennifer",
        "charlie",
        "hallo",
        "schatz",
        "ficken",
        "sommer",
        "winter",
        "summer",
        "spring",
        "autumn",
        "login",
        "secret",
        "geheim",
        "assessment",
        "1q2w3e4r5t",
        "1qaz2wsx",
        "3edc4rfv",
        "zaq12wsx",
        "asdfghjkl",
        "zxcvbnm",
        "abcdefgh",
        "abcd1234",
        "qazwsxedc",
        "123456789",
        "987654321",
        "1234567890",
        "0123456789",
        "1111111111",
        "0000000000",
        "112233445566",
        "123123123123",
        "123qwe",
        "test",
        "demo",
        "guest",
        "user",
        "root",
    ]
)

_hasher = PasswordHasher()
# Each check takes 64 MiB for a moment: a crowd of made-up passwords must not take all the memory there is.
_room = BoundedSemaphore(2)


def hashed(password: str, email: str = "") -> str:
    """Return what is kept; `InvalidError` where the password is too easy to guess."""
    reason = _weakness(password, email)
    if reason:
        raise InvalidError(reason, [Problem(reason, "Three or four unrelated words are good.", pointer="/password")])
    return _hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Check a password; where nobody is known, do the same work in vain, so that the time tells nothing."""
    try:
        with _room:
            _hasher.verify(kept or _nobody(), password[:MOST])
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return kept is not None


def _weakness(password: str, email: str) -> str | None:
    if len(password) < LEAST:
        return with_values("The password has fewer than {least} characters.", least=LEAST)
    if len(password) > MOST:
        return with_values("The password has more than {most} characters.", most=MOST)
    if any("\ud800" <= letter <= "\udfff" for letter in password):
        return "The password holds a character that can't be kept."
    if len(set(password)) < DIFFERENT_LEAST or _is_common(password.lower(), email.lower()):
        return "This password is among the commonest."
    return None


def _is_common(password: str, email: str) -> bool:
    """Take common stems and the own name out: what is left must still be long enough to be hard."""
    rest = password
    for stem in sorted((*COMMON, *[part for part in email.split("@") if part]), key=len, reverse=True):
        rest = rest.replace(stem, "")
    letters = "".join(letter for letter in rest if letter.isalpha())
    return rest != password and len(letters) < LEAST // 2


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash("nobody has this password")
