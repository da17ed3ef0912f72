"""All tables. Ids are random text, so that they reveal no order; datetimes are aware, in UTC.

Tables that link people to their answers are WITHOUT ROWID on SQLite: row ids would reveal who answered after whom.
Queries use the Core tables at the end of this module, named in the singular: `tables.answer.c.value`.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Table,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

NO_ROW_IDS = {"sqlite_with_rowid": False}
CONVENTION = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = CONVENTION
metadata = SQLModel.metadata


def _one_of(column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _workspace(*, index: bool = True) -> Any:  # noqa: ANN401  # SQLModel types a column as its value
    return Field(foreign_key="workspace.id", ondelete="CASCADE", index=index)


class Workspace(SQLModel, table=True):
    """One consultancy; every row of a client has its id. `time_zone` (IANA) decides on which day a moment falls."""

    __tablename__ = "workspace"

    id: str = Field(primary_key=True)
    name: str = Field(unique=True)
    time_zone: str = "UTC"
    created_at: datetime


class User(SQLModel, table=True):
    """A consultant; `email` in lower case, `admin` of the whole installation."""

    __tablename__ = "user_account"

    id: str = Field(primary_key=True)
    email: str = Field(unique=True)
    password_hash: str
    admin: bool = False
    disabled: bool = False
    created_at: datetime


class Membership(SQLModel, table=True):
    __tablename__ = "membership"
    __table_args__ = (_one_of("role", "owner", "viewer"),)

    workspace_id: str = Field(foreign_key="workspace.id", primary_key=True, ondelete="CASCADE")
    user_id: str = Field(foreign_key="user_account.id", primary_key=True, ondelete="CASCADE", index=True)
    role: str


class ConsoleSession(SQLModel, table=True):
    """A signed-in browser; only its cookie contains the token itself."""

    __tablename__ = "console_session"

    token_hash: bytes = Field(primary_key=True)
    workspace_id: str = _workspace()
    user_id: str = Field(foreign_key="user_account.id", ondelete="CASCADE", index=True)
    created_at: datetime
    seen_at: datetime


class ApiKey(SQLModel, table=True):
    """`secret_hash` is an HMAC with the server's secret; `scopes` are separated by spaces."""

    __tablename__ = "api_key"

    id: str = Field(primary_key=True)
    workspace_id: str = _workspace()
    name: str
    secret_hash: bytes
    scopes: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None  # to the hour


class Organisation(SQLModel, table=True):
    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("workspace_id", "id"),)

    id: str = Field(primary_key=True)
    workspace_id: str = _workspace(index=False)
    name: str
    created_at: datetime


class Assessment(SQLModel, table=True):
    """`questionnaire_digest` is fixed when the assessment opens; `revision` increments with every change.

    With `share_results` respondents see the published figures next to their answers after the close; with
    `in_benchmarks` its scores count when others of the workspace are ranked. `held_back` names the figures because
    of which the last close published nothing new. `domains` are the client's mail domains (method 6.9). `closes_at`
    is the end of the day `closes_on` in the workspace's time zone: from then on no answer is accepted.
    `uncounted_groups` lists, for anonymous assessments, the groups `ROLE:FUNCTIONS` that do not count towards the
    minimum because too few of their invitations differ in whether they count.
    """

    __tablename__ = "assessment"
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        ForeignKeyConstraint(["workspace_id", "organisation_id"], ["organisation.workspace_id", "organisation.id"]),
        ForeignKeyConstraint(["workspace_id", "wave_of"], ["assessment.workspace_id", "assessment.id"]),
        ForeignKeyConstraint(
            ["questionnaire_id", "questionnaire_version", "questionnaire_digest"],
            ["published_questionnaire.id", "published_questionnaire.version", "published_questionnaire.digest"],
            name="fk_assessment_questionnaire",  # the conventional name is too long for PostgreSQL
        ),
        _one_of("state", "draft", "open", "closed"),
        _one_of("confidentiality", "confidential", "anonymous", "attributable"),
        _one_of("mode", "survey", "consensus"),
        CheckConstraint("minimum_group >= 3", name="minimum_group"),
        CheckConstraint("state = 'draft' OR questionnaire_digest IS NOT NULL", name="published"),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed"),
        Index(None, "workspace_id", "organisation_id"),
        Index(None, "workspace_id", "wave_of"),
    )

    id: str = Field(primary_key=True)
    workspace_id: str = _workspace(index=False)
    organisation_id: str
    title: str
    asker: str
    language: str
    questionnaire_id: str
    questionnaire_version: str
    questionnaire_digest: str | None = None
    state: str = "draft"
    confidentiality: str = "confidential"
    mode: str = "survey"
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
    created_at: datetime
    revision: int = 1


class PublishedQuestionnaire(SQLModel, table=True):
    """The questionnaire of opened assessments: its content is never updated."""

    __tablename__ = "published_questionnaire"
    __table_args__ = (UniqueConstraint("id", "version", "digest"),)

    id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    digest: str
    content: bytes


