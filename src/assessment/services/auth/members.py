"""Members of a workspace, as its owners manage them. A workspace always keeps an owner who can sign in."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import MemberRole
from assessment.errors import ConflictError, InvalidError, NotFoundError, Problem
from assessment.services.auth import set_up_links, tokens
from assessment.services.auth.set_up_links import SetUpLink
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.auth.users import check_address, check_role
from assessment.services.operations import audit_trail
from assessment.services.survey.answer_validation import is_storable
from assessment.storage.auth import account_tokens, members, users
from assessment.storage.auth.members import StoredMember


class LastOwnerError(ConflictError):
    """The workspace would be left without an owner who can sign in."""

    slug = "last-owner"
    title = "A workspace needs an owner"


class HasPasswordError(ConflictError):
    """An owner who could set the password of a colleague could act in the colleague's name."""

    slug = "has-password"
    title = "This person has a password already"


class UserDisabledError(ConflictError):
    slug = "user-disabled"
    title = "This person is disabled"


class OtherWorkspaceError(ConflictError):
    """A user has one account: disabling it here would end the work in another workspace."""

    slug = "other-workspace"
    title = "This person works in another workspace too"


class MemberState(StrEnum):
    """`invited`: has neither set a password nor signed in yet."""

    ACTIVE = "active"
    INVITED = "invited"
    DISABLED = "disabled"


class Member(Struct, frozen=True):
    """Member of a workspace; `is_last_owner`: without them, the workspace has no owner who can sign in."""

    user_id: str
    email: str
    role: MemberRole
    state: MemberState
    last_sign_in_at: datetime | None
    has_second_factor: bool
    is_last_owner: bool


def list_members(session: Session, workspace_id: str) -> tuple[Member, ...]:
    """List the members by address."""
    rows = members.list_members(session, workspace_id)
    owners = [row.user_id for row in rows if _can_manage(row)]
    return tuple(_make_member(row, owners) for row in rows)


def find_member(session: Session, workspace_id: str, user_id: str) -> Member:
    """Return one member; `NotFoundError` if the user is none."""
    for member in list_members(session, workspace_id):
        if member.user_id == user_id:
            return member
    raise NotFoundError


def find_member_by_email(session: Session, workspace_id: str, email: str) -> Member:
    """Return the member with a normalised address; `NotFoundError` if there is none."""
    for member in list_members(session, workspace_id):
        if member.email == email:
            return member
    raise NotFoundError


def add_member(  # all properties of a user
    session: Session,
    workspace_id: str,
    email: str,
    role: str,
    now: datetime,
    random: Random = RANDOM,
    *,
    admin: bool = False,
) -> SetUpLink:
    """Add a user without a password, and return the link that sets it. `InvalidError` lists all problems.

    Only the operator of the server makes an `admin`.
    """
    address, member_role = _check_new_member(session, email, role)
    user_id = tokens.generate_id(random)
    values = {"id": user_id, "email": address, "password_hash": "", "admin": admin, "disabled": False}
    users.add_user(session, {**values, "created_at": now}, workspace_id, member_role)
    audit_trail.record_event(
        session, workspace_id, now, audit_trail.USER_ADDED, user_id, role=member_role.value, admin=admin
    )
    return set_up_links.create_link(session, workspace_id, address, now, random=random)


def renew_link(session: Session, workspace_id: str, user_id: str, now: datetime, random: Random = RANDOM) -> SetUpLink:
    """Make a new link for a member who has no password yet; `HasPasswordError` for others."""
    member = _lock_member(session, workspace_id, user_id)
    if member.has_password:
        raise HasPasswordError("This person has a password already.")
    if member.disabled:
        raise UserDisabledError("This person is disabled. Enable the account first.")
    audit_trail.record_event(session, workspace_id, now, audit_trail.SET_UP_LINK_MADE, user_id)
    return set_up_links.create_link(session, workspace_id, member.email, now, random=random)


