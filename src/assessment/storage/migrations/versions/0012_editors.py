"""The role of editors: they run assessments, and manage neither users nor keys."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ROLES = "role IN ('owner', 'editor', 'viewer')"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_memberships()
    else:
        op.drop_constraint(op.f("ck_membership_role"), "membership", type_="check")
        op.create_check_constraint(op.f("ck_membership_role"), "membership", ROLES)


def _rebuild_memberships() -> None:
    """SQLite changes a check only in a new table."""
    op.create_table(
        "membership_new",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.CheckConstraint(ROLES, name=op.f("ck_membership_role")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_membership_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_membership_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", name=op.f("pk_membership")),
    )
    op.execute("INSERT INTO membership_new SELECT workspace_id, user_id, role FROM membership")
    op.drop_table("membership")
    op.rename_table("membership_new", "membership")
    op.create_index(op.f("ix_membership_user_id"), "membership", ["user_id"], unique=False)
