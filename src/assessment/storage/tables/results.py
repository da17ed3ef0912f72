"""Releases, the answers behind them, and the consultant's additions."""

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from assessment.domain.closed_sets import (
    ReleaseBasis,
)
from assessment.storage.columns import WITHOUT_ROWID, make_enum_field, make_value_check


class ReleaseRow(SQLModel, table=True):
    """A published result: its bytes are never updated. `basis` is where the answers behind it are.

    `live`: the assessment's own; `kept`: a copy made when the assessment was opened again; `gone`: deleted.
    `overall_score`, `overall_level` and `function_scores` are those in `content`, so that lists of clients and
    ranks don't read it; an index has the first two.
    """

    __tablename__ = "release"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        CheckConstraint("number >= 1", name="number"),
        make_value_check("basis", *ReleaseBasis),
        Index("ix_release_overall", "workspace_id", "assessment_id", "number", "overall_score", "overall_level"),
    )

    workspace_id: str = Field(primary_key=True)
    assessment_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    digest: str
    content: bytes
    released_on: date
    basis: ReleaseBasis = make_enum_field(ReleaseBasis, default=ReleaseBasis.LIVE)
    overall_score: float | None = None
    overall_level: int | None = None
    function_scores: dict[str, float | None] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, default=dict)
    )


class AttributionRow(SQLModel, table=True):
    """Attribution of changes since a release of the previous wave: computed at the close, as JSON."""

    __tablename__ = "attribution"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id", "number"],
            ["release.workspace_id", "release.assessment_id", "release.number"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
    )

    workspace_id: str = Field(primary_key=True)
    assessment_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    earlier_id: str
    earlier_number: int
    content: bytes


class BasisRow(SQLModel, table=True):
    """One response's answers at the time of a release: a copy for comparing the next release with it.

    `answers` and `evidence` are one byte per item of the questionnaire, coded as in `domain.answers`.
    """

    __tablename__ = "basis"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id", "number"],
            ["release.workspace_id", "release.assessment_id", "release.number"],
        ),
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["workspace_id", "response_id"], ["response.workspace_id", "response.id"]),
        Index(None, "workspace_id", "response_id"),
        WITHOUT_ROWID,
    )

    workspace_id: str = Field(primary_key=True)
    assessment_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    response_id: str = Field(primary_key=True)
    role: str
    functions: str
    seconds: float | None = None
    answers: bytes
    evidence: bytes


class CommentsRow(SQLModel, table=True):
    """A consultant's comments on reports: each save is a row of its own, never updated.

    `content` is JSON, `release` the newest release then: with it both values of a moderated score stay known. A user
    or an API key saved it. `logo` is a PNG, stored only where it changed: `logo_number` is the row that has it.
    """

    __tablename__ = "comments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id", "release"],
            ["release.workspace_id", "release.assessment_id", "release.number"],
        ),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(user_id IS NULL) <> (key_id IS NULL)", name="saver"),
    )

    workspace_id: str = Field(primary_key=True)
    assessment_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    content: bytes
    logo: bytes | None = None
    logo_number: int | None = None
    release: int | None = None
    user_id: str | None = Field(default=None, foreign_key="user_account.id", index=True)
    key_id: str | None = Field(default=None, foreign_key="api_key.id", index=True)
    saved_at: datetime


class VoiceRow(SQLModel, table=True):
    """A released comment of a respondent (method 6.10); `pool` is a function or, if empty, the whole.

    `position` is its place in the order drawn at the release. `response_id` is only for erasure; NULL if anonymous.
    `is_chosen`: the consultant wants it in reports. `is_withdrawn`: its author erased the answers; it is deleted
    together with those of others, so that its time of deletion does not show whose it was.
    """

    __tablename__ = "voice"
    __table_args__ = (
        UniqueConstraint("workspace_id", "assessment_id", "position"),
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id", "release"],
            ["release.workspace_id", "release.assessment_id", "release.number"],
        ),
        ForeignKeyConstraint(["workspace_id", "response_id"], ["response.workspace_id", "response.id"]),
        CheckConstraint("position >= 1", name="position"),
        Index(None, "workspace_id", "response_id"),
        WITHOUT_ROWID,
    )

    workspace_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    assessment_id: str
    release: int
    response_id: str | None = None
    pool: str
    position: int
    text: str
    is_chosen: bool = False
    is_withdrawn: bool = False
