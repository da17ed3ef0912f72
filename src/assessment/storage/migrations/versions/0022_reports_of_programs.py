"""Name of the preparer of reports; reports published and shared by programs have a key instead of a user."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLES = {"published_report": "publisher", "share_link": "author"}
CHECK = "(user_id IS NULL) <> (key_id IS NULL)"


def upgrade() -> None:
    op.add_column("workspace", sa.Column("prepared_by", sa.String(), nullable=False, server_default=""))
    for table, check in TABLES.items():
        if op.get_bind().dialect.name == "sqlite":
            _rebuild_with_key(table, check)
        else:
            op.alter_column(table, "user_id", nullable=True)
            op.add_column(table, sa.Column("key_id", sa.String(), nullable=True))
            op.create_foreign_key(op.f(f"fk_{table}_key_id"), table, "api_key", ["key_id"], ["id"])
            op.create_check_constraint(op.f(f"ck_{table}_{check}"), table, CHECK)
        op.create_index(op.f(f"ix_{table}_key_id"), table, ["key_id"], unique=False)


def _rebuild_with_key(table: str, check: str) -> None:
    """SQLite relaxes a column only in a new table; its statement is the old one with a key next to the user."""
    connection = op.get_bind()
    found = connection.execute(
        sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :name AND sql IS NOT NULL"), {"name": table}
    ).all()
    columns = ", ".join(column["name"] for column in sa.inspect(connection).get_columns(table))
    statement = next(row.sql for row in found if row.type == "table")
    head, opening, rest = statement.partition("(")
    body, closing, _ = rest.rpartition(")")
    body = body.replace("user_id VARCHAR NOT NULL", "user_id VARCHAR", 1)
    first, comma, others = body.partition("user_id VARCHAR,")
    new = (
        f"{head.replace(table, f'{table}_new')}{opening}{first}{comma} key_id VARCHAR,{others}, "
        f"CONSTRAINT fk_{table}_key_id FOREIGN KEY(key_id) REFERENCES api_key (id), "
        f"CONSTRAINT ck_{table}_{check} CHECK ({CHECK}){closing}"
    )
    for step in (
        new,
        f"INSERT INTO {table}_new ({columns}) SELECT {columns} FROM {table}",  # noqa: S608  # names of the schema
        f"DROP TABLE {table}",
        f"ALTER TABLE {table}_new RENAME TO {table}",
        *(row.sql for row in found if row.type == "index"),
    ):
        connection.exec_driver_sql(step)
