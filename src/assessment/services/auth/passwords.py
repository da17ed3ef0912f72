"""Check the strength of passwords and hash them (Argon2id)."""

import re
from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from assessment.domain.text_normalisation import normalize_password
from assessment.errors import InvalidError, Problem, with_values

MIN_LENGTH = 12
MAX_LENGTH = 1000
MIN_GUESSES = 10**8.5  # two unrelated words: years at the rate that the sign-in limits allow
MAX_ESTIMATED_LENGTH = 72  # characters that zxcvbn reads; its run time is quadratic
REPEATED_PART = re.compile(r"(.{4,})(?=.*\1)", re.DOTALL)
YEAR_PATTERN, WORD_PATTERN, SIGNS_PATTERN = r"(?:19|20)\d\d", r"[^\W\d_]+", r"[\W_]*"
WORD_AND_YEAR = re.compile(
    rf"{SIGNS_PATTERN}(?:{YEAR_PATTERN}{SIGNS_PATTERN}{WORD_PATTERN}{SIGNS_PATTERN}|{WORD_PATTERN}{SIGNS_PATTERN}{YEAR_PATTERN}[\W_\d]{{0,3}})"
)
# zxcvbn contains English words and names; these are added, also those of other languages that people put a year after.
COMMON_WORDS = frozenset(
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
        "beratung",
        "company",
        "conseil",
        "consulting",
        "consultoria",
        "empresa",
        "entreprise",
        "firma",
        "socialmedia",
        "unternehmen",
    ]
)

_hasher = PasswordHasher()
# Each hash takes 64 MiB: many concurrent sign-ins must not exhaust the memory.
_hash_slots = BoundedSemaphore(2)


def hash_password(password: str, email: str = "") -> str:
    """Hash a password; `InvalidError` if it is too short, too long or too easy to guess."""
    password = normalize_password(password)
    reason = _find_weakness(password, email)
    if reason:
        raise InvalidError(reason, [Problem(reason, "Three or four unrelated words are good.", pointer="/password")])
    return _hasher.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Verify a password. Without a stored hash, verify a dummy one, so that timing does not reveal known accounts.

    The hash is empty while a user has not set a password yet: nothing matches it.
    """
    try:
        with _hash_slots:
            _hasher.verify(password_hash or _make_dummy_hash(), normalize_password(password[:MAX_LENGTH]))
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return bool(password_hash)


def _find_weakness(password: str, email: str) -> str | None:
    if len(password) < MIN_LENGTH:
        return with_values("The password has fewer than {least} characters.", least=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        return with_values("The password has more than {most} characters.", most=MAX_LENGTH)
    if any("\ud800" <= letter <= "\udfff" for letter in password):
        return "The password holds a character that can’t be kept."
    collapsed = _collapse_repeats(password.casefold())
    if (
        WORD_AND_YEAR.fullmatch(collapsed)
        or min(_estimate_guesses(password, email), _estimate_guesses(collapsed, email)) < MIN_GUESSES
    ):
        return "This password is too easy to guess."
    return None


def _collapse_repeats(password: str) -> str:
    """Collapse repeated parts: zxcvbn counts a repeated word as two unrelated ones."""
    shorter = REPEATED_PART.sub("", password[:MAX_ESTIMATED_LENGTH])
    while shorter != password:
        password, shorter = shorter, REPEATED_PART.sub("", shorter)
    return shorter


def _estimate_guesses(password: str, email: str) -> float:
    """Estimate the number of guesses for someone who knows the address."""
    from zxcvbn import zxcvbn  # noqa: PLC0415 - loads large word lists, needed only for new passwords

    if not password:
        return 0
    known = [*COMMON_WORDS, email, *re.split(r"[\W_]+", email)]
    return float(zxcvbn(password[:MAX_ESTIMATED_LENGTH], user_inputs=known)["guesses"])


@lru_cache(maxsize=1)
def _make_dummy_hash() -> str:
    return _hasher.hash("nobody has this password")
