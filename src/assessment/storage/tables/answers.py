"""Responses and their answers."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from assessment.domain.closed_sets import (
    STORED_RESPONSE_STATES,
    ResponseState,
)
from assessment.storage.columns import WITHOUT_ROWID, make_enum_field, make_value_check

IS_SENT = f"state = '{ResponseState.SENT}'"
IS_INCOMPLETE_IMPORT = f"label IS NOT NULL AND state = '{ResponseState.WITHDRAWN}'"


def _make_unique_index(*columns: str) -> Index:
    """Index what few rows have in the last column: with all the others, planners would take it for a small one."""
    is_given = text(f"{columns[-1]} IS NOT NULL")
    return Index(None, *columns, unique=True, sqlite_where=is_given, postgresql_where=is_given)


class ResponseRow(SQLModel, table=True):
    """One draft or response of a respondent; `label` names rows imported from a file.

    An invitation can have several, numbered by `draft_number` from 1: each browser that starts gets an empty one,
    and at most one is sent. An anonymous one has no invitation, no number and no time; `counts` is whether it
    counts towards the minimum, stored only where that does not single anyone out (method 6.9). `code_hash` is of
    the code that moves it to another browser; `withdraw_hash` of a code issued before codes moved responses, which
    still withdraws. The `packed_` columns have what was answered in an anonymous response after the close, instead
    of a row for each answer (`storage/survey/packed_answers`).
    """

    __tablename__ = "response"
    __table_args__ = (
        UniqueConstraint("workspace_id", "invitation_id", "draft_number"),
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["workspace_id", "invitation_id"], ["invitation.workspace_id", "invitation.id"]),
        make_value_check("state", *STORED_RESPONSE_STATES),
        CheckConstraint(f"state <> '{ResponseState.STARTED}' OR sent_at IS NULL", name="sent"),
        CheckConstraint("(invitation_id IS NULL) = (draft_number IS NULL)", name="draft_number"),
        Index(None, "workspace_id", "assessment_id"),
        _make_unique_index("workspace_id", "assessment_id", "label"),
        _make_unique_index("workspace_id", "code_hash"),
        _make_unique_index("workspace_id", "withdraw_hash"),
        Index(
            "ix_response_sent_invitation",
            "workspace_id",
            "invitation_id",
            unique=True,
            sqlite_where=text(IS_SENT),
            postgresql_where=text(IS_SENT),
        ),
        Index(
            "ix_response_incomplete_import",
            "sent_at",
            sqlite_where=text(IS_INCOMPLETE_IMPORT),
            postgresql_where=text(IS_INCOMPLETE_IMPORT),
        ),
        WITHOUT_ROWID,
    )

    workspace_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    assessment_id: str
    invitation_id: str | None = None
    draft_number: int | None = None
    label: str | None = None
    role: str
    functions: str
    language: str
    state: ResponseState = make_enum_field(ResponseState, default=ResponseState.STARTED)
    sent_at: datetime | None = None
    counts: bool | None = None
    withdraw_hash: bytes | None = None
    seconds: float | None = None
    code_hash: bytes | None = None
    packed_answers: str | None = None
    packed_sections: str | None = None
    packed_seconds: str | None = None


class RespondentSessionRow(SQLModel, table=True):
    """A browser of a respondent.

    `moved_on` is the day its response was moved to another browser by the code: from then on this browser shows
    only that, and can object.
    """

    __tablename__ = "respondent_session"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "response_id"], ["response.workspace_id", "response.id"], ondelete="CASCADE"
        ),
        Index(None, "cookie_hash"),
        WITHOUT_ROWID,
    )

    workspace_id: str = Field(primary_key=True)
    response_id: str = Field(primary_key=True)
    cookie_hash: bytes = Field(primary_key=True)
    moved_on: date | None = None


class SectionTimeRow(SQLModel, table=True):
    """`seconds` from the first display to Continue, at most ten minutes (method 3); NULL until continued."""

    __tablename__ = "section_time"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "response_id"], ["response.workspace_id", "response.id"], ondelete="CASCADE"
        ),
        CheckConstraint("seconds >= 0 AND seconds <= 600", name="seconds"),
        WITHOUT_ROWID,
    )

    workspace_id: str = Field(primary_key=True)
    response_id: str = Field(primary_key=True)
    section: str = Field(primary_key=True)
    shown_at: datetime
    seconds: float | None = None


class AnswerRow(SQLModel, table=True):
    """`value` as in the CSV, empty if cleared; only a higher `sequence` replaces it."""

    __tablename__ = "answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "response_id"], ["response.workspace_id", "response.id"], ondelete="CASCADE"
        ),
        CheckConstraint("sequence >= 0", name="sequence"),
        WITHOUT_ROWID,
    )

    workspace_id: str = Field(primary_key=True)
    response_id: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    value: str
    reason: str = ""
    evidence: str = ""
    sequence: int = Field(sa_type=BigInteger)
    saved_at: datetime


class MarkRow(SQLModel, table=True):
    """Answers of an anonymous invitation were sent; `name` is an HMAC with the server's secret."""

    __tablename__ = "mark"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        WITHOUT_ROWID,
    )

    workspace_id: str = Field(primary_key=True)
    assessment_id: str = Field(primary_key=True)
    name: bytes = Field(primary_key=True)
