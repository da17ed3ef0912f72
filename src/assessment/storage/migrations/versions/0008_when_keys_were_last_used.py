"""When an API key was last used, to the hour; an index of what the entries of the audit log are about."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_key", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        op.f("ix_audit_entry_workspace_id_audit_entry_subject"),
        "audit_entry",
        ["workspace_id", "subject"],
        unique=False,
    )
