"""Cookie of one draft in a browser: `SESSION~LINK~SEEN_LINK_COUNT~SIGNATURE`.

SESSION is `TOKEN.EXPIRY` (0: none), hashed as a whole, so the expiry can't be changed or removed. The database
stores no invitation of an anonymous draft: the signature ties the draft to the person, and only the browser has it.
"""

import hmac
from datetime import UTC, datetime

from msgspec import Struct

from assessment.services.auth import tokens
from assessment.services.auth.tokens import Random

SEPARATOR = "~"
EXPIRY_SEPARATOR = "."
NO_EXPIRY = "0"
TAG_LENGTH = 16
MAX_NUMBER_DIGITS = 12
PART_COUNT = 4
MINUTE_SECONDS = 60


class DraftKey(Struct, frozen=True):
    """`seen_link_count` is the number of the person's links when this browser last displayed them."""

    session: str
    link: str
    seen_link_count: int
    signature: str

    @property
    def text(self) -> str:
        """Cookie value."""
        return SEPARATOR.join((self.session, self.link, str(self.seen_link_count), self.signature))


def parse_key(text: str) -> DraftKey | None:
    """Parse a cookie value; None if it is malformed. The signature is not checked."""
    parts = text.split(SEPARATOR)
    if len(parts) != PART_COUNT or not _is_number(parts[2]):
        return None
    return DraftKey(parts[0], parts[1], int(parts[2]), parts[3])


def sign_key(secret: str, session: str, link: str, person_id: str, seen_link_count: int) -> DraftKey:
    """Sign the key of a session; `person_id` is the id of the person's first invitation."""
    return DraftKey(session, link, seen_link_count, _sign_person(secret, session, person_id))


def is_signed(key: DraftKey, secret: str, person_id: str) -> bool:
    """Verify the signature that ties the session to the person, in constant time."""
    return hmac.compare_digest(key.signature.encode(), _sign_person(secret, key.session, person_id).encode())


def make_cookie_tag(secret: str, invitation_id: str) -> str:
    """Return the part of the cookie's name that is the same for all links of an invitation."""
    return tokens.sign_text(secret, "cookie tag", invitation_id).hex()[:TAG_LENGTH]


def generate_session(random: Random) -> str:
    """Generate a session without expiry."""
    return tokens.generate_token(random) + EXPIRY_SEPARATOR + NO_EXPIRY


def set_expiry(session: str, at: datetime) -> str:
    """Return the session with an expiry, rounded up to the minute. The code stays the same, the hash changes."""
    minute = -(-int(at.timestamp()) // MINUTE_SECONDS) * MINUTE_SECONDS
    return get_token(session) + EXPIRY_SEPARATOR + str(minute)


def list_expiring_sessions(session: str, first: datetime, last: datetime) -> tuple[str, ...]:
    """List every session of the same token that expires after `first`, up to `last`."""
    minutes = range(int(first.timestamp()) // MINUTE_SECONDS + 1, -(-int(last.timestamp()) // MINUTE_SECONDS) + 1)
    return tuple(get_token(session) + EXPIRY_SEPARATOR + str(minute * MINUTE_SECONDS) for minute in minutes)


def get_token(session: str) -> str:
    """Return the token of a session; its code is derived from it."""
    return session.partition(EXPIRY_SEPARATOR)[0]


def is_legacy_session(session: str) -> bool:
    """Return whether the session dates from before drafts were per browser: those have no expiry part."""
    return EXPIRY_SEPARATOR not in session


def has_expiry(session: str) -> bool:
    return session.partition(EXPIRY_SEPARATOR)[2] not in ("", NO_EXPIRY)


def is_expired(session: str, now: datetime) -> bool:
    if not has_expiry(session):
        return False
    text = session.partition(EXPIRY_SEPARATOR)[2]
    return not _is_number(text) or now >= datetime.fromtimestamp(int(text), UTC)


def hash_code(secret: str, person_id: str, code: str) -> bytes:
    """HMAC of a code and the person; only the hash is stored, and the code is valid only for that person's links."""
    return tokens.sign_text(secret, "code", f"{person_id}:{tokens.normalize_code(code)}")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= MAX_NUMBER_DIGITS


def _sign_person(secret: str, session: str, person_id: str) -> str:
    return tokens.sign_text(secret, "draft key", f"{session}{SEPARATOR}{person_id}").hex()
