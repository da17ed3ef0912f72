"""The table of assessments, and the Struct that queries return; every setting is a field of both."""

from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import JSON, Boolean, CheckConstraint, Column, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, Confidentiality, Mode
from assessment.storage.columns import make_enum_field, make_value_check, make_workspace_field


class AssessmentRow(SQLModel, table=True):
    """`questionnaire_digest` is fixed when the assessment opens; `revision` increments with every change.

    With `share_results` respondents see the published figures next to their answers after the close; with
    `in_benchmarks` its scores count when others of the workspace are ranked. `held_back` names the figures because
    of which the last close published nothing new. `domains` are the client's mail domains (method 6.9). `closes_at`
    is the end of the day `closes_on` in the workspace's time zone: from then on no answer is accepted.
    `uncounted_groups` lists, for anonymous assessments, the groups `ROLE:FUNCTIONS` that do not count towards the
    minimum because too few of their invitations differ in whether they count. `has_withdrawn_voices`: released comments
    of respondents were withdrawn. `archived_on`: the day it was archived; only a closed one can be.
    """

    __tablename__ = "assessment"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "organisation_id"], ["organisation.workspace_id", "organisation.id"]),
        ForeignKeyConstraint(["workspace_id", "wave_of"], ["assessment.workspace_id", "assessment.id"]),
        ForeignKeyConstraint(
            ["questionnaire_id", "questionnaire_version", "questionnaire_digest"],
            ["published_questionnaire.id", "published_questionnaire.version", "published_questionnaire.digest"],
            name="fk_assessment_questionnaire",  # the conventional name is too long for PostgreSQL
        ),
        make_value_check("state", *AssessmentState),
        make_value_check("confidentiality", *Confidentiality),
        make_value_check("mode", *Mode),
        CheckConstraint("minimum_group >= 3", name="minimum_group"),
        CheckConstraint(f"state = '{AssessmentState.DRAFT}' OR questionnaire_digest IS NOT NULL", name="published"),
        CheckConstraint(f"(state = '{AssessmentState.CLOSED}') = (closed_on IS NOT NULL)", name="closed"),
        Index(None, "workspace_id", "organisation_id"),
        Index(None, "workspace_id", "wave_of"),
    )

    workspace_id: str = make_workspace_field(primary_key=True)
    id: str = Field(primary_key=True)
    organisation_id: str
    title: str
    asker: str
    language: str
    questionnaire_id: str
    questionnaire_version: str
    questionnaire_digest: str | None = None
    state: AssessmentState = make_enum_field(AssessmentState, default=AssessmentState.DRAFT)
    confidentiality: Confidentiality = make_enum_field(Confidentiality, default=Confidentiality.CONFIDENTIAL)
    mode: Mode = make_enum_field(Mode, default=Mode.SURVEY)
    minimum_group: int
    weights: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    targets: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    contacts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    importance: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    wave_of: str | None = None
    domains: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False, default=list))
    uncounted_groups: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False, default=list))
    closes_on: date | None = None
    closes_at: datetime | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    share_results: bool = False
    in_benchmarks: bool = False
    held_back: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False, default=list))
    has_withdrawn_voices: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, default=False))
    created_at: datetime
    archived_on: date | None = None
    revision: int = 1


class Assessment(Struct, frozen=True, kw_only=True):
    """One assessment of one organisation.

    `organisation` is the organisation's name, `release` the number of the newest release. `time_zone` is the
    workspace's (IANA name); `closes_at` is the end of the day `closes_on` there. `is_basis_gone`: the answers
    behind at least one of its releases no longer exist. `has_withdrawn_voices`: released comments were withdrawn.
    `client_archived_on`: the day its client was archived.
    """

    id: str
    workspace_id: str
    organisation_id: str
    organisation: str
    title: str
    asker: str
    language: str
    questionnaire_id: str
    questionnaire_version: str
    questionnaire_digest: str | None
    state: AssessmentState
    confidentiality: Confidentiality
    mode: Mode
    minimum_group: int
    weights: dict[str, float]
    targets: dict[str, float]
    contacts: dict[str, dict[str, float]]
    importance: dict[str, int]
    wave_of: str | None
    domains: list[str]
    uncounted_groups: list[str]
    closes_on: date | None
    closes_at: datetime | None
    opened_on: date | None
    closed_on: date | None
    share_results: bool
    in_benchmarks: bool
    held_back: list[str]
    has_withdrawn_voices: bool
    created_at: datetime
    archived_on: date | None
    revision: int
    time_zone: str
    release: int | None
    is_basis_gone: bool
    client_archived_on: date | None

    @property
    def key(self) -> AssessmentKey:
        return AssessmentKey(self.workspace_id, self.id)

    @property
    def has_release(self) -> bool:
        """Return whether results were published."""
        return self.release is not None

    @property
    def is_reopened(self) -> bool:
        """Return whether it accepts answers again after results were published."""
        return self.state == AssessmentState.OPEN and self.release is not None

    @property
    def is_archived(self) -> bool:
        """Return whether it was archived, by itself or with its client."""
        return self.archived_on is not None or self.client_archived_on is not None
