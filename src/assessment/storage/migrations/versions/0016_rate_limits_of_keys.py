"""Rate limits of API keys that all processes share."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_key", sa.Column("rate_tokens", sa.Float(), nullable=True))
    op.add_column("api_key", sa.Column("rate_updated_at", sa.Float(), nullable=True))
