"""Runs the migrations on the connection that `schema.py` hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from assessment.storage import tables
from assessment.storage.columns import EnumText


def plain(kind: str, thing: Any, _context: AutogenContext) -> str | Literal[False]:  # noqa: ANN401  # Alembic's own
    """Write migrations in the words of SQLAlchemy alone, so that old ones never depend on a newer SQLModel."""
    if kind == "type" and isinstance(thing, AutoString | EnumText):
        return "sa.String()"
    if kind == "type" and isinstance(thing, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.metadata,
    render_item=plain,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
