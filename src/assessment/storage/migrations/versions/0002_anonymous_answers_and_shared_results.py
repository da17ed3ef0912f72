"""Anonymous answers, and results shared with those who answered."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assessment", sa.Column("share_results", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("response", sa.Column("return_hash", sa.LargeBinary(), nullable=True))
    op.create_index(op.f("ix_response_return_hash"), "response", ["return_hash"], unique=True)
    op.create_table(
        "mark",
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "assessment_id"],
            ["assessment.workspace_id", "assessment.id"],
            name=op.f("fk_mark_workspace_id_assessment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mark")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_mark_workspace_id_mark_assessment_id"), "mark", ["workspace_id", "assessment_id"], unique=False
    )