class Invitation(SQLModel, table=True):
    """One invited person; `functions` are joined by `;` as in the CSV, `position` is the order of the list.

    `replaces` is the id of the invitation of the same assessment that this one corrects. `is_late`: created after
    the assessment opened. `mailed_on`: the day the server mailed the link, for `deliver` mail.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("assessment_id", "position"),
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        _one_of("deliver", "link", "mail"),
        Index(None, "workspace_id", "assessment_id"),
        Index(None, "workspace_id", "replaces"),
        NO_ROW_IDS,
    )

    id: str = Field(primary_key=True)
    workspace_id: str
    assessment_id: str
    position: int
    email: str | None = None
    name: str | None = None
    role: str
    functions: str
    deliver: str = "link"
    mailed_on: date | None = None
    replaces: str | None = None
    is_late: bool = False
    created_on: date
    revoked_on: date | None = None
    revision: int = 1


class InvitationLink(SQLModel, table=True):
    """One of the links of an invitation, all valid at once; only the link contains the token itself."""

    __tablename__ = "invitation_link"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "invitation_id"], ["invitation.workspace_id", "invitation.id"], ondelete="CASCADE"
        ),
        Index(None, "workspace_id", "invitation_id"),
        NO_ROW_IDS,
    )

    token_hash: bytes = Field(primary_key=True)
    workspace_id: str
    invitation_id: str
    created_on: date


class Response(SQLModel, table=True):
    """One draft or response of a respondent; `label` names rows imported from a file.

    An invitation can have several, numbered by `draft_number` from 1: each browser that starts gets an empty one,
    and at most one is sent. An anonymous one has no invitation, no number and no time; `counts` is whether it
    counts towards the minimum, stored only where that does not single anyone out (method 6.9). `code_hash` is of
    the code that moves it to another browser; `withdraw_hash` of a code issued before codes moved responses, which
    still withdraws.
    """

    __tablename__ = "response"
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("invitation_id", "draft_number"),
        UniqueConstraint("assessment_id", "label"),
        UniqueConstraint("withdraw_hash"),
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["workspace_id", "invitation_id"], ["invitation.workspace_id", "invitation.id"]),
        _one_of("state", "started", "sent", "withdrawn", "set-aside"),
        CheckConstraint("state <> 'started' OR sent_at IS NULL", name="sent"),
        CheckConstraint("(invitation_id IS NULL) = (draft_number IS NULL)", name="draft_number"),
        Index(None, "workspace_id", "assessment_id"),
        Index(None, "workspace_id", "invitation_id"),
        Index(None, "code_hash", unique=True),
        Index(
            "ix_response_sent_invitation",
            "invitation_id",
            unique=True,
            sqlite_where=text("state = 'sent'"),
            postgresql_where=text("state = 'sent'"),
        ),
        NO_ROW_IDS,
    )

    id: str = Field(primary_key=True)
    workspace_id: str
    assessment_id: str
    invitation_id: str | None = None
    draft_number: int | None = None
    label: str | None = None
    role: str
    functions: str
    language: str
    state: str = "started"
    sent_at: datetime | None = None
    counts: bool | None = None
    withdraw_hash: bytes | None = None
    seconds: float | None = None
    code_hash: bytes | None = None


class RespondentSession(SQLModel, table=True):
    """A browser of a respondent.

    `moved_on` is the day its response was moved to another browser by the code: from then on this browser shows
    only that, and can object.
    """

    __tablename__ = "respondent_session"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "response_id"], ["response.workspace_id", "response.id"], ondelete="CASCADE"
        ),
        Index(None, "workspace_id", "response_id"),
        NO_ROW_IDS,
    )

    cookie_hash: bytes = Field(primary_key=True)
    workspace_id: str
    response_id: str
    moved_on: date | None = None


class SectionTime(SQLModel, table=True):
    """`seconds` from the first display to Continue, at most ten minutes (method 3); NULL until continued."""

    __tablename__ = "section_time"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "response_id"], ["response.workspace_id", "response.id"], ondelete="CASCADE"
        ),
        CheckConstraint("seconds >= 0 AND seconds <= 600", name="seconds"),
        NO_ROW_IDS,
    )

    response_id: str = Field(primary_key=True)
    section: str = Field(primary_key=True)
    workspace_id: str
    shown_at: datetime
    seconds: float | None = None


class Answer(SQLModel, table=True):
    """`value` as in the CSV, empty if cleared; only a higher `sequence` replaces it."""

    __tablename__ = "answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "response_id"], ["response.workspace_id", "response.id"], ondelete="CASCADE"
        ),
        CheckConstraint("sequence >= 0", name="sequence"),
        NO_ROW_IDS,
    )

    response_id: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    workspace_id: str
    value: str
    reason: str = ""
    evidence: str = ""
    sequence: int = Field(sa_type=BigInteger)
    saved_at: datetime


class Mark(SQLModel, table=True):
    """Answers of an anonymous invitation were sent; `name` is an HMAC with the server's secret."""

    __tablename__ = "mark"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        Index(None, "workspace_id", "assessment_id"),
        NO_ROW_IDS,
    )

    name: bytes = Field(primary_key=True)
    workspace_id: str
    assessment_id: str


