"""The accent colour of a workspace, for covers and headings of its reports."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspace", sa.Column("accent", sa.String(), nullable=False, server_default=""))
