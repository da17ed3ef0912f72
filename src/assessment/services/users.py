"""Workspaces and the people who work in them."""

from datetime import datetime

from sqlalchemy.orm import Session

from assessment.errors import ConflictError, InvalidError, NotFoundError, Problem
from assessment.services import auditing, passwords, tokens
from assessment.services.answering import is_writable
from assessment.services.tokens import RANDOM, Random
from assessment.storage import users

WORKSPACE = "main"
EMAIL_MOST = 254
ROLES = ("owner", "viewer")


def workspace_of(session: Session, name: str, now: datetime, random: Random = RANDOM) -> str:
    """Return the id of the workspace with this name; make it where there is none."""
    found = users.workspace_id(session, name)
    if found is None:
        found = tokens.new_id(random)
        users.add_workspace(session, found, name, now)
        auditing.record(session, found, now, auditing.WORKSPACE_CREATED, found)
    return found


def add_user(  # noqa: PLR0913  # a person is many things
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
    """Add a person to a workspace and return the id."""
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


def change_password(session: Session, email: str, password: str) -> None:
    """Give a new password; every browser of theirs is signed out."""
    address = normal(email)
    users.change(session, _known(session, address), password_hash=passwords.hashed(password, address))


def disable(session: Session, email: str) -> None:
    """Let somebody in no more; every browser of theirs is signed out."""
    users.change(session, _known(session, normal(email)), disabled=True)


def normal(email: str) -> str:
    """Return the address as it is kept, or refuse it."""
    address = email.strip().lower()
    local, at, domain = address.partition("@")
    strange = any(letter.isspace() for letter in address) or not is_writable(address) or "@" in domain
    if not local or not at or "." not in domain.strip(".") or strange or len(address) > EMAIL_MOST:
        reason = "This is not an email address."
        raise InvalidError(reason, [Problem(reason, pointer="/email")])
    return address


def _known(session: Session, address: str) -> str:
    found = users.find(session, address)
    if found is None:
        raise NotFoundError("Nobody has this email address.")
    return found