class HourlyCount(SQLModel, table=True):
    """The counts of an open assessment that pages show, as JSON; taken at most once an hour (method 6.11)."""

    __tablename__ = "hourly_count"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        Index(None, "workspace_id", "assessment_id"),
    )

    assessment_id: str = Field(primary_key=True)
    workspace_id: str
    counted_at: datetime
    content: bytes


class AuditEntry(SQLModel, table=True):
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


class AuditHead(SQLModel, table=True):
    """Length of a workspace's audit log with an HMAC, so that truncation of the log is detected."""

    __tablename__ = "audit_head"

    workspace_id: str = Field(foreign_key="workspace.id", primary_key=True, ondelete="CASCADE")
    number: int
    mac: bytes


class Release(SQLModel, table=True):
    """A published result: its bytes are never updated. `basis` is where the answers behind it are.

    `live`: the assessment's own; `kept`: a copy made when the assessment was opened again; `gone`: deleted.
    """

    __tablename__ = "release"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        CheckConstraint("number >= 1", name="number"),
        _one_of("basis", "live", "kept", "gone"),
        Index(None, "workspace_id", "assessment_id"),
    )

    assessment_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    workspace_id: str
    digest: str
    content: bytes
    released_on: date
    basis: str = "live"


class Attribution(SQLModel, table=True):
    """Attribution of changes since a release of the previous wave: computed at the close, as JSON."""

    __tablename__ = "attribution"
    __table_args__ = (
        ForeignKeyConstraint(
            ["assessment_id", "number"], ["release.assessment_id", "release.number"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        Index(None, "workspace_id", "assessment_id"),
    )

    assessment_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    workspace_id: str
    earlier_id: str
    earlier_number: int
    content: bytes


class Basis(SQLModel, table=True):
    """One response's answers at the time of a release: a copy for comparing the next release with it.

    `answers` and `evidence` are one byte per item of the questionnaire, coded as in `domain.answers`.
    """

    __tablename__ = "basis"
    __table_args__ = (
        ForeignKeyConstraint(["assessment_id", "number"], ["release.assessment_id", "release.number"]),
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["workspace_id", "response_id"], ["response.workspace_id", "response.id"]),
        Index(None, "workspace_id", "assessment_id"),
        Index(None, "workspace_id", "response_id"),
        NO_ROW_IDS,
    )

    assessment_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    response_id: str = Field(primary_key=True)
    workspace_id: str
    role: str
    functions: str
    seconds: float | None = None
    answers: bytes
    evidence: bytes


class Comments(SQLModel, table=True):
    """A consultant's comments on reports: each save is a row of its own, never updated.

    `content` is JSON, `logo` a PNG, `release` the newest release then: with it both values of a moderated score
    stay known. A user or an API key saved it.
    """

    __tablename__ = "comments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["assessment_id", "release"], ["release.assessment_id", "release.number"]),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(user_id IS NULL) <> (key_id IS NULL)", name="saver"),
        Index(None, "workspace_id", "assessment_id"),
    )

    assessment_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    workspace_id: str
    content: bytes
    logo: bytes | None = None
    release: int | None = None
    user_id: str | None = Field(default=None, foreign_key="user_account.id", index=True)
    key_id: str | None = Field(default=None, foreign_key="api_key.id", index=True)
    saved_at: datetime


class Replay(SQLModel, table=True):
    """The response to an `Idempotency-Key`; the body is encrypted, because it may contain a secret."""

    __tablename__ = "replay"
    __table_args__ = (CheckConstraint("status BETWEEN 200 AND 599", name="status"),)

    key_id: str = Field(foreign_key="api_key.id", primary_key=True, ondelete="CASCADE")
    key: str = Field(primary_key=True)
    workspace_id: str = _workspace()
    request_digest: bytes
    status: int
    body: bytes
    created_at: datetime = Field(index=True)


def _core(model: type[SQLModel]) -> Table:
    return metadata.tables[str(model.__tablename__)]


workspace = _core(Workspace)
user = _core(User)
membership = _core(Membership)
console_session = _core(ConsoleSession)
api_key = _core(ApiKey)
organisation = _core(Organisation)
assessment = _core(Assessment)
published_questionnaire = _core(PublishedQuestionnaire)
invitation = _core(Invitation)
invitation_link = _core(InvitationLink)
response = _core(Response)
respondent_session = _core(RespondentSession)
section_time = _core(SectionTime)
answer = _core(Answer)
mark = _core(Mark)
hourly_count = _core(HourlyCount)
audit_entry = _core(AuditEntry)
audit_head = _core(AuditHead)
release = _core(Release)
attribution = _core(Attribution)
basis = _core(Basis)
comments = _core(Comments)
replay = _core(Replay)
