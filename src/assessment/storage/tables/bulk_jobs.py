"""Large requests of the API that workers carry out, with their content and result."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from assessment.domain.closed_sets import BulkJobKind, BulkJobState, BulkPartKind
from assessment.storage.columns import make_enum_field, make_value_check


class BulkJobRow(SQLModel, table=True):
    """One large request. `total` is the number of people or responses, null until counted; `done` are stored.

    `lease_id` is the worker that runs it, until `lease_until`. `attempts` is how often one has begun since the last
    progress. `actor` is the key's name in the audit log.
    """

    __tablename__ = "bulk_job"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        make_value_check("kind", *BulkJobKind),
        make_value_check("state", *BulkJobState),
        CheckConstraint("done >= 0", name="done"),
        Index(None, "workspace_id", "assessment_id"),
        Index("ix_bulk_job_state", "state", "created_at"),
    )

    workspace_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    assessment_id: str
    kind: BulkJobKind = make_enum_field(BulkJobKind)
    state: BulkJobState = make_enum_field(BulkJobState)
    actor: str
    total: int | None = None
    done: int = 0
    attempts: int = 0
    created_at: datetime
    finished_at: datetime | None = None
    lease_id: str | None = None
    lease_until: datetime | None = None


class BulkJobPartRow(SQLModel, table=True):
    """A piece of what was sent, or of the result; encrypted, since it holds names and links."""

    __tablename__ = "bulk_job_part"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "job_id"], ["bulk_job.workspace_id", "bulk_job.id"], ondelete="CASCADE"),
        make_value_check("kind", *BulkPartKind),
    )

    workspace_id: str = Field(primary_key=True)
    job_id: str = Field(primary_key=True)
    kind: BulkPartKind = make_enum_field(BulkPartKind, primary_key=True)
    number: int = Field(primary_key=True)
    content: bytes
