"""Cookie of one draft in a browser: `SESSION~LINK~SEEN_LINK_COUNT~SIGNATURE`.

SESSION is `TOKEN.EXPIRY` (0: none), hashed as a whole, so the expiry can't be changed or removed. The database
stores no invitation of an anonymous draft: the signature ties the draft to the person, and only the browser has it.
"""

import hmac
from datetime import UTC, datetime

from msgspec import Struct

from assessment.services import tokens
from assessment.services.tokens import Random

BETWEEN = "~"
BETWEEN_SESSION = "."
NEVER = "0"
TAG_LETTERS = 16
NUMBER_DIGITS_MOST = 12
PARTS = 4
MINUTE = 60


class DraftKey(Struct, frozen=True):
    """`links_seen` is the number of the person's links when this browser last displayed them."""

    session: str
    link: str
    links_seen: int
    signature: str

    @property
    def text(self) -> str:
        """Cookie value."""
        return BETWEEN.join((self.session, self.link, str(self.links_seen), self.signature))


def parse_key(text: str) -> DraftKey | None:
    """Parse a cookie value; None if it is malformed. The signature is not checked."""
    parts = text.split(BETWEEN)
    if len(parts) != PARTS or not _is_number(parts[2]):
        return None
    return DraftKey(parts[0], parts[1], int(parts[2]), parts[3])


def sign_key(secret: str, session: str, link: str, person: str, links_seen: int) -> DraftKey:
    """Sign the key of a session; `person` is the id of the first invitation in the person's chain of replacements."""
    return DraftKey(session, link, links_seen, _signature(secret, session, person))


def is_signed(key: DraftKey, secret: str, person: str) -> bool:
    """Verify the signature that ties the session to the person, in constant time."""
    return hmac.compare_digest(key.signature.encode(), _signature(secret, key.session, person).encode())


def cookie_tag(secret: str, invitation_id: str) -> str:
    """Return the part of the cookie's name that is the same for all links of an invitation."""
    return tokens.signature(secret, "cookie tag", invitation_id).hex()[:TAG_LETTERS]


def new_session(random: Random) -> str:
    """Generate a session without expiry."""
    return tokens.new_token(random) + BETWEEN_SESSION + NEVER


def expiring(session: str, at: datetime) -> str:
    """Return the session with an expiry, rounded up to the minute. The code stays the same, the hash changes."""
    minute = -(-int(at.timestamp()) // MINUTE) * MINUTE
    return token_of(session) + BETWEEN_SESSION + str(minute)


def expiring_between(session: str, first: datetime, last: datetime) -> tuple[str, ...]:
    """List every session of the same token that expires after `first`, up to `last`."""
    minutes = range(int(first.timestamp()) // MINUTE + 1, -(-int(last.timestamp()) // MINUTE) + 1)
    return tuple(token_of(session) + BETWEEN_SESSION + str(minute * MINUTE) for minute in minutes)


def token_of(session: str) -> str:
    """Return the token of a session; its code is derived from it."""
    return session.partition(BETWEEN_SESSION)[0]


def is_legacy(session: str) -> bool:
    """Return whether the session dates from before drafts were per browser: those have no expiry part."""
    return BETWEEN_SESSION not in session


def has_expiry(session: str) -> bool:
    return session.partition(BETWEEN_SESSION)[2] not in ("", NEVER)


def is_expired(session: str, now: datetime) -> bool:
    if not has_expiry(session):
        return False
    text = session.partition(BETWEEN_SESSION)[2]
    return not _is_number(text) or now >= datetime.fromtimestamp(int(text), UTC)


def hash_code(secret: str, person: str, code: str) -> bytes:
    """HMAC of a code and the person; only the hash is stored, and the code is valid only for that person's links."""
    return tokens.signature(secret, "code", f"{person}:{tokens.plain_code(code)}")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= NUMBER_DIGITS_MOST


def _signature(secret: str, session: str, person: str) -> str:
    return tokens.signature(secret, "draft key", f"{session}{BETWEEN}{person}").hex()