def change_role(session: Session, workspace_id: str, user_id: str, role: str, now: datetime) -> None:
    """Change the role of a member, with effect from their next request."""
    member = _lock_member(session, workspace_id, user_id)
    member_role = check_role(role)
    if member.role == member_role:
        return
    if member_role != MemberRole.OWNER:
        _check_other_owner(session, workspace_id, member)
    members.update_role(session, workspace_id, user_id, member_role)
    audit_trail.record_event(session, workspace_id, now, audit_trail.ROLE_CHANGED, user_id, role=member_role.value)


def disable_member(session: Session, workspace_id: str, user_id: str, now: datetime) -> None:
    """Disable a member and end all their sessions."""
    member = _lock_member(session, workspace_id, user_id)
    _check_only_here(member)
    _check_other_owner(session, workspace_id, member)
    users.update_user(session, user_id, disabled=True)
    account_tokens.delete_tokens_of_address(session, member.email)
    audit_trail.record_event(session, workspace_id, now, audit_trail.USER_DISABLED, user_id)


def enable_member(session: Session, workspace_id: str, user_id: str, now: datetime) -> None:
    """Enable a disabled member; ended sessions stay ended."""
    _check_only_here(_lock_member(session, workspace_id, user_id))
    users.update_user(session, user_id, disabled=False)
    audit_trail.record_event(session, workspace_id, now, audit_trail.USER_ENABLED, user_id)


def remove_member(session: Session, workspace_id: str, user_id: str, now: datetime) -> None:
    """Remove a member and end their sessions; what they have done stays, and stays in the audit log."""
    member = _lock_member(session, workspace_id, user_id)
    _check_other_owner(session, workspace_id, member)
    members.delete_membership(session, workspace_id, user_id)
    account_tokens.delete_tokens_of_address(session, member.email)
    audit_trail.record_event(session, workspace_id, now, audit_trail.USER_REMOVED, user_id, email=member.email)


def _lock_member(session: Session, workspace_id: str, user_id: str) -> StoredMember:
    members.lock_members(session, workspace_id)
    member = members.find_member(session, workspace_id, user_id) if is_storable(user_id) else None
    if member is None:
        raise NotFoundError
    return member


def _check_other_owner(session: Session, workspace_id: str, member: StoredMember) -> None:
    others = [row for row in members.list_members(session, workspace_id) if row.user_id != member.user_id]
    if _can_manage(member) and not any(_can_manage(row) for row in others):
        raise LastOwnerError("Nobody else could manage this workspace. Make someone else an owner first.")


def _check_only_here(member: StoredMember) -> None:
    if member.workspaces > 1:
        raise OtherWorkspaceError("This person works in another workspace too. Remove them from this one instead.")


def _can_manage(member: StoredMember) -> bool:
    has_entered = member.has_password or member.last_sign_in_at is not None
    return member.role == MemberRole.OWNER and not member.disabled and has_entered


def _check_new_member(session: Session, email: str, role: str) -> tuple[str, MemberRole]:
    problems: list[Problem] = []
    address, member_role = "", MemberRole.VIEWER
    try:
        address = check_address(email)
    except InvalidError as error:
        problems += error.problems
    try:
        member_role = check_role(role)
    except InvalidError as error:
        problems += error.problems
    if address and users.has_user(session, address):
        problems.append(Problem("Someone has this email address already.", pointer="/email", code="duplicate"))
    if problems:
        raise InvalidError("This person can’t be added.", problems)
    return address, member_role


def _make_member(row: StoredMember, owners: list[str]) -> Member:
    has_entered = row.has_password or row.last_sign_in_at is not None
    state = MemberState.ACTIVE if has_entered else MemberState.INVITED
    return Member(
        user_id=row.user_id,
        email=row.email,
        role=row.role,
        state=MemberState.DISABLED if row.disabled else state,
        last_sign_in_at=row.last_sign_in_at,
        has_second_factor=row.has_second_factor,
        is_last_owner=owners == [row.user_id],
    )
