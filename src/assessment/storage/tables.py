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

from assessment.domain.closed_sets import (
    ASSESSMENT_MAIL_KINDS,
    STORED_RESPONSE_STATES,
    DeliveryMode,
    DeliveryProblem,
    DeliveryState,
    ErasureKind,
    MailKind,
    MemberRole,
    OutboxState,
    ReleaseBasis,
    ResponseState,
    WebhookEvent,
    WordKind,
)
from assessment.storage.assessment_table import AssessmentRow
from assessment.storage.columns import WITHOUT_ROWID, make_enum_field, make_value_check, make_workspace_field
from assessment.storage.published_report_tables import PublishedFileRow, PublishedReportRow, ShareLinkRow

metadata = SQLModel.metadata
IS_SENT = f"state = '{ResponseState.SENT}'"


class WorkspaceRow(SQLModel, table=True):
    """One consultancy; every row of a client has its id. `time_zone` (IANA) decides on which day a moment falls.

    `logo` is a PNG. `languages` are those that new assessments and report downloads offer; empty: all. `sender_name`
    stands before the address in the mails. `retention_months` after its close, an assessment is due for deletion.
    """

    __tablename__ = "workspace"

    id: str = Field(primary_key=True)
    name: str = Field(unique=True)
    time_zone: str = "UTC"
    created_at: datetime
    logo: bytes | None = None
    languages: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False, default=list))
    sender_name: str = ""
    retention_months: int | None = None


class UserRow(SQLModel, table=True):
    """A consultant; `email` in lower case, `admin` of the whole installation.

    `password_hash` is empty until the user has set a password. `totp_secret` is encrypted with the server's secret;
    `totp_step` is the number of the last time step whose code was accepted.
    """

    __tablename__ = "user_account"

    id: str = Field(primary_key=True)
    email: str = Field(unique=True)
    password_hash: str
    admin: bool = False
    disabled: bool = False
    created_at: datetime
    last_sign_in_at: datetime | None = None
    totp_secret: bytes | None = None
    totp_step: int | None = None


class RecoveryCodeRow(SQLModel, table=True):
    """A code that replaces one TOTP code; `code_hash` is an HMAC with the server's secret. Deleted when used."""

    __tablename__ = "recovery_code"

    user_id: str = Field(foreign_key="user_account.id", primary_key=True, ondelete="CASCADE")
    code_hash: bytes = Field(primary_key=True)


class MembershipRow(SQLModel, table=True):
    __tablename__ = "membership"
    __table_args__ = (make_value_check("role", *MemberRole),)

    workspace_id: str = Field(foreign_key="workspace.id", primary_key=True, ondelete="CASCADE")
    user_id: str = Field(foreign_key="user_account.id", primary_key=True, ondelete="CASCADE", index=True)
    role: MemberRole = make_enum_field(MemberRole)


class ConsoleSessionRow(SQLModel, table=True):
    """A signed-in browser, named by program and system ("Firefox, Linux"); only its cookie contains the token."""

    __tablename__ = "console_session"

    token_hash: bytes = Field(primary_key=True)
    workspace_id: str = make_workspace_field()
    user_id: str = Field(foreign_key="user_account.id", ondelete="CASCADE", index=True)
    created_at: datetime
    seen_at: datetime
    browser: str = ""


class AccountTokenRow(SQLModel, table=True):
    """A link that sets a password once; only the mail contains the token itself.

    It names an address, not a user: a request for an unknown address leaves the same rows as one for a known address.
    """

    __tablename__ = "account_token"
    __table_args__ = (
        make_value_check("kind", MailKind.USER_INVITATION, MailKind.PASSWORD_RESET),
        Index(None, "email"),
    )

    token_hash: bytes = Field(primary_key=True)
    workspace_id: str = make_workspace_field()
    email: str
    kind: str
    expires_at: datetime = Field(index=True)


class LimitedTryRow(SQLModel, table=True):
    """One try that counts towards a limit (sign-in, codes), for as long as the limit's window.

    `key_hash` is the SHA-256 of what is limited: no address is stored.
    """

    __tablename__ = "limited_try"
    __table_args__ = (Index(None, "key_hash", "tried_at"),)

    id: str = Field(primary_key=True)
    key_hash: bytes
    tried_at: datetime = Field(index=True)


class ApiKeyRow(SQLModel, table=True):
    """`secret_hash` is an HMAC with the server's secret; `scopes` are separated by spaces."""

    __tablename__ = "api_key"

    id: str = Field(primary_key=True)
    workspace_id: str = make_workspace_field()
    name: str
    secret_hash: bytes
    scopes: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None  # to the hour
    rate_tokens: float | None = None  # left in the bucket of the rate limit; null is full
    rate_updated_at: float | None = None  # POSIX seconds


