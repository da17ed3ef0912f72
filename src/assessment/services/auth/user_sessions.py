"""Console sign-in and sessions.

Password hashing is slow on purpose, so `check_credentials` has no connection meanwhile, and no write lock;
`begin_session` then writes the session.
"""

import hmac
from datetime import datetime, timedelta
from ipaddress import IPv6Network, ip_network

from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.text_normalisation import normalize_address
from assessment.errors import UnauthenticatedError
from assessment.services.auth import passwords, tokens
from assessment.services.auth.principals import Consultant
from assessment.services.auth.sign_in_limit import RateLimiter
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.survey.answer_validation import is_storable
from assessment.storage import database
from assessment.storage.auth import users
from assessment.storage.auth.users import SignedInUser

IDLE_TIMEOUT = timedelta(minutes=30)
MAX_SESSION_AGE = timedelta(hours=12)
ACCOUNT_ADDRESS_TRIES = 10  # of one account from one address, so that guessing there locks no one out elsewhere
ACCOUNT_SITE_TRIES = 30  # of one account from one IPv6 site, which has 65,536 networks
ACCOUNT_TRIES = 100  # from all browsers that have not signed in to it before
ADDRESS_TRIES = 50  # an office may share one address
SITE_ADDRESS_TRIES = 200
SITE_BITS = 48  # prefix length: the largest IPv6 network that providers assign to a customer
TOUCH_INTERVAL = timedelta(minutes=1)


class AuthenticatedUser(Struct, frozen=True):
    """User whose credentials are valid, and the workspace of the session."""

    user_id: str
    workspace_id: str
    password_hash: str | None = None  # the hash that the password was verified against
    has_second_factor: bool = False


def check_credentials(
    engine: Engine, email: str, password: str, now: datetime, *, limiter: RateLimiter, address: str, device: str = ""
) -> AuthenticatedUser:
    """Check email and password; tries are limited per account, per network address, and per pair of both.

    `device` identifies a browser that has signed in to this account before. It has a limit of its own, so that
    attackers can't lock the owner out. Raises `UnauthenticatedError`, `TooManyRequestsError`.
    """
    account = normalize_address(email)
    allowed = {f"device:{device}": ACCOUNT_ADDRESS_TRIES} if device else _allowed_tries(account, address)
    tries = limiter.take_try(allowed, now)
    row = None
    if is_storable(account):
        with database.read_session(engine) as session:
            row = users.find_user_by_email(session, account)
    if not passwords.verify_password(row.password_hash if row else None, password) or row is None:
        raise UnauthenticatedError("Email or password is wrong.")
    limiter.refund_tries(tries)
    return AuthenticatedUser(row.id, row.workspace_id, row.password_hash, row.has_second_factor)


def _allowed_tries(account: str, address: str) -> dict[str, int]:
    account_hash = tokens.hash_token(account).hex()
    allowed = {
        f"account:{account_hash}:{address}": ACCOUNT_ADDRESS_TRIES,
        f"account:{account_hash}": ACCOUNT_TRIES,
        f"address:{address}": ADDRESS_TRIES,
    }
    if site := _get_ipv6_site(address):
        allowed |= {f"account:{account_hash}:{site}": ACCOUNT_SITE_TRIES, f"address:{site}": SITE_ADDRESS_TRIES}
    return allowed


def _get_ipv6_site(address: str) -> str:
    """Return the /48 of an IPv6 address or network, otherwise ""."""
    try:
        network = ip_network(address)
    except ValueError:
        return ""
    if not isinstance(network, IPv6Network) or network.prefixlen < SITE_BITS:
        return ""
    return str(network.supernet(new_prefix=SITE_BITS))


def make_device_cookie(email: str, secret: str, random: Random = RANDOM) -> str:
    """Make a signed cookie for a browser that has signed in to this account; `secret` is the server's secret."""
    name = tokens.generate_id(random)
    return f"{name}.{_sign_device(name, email, secret)}"


def parse_device_cookie(cookie: str, email: str, secret: str) -> str:
    """Return the browser's id from its device cookie; "" if the signature is invalid for this account."""
    name, _, signature = cookie.partition(".")
    expected = _sign_device(name, email, secret)
    return name if hmac.compare_digest(signature.encode(errors="replace"), expected.encode()) else ""


def _sign_device(name: str, email: str, secret: str) -> str:
    return tokens.sign_text(secret, "device", f"{name}:{normalize_address(email)}").hex()


def begin_session(
    session: Session,
    user: AuthenticatedUser,
    now: datetime,
    *,
    previous: str | None = None,
    browser: str = "",
    random: Random = RANDOM,
) -> str:
    """Create a session with a new token, which prevents session fixation; return the token.

    `browser` is the program and system that the user will recognise the session by.

    `UnauthenticatedError` if the password was changed or the user disabled since `check_credentials`.
    """
    password_hash = user.password_hash
    if password_hash is not None and not users.has_password(session, user.user_id, password_hash):
        raise UnauthenticatedError("Email or password is wrong.")
    if previous:
        sign_out(session, previous)
    users.delete_console_sessions_before(session, now - MAX_SESSION_AGE)
    token = tokens.generate_token(random)
    users.add_console_session(
        session,
        {
            "token_hash": tokens.hash_token(token),
            "user_id": user.user_id,
            "workspace_id": user.workspace_id,
            "created_at": now,
            "seen_at": now,
            "browser": browser,
        },
    )
    users.update_last_sign_in(session, user.user_id, now)
    return token


def load_consultant(session: Session, token: str, now: datetime) -> Consultant:
    """Return the consultant of a session; `UnauthenticatedError` after `IDLE_TIMEOUT` or `MAX_SESSION_AGE`."""
    return check_session(users.find_user_by_token(session, tokens.hash_token(token)), now)


def check_session(row: SignedInUser | None, now: datetime) -> Consultant:
    """Return the consultant of a session's row; raises as `load_consultant`."""
    if row is None or now - row.seen_at >= IDLE_TIMEOUT or now - row.created_at >= MAX_SESSION_AGE:
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


def is_touch_due(consultant: Consultant, now: datetime) -> bool:
    """Return whether `touch` is due: not at every request, since it writes."""
    return now - consultant.seen_at >= TOUCH_INTERVAL


def touch_session(session: Session, token: str, now: datetime) -> None:
    """Store the time of the last activity."""
    users.update_seen_at(session, tokens.hash_token(token), now)


def sign_out(session: Session, token: str) -> None:
    """Delete the session of one browser."""
    users.delete_console_session(session, tokens.hash_token(token))
