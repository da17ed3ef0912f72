"""Queries on the members of a workspace."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import MemberRole
from assessment.storage import tables
from assessment.storage.auth import removed_users

user = tables.user
membership = tables.membership
workspace = tables.workspace
console_session = tables.console_session


class StoredMember(Struct, frozen=True):
    """User as a member of one workspace; `workspaces` is the number of workspaces that they are a member of."""

    user_id: str
    email: str
    role: MemberRole
    admin: bool
    disabled: bool
    has_password: bool
    has_second_factor: bool
    last_sign_in_at: datetime | None
    workspaces: int


def lock_members(session: Session, workspace_id: str) -> None:
    """Lock the members of a workspace until the commit, so that two owners can't remove each other."""
    session.execute(select(workspace.c.id).where(workspace.c.id == workspace_id).with_for_update(key_share=True))


def list_members(session: Session, workspace_id: str) -> tuple[StoredMember, ...]:
    """List the members by address."""
    return tuple(StoredMember(*row) for row in session.execute(_select_members(workspace_id).order_by(user.c.email)))


def find_member(session: Session, workspace_id: str, user_id: str) -> StoredMember | None:
    row = session.execute(_select_members(workspace_id).where(user.c.id == user_id)).one_or_none()
    return None if row is None else StoredMember(*row)


def _select_members(workspace_id: str) -> Select[Any]:
    others = membership.alias()
    workspaces = select(func.count()).where(others.c.user_id == user.c.id).scalar_subquery()
    return (
        select(
            user.c.id,
            user.c.email,
            membership.c.role,
            user.c.admin,
            user.c.disabled,
            (user.c.password_hash != "").label("has_password"),
            user.c.totp_secret.is_not(None).label("has_second_factor"),
            user.c.last_sign_in_at,
            workspaces.label("workspaces"),
        )
        .join(membership, membership.c.user_id == user.c.id)
        .where(membership.c.workspace_id == workspace_id)
    )


def update_role(session: Session, workspace_id: str, user_id: str, role: MemberRole) -> None:
    session.execute(
        update(membership)
        .where(membership.c.workspace_id == workspace_id, membership.c.user_id == user_id)
        .values(role=role)
    )


def delete_membership(session: Session, workspace_id: str, user_id: str) -> None:
    """Delete a membership and the user's sessions and notices in this workspace.

    If it was the only membership, the account goes too.
    """
    for table in (console_session, tables.closing_notice, membership):
        session.execute(delete(table).where(table.c.workspace_id == workspace_id, table.c.user_id == user_id))
    if session.scalar(select(membership.c.user_id).where(membership.c.user_id == user_id).limit(1)) is None:
        removed_users.delete_account(session, user_id)
