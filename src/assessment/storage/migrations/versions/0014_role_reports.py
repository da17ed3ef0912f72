"""Reports of invited people that their role or area is wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "role_report",
        sa.Column("invitation_id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("functions", sa.String(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "invitation_id"],
            ["invitation.workspace_id", "invitation.id"],
            name=op.f("fk_role_report_workspace_id_invitation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_role_report")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_role_report_workspace_id_role_report_invitation_id"),
        "role_report",
        ["workspace_id", "invitation_id"],
        unique=False,
    )
