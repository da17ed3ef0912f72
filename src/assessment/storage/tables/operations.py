"""Audit log, erasures, repeated requests."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Index,
)
from sqlmodel import Field, SQLModel

from assessment.domain.closed_sets import (
    ErasureKind,
)
from assessment.storage.columns import WITHOUT_ROWID, make_enum_field, make_value_check, make_workspace_field


class AuditEntryRow(SQLModel, table=True):
    """One action of a consultant, an API key or the operator: append-only, without answers or addresses.

    `mac` is an HMAC over this entry and the previous one, by `number` from 1 in each workspace.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (CheckConstraint("number >= 1", name="number"), Index(None, "workspace_id", "subject"))

    workspace_id: str = Field(foreign_key="workspace.id", primary_key=True, ondelete="CASCADE")
    number: int = Field(primary_key=True)
    at: datetime
    actor: str
    action: str
    subject: str
    details: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    mac: bytes


class AuditHeadRow(SQLModel, table=True):
    """Length of a workspace's audit log with an HMAC, so that truncation of the log is detected."""

    __tablename__ = "audit_head"

    workspace_id: str = Field(foreign_key="workspace.id", primary_key=True, ondelete="CASCADE")
    number: int
    mac: bytes


class ErasureRow(SQLModel, table=True):
    """Something that was erased; after a restore of an older backup it is erased again.

    `kind` is what `subject`, its id, belongs to. Only the day is stored, and no foreign key: the row outlives both.
    """

    __tablename__ = "erasure"
    __table_args__ = (make_value_check("kind", *ErasureKind), Index(None, "erased_on"), WITHOUT_ROWID)

    workspace_id: str = Field(primary_key=True)
    kind: ErasureKind = make_enum_field(ErasureKind, primary_key=True)
    subject: str = Field(primary_key=True)
    erased_on: date


class ReplayRow(SQLModel, table=True):
    """The response to an `Idempotency-Key`; the body is encrypted, because it may contain a secret."""

    __tablename__ = "replay"
    __table_args__ = (CheckConstraint("status BETWEEN 200 AND 599", name="status"),)

    workspace_id: str = make_workspace_field(primary_key=True)
    key_id: str = Field(foreign_key="api_key.id", primary_key=True, ondelete="CASCADE")
    key: str = Field(primary_key=True)
    request_digest: bytes
    status: int
    body: bytes
    created_at: datetime = Field(index=True)
