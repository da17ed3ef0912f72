"""Several drafts for an invitation, codes that move them, hourly counts, an audit log, closing times, mail domains."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATES = "state IN ('started', 'sent', 'withdrawn', 'set-aside')"
NUMBERED = "(invitation_id IS NULL) = (draft_number IS NULL)"
IS_SENT = sa.text("state = 'sent'")
KEPT = (
    "id, workspace_id, assessment_id, invitation_id, label, role, functions, language, state, sent_at, withdraw_hash, "
    "seconds"
)


def upgrade() -> None:
    op.add_column("workspace", sa.Column("time_zone", sa.String(), nullable=False, server_default="UTC"))
    for column in ("domains", "uncounted_groups"):
        op.add_column("assessment", sa.Column(column, sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("assessment", sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True))
    _fill_closing_times()
    _extend_invitations()
    op.add_column("respondent_session", sa.Column("moved_on", sa.Date(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_responses()
    else:
        _alter_responses()
    op.create_index(
        "ix_response_sent_invitation",
        "response",
        ["invitation_id"],
        unique=True,
        sqlite_where=IS_SENT,
        postgresql_where=IS_SENT,
    )
    _create_counts()
    _create_audit_log()


def _fill_closing_times() -> None:
    """Every workspace is in UTC so far: the end of the closing day is the next day at 00:00 UTC."""
    end = (
        "datetime(closes_on, '+1 day') || '.000000'"
        if op.get_bind().dialect.name == "sqlite"
        else "(closes_on + 1)::timestamp AT TIME ZONE 'UTC'"
    )
    op.execute(f"UPDATE assessment SET closes_at = {end} WHERE closes_on IS NOT NULL")  # noqa: S608  # constant


def _extend_invitations() -> None:
    # Alembic adds no check to a table of SQLite without rebuilding it; both databases do.
    op.execute(
        "ALTER TABLE invitation ADD COLUMN deliver VARCHAR DEFAULT 'link' NOT NULL "
        "CONSTRAINT ck_invitation_deliver CHECK (deliver IN ('link', 'mail'))"
    )
    op.add_column("invitation", sa.Column("mailed_on", sa.Date(), nullable=True))
    op.add_column("invitation", sa.Column("replaces", sa.String(), nullable=True))
    op.add_column("invitation", sa.Column("is_late", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        op.f("ix_invitation_workspace_id_invitation_replaces"), "invitation", ["workspace_id", "replaces"], unique=False
    )


def _alter_responses() -> None:
    op.drop_index(op.f("ix_response_return_hash"), table_name="response")
    op.alter_column("response", "return_hash", new_column_name="code_hash")
    op.add_column("response", sa.Column("draft_number", sa.Integer(), nullable=True))
    op.add_column("response", sa.Column("counts", sa.Boolean(), nullable=True))
    op.execute("UPDATE response SET draft_number = 1 WHERE invitation_id IS NOT NULL")
    op.drop_constraint(op.f("uq_response_invitation_id"), "response", type_="unique")
    op.drop_constraint(op.f("ck_response_state"), "response", type_="check")
    op.create_check_constraint(op.f("ck_response_state"), "response", STATES)
    op.create_check_constraint(op.f("ck_response_draft_number"), "response", NUMBERED)
    op.create_unique_constraint(
        op.f("uq_response_invitation_id_draft_number"), "response", ["invitation_id", "draft_number"]
    )
    op.create_index(op.f("ix_response_code_hash"), "response", ["code_hash"], unique=True)


def _rebuild_responses() -> None:
    """SQLite changes constraints only in a new table; names of indexes are free again once the old one is dropped."""
    op.create_table(
        "response_new",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("invitation_id", sa.String(), nullable=True),
        sa.Column("draft_number", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("functions", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.Boolean(), nullable=True),
        sa.Column("withdraw_hash", sa.LargeBinary(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("state <> 'started' OR sent_at IS NULL", name=op.f("ck_response_sent")),
        sa.CheckConstraint(STATES, name=op.f("ck_response_state")),
        sa.CheckConstraint(NUMBERED, name=op.f("ck_response_draft_number")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "assessment_id"],
            ["assessment.workspace_id", "assessment.id"],
            name=op.f("fk_response_workspace_id_assessment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "invitation_id"],
            ["invitation.workspace_id", "invitation.id"],
            name=op.f("fk_response_workspace_id_invitation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        sa.UniqueConstraint("assessment_id", "label", name=op.f("uq_response_assessment_id_label")),
        sa.UniqueConstraint("invitation_id", "draft_number", name=op.f("uq_response_invitation_id_draft_number")),
        sa.UniqueConstraint("withdraw_hash", name=op.f("uq_response_withdraw_hash")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_response_workspace_id_id")),
        sqlite_with_rowid=False,
    )
    op.execute(
        f"INSERT INTO response_new ({KEPT}, code_hash, draft_number) "  # noqa: S608  # constants
        f"SELECT {KEPT}, return_hash, CASE WHEN invitation_id IS NULL THEN NULL ELSE 1 END FROM response"
    )
    op.drop_table("response")
    op.rename_table("response_new", "response")
    for column in ("assessment_id", "invitation_id"):
        op.create_index(op.f(f"ix_response_workspace_id_response_{column}"), "response", ["workspace_id", column])
    op.create_index(op.f("ix_response_code_hash"), "response", ["code_hash"], unique=True)


def _create_counts() -> None:
    op.create_table(
        "hourly_count",
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "assessment_id"],
            ["assessment.workspace_id", "assessment.id"],
            name=op.f("fk_hourly_count_workspace_id_assessment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_hourly_count")),
    )
    op.create_index(
        op.f("ix_hourly_count_workspace_id_hourly_count_assessment_id"),
        "hourly_count",
        ["workspace_id", "assessment_id"],
    )


def _create_audit_log() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_audit_entry_number")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_audit_entry_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "number", name=op.f("pk_audit_entry")),
    )
    op.create_table(
        "audit_head",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_audit_head_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_audit_head")),
    )
