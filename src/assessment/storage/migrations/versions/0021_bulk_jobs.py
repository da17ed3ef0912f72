"""Large requests of the API that workers carry out; webhooks that can be switched off."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("webhook", sa.Column("is_enabled", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_table(
        "bulk_job",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_id", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("done >= 0", name=op.f("ck_bulk_job_done")),
        sa.CheckConstraint("kind IN ('invitations', 'responses')", name=op.f("ck_bulk_job_kind")),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_bulk_job_state")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "assessment_id"],
            ["assessment.workspace_id", "assessment.id"],
            name=op.f("fk_bulk_job_workspace_id_assessment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_job")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_bulk_job_workspace_id_id")),
    )
    op.create_index("ix_bulk_job_state", "bulk_job", ["state", "created_at"], unique=False)
    op.create_index(
        op.f("ix_bulk_job_workspace_id_bulk_job_assessment_id"),
        "bulk_job",
        ["workspace_id", "assessment_id"],
        unique=False,
    )
    op.create_table(
        "bulk_job_part",
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind IN ('request', 'links', 'failure')", name=op.f("ck_bulk_job_part_kind")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "job_id"],
            ["bulk_job.workspace_id", "bulk_job.id"],
            name=op.f("fk_bulk_job_part_workspace_id_job_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("job_id", "kind", "number", name=op.f("pk_bulk_job_part")),
    )
    op.create_index(
        op.f("ix_bulk_job_part_workspace_id_bulk_job_part_job_id"),
        "bulk_job_part",
        ["workspace_id", "job_id"],
        unique=False,
    )
