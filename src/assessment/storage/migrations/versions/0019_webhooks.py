"""Webhooks, their deliveries, the counts that they have announced; questionnaires of a workspace."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

EVENTS = "event IN ('assessment.opened', 'assessment.closed', 'report.ready', 'response.sent')"
STATES = "state IN ('queued', 'sending', 'delivered', 'failed', 'cancelled')"
PROBLEMS = "problem IN ('status', 'redirect', 'timeout', 'connection', 'address', 'certificate', 'secret')"


def upgrade() -> None:
    _create_webhooks()
    _create_deliveries()
    _create_workspace_questionnaires()
    op.create_table(
        "announced_count",
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.CheckConstraint("sent >= 0", name=op.f("ck_announced_count_sent")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "assessment_id"],
            ["assessment.workspace_id", "assessment.id"],
            name=op.f("fk_announced_count_workspace_id_assessment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_announced_count")),
    )
    op.create_index(
        op.f("ix_announced_count_workspace_id_announced_count_assessment_id"),
        "announced_count",
        ["workspace_id", "assessment_id"],
        unique=False,
    )


def _create_workspace_questionnaires() -> None:
    op.create_table(
        "workspace_questionnaire",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_workspace_questionnaire_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_workspace_questionnaire")),
    )
    op.create_index(
        op.f("ix_workspace_questionnaire_workspace_id"), "workspace_questionnaire", ["workspace_id"], unique=False
    )


def _create_webhooks() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("events", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("previous_secret", sa.LargeBinary(), nullable=True),
        sa.Column("previous_secret_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_webhook_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_webhook_workspace_id_id")),
    )


def _create_deliveries() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("webhook_id", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_id", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(EVENTS, name=op.f("ck_webhook_delivery_event")),
        sa.CheckConstraint(STATES, name=op.f("ck_webhook_delivery_state")),
        sa.CheckConstraint(PROBLEMS, name=op.f("ck_webhook_delivery_problem")),
        sa.CheckConstraint("(state = 'sending') = (lease_id IS NOT NULL)", name=op.f("ck_webhook_delivery_lease")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_webhook_delivery_attempts")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "webhook_id"],
            ["webhook.workspace_id", "webhook.id"],
            name=op.f("fk_webhook_delivery_workspace_id_webhook_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_webhook_delivery_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
    )
    for columns in (("workspace_id", "webhook_id", "created_at"), ("state", "not_before"), ("finished_at",)):
        name = "_".join(f"webhook_delivery_{column}" for column in columns)
        op.create_index(op.f(f"ix_{name}"), "webhook_delivery", list(columns), unique=False)
