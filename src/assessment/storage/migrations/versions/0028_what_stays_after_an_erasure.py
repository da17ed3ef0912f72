"""The address of a removed user under what they wrote, and whether an invitation without its address counts."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_account", sa.Column("former_email", sa.String(), nullable=True))
    op.add_column("invitation", sa.Column("counts", sa.Boolean(), nullable=True))
