"""What a browser holds of one draft, as the text of a cookie: `SESSION~LINK~LINKS_SEEN~SIGNATURE`.

SESSION is `TOKEN.EXPIRY`, stored as one digest, so that the expiry can neither be changed nor left out; 0 is none. An
anonymous draft has no invitation in the database: the signature is what ties the two, and only the browser has it.
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
    """`links_seen` is how many links the person's invitations had when this browser last showed their number."""

    session: str
    link: str
    links_seen: int
    signature: str

    @property
    def text(self) -> str:
        """The value of the cookie."""
        return BETWEEN.join((self.session, self.link, str(self.links_seen), self.signature))


def parse_key(text: str) -> DraftKey | None:
    """Read the value of a cookie; None where it is not one of ours."""
    parts = text.split(BETWEEN)
    if len(parts) != PARTS or not _is_number(parts[2]):
        return None
    return DraftKey(parts[0], parts[1], int(parts[2]), parts[3])


def sign_key(secret: str, session: str, link: str, person: str, links_seen: int) -> DraftKey:
    """Make the key of a session; `person` is the id of the first invitation of the person's chain."""
    return DraftKey(session, link, links_seen, _signature(secret, session, person))


def is_signed(key: DraftKey, secret: str, person: str) -> bool:
    """Return whether the server has tied this session to this person."""
    return hmac.compare_digest(key.signature.encode(), _signature(secret, key.session, person).encode())


def cookie_tag(secret: str, invitation_id: str) -> str:
    """Return the part of a cookie's name that each link of an invitation leads to."""
    return tokens.signature(secret, "cookie tag", invitation_id).hex()[:TAG_LETTERS]


def new_session(random: Random) -> str:
    """Make a session that does not expire."""
    return tokens.new_token(random) + BETWEEN_SESSION + NEVER


def expiring(session: str, at: datetime) -> str:
    """Return a session with the same code that ends at a moment, rounded up to the minute; under its own digest."""
    minute = -(-int(at.timestamp()) // MINUTE) * MINUTE
    return token_of(session) + BETWEEN_SESSION + str(minute)


def expiring_between(session: str, first: datetime, last: datetime) -> tuple[str, ...]:
    """Return every session of the same token that ends after one moment and not later than another."""
    minutes = range(int(first.timestamp()) // MINUTE + 1, -(-int(last.timestamp()) // MINUTE) + 1)
    return tuple(token_of(session) + BETWEEN_SESSION + str(minute * MINUTE) for minute in minutes)


def token_of(session: str) -> str:
    """Return the token of a session, which its code is made of."""
    return session.partition(BETWEEN_SESSION)[0]


def is_legacy(session: str) -> bool:
    """Return whether a session began before each browser had a draft of its own: such a cookie has no expiry."""
    return BETWEEN_SESSION not in session


def has_expiry(session: str) -> bool:
    """Return whether the session ends by itself."""
    return session.partition(BETWEEN_SESSION)[2] not in ("", NEVER)


def is_expired(session: str, now: datetime) -> bool:
    """Return whether the session's time is over."""
    if not has_expiry(session):
        return False
    text = session.partition(BETWEEN_SESSION)[2]
    return not _is_number(text) or now >= datetime.fromtimestamp(int(text), UTC)


def hash_code(secret: str, person: str, code: str) -> bytes:
    """Return what is stored of a code: an HMAC, tied to the person's invitations, so it fits no other link."""
    return tokens.signature(secret, "code", f"{person}:{tokens.plain_code(code)}")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= NUMBER_DIGITS_MOST


def _signature(secret: str, session: str, person: str) -> str:
    return tokens.signature(secret, "draft key", f"{session}{BETWEEN}{person}").hex()
