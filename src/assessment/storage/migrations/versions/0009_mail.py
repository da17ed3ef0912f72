"""Mail: templates, the reminder plan, mailings and the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ASSESSMENT_KINDS = "'invitation', 'reminder', 'closing-soon', 'results'"
KINDS = f"{ASSESSMENT_KINDS}, 'test', 'user-invitation', 'password-reset'"
STATES = "'queued', 'sending', 'sent', 'refused', 'failed', 'cancelled'"
WITHOUT_ROWID = {"sqlite_with_rowid": False}


def upgrade() -> None:
    op.add_column("invitation", sa.Column("unsubscribed_on", sa.Date(), nullable=True))
    _create_templates()
    _create_plans()
    _create_mailings()
    _create_outbox()


def _create_templates() -> None:
    op.create_table(
        "mail_template",
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.CheckConstraint(f"kind IN ({ASSESSMENT_KINDS})", name=op.f("ck_mail_template_kind")),
        _make_assessment_key("mail_template"),
        sa.PrimaryKeyConstraint("assessment_id", "kind", "language", name=op.f("pk_mail_template")),
    )
    _create_index("mail_template", "workspace_id", "assessment_id")


def _create_plans() -> None:
    numbers = ("reminders", "first_after_days", "every_days", "send_from", "send_until", "closing_notice_days")
    op.create_table(
        "reminder_plan",
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in numbers),
        sa.Column("sends_results", sa.Boolean(), nullable=False),
        sa.Column("is_stopped", sa.Boolean(), nullable=False),
        sa.CheckConstraint("reminders BETWEEN 0 AND 3", name=op.f("ck_reminder_plan_reminders")),
        sa.CheckConstraint("first_after_days >= 3", name=op.f("ck_reminder_plan_first_after_days")),
        sa.CheckConstraint("every_days >= 1", name=op.f("ck_reminder_plan_every_days")),
        sa.CheckConstraint(
            "send_from >= 0 AND send_until <= 24 AND send_from < send_until", name=op.f("ck_reminder_plan_send_hours")
        ),
        sa.CheckConstraint("closing_notice_days >= 0", name=op.f("ck_reminder_plan_closing_notice_days")),
        _make_assessment_key("reminder_plan"),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_reminder_plan")),
    )
    _create_index("reminder_plan", "workspace_id", "assessment_id")


def _create_mailings() -> None:
    op.create_table(
        "mailing",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("shown_count", sa.Integer(), nullable=False),
        sa.Column("is_planned", sa.Boolean(), nullable=False),
        sa.Column("reply_to", sa.String(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_mailing_kind")),
        sa.CheckConstraint("shown_count >= 0", name=op.f("ck_mailing_shown_count")),
        _make_workspace_key("mailing"),
        _make_assessment_key("mailing"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_mailing_workspace_id_id")),
    )
    _create_index("mailing", "workspace_id", "assessment_id")


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("mailing_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=True),
        sa.Column("invitation_id", sa.String(), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_id", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply_code", sa.Integer(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_outbox_kind")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_outbox_state")),
        sa.CheckConstraint("(state IN ('queued', 'sending')) = (payload IS NOT NULL)", name=op.f("ck_outbox_payload")),
        sa.CheckConstraint("(state = 'sending') = (lease_id IS NOT NULL)", name=op.f("ck_outbox_lease")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_outbox_attempts")),
        _make_workspace_key("outbox"),
        _make_assessment_key("outbox"),
        *(
            sa.ForeignKeyConstraint(
                ["workspace_id", f"{name}_id"],
                [f"{name}.workspace_id", f"{name}.id"],
                name=op.f(f"fk_outbox_workspace_id_{name}_id"),
                ondelete="CASCADE",
            )
            for name in ("mailing", "invitation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        **WITHOUT_ROWID,
    )
    _create_index("outbox", "workspace_id", "mailing_id")
    _create_index("outbox", "workspace_id", "assessment_id", "kind")
    _create_index("outbox", "workspace_id", "invitation_id")
    _create_index("outbox", "state", "not_before")
    _create_index("outbox", "taken_at")


def _make_workspace_key(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_workspace_id")
    return sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=name, ondelete="CASCADE")


def _make_assessment_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["workspace_id", "assessment_id"],
        ["assessment.workspace_id", "assessment.id"],
        name=op.f(f"fk_{table}_workspace_id_assessment_id"),
        ondelete="CASCADE",
    )


def _create_index(table: str, *columns: str) -> None:
    first, *others = columns
    name = "_".join([f"ix_{table}_{first}", *(f"{table}_{column}" for column in others)])
    op.create_index(op.f(name), table, list(columns), unique=False)
