"""Mails and events of webhooks on their way."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
)
from sqlmodel import Field, SQLModel

from assessment.domain.closed_sets import (
    ASSESSMENT_MAIL_KINDS,
    DeliveryProblem,
    DeliveryState,
    MailKind,
    OutboxState,
    WebhookEvent,
)
from assessment.storage.columns import WITHOUT_ROWID, make_enum_field, make_value_check, make_workspace_field


class MailTemplateRow(SQLModel, table=True):
    """A consultant's text for one kind of mail of an assessment, in one language; otherwise the default is used."""

    __tablename__ = "mail_template"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        make_value_check("kind", *ASSESSMENT_MAIL_KINDS),
    )

    workspace_id: str = Field(primary_key=True)
    assessment_id: str = Field(primary_key=True)
    kind: MailKind = make_enum_field(MailKind, primary_key=True)
    language: str = Field(primary_key=True)
    subject: str
    body: str


class ReminderPlanRow(SQLModel, table=True):
    """Mails that the server sends by itself while an assessment is open, and at its close.

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
    )

    workspace_id: str = Field(primary_key=True)
    assessment_id: str = Field(primary_key=True)
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
        ForeignKeyConstraint(
            ["workspace_id", "assessment_id"], ["assessment.workspace_id", "assessment.id"], ondelete="CASCADE"
        ),
        make_value_check("kind", *MailKind),
        CheckConstraint("shown_count >= 0", name="shown_count"),
        Index(None, "workspace_id", "assessment_id"),
    )

    workspace_id: str = make_workspace_field(primary_key=True)
    id: str = Field(primary_key=True)
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

    workspace_id: str = Field(primary_key=True)
    mailing_id: str = Field(primary_key=True)
    invitation_id: str = Field(primary_key=True)
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

    workspace_id: str = make_workspace_field(primary_key=True)
    id: str = Field(primary_key=True)
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
    `ended_at`: when the receiver replied 410. While not `is_enabled`, nothing is delivered.
    """

    __tablename__ = "webhook"

    workspace_id: str = make_workspace_field(primary_key=True)
    id: str = Field(primary_key=True)
    url: str
    events: str
    secret: bytes
    previous_secret: bytes | None = None
    previous_secret_until: datetime | None = None
    created_at: datetime
    ended_at: datetime | None = None
    is_enabled: bool = True


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

    workspace_id: str = make_workspace_field(primary_key=True)
    id: str = Field(primary_key=True)
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
