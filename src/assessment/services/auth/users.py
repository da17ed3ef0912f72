"""Users and their workspaces."""

from datetime import datetime

from sqlalchemy.orm import Session

from assessment.domain.closed_sets import MemberRole
from assessment.domain.text_normalisation import is_address, normalize_address
from assessment.errors import AddressTakenError, InvalidError, NotFoundError, Problem
from assessment.services.auth import passwords, tokens
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.operations import audit_trail
from assessment.services.survey.answer_validation import is_storable
from assessment.storage.auth import account_tokens, users
from assessment.storage.auth.users import WorkspaceMember

DEFAULT_WORKSPACE = "main"
MAX_ADDRESS_LENGTH = 254


def find_or_create_workspace(session: Session, name: str, now: datetime, random: Random = RANDOM) -> str:
    """Return the id of the workspace with this name; create it if there is none."""
    workspace_id = users.find_workspace_id(session, name)
    if workspace_id is None:
        workspace_id = tokens.generate_id(random)
        users.add_workspace(session, workspace_id, name, now)
        audit_trail.record_event(session, workspace_id, now, audit_trail.WORKSPACE_CREATED, workspace_id)
    return workspace_id


def add_user(  # noqa: PLR0913  # all properties of a user
    session: Session,
    workspace_id: str,
    email: str,
    password: str,
    now: datetime,
    *,
    admin: bool = False,
    role: str = MemberRole.OWNER,
    random: Random = RANDOM,
) -> str:
    """Add a user to a workspace and return the id; `InvalidError`, `AddressTakenError` if the address is taken."""
    address = check_address(email)
    member_role = check_role(role)
    password_hash = passwords.hash_password(password, address)
    if users.has_user(session, address):
        raise AddressTakenError("Someone has this email address already.")
    user_id = tokens.generate_id(random)
    values = {"id": user_id, "email": address, "password_hash": password_hash, "admin": admin, "disabled": False}
    users.add_user(session, {**values, "created_at": now}, workspace_id, member_role)
    audit_trail.record_event(
        session, workspace_id, now, audit_trail.USER_ADDED, user_id, role=member_role.value, admin=admin
    )
    return user_id


def change_password(session: Session, email: str, password: str, now: datetime) -> None:
    """Set a new password and end all sessions of the user."""
    address = check_address(email)
    password_hash = passwords.hash_password(password, address)  # slow, so before the database is locked
    user_id = _find_user(session, address)
    users.update_user(session, user_id, password_hash=password_hash)
    account_tokens.delete_tokens_of_address(session, address)
    _record_event(session, user_id, audit_trail.PASSWORD_CHANGED, now)


def disable_user(session: Session, email: str, now: datetime) -> None:
    """Disable a user and end all their sessions."""
    address = check_address(email)
    user_id = _find_user(session, address)
    users.update_user(session, user_id, disabled=True)
    account_tokens.delete_tokens_of_address(session, address)
    _record_event(session, user_id, audit_trail.USER_DISABLED, now)


def enable_user(session: Session, email: str, now: datetime) -> None:
    """Enable a disabled user; ended sessions stay ended."""
    user_id = _find_user(session, check_address(email))
    users.update_user(session, user_id, disabled=False)
    _record_event(session, user_id, audit_trail.USER_ENABLED, now)


def list_users(session: Session) -> tuple[WorkspaceMember, ...]:
    """List the members of all workspaces by address; a user in two workspaces is listed twice."""
    return users.list_memberships(session)


def check_user_exists(session: Session, email: str) -> None:
    """Raise `NotFoundError` if no user has this address."""
    _find_user(session, check_address(email))


def check_role(role: str) -> MemberRole:
    """Return the role of this name; `InvalidError` if there is none."""
    try:
        return MemberRole(role)
    except ValueError as error:
        problem = Problem("Known are owner, editor and viewer.", pointer="/role", code="unknown-value")
        raise InvalidError("There is no such role.", [problem]) from error


def check_address(email: str) -> str:
    """Normalize an address to its stored form; `InvalidError` if it is not an address."""
    address = normalize_address(email)
    if not is_address(address) or not is_storable(address) or len(address) > MAX_ADDRESS_LENGTH:
        reason = "This is not an email address."
        raise InvalidError(reason, [Problem(reason, pointer="/email", code="wrong-format")])
    return address


def _record_event(session: Session, user_id: str, action: str, now: datetime) -> None:
    """Record an event in the log of each workspace of the user."""
    for workspace_id in users.list_workspace_ids_of_user(session, user_id):
        audit_trail.record_event(session, workspace_id, now, action, user_id)


def _find_user(session: Session, address: str) -> str:
    user_id = users.find_user_id(session, address)
    if user_id is None:
        raise NotFoundError("Nobody has this email address.")
    return user_id