class OrganisationRow(SQLModel, table=True):
    """A client; `erased_at`: it is being erased, its name and contact are gone, and no query returns it."""

    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("workspace_id", "id"),)

    id: str = Field(primary_key=True)
    workspace_id: str = make_workspace_field(index=False)
    name: str
    created_at: datetime
    contact_name: str = ""
    contact_email: str = ""
    archived_on: date | None = None
    erased_at: datetime | None = None
    revision: int = 1


class ListWordRow(SQLModel, table=True):
    """A word for a role or an area that was mapped once, for the lists of a client; `word` is folded.

    `choice` is an id of the questionnaire, or `*` for all areas; `-` leaves the lines out.
    """

    __tablename__ = "list_word"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "organisation_id"], ["organisation.workspace_id", "organisation.id"], ondelete="CASCADE"
        ),
        make_value_check("kind", *WordKind),
        Index(None, "workspace_id", "organisation_id"),
    )

    organisation_id: str = Field(primary_key=True)
    questionnaire_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    word: str = Field(primary_key=True)
    workspace_id: str
    spelling: str
    choice: str


class PublishedQuestionnaireRow(SQLModel, table=True):
    """The questionnaire of opened assessments: its content is never updated."""

    __tablename__ = "published_questionnaire"
    __table_args__ = (UniqueConstraint("id", "version", "digest"),)

    id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    digest: str
    content: bytes


class WorkspaceQuestionnaireRow(SQLModel, table=True):
    """A questionnaire that a workspace has uploaded: replaced by the next upload until it is published.

    `id` ends with a tag of the workspace, so that no other workspace can have the same.
    """

    __tablename__ = "workspace_questionnaire"

    id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    workspace_id: str = make_workspace_field()
    digest: str
    content: bytes
    uploaded_at: datetime
    published_at: datetime | None = None


