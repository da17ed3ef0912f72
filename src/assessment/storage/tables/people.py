"""Invited people, and counts of them."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from assessment.domain.closed_sets import (
    DeliveryMode,
)
from assessment.storage.columns import WITHOUT_ROWID, make_enum_field, make_value_check


class InvitationRow(SQLModel, table=True):
    """One invited person; `functions` are joined by `;` as in the CSV, `position` is the order of the list.

    `replaces` is the id of the invitation of the same assessment that this one corrects. `is_late`: created after
    the assessment opened. `mailed_on`: the day a mail server accepted the link, for `deliver` mail. `unsubscribed_on`:
    the day the person stopped reminders and all later mails. `counts`: whether it counts towards k + 1, stored where it
    no longer follows from addresses, since some are erased. `sort_key` orders the list by name, `sort_key_es` by the
    rules of Spanish: bytes, which both databases compare alike.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("workspace_id", "assessment_id", "position"),
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        make_value_check("deliver", *DeliveryMode),
        Index(None, "workspace_id", "replaces"),
        Index("ix_invitation_sort_key", "workspace_id", "assessment_id", "sort_key", "id"),
        Index("ix_invitation_sort_key_es", "workspace_id", "assessment_id", "sort_key_es", "id"),
        WITHOUT_ROWID,
    )

    workspace_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    assessment_id: str
    position: int
    email: str | None = None
    name: str | None = None
    role: str
    functions: str
    deliver: DeliveryMode = make_enum_field(DeliveryMode, default=DeliveryMode.LINK)
    mailed_on: date | None = None
    unsubscribed_on: date | None = None
    replaces: str | None = None
    is_late: bool = False
    created_on: date
    revoked_on: date | None = None
    counts: bool | None = None
    revision: int = 1
    sort_key: bytes = b""
    sort_key_es: bytes = b""


class InvitationLinkRow(SQLModel, table=True):
    """One of the links of an invitation, all valid at once; only the link contains the token itself."""

    __tablename__ = "invitation_link"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "invitation_id"], ["invitation.workspace_id", "invitation.id"], ondelete="CASCADE"
        ),
        Index(None, "token_hash"),
        WITHOUT_ROWID,
    )

    workspace_id: str = Field(primary_key=True)
    invitation_id: str = Field(primary_key=True)
    token_hash: bytes = Field(primary_key=True)
    created_on: date


class RoleReportRow(SQLModel, table=True):
    """Role and functions that an invited person has, by their own word; `functions` are joined by `;`."""

    __tablename__ = "role_report"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "invitation_id"], ["invitation.workspace_id", "invitation.id"], ondelete="CASCADE"
        ),
        WITHOUT_ROWID,
    )

    workspace_id: str = Field(primary_key=True)
    invitation_id: str = Field(primary_key=True)
    role: str
    functions: str
    reported_on: date


class HourlyCountRow(SQLModel, table=True):
    """The counts that pages show, as JSON; taken at most once an hour, after the close once (method 6.11)."""

    __tablename__ = "hourly_count"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
    )

    workspace_id: str = Field(primary_key=True)
    assessment_id: str = Field(primary_key=True)
    counted_at: datetime
    content: bytes


class AnnouncedCountRow(SQLModel, table=True):
    """Highest number of sent responses that webhooks have announced, a multiple of k+1."""

    __tablename__ = "announced_count"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        CheckConstraint("sent >= 0", name="sent"),
    )

    workspace_id: str = Field(primary_key=True)
    assessment_id: str = Field(primary_key=True)
    sent: int


class PeopleSummaryRow(SQLModel, table=True):
    """Counts of invited people and of the delivery of their links, as JSON, so that pages don't count them again.

    `revision` increments in each transaction that changes what is counted; `content` is valid while
    `counted_revision` equals it.
    """

    __tablename__ = "people_summary"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
    )

    workspace_id: str = Field(primary_key=True)
    assessment_id: str = Field(primary_key=True)
    revision: int
    counted_revision: int | None = None
    content: bytes | None = None


class ClosingNoticeRow(SQLModel, table=True):
    """A consultant has not dismissed the notice yet that an assessment closed by itself."""

    __tablename__ = "closing_notice"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        Index(None, "user_id"),
    )

    workspace_id: str = Field(primary_key=True)
    assessment_id: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="user_account.id", primary_key=True, ondelete="CASCADE")
