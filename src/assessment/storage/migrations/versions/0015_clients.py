"""Contacts and archiving of clients, archiving of assessments, and more settings of a workspace."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organisation", sa.Column("contact_name", sa.String(), nullable=False, server_default=""))
    op.add_column("organisation", sa.Column("contact_email", sa.String(), nullable=False, server_default=""))
    op.add_column("organisation", sa.Column("archived_on", sa.Date(), nullable=True))
    op.add_column("organisation", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("organisation", sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("assessment", sa.Column("archived_on", sa.Date(), nullable=True))
    op.add_column("workspace", sa.Column("logo", sa.LargeBinary(), nullable=True))
    op.add_column("workspace", sa.Column("languages", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("workspace", sa.Column("sender_name", sa.String(), nullable=False, server_default=""))
    op.add_column("workspace", sa.Column("retention_months", sa.Integer(), nullable=True))
