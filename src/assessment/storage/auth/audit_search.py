"""Queries to read the audit log of a workspace: by actor, action and time, with the names of what entries are about."""

from collections.abc import Collection, Iterator
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from assessment.storage import tables
from assessment.storage.auth.audit_log import ENTRY_COLUMNS, AuditEntry
from assessment.storage.columns import match_in_workspace

entry = tables.audit_entry

READ_BATCH_SIZE = 1000


class AuditFilter(Struct, frozen=True):
    """Conditions on entries; an empty one admits all. `before` is exclusive."""

    actor: str = ""
    actions: tuple[str, ...] = ()
    since: datetime | None = None
    before: datetime | None = None


def list_entries(
    session: Session, workspace_id: str, chosen: AuditFilter, limit: int, below: int | None = None
) -> list[AuditEntry]:
    """Return the newest entries, or the newest with a number below one."""
    conditions = list(_list_conditions(workspace_id, chosen))
    if below is not None:
        conditions.append(entry.c.number < below)
    statement = select(*ENTRY_COLUMNS).where(*conditions).order_by(entry.c.number.desc()).limit(limit)
    return [AuditEntry(**row._mapping) for row in session.execute(statement)]  # noqa: SLF001  # public despite its name


def iterate_entries(session: Session, workspace_id: str, chosen: AuditFilter) -> Iterator[AuditEntry]:
    """Yield all matching entries, newest first, fetched in batches."""
    below = None
    while batch := list_entries(session, workspace_id, chosen, READ_BATCH_SIZE, below):
        yield from batch
        below = batch[-1].number


def list_actors(session: Session, workspace_id: str) -> tuple[str, ...]:
    """Return everyone who has acted in a workspace."""
    statement = select(entry.c.actor).where(entry.c.workspace_id == workspace_id).distinct().order_by(entry.c.actor)
    return tuple(session.scalars(statement))


def load_subject_names(session: Session, workspace_id: str, subjects: Collection[str]) -> dict[str, str]:
    """Return the address of a user, the name of a key or client, the title of an assessment (also of an invitation's).

    Of a removed user, the address is in the entry about the removal.
    """
    ids = sorted(set(subjects))
    removed = select(entry.c.subject, entry.c.details).where(
        entry.c.workspace_id == workspace_id, entry.c.subject.in_(ids), entry.c.action == "user.removed"
    )
    names = {row.subject: str(row.details.get("email", "")) for row in session.execute(removed)}
    user, membership, assessment = tables.user, tables.membership, tables.assessment
    users = select(user.c.id, user.c.email).join(membership, membership.c.user_id == user.c.id)
    invitation = tables.invitation
    statements = (
        users.where(membership.c.workspace_id == workspace_id, user.c.id.in_(ids)),
        select(tables.api_key.c.id, tables.api_key.c.name).where(
            tables.api_key.c.workspace_id == workspace_id, tables.api_key.c.id.in_(ids)
        ),
        select(tables.webhook.c.id, tables.webhook.c.url).where(
            tables.webhook.c.workspace_id == workspace_id, tables.webhook.c.id.in_(ids)
        ),
        select(assessment.c.id, assessment.c.title).where(
            assessment.c.workspace_id == workspace_id, assessment.c.id.in_(ids)
        ),
        select(tables.organisation.c.id, tables.organisation.c.name).where(
            tables.organisation.c.workspace_id == workspace_id, tables.organisation.c.id.in_(ids)
        ),
        select(invitation.c.id, assessment.c.title)
        .join(assessment, match_in_workspace(assessment.c.id, invitation.c.assessment_id))
        .where(invitation.c.workspace_id == workspace_id, invitation.c.id.in_(ids)),
    )
    for statement in statements:
        names |= {row[0]: row[1] for row in session.execute(statement)}
    return names


def _list_conditions(workspace_id: str, chosen: AuditFilter) -> Iterator[ColumnElement[bool]]:
    yield entry.c.workspace_id == workspace_id
    if chosen.actor:
        yield entry.c.actor == chosen.actor
    if chosen.actions:
        yield entry.c.action.in_(chosen.actions)
    if chosen.since is not None:
        yield entry.c.at >= chosen.since
    if chosen.before is not None:
        yield entry.c.at < chosen.before
