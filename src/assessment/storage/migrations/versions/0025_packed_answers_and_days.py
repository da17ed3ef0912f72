"""Packed answers of closed anonymous responses; days instead of the times that an earlier version stored.

Unfinished pages of drafts keep their time: the seconds are counted from it. So do incomplete imports, which are
recognised by it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TIMES = (
    ("answer", "saved_at", ""),
    ("section_time", "shown_at", " AND seconds IS NOT NULL"),
    ("response", "sent_at", " AND NOT (label IS NOT NULL AND state = 'withdrawn')"),
)


def upgrade() -> None:
    for name in ("packed_answers", "packed_sections", "packed_seconds"):
        op.add_column("response", sa.Column(name, sa.String(), nullable=True))
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, column, condition in TIMES:
        exact, day = (
            (f"substr({column}, 12) <> '00:00:00.000000'", f"substr({column}, 1, 10) || ' 00:00:00.000000'")
            if is_sqlite
            else (f"{column} <> date_trunc('day', {column}, 'UTC')", f"date_trunc('day', {column}, 'UTC')")
        )
        op.execute(f"UPDATE {table} SET {column} = {day} WHERE {exact}{condition}")  # noqa: S608  # our own names
