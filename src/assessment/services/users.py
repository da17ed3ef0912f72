"""Users and their workspaces."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.spelling import clean_address, is_address
from assessment.errors import ConflictError, InvalidError, NotFoundError, Problem
from assessment.services import auditing, passwords, tokens
from assessment.services.answering import is_writable
from assessment.services.tokens import RANDOM, Random
from assessment.storage import users

WORKSPACE = "main"
EMAIL_MOST = 254
ROLES = ("owner", "viewer")


class Member(Struct, frozen=True):
    """User in a workspace."""

    email: str
    role: str
    workspace: str
    admin: bool
    disabled: bool


def workspace_of(session: Session, name: str, now: datetime, random: Random = RANDOM) -> str:
    """Return the id of the workspace with this name; create it if there is none."""
    found = users.workspace_id(session, name)
    if found is None:
        found = tokens.new_id(random)
        users.add_workspace(session, found, name, now)
        auditing.record(session, found, now, auditing.WORKSPACE_CREATED, found)
    return found


def add_user(  # noqa: PLR0913  # all properties of a user
    session: Session,
    workspace_id: str,
    email: str,
    password: str,
    now: datetime,
    *,
    admin: bool = False,
    role: str = "owner",
    random: Random = RANDOM,
) -> str:
    """Add a user to a workspace and return the id; `InvalidError`, `ConflictError` if the address is taken."""
    address = normal(email)
    if role not in ROLES:
        raise InvalidError("There is no such role.", [Problem("Known are owner and viewer.", pointer="/role")])
    kept = passwords.hashed(password, address)
    if users.exists(session, address):
        raise ConflictError("Somebody has this email address already.")
    user_id = tokens.new_id(random)
    values = {"id": user_id, "email": address, "password_hash": kept, "admin": admin, "disabled": False}
    users.add(session, {**values, "created_at": now}, workspace_id, role)
    auditing.record(session, workspace_id, now, auditing.USER_ADDED, user_id, role=role, admin=admin)
    return user_id


def change_password(session: Session, email: str, password: str, now: datetime) -> None:
    """Set a new password and end all sessions of the user."""
    address = normal(email)
    user_id = _known(session, address)
    users.change(session, user_id, password_hash=passwords.hashed(password, address))
    _record(session, user_id, auditing.PASSWORD_CHANGED, now)


def disable(session: Session, email: str, now: datetime) -> None:
    """Disable a user and end all their sessions."""
    user_id = _known(session, normal(email))
    users.change(session, user_id, disabled=True)
    _record(session, user_id, auditing.USER_DISABLED, now)


def enable(session: Session, email: str, now: datetime) -> None:
    """Enable a disabled user; ended sessions stay ended."""
    user_id = _known(session, normal(email))
    users.change(session, user_id, disabled=False)
    _record(session, user_id, auditing.USER_ENABLED, now)


def list_users(session: Session) -> tuple[Member, ...]:
    """List the members of all workspaces by address; a user in two workspaces is listed twice."""
    return tuple(Member(*row) for row in users.listed(session))


def check_known(session: Session, email: str) -> None:
    """Raise `NotFoundError` if no user has this address."""
    _known(session, normal(email))


def normal(email: str) -> str:
    """Normalize an address to its stored form; `InvalidError` if it is none."""
    address = clean_address(email)
    if not is_address(address) or not is_writable(address) or len(address) > EMAIL_MOST:
        reason = "This is not an email address."
        raise InvalidError(reason, [Problem(reason, pointer="/email")])
    return address


def _record(session: Session, user_id: str, action: str, now: datetime) -> None:
    """Record an event in the log of each workspace of the user."""
    for workspace_id in users.workspaces_of(session, user_id):
        auditing.record(session, workspace_id, now, action, user_id)


def _known(session: Session, address: str) -> str:
    found = users.find(session, address)
    if found is None:
        raise NotFoundError("Nobody has this email address.")
    return found
