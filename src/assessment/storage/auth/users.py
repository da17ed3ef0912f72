"""Queries on workspaces, users and console sessions."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import MemberRole
from assessment.storage import tables

user = tables.user
membership = tables.membership
workspace = tables.workspace
console_session = tables.console_session


class UserCredentials(Struct, frozen=True):
    """Password hash of a user who is not disabled, with the first of their workspaces."""

    id: str
    email: str
    password_hash: str
    has_second_factor: bool
    workspace_id: str


class StoredWorkspace(Struct, frozen=True):
    """Workspace; `time_zone` is an IANA name."""

    name: str
    time_zone: str


class WorkspaceMember(Struct, frozen=True):
    """User in a workspace."""

    email: str
    role: MemberRole
    workspace: str
    admin: bool
    disabled: bool


class SignedInUser(Struct, frozen=True):
    """User of a console session, as a member of the session's workspace."""

    id: str
    email: str
    admin: bool
    role: MemberRole
    workspace_id: str
    workspace: str
    created_at: datetime
    seen_at: datetime


def find_workspace_id(session: Session, name: str) -> str | None:
    """Return the id of the workspace with this name."""
    workspace_id: str | None = session.scalar(select(workspace.c.id).where(workspace.c.name == name))
    return workspace_id


def find_workspace(session: Session, workspace_id: str, *, lock: bool = False) -> StoredWorkspace:
    """Return a workspace that exists; with `lock`, no other transaction changes it until the commit."""
    statement = select(workspace.c.name, workspace.c.time_zone).where(workspace.c.id == workspace_id)
    # Rows that refer to it can be added: such a transaction may hold an assessment that the caller locks next.
    return StoredWorkspace(*session.execute(statement.with_for_update(key_share=True) if lock else statement).one())


def list_workspace_names(session: Session) -> tuple[str, ...]:
    """Return the names of all workspaces."""
    return tuple(session.scalars(select(workspace.c.name).order_by(workspace.c.name)))


def list_workspace_ids(session: Session) -> tuple[str, ...]:
    return tuple(session.scalars(select(workspace.c.id).order_by(workspace.c.id)))


def list_workspace_ids_of_user(session: Session, user_id: str) -> tuple[str, ...]:
    """Return the ids of the workspaces that a user is a member of."""
    of_user = membership.c.user_id == user_id
    return tuple(session.scalars(select(membership.c.workspace_id).where(of_user).order_by(membership.c.workspace_id)))


def add_workspace(session: Session, workspace_id: str, name: str, now: datetime) -> None:
    session.execute(insert(workspace).values(id=workspace_id, name=name, created_at=now))


def update_workspace(session: Session, workspace_id: str, **values: Any) -> None:  # noqa: ANN401
    session.execute(update(workspace).where(workspace.c.id == workspace_id).values(**values))


def has_user(session: Session, email: str) -> bool:
    """Return whether there is a user with this address."""
    return session.scalar(select(user.c.id).where(user.c.email == email)) is not None


def has_any_user(session: Session) -> bool:
    """Return whether someone could sign in."""
    return session.scalar(select(user.c.id).where(user.c.former_email.is_(None)).limit(1)) is not None


def add_user(session: Session, values: dict[str, Any], workspace_id: str, role: str) -> None:
    """Insert a user as a member of one workspace."""
    session.execute(insert(user).values(**values))
    session.execute(insert(membership).values(user_id=values["id"], workspace_id=workspace_id, role=role))


def find_user_by_email(session: Session, email: str) -> UserCredentials | None:
    """Return the credentials of a user who is not disabled."""
    columns = (user.c.id, user.c.email, user.c.password_hash, user.c.totp_secret.is_not(None))
    row = session.execute(
        select(*columns, func.min(membership.c.workspace_id).label("workspace_id"))
        .join(membership, membership.c.user_id == user.c.id)
        .where(user.c.email == email, user.c.disabled.is_(False))
        .group_by(user.c.id, user.c.email, user.c.password_hash, user.c.totp_secret)
    ).one_or_none()
    return None if row is None else UserCredentials(*row)