class InvitationRow(SQLModel, table=True):
    """One invited person; `functions` are joined by `;` as in the CSV, `position` is the order of the list.

    `replaces` is the id of the invitation of the same assessment that this one corrects. `is_late`: created after
    the assessment opened. `mailed_on`: the day a mail server accepted the link, for `deliver` mail. `unsubscribed_on`:
    the day the person stopped reminders and all later mails. `sort_key` orders the list by name, `sort_key_es` by the
    rules of Spanish: bytes, which both databases compare alike.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("assessment_id", "position"),
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        make_value_check("deliver", *DeliveryMode),
        Index(None, "workspace_id", "assessment_id"),
        Index(None, "workspace_id", "replaces"),
        Index("ix_invitation_sort_key", "workspace_id", "assessment_id", "sort_key", "id"),
        Index("ix_invitation_sort_key_es", "workspace_id", "assessment_id", "sort_key_es", "id"),
        WITHOUT_ROWID,
    )

    id: str = Field(primary_key=True)
    workspace_id: str
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
        Index(None, "workspace_id", "invitation_id"),
        WITHOUT_ROWID,
    )

    token_hash: bytes = Field(primary_key=True)
    workspace_id: str
    invitation_id: str
    created_on: date


class RoleReportRow(SQLModel, table=True):
    """Role and functions that an invited person has, by their own word; `functions` are joined by `;`."""

    __tablename__ = "role_report"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "invitation_id"], ["invitation.workspace_id", "invitation.id"], ondelete="CASCADE"
        ),
        Index(None, "workspace_id", "invitation_id"),
        WITHOUT_ROWID,
    )

    invitation_id: str = Field(primary_key=True)
    workspace_id: str
    role: str
    functions: str
    reported_on: date


class ResponseRow(SQLModel, table=True):
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
        make_value_check("state", *STORED_RESPONSE_STATES),
        CheckConstraint(f"state <> '{ResponseState.STARTED}' OR sent_at IS NULL", name="sent"),
        CheckConstraint("(invitation_id IS NULL) = (draft_number IS NULL)", name="draft_number"),
        Index(None, "workspace_id", "assessment_id"),
        Index(None, "workspace_id", "invitation_id"),
        Index(None, "code_hash", unique=True),
        Index(
            "ix_response_sent_invitation",
            "invitation_id",
            unique=True,
            sqlite_where=text(IS_SENT),
            postgresql_where=text(IS_SENT),
        ),
        WITHOUT_ROWID,
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
    state: ResponseState = make_enum_field(ResponseState, default=ResponseState.STARTED)
    sent_at: datetime | None = None
    counts: bool | None = None
    withdraw_hash: bytes | None = None
    seconds: float | None = None
    code_hash: bytes | None = None


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
        Index(None, "workspace_id", "response_id"),
        WITHOUT_ROWID,
    )

    cookie_hash: bytes = Field(primary_key=True)
    workspace_id: str
    response_id: str
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

    response_id: str = Field(primary_key=True)
    section: str = Field(primary_key=True)
    workspace_id: str
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

    response_id: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    workspace_id: str
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
        Index(None, "workspace_id", "assessment_id"),
        WITHOUT_ROWID,
    )

    name: bytes = Field(primary_key=True)
    workspace_id: str
    assessment_id: str


class HourlyCountRow(SQLModel, table=True):
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


class AnnouncedCountRow(SQLModel, table=True):
    """Highest number of sent responses that webhooks have announced, a multiple of k+1."""

    __tablename__ = "announced_count"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        CheckConstraint("sent >= 0", name="sent"),
        Index(None, "workspace_id", "assessment_id"),
    )

    assessment_id: str = Field(primary_key=True)
    workspace_id: str
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
        Index(None, "workspace_id", "assessment_id"),
    )

    assessment_id: str = Field(primary_key=True)
    workspace_id: str
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
        Index(None, "workspace_id", "assessment_id"),
    )

    user_id: str = Field(foreign_key="user_account.id", primary_key=True, ondelete="CASCADE")
    assessment_id: str = Field(primary_key=True)
    workspace_id: str


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


class ReleaseRow(SQLModel, table=True):
    """A published result: its bytes are never updated. `basis` is where the answers behind it are.

    `live`: the assessment's own; `kept`: a copy made when the assessment was opened again; `gone`: deleted.
    `overall_score` and `overall_level` are those in `content`, so that lists of clients don't read it.
    """

    __tablename__ = "release"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        CheckConstraint("number >= 1", name="number"),
        make_value_check("basis", *ReleaseBasis),
        Index(None, "workspace_id", "assessment_id"),
    )

    assessment_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    workspace_id: str
    digest: str
    content: bytes
    released_on: date
    basis: ReleaseBasis = make_enum_field(ReleaseBasis, default=ReleaseBasis.LIVE)
    overall_score: float | None = None
    overall_level: int | None = None


class AttributionRow(SQLModel, table=True):
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


class BasisRow(SQLModel, table=True):
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
        WITHOUT_ROWID,
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
    logo_number: int | None = None
    release: int | None = None
    user_id: str | None = Field(default=None, foreign_key="user_account.id", index=True)
    key_id: str | None = Field(default=None, foreign_key="api_key.id", index=True)
    saved_at: datetime


class VoiceRow(SQLModel, table=True):
    """A released comment of a respondent (method 6.10); `pool` is a function or, if empty, the whole.

    `position` is its place in the order drawn at the release. `response_id` is only for erasure; NULL if anonymous.
    `is_chosen`: the consultant wants it in reports. `is_withdrawn`: its author erased the answers; it is deleted
    together with those of others, so that nobody can tell whose it was.
    """

    __tablename__ = "voice"
    __table_args__ = (
        UniqueConstraint("assessment_id", "position"),
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["assessment_id", "release"], ["release.assessment_id", "release.number"]),
        ForeignKeyConstraint(["workspace_id", "response_id"], ["response.workspace_id", "response.id"]),
        CheckConstraint("position >= 1", name="position"),
        Index(None, "workspace_id", "assessment_id"),
        Index(None, "workspace_id", "response_id"),
        WITHOUT_ROWID,
    )

    id: str = Field(primary_key=True)
    workspace_id: str
    assessment_id: str
    release: int
    response_id: str | None = None
    pool: str
    position: int
    text: str
    is_chosen: bool = False
    is_withdrawn: bool = False


class ReplayRow(SQLModel, table=True):
    """The response to an `Idempotency-Key`; the body is encrypted, because it may contain a secret."""

    __tablename__ = "replay"
    __table_args__ = (CheckConstraint("status BETWEEN 200 AND 599", name="status"),)

    key_id: str = Field(foreign_key="api_key.id", primary_key=True, ondelete="CASCADE")
    key: str = Field(primary_key=True)
    workspace_id: str = make_workspace_field()
    request_digest: bytes
    status: int
    body: bytes
    created_at: datetime = Field(index=True)


class MailTemplateRow(SQLModel, table=True):
    """A consultant's text for one kind of mail of an assessment, in one language; otherwise the default is used."""

    __tablename__ = "mail_template"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        make_value_check("kind", *ASSESSMENT_MAIL_KINDS),
        Index(None, "workspace_id", "assessment_id"),
    )

    assessment_id: str = Field(primary_key=True)
    kind: MailKind = make_enum_field(MailKind, primary_key=True)
    language: str = Field(primary_key=True)
    workspace_id: str
    subject: str
    body: str


