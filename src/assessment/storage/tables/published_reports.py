"""Tables of published reports, their files, and the links by which clients read them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class PublishedReportRow(SQLModel, table=True):
    """A frozen report in one language: `inputs` is the compressed render job, without the comments that it quotes.

    `quotes` holds those comments by function ("" for the whole), so that they can be deleted when their authors erase
    them; `is_amended`: some were. `comments_number` is the consultant's revision that it was made from.
    """

    __tablename__ = "published_report"
    __table_args__ = (
        UniqueConstraint("workspace_id", "assessment_id", "number"),
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id", "release"],
            ["release.workspace_id", "release.assessment_id", "release.number"],
        ),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(user_id IS NULL) <> (key_id IS NULL)", name="publisher"),
    )

    workspace_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    assessment_id: str
    number: int
    language: str
    release: int
    comments_number: int
    inputs: bytes
    quotes: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    note: str
    user_id: str | None = Field(default=None, foreign_key="user_account.id", index=True)
    key_id: str | None = Field(default=None, foreign_key="api_key.id", index=True)
    published_at: datetime
    withdrawn_at: datetime | None = None
    is_amended: bool = False


class PublishedFileRow(SQLModel, table=True):
    """A file of a published report, stored when first read: later versions of the program return the same bytes."""

    __tablename__ = "published_file"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "report_id"], ["published_report.workspace_id", "published_report.id"], ondelete="CASCADE"
        ),
    )

    workspace_id: str = Field(primary_key=True)
    report_id: str = Field(primary_key=True)
    audience: str = Field(primary_key=True)
    file_format: str = Field(primary_key=True)
    content: bytes


class ShareLinkRow(SQLModel, table=True):
    """A read-only link to a published report; only the hash of its token is stored.

    `audiences` and `formats` list what it opens. `viewed` and `downloaded` count requests, and say nothing about who.
    """

    __tablename__ = "share_link"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "report_id"], ["published_report.workspace_id", "published_report.id"], ondelete="CASCADE"
        ),
        CheckConstraint("viewed >= 0 AND downloaded >= 0", name="counts"),
        CheckConstraint("(user_id IS NULL) <> (key_id IS NULL)", name="author"),
        Index(None, "workspace_id", "report_id"),
    )

    workspace_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    report_id: str
    token_hash: bytes = Field(index=True)
    note: str
    audiences: list[str] = Field(sa_column=Column(JSON, nullable=False))
    formats: list[str] = Field(sa_column=Column(JSON, nullable=False))
    password_hash: str | None = None
    user_id: str | None = Field(default=None, foreign_key="user_account.id", index=True)
    key_id: str | None = Field(default=None, foreign_key="api_key.id", index=True)
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    viewed: int = 0
    downloaded: int = 0
    last_used_on: date | None = None