def find_user_id(session: Session, email: str) -> str | None:
    """Return the id of the user with this address."""
    user_id: str | None = session.scalar(select(user.c.id).where(user.c.email == email))
    return user_id


def list_memberships(session: Session) -> tuple[WorkspaceMember, ...]:
    """List the members of all workspaces by address."""
    rows = session.execute(
        select(user.c.email, membership.c.role, workspace.c.name, user.c.admin, user.c.disabled)
        .join(membership, membership.c.user_id == user.c.id)
        .join(workspace, workspace.c.id == membership.c.workspace_id)
        .order_by(user.c.email, workspace.c.name)
    )
    return tuple(WorkspaceMember(*row) for row in rows)


def has_password(session: Session, user_id: str, password_hash: str) -> bool:
    """Return whether the password hash is current and the user enabled.

    Locks the row, so that a concurrent change of the password waits.
    """
    matching_id = session.scalar(
        select(user.c.id)
        .where(user.c.id == user_id, user.c.password_hash == password_hash, user.c.disabled.is_(False))
        .with_for_update()
    )
    return matching_id is not None


def update_user(session: Session, user_id: str, **values: Any) -> None:  # noqa: ANN401
    """Update a user and delete all their console sessions."""
    session.execute(update(user).where(user.c.id == user_id).values(**values))
    session.execute(delete(console_session).where(console_session.c.user_id == user_id))


def update_last_sign_in(session: Session, user_id: str, now: datetime) -> None:
    """Record a sign-in; unlike `update_user`, it ends no session."""
    session.execute(update(user).where(user.c.id == user_id).values(last_sign_in_at=now))


def add_console_session(session: Session, values: dict[str, Any]) -> None:
    session.execute(insert(console_session).values(**values))


def find_user_by_token(session: Session, token_hash: bytes) -> SignedInUser | None:
    """Return the signed-in user of a session token, as a member of the session's workspace."""
    row = session.execute(select_user_by_token(), {"token_hash": token_hash}).one_or_none()
    return None if row is None else SignedInUser(*row)


def select_user_by_token() -> Select[Any]:
    """Build the select of a `SignedInUser`; its parameter is `token_hash`."""
    return (
        select(
            user.c.id,
            user.c.email,
            user.c.admin,
            membership.c.role,
            workspace.c.id.label("workspace_id"),
            workspace.c.name.label("workspace"),
            console_session.c.created_at,
            console_session.c.seen_at,
        )
        .select_from(console_session)
        .join(user, user.c.id == console_session.c.user_id)
        .join(workspace, workspace.c.id == console_session.c.workspace_id)
        .join(
            membership,
            (membership.c.user_id == user.c.id) & (membership.c.workspace_id == console_session.c.workspace_id),
        )
        .where(
            console_session.c.token_hash == bindparam("token_hash", type_=console_session.c.token_hash.type),
            user.c.disabled.is_(False),
        )
    )


def list_inviter_addresses(session: Session, workspace_id: str) -> tuple[str, ...]:
    """Return the addresses of all who may invite people in a workspace, disabled users included."""
    return tuple(
        session.scalars(
            select(user.c.email)
            .join(membership, membership.c.user_id == user.c.id)
            .where(membership.c.workspace_id == workspace_id, membership.c.role != MemberRole.VIEWER)
        )
    )


def update_seen_at(session: Session, token_hash: bytes, now: datetime) -> None:
    """Record when the session was last used."""
    session.execute(update(console_session).where(console_session.c.token_hash == token_hash).values(seen_at=now))


def delete_console_session(session: Session, token_hash: bytes) -> None:
    """Delete one console session (sign-out)."""
    session.execute(delete(console_session).where(console_session.c.token_hash == token_hash))


def delete_console_sessions_before(session: Session, created: datetime) -> None:
    """Delete console sessions created before `created`."""
    session.execute(delete(console_session).where(console_session.c.created_at < created))
