"""Erasures, so that they are repeated after an older backup was restored."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=False),
        sa.CheckConstraint("kind IN ('invitation', 'response', 'organisation')", name=op.f("ck_erasure_kind")),
        sa.PrimaryKeyConstraint("workspace_id", "kind", "subject", name=op.f("pk_erasure")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_erasure_erased_on"), "erasure", ["erased_on"], unique=False)
