"""Console sign-in and sessions.

Password hashing is slow on purpose, so `recognise` only reads and holds no write lock; `begin` then
writes the session.
"""

import hmac
from datetime import datetime, timedelta
from ipaddress import IPv6Network, ip_network

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.spelling import clean_address
from assessment.errors import UnauthenticatedError
from assessment.services import passwords, tokens
from assessment.services.answering import is_writable
from assessment.services.limiting import Limiter
from assessment.services.principals import Consultant
from assessment.services.tokens import RANDOM, Random
from assessment.storage import users

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
TRIES = 10  # of one account from one address, so that guessing there locks no one out elsewhere
SITE_TRIES = 30  # of one account from one IPv6 site, which has 65,536 networks
ACCOUNT_TRIES = 100  # from all browsers that have not signed in to it before
ADDRESS_TRIES = 50  # an office may share one address
SITE_ADDRESS_TRIES = 200
SITE_BITS = 48  # prefix length: the largest IPv6 network that providers assign to a customer
SEEN_EVERY = timedelta(minutes=1)


class Recognised(Struct, frozen=True):
    """User whose credentials are valid, and the workspace of the session."""

    user_id: str
    workspace_id: str
    password_hash: str | None = None  # the hash that the password was verified against


def recognise(
    session: Session, email: str, password: str, now: datetime, *, limiter: Limiter, address: str, device: str = ""
) -> Recognised:
    """Check email and password; tries are limited per account, per network address, and per pair of both.

    `device` identifies a browser that has signed in to this account before. It has a limit of its own, so that
    attackers can't lock the owner out. Raises `UnauthenticatedError`, `TooManyError`.
    """
    account = clean_address(email)
    allowed = {f"device:{device}": TRIES} if device else _allowed_tries(account, address)
    limiter.take(allowed, now)
    row = users.by_email(session, account) if is_writable(account) else None
    if not passwords.matches(row.password_hash if row else None, password) or row is None:
        raise UnauthenticatedError("Email or password is wrong.")
    limiter.give_back(allowed)
    return Recognised(row.id, row.workspace_id, row.password_hash)


def _allowed_tries(account: str, address: str) -> dict[str, int]:
    whose = tokens.digest(account).hex()
    allowed = {
        f"account:{whose}:{address}": TRIES,
        f"account:{whose}": ACCOUNT_TRIES,
        f"address:{address}": ADDRESS_TRIES,
    }
    if site := _site_of(address):
        allowed |= {f"account:{whose}:{site}": SITE_TRIES, f"address:{site}": SITE_ADDRESS_TRIES}
    return allowed


def _site_of(address: str) -> str:
    """Return the /48 of an IPv6 address or network, otherwise ""."""
    try:
        network = ip_network(address)
    except ValueError:
        return ""
    if not isinstance(network, IPv6Network) or network.prefixlen < SITE_BITS:
        return ""
    return str(network.supernet(new_prefix=SITE_BITS))


def new_device(email: str, secret: str, random: Random = RANDOM) -> str:
    """Make a signed cookie for a browser that has signed in to this account; `secret` is the server's secret."""
    name = tokens.new_id(random)
    return f"{name}.{_device_signature(name, email, secret)}"


def device_of(cookie: str, email: str, secret: str) -> str:
    """Return the browser's id from its device cookie; "" if the signature is invalid for this account."""
    name, _, signature = cookie.partition(".")
    expected = _device_signature(name, email, secret)
    return name if hmac.compare_digest(signature.encode(errors="replace"), expected.encode()) else ""


def _device_signature(name: str, email: str, secret: str) -> str:
    return tokens.signature(secret, "device", f"{name}:{clean_address(email)}").hex()


def begin(
    session: Session, recognised: Recognised, now: datetime, previous: str | None = None, random: Random = RANDOM
) -> str:
    """Create a session with a new token, which prevents session fixation; return the token.

    `UnauthenticatedError` if the password was changed or the user disabled since `recognise`.
    """
    kept = recognised.password_hash
    if kept is not None and not users.has_password(session, recognised.user_id, kept):
        raise UnauthenticatedError("Email or password is wrong.")
    if previous:
        sign_out(session, previous)
    users.end_before(session, now - LONGEST)
    token = tokens.new_token(random)
    users.begin(
        session,
        {
            "token_hash": tokens.digest(token),
            "user_id": recognised.user_id,
            "workspace_id": recognised.workspace_id,
            "created_at": now,
            "seen_at": now,
        },
    )
    return token


def consultant(session: Session, token: str, now: datetime) -> Consultant:
    """Return the consultant of a session; `UnauthenticatedError` after `IDLE` or `LONGEST`."""
    row = users.by_token(session, tokens.digest(token))
    if row is None or now - row.seen_at >= IDLE or now - row.created_at >= LONGEST:
        raise UnauthenticatedError
    return Consultant(
        user_id=row.id,
        email=row.email,
        workspace_id=row.workspace_id,
        workspace=row.workspace,
        role=row.role,
        admin=row.admin,
        seen_at=row.seen_at,
    )


def is_due(who: Consultant, now: datetime) -> bool:
    """Return whether `touch` is due: not at every request, since it writes."""
    return now - who.seen_at >= SEEN_EVERY


def touch(session: Session, token: str, now: datetime) -> None:
    """Store the time of the last activity."""
    users.touch(session, tokens.digest(token), now)


def sign_out(session: Session, token: str) -> None:
    """Delete the session of one browser."""
    users.end(session, tokens.digest(token))
