"""How often a large request was begun without progress; an index of what incomplete imports have left."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

IS_INCOMPLETE = sa.text("label IS NOT NULL AND state = 'withdrawn'")


def upgrade() -> None:
    op.add_column("bulk_job", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(
        "ix_response_incomplete_import",
        "response",
        ["sent_at"],
        unique=False,
        sqlite_where=IS_INCOMPLETE,
        postgresql_where=IS_INCOMPLETE,
    )
