"""Queries on what a workspace prefers: languages, name of the sender, retention, logo, colour."""

from typing import Any

from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assessment.storage import tables

workspace = tables.workspace


class WorkspacePreferences(Struct, frozen=True):
    """`languages`: those on offer, empty for all. `retention_months` after the close; None without a limit.

    `prepared_by` is printed on reports without an author of their own. `accent` is the colour of their headings,
    "#RRGGBB"; empty for our own.
    """

    languages: tuple[str, ...] = ()
    sender_name: str = ""
    retention_months: int | None = None
    has_logo: bool = False
    prepared_by: str = ""
    accent: str = ""


def load_preferences(session: Session, workspace_id: str) -> WorkspacePreferences:
    row = session.execute(
        select(
            workspace.c.languages,
            workspace.c.sender_name,
            workspace.c.retention_months,
            workspace.c.logo.is_not(None),
            workspace.c.prepared_by,
            workspace.c.accent,
        ).where(workspace.c.id == workspace_id)
    ).one()
    spoken, sender_name, months, has_logo, prepared_by, accent = row
    return WorkspacePreferences(tuple(spoken), sender_name, months, bool(has_logo), prepared_by, accent)


def load_logo(session: Session, workspace_id: str) -> bytes | None:
    """Return the logo as PNG."""
    logo: bytes | None = session.scalar(select(workspace.c.logo).where(workspace.c.id == workspace_id))
    return logo


def update_preferences(session: Session, workspace_id: str, **values: Any) -> None:  # noqa: ANN401
    session.execute(update(workspace).where(workspace.c.id == workspace_id).values(**values))