class ReminderPlanRow(SQLModel, table=True):
    """What the server mails by itself while an assessment is open, and at its close.

    Days are counted from the first invitation that was mailed. `send_from` and `send_until` are hours of the
    workspace's time zone. `closing_notice_days` before the closing date, 0 for none.
    """

    __tablename__ = "reminder_plan"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        CheckConstraint("reminders BETWEEN 0 AND 3", name="reminders"),
        CheckConstraint("first_after_days >= 3", name="first_after_days"),
        CheckConstraint("every_days >= 1", name="every_days"),
        CheckConstraint("send_from >= 0 AND send_until <= 24 AND send_from < send_until", name="send_hours"),
        CheckConstraint("closing_notice_days >= 0", name="closing_notice_days"),
        Index(None, "workspace_id", "assessment_id"),
    )

    assessment_id: str = Field(primary_key=True)
    workspace_id: str
    reminders: int
    first_after_days: int
    every_days: int
    send_from: int
    send_until: int
    closing_notice_days: int
    sends_results: bool
    is_stopped: bool = False


class MailingRow(SQLModel, table=True):
    """One act of sending: its text, and the number of mails as shown to consultants (method 6.11).

    `shown_count` comes from the hourly count, since the true number would reveal who has sent. `reply_to` exists in
    attributable assessments only: elsewhere, replies would show who reads.
    """

    __tablename__ = "mailing"
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        make_value_check("kind", *MailKind),
        CheckConstraint("shown_count >= 0", name="shown_count"),
        Index(None, "workspace_id", "assessment_id"),
    )

    id: str = Field(primary_key=True)
    workspace_id: str = make_workspace_field(index=False)
    assessment_id: str | None = None
    kind: MailKind = make_enum_field(MailKind)
    language: str
    subject: str
    body: str
    shown_count: int
    is_planned: bool = False
    reply_to: str | None = None
    queued_at: datetime
    cancelled_at: datetime | None = None


class MailingRecipientRow(SQLModel, table=True):
    """Recipient of a large mailing who has no link and no row in the outbox yet; deleted as soon as both exist."""

    __tablename__ = "mailing_recipient"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "mailing_id"], ["mailing.workspace_id", "mailing.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["workspace_id", "invitation_id"], ["invitation.workspace_id", "invitation.id"], ondelete="CASCADE"
        ),
        make_value_check("kind", *ASSESSMENT_MAIL_KINDS),
        Index(None, "workspace_id", "assessment_id"),
        Index(None, "workspace_id", "invitation_id"),
        WITHOUT_ROWID,
    )

    mailing_id: str = Field(primary_key=True)
    invitation_id: str = Field(primary_key=True)
    workspace_id: str
    assessment_id: str
    kind: MailKind = make_enum_field(MailKind)
    not_before: datetime


