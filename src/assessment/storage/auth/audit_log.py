"""Audit log: appended in the transaction of the action it records; no query changes an entry."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from assessment.storage import tables
from assessment.storage.database import is_sqlite, split_batches

entry = tables.audit_entry
head = tables.audit_head

READ_BATCH_SIZE = 1000


class AuditEntry(Struct, frozen=True, kw_only=True):
    """One action; `number` counts from 1 in each workspace, `mac` covers this entry and the previous one."""

    workspace_id: str
    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: dict[str, Any]
    mac: bytes


class AuditHead(Struct, frozen=True):
    """Length of a log, with an HMAC of it and of the last entry; 0 and empty before the first entry."""

    number: int
    mac: bytes


ENTRY_COLUMNS = tuple(entry.c[name] for name in AuditEntry.__struct_fields__)


def lock_head(session: Session, workspace_id: str) -> AuditHead:
    """Return the head of a workspace's log, locked until the commit.

    This must be the last lock of a transaction: after assessment, invitation and response.
    """
    add = (sqlite if is_sqlite(session.connection()) else postgresql).insert(head)
    session.execute(add.values(workspace_id=workspace_id, number=0, mac=b"").on_conflict_do_nothing())
    row = session.execute(
        select(head.c.number, head.c.mac).where(head.c.workspace_id == workspace_id).with_for_update()
    ).one()
    return AuditHead(*row)


def find_head(session: Session, workspace_id: str) -> AuditHead | None:
    row = session.execute(select(head.c.number, head.c.mac).where(head.c.workspace_id == workspace_id)).one_or_none()
    return None if row is None else AuditHead(*row)


def find_mac(session: Session, workspace_id: str, number: int) -> bytes:
    """Return the HMAC of one entry; empty if there is no such entry."""
    mac: bytes | None = session.scalar(
        select(entry.c.mac).where(entry.c.workspace_id == workspace_id, entry.c.number == number)
    )
    return mac or b""


def append_entries(session: Session, entries: Sequence[Mapping[str, Any]], new: AuditHead) -> None:
    """Insert entries of one workspace, whose head is locked, and update the head to the last one."""
    for batch in split_batches(entries):
        session.execute(insert(entry), batch)
    session.execute(
        update(head).where(head.c.workspace_id == entries[-1]["workspace_id"]).values(number=new.number, mac=new.mac)
    )


def iterate_entries(session: Session, workspace_id: str) -> Iterator[AuditEntry]:
    """Yield all entries of a workspace by number, fetched in batches."""
    last: int | None = None
    while True:
        after = () if last is None else (entry.c.number > last,)
        statement = select(*ENTRY_COLUMNS).where(entry.c.workspace_id == workspace_id, *after)
        rows = session.execute(statement.order_by(entry.c.number).limit(READ_BATCH_SIZE)).all()
        if not rows:
            return
        yield from (AuditEntry(**row._mapping) for row in rows)  # noqa: SLF001  # public despite its name
        last = rows[-1].number


def list_entries_of_subject(
    session: Session, workspace_id: str, subject: str, action: str | None = None
) -> list[AuditEntry]:
    """Return the entries about one subject by number, of all actions or of one."""
    statement = select(*ENTRY_COLUMNS).where(entry.c.workspace_id == workspace_id, entry.c.subject == subject)
    if action is not None:
        statement = statement.where(entry.c.action == action)
    return [AuditEntry(**row._mapping) for row in session.execute(statement.order_by(entry.c.number))]  # noqa: SLF001


def list_entries_of_subjects(
    session: Session, workspace_id: str, subjects: Collection[str], actions: Collection[str]
) -> list[AuditEntry]:
    """Return the entries about these subjects by number, of some actions."""
    statement = select(*ENTRY_COLUMNS).where(
        entry.c.workspace_id == workspace_id, entry.c.subject.in_(subjects), entry.c.action.in_(actions)
    )
    return [AuditEntry(**row._mapping) for row in session.execute(statement.order_by(entry.c.number))]  # noqa: SLF001
