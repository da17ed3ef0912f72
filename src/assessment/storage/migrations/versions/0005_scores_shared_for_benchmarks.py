"""Assessments whose scores count in benchmarks: none, until someone says so."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assessment", sa.Column("in_benchmarks", sa.Boolean(), nullable=False, server_default=sa.false()))