class OutboxRow(SQLModel, table=True):
    """One mail to one recipient.

    `payload` (recipient, name, token) is encrypted, and NULL once the row is finished. `lease_until` and `lease_id`:
    the worker that sends it; after that time another one takes it. `reply_code`: SMTP code of the last attempt.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "mailing_id"], ["mailing.workspace_id", "mailing.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["workspace_id", "invitation_id"], ["invitation.workspace_id", "invitation.id"], ondelete="CASCADE"
        ),
        make_value_check("kind", *MailKind),
        make_value_check("state", *OutboxState),
        CheckConstraint(
            f"(state IN ('{OutboxState.QUEUED}', '{OutboxState.SENDING}')) = (payload IS NOT NULL)", name="payload"
        ),
        CheckConstraint(f"(state = '{OutboxState.SENDING}') = (lease_id IS NOT NULL)", name="lease"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index(None, "workspace_id", "mailing_id"),
        Index(None, "workspace_id", "assessment_id", "kind"),
        Index(None, "workspace_id", "invitation_id"),
        Index(None, "state", "not_before"),
        Index(None, "taken_at"),
        WITHOUT_ROWID,
    )

    id: str = Field(primary_key=True)
    workspace_id: str = make_workspace_field(index=False)
    mailing_id: str
    kind: MailKind = make_enum_field(MailKind)
    assessment_id: str | None = None
    invitation_id: str | None = None
    payload: bytes | None = None
    state: OutboxState = make_enum_field(OutboxState, default=OutboxState.QUEUED)
    attempts: int = 0
    not_before: datetime
    taken_at: datetime | None = None
    lease_id: str | None = None
    lease_until: datetime | None = None
    reply_code: int | None = None
    finished_on: date | None = None


class WebhookRow(SQLModel, table=True):
    """A receiver of events; `events` are separated by spaces.

    `secret` signs, encrypted with the server's secret; `previous_secret` signs too until `previous_secret_until`.
    `ended_at`: when the receiver replied 410.
    """

    __tablename__ = "webhook"
    __table_args__ = (UniqueConstraint("workspace_id", "id"),)

    id: str = Field(primary_key=True)
    workspace_id: str = make_workspace_field(index=False)
    url: str
    events: str
    secret: bytes
    previous_secret: bytes | None = None
    previous_secret_until: datetime | None = None
    created_at: datetime
    ended_at: datetime | None = None


class WebhookDeliveryRow(SQLModel, table=True):
    """One event on its way to one webhook; `event_id` is the same for all webhooks, attempts and replays.

    `payload` is the body, JSON. Leases as in `outbox`. `status_code` and `problem` are of the last attempt.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "webhook_id"], ["webhook.workspace_id", "webhook.id"], ondelete="CASCADE"
        ),
        make_value_check("event", *WebhookEvent),
        make_value_check("state", *DeliveryState),
        make_value_check("problem", *DeliveryProblem),
        CheckConstraint(f"(state = '{DeliveryState.SENDING}') = (lease_id IS NOT NULL)", name="lease"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index(None, "workspace_id", "webhook_id", "created_at"),
        Index(None, "state", "not_before"),
        Index(None, "finished_at"),
    )

    id: str = Field(primary_key=True)
    workspace_id: str = make_workspace_field(index=False)
    webhook_id: str
    event_id: str
    event: WebhookEvent = make_enum_field(WebhookEvent)
    payload: bytes
    state: DeliveryState = make_enum_field(DeliveryState, default=DeliveryState.QUEUED)
    attempts: int = 0
    created_at: datetime
    not_before: datetime
    lease_id: str | None = None
    lease_until: datetime | None = None
    attempted_at: datetime | None = None
    status_code: int | None = None
    problem: DeliveryProblem | None = make_enum_field(DeliveryProblem, default=None, nullable=True)
    finished_at: datetime | None = None


def _find_core_table(model: type[SQLModel]) -> Table:
    return metadata.tables[str(model.__tablename__)]


workspace = _find_core_table(WorkspaceRow)
user = _find_core_table(UserRow)
membership = _find_core_table(MembershipRow)
recovery_code = _find_core_table(RecoveryCodeRow)
console_session = _find_core_table(ConsoleSessionRow)
account_token = _find_core_table(AccountTokenRow)
limited_try = _find_core_table(LimitedTryRow)
api_key = _find_core_table(ApiKeyRow)
organisation = _find_core_table(OrganisationRow)
list_word = _find_core_table(ListWordRow)
assessment = _find_core_table(AssessmentRow)
published_questionnaire = _find_core_table(PublishedQuestionnaireRow)
workspace_questionnaire = _find_core_table(WorkspaceQuestionnaireRow)
invitation = _find_core_table(InvitationRow)
invitation_link = _find_core_table(InvitationLinkRow)
role_report = _find_core_table(RoleReportRow)
response = _find_core_table(ResponseRow)
respondent_session = _find_core_table(RespondentSessionRow)
section_time = _find_core_table(SectionTimeRow)
answer = _find_core_table(AnswerRow)
mark = _find_core_table(MarkRow)
hourly_count = _find_core_table(HourlyCountRow)
announced_count = _find_core_table(AnnouncedCountRow)
people_summary = _find_core_table(PeopleSummaryRow)
closing_notice = _find_core_table(ClosingNoticeRow)
audit_entry = _find_core_table(AuditEntryRow)
audit_head = _find_core_table(AuditHeadRow)
erasure = _find_core_table(ErasureRow)
release = _find_core_table(ReleaseRow)
attribution = _find_core_table(AttributionRow)
basis = _find_core_table(BasisRow)
comments = _find_core_table(CommentsRow)
voice = _find_core_table(VoiceRow)
replay = _find_core_table(ReplayRow)
mail_template = _find_core_table(MailTemplateRow)
reminder_plan = _find_core_table(ReminderPlanRow)
mailing = _find_core_table(MailingRow)
mailing_recipient = _find_core_table(MailingRecipientRow)
outbox = _find_core_table(OutboxRow)
webhook = _find_core_table(WebhookRow)
webhook_delivery = _find_core_table(WebhookDeliveryRow)
published_report = _find_core_table(PublishedReportRow)
published_file = _find_core_table(PublishedFileRow)
share_link = _find_core_table(ShareLinkRow)
