"""Consultants' additions to reports, a row for each save."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comments",
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("release", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.String(), nullable=True),
        sa.Column("key_id", sa.String(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_comments_number")),
        sa.CheckConstraint("(user_id IS NULL) <> (key_id IS NULL)", name=op.f("ck_comments_saver")),
        sa.ForeignKeyConstraint(
            ["assessment_id", "release"],
            ["release.assessment_id", "release.number"],
            name=op.f("fk_comments_assessment_id_release"),
        ),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name=op.f("fk_comments_key_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_comments_user_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "assessment_id"],
            ["assessment.workspace_id", "assessment.id"],
            name=op.f("fk_comments_workspace_id_assessment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("assessment_id", "number", name=op.f("pk_comments")),
    )
    for columns in (["key_id"], ["user_id"], ["workspace_id", "assessment_id"]):
        name = "ix_comments_" + "_comments_".join(columns)
        op.create_index(op.f(name), "comments", columns, unique=False)
