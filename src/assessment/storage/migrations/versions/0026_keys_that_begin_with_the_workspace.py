"""Primary keys, unique constraints and references that begin with the workspace, as an engine that distributes asks.

An index that such a key begins with is dropped. SQLite changes keys only in a new table.

SQLite has no statistics of its own until someone runs ANALYZE. Without any, it takes a workspace for a few rows, which
it would rather read from the table itself than find an assessment by an index. So it gets figures to plan with, of an
installation with one workspace, 1,000 assessments and 100,000 people; they need not be those of the database.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

OF_ID = ("id",)
OF_ASSESSMENT = ("assessment_id",)
# Columns of the primary key after `workspace_id`.
KEYS = {
    "announced_count": OF_ASSESSMENT,
    "answer": ("response_id", "item_id"),
    "assessment": OF_ID,
    "attribution": ("assessment_id", "number"),
    "basis": ("assessment_id", "number", "response_id"),
    "bulk_job": OF_ID,
    "bulk_job_part": ("job_id", "kind", "number"),
    "closing_notice": ("assessment_id", "user_id"),
    "comments": ("assessment_id", "number"),
    "hourly_count": OF_ASSESSMENT,
    "invitation": OF_ID,
    "invitation_link": ("invitation_id", "token_hash"),
    "list_word": ("organisation_id", "questionnaire_id", "kind", "word"),
    "mail_template": ("assessment_id", "kind", "language"),
    "mailing": OF_ID,
    "mailing_recipient": ("mailing_id", "invitation_id"),
    "mark": ("assessment_id", "name"),
    "organisation": OF_ID,
    "outbox": OF_ID,
    "people_summary": OF_ASSESSMENT,
    "published_file": ("report_id", "audience", "file_format"),
    "published_report": OF_ID,
    "release": ("assessment_id", "number"),
    "reminder_plan": OF_ASSESSMENT,
    "replay": ("key_id", "key"),
    "respondent_session": ("response_id", "cookie_hash"),
    "response": OF_ID,
    "role_report": ("invitation_id",),
    "section_time": ("response_id", "section"),
    "share_link": OF_ID,
    "voice": OF_ID,
    "webhook": OF_ID,
    "webhook_delivery": OF_ID,
    "workspace_questionnaire": ("id", "version"),
}
# Unique within a workspace from now on.
UNIQUE = {
    "invitation": (("assessment_id", "position"),),
    "published_report": (("assessment_id", "number"),),
    "response": (("invitation_id", "draft_number"),),
    "voice": (("assessment_id", "position"),),
}
# Unique as an index of those that are not null, or no more: hashes of random tokens, and what is the primary key now.
NOT_UNIQUE = {"response": (("assessment_id", "label"), ("withdraw_hash",)), "share_link": (("token_hash",),)}
OWN_ID = ("workspace_id", "id")
# The table `release` is referred to by its whole key.
TO_RELEASE = re.compile(
    r"(?P<head>(?:CONSTRAINT fk_\w+ )?FOREIGN KEY ?)\(assessment_id, (?P<number>\w+)\) "
    r"REFERENCES release ?\(assessment_id, number\)"
)
IS_SENT = sa.text("state = 'sent'")
# Rows to plan with on SQLite, of each table that is stored in the order of its key.
PLANNED_ROWS = {
    "answer": 4_000_000,
    "basis": 100_000,
    "invitation": 100_000,
    "invitation_link": 100_000,
    "mailing_recipient": 100_000,
    "mark": 100_000,
    "outbox": 100_000,
    "respondent_session": 100_000,
    "response": 100_000,
    "role_report": 1_000,
    "section_time": 600_000,
    "voice": 10_000,
}
# Into how many parts a column divides them; any other halves what the columns before it leave.
PARTS = {"workspace_id": 1, "assessment_id": 1_000, "mailing_id": 1_000} | dict.fromkeys(
    ("response_id", "invitation_id", "replaces", "cookie_hash", "token_hash"), 100_000
)


def upgrade() -> None:
    connection = op.get_bind()
    indexes = {table: sa.inspect(connection).get_indexes(table) for table in KEYS}
    unneeded = {
        table: [
            str(index["name"])
            for index in indexes[table]
            if not index["unique"] and _is_covered(table, index["column_names"])
        ]
        for table in KEYS
    }
    unneeded["response"] += ["ix_response_code_hash", "ix_response_sent_invitation"]
    if connection.dialect.name == "sqlite":
        for table in KEYS:
            _rebuild_table(table, unneeded[table])
        _create_indexes()
        _insert_planned_rows()
    else:
        _alter_tables(unneeded)


def _list_columns(columns: tuple[str, ...]) -> str:
    return ", ".join(("workspace_id", *columns))


def _is_covered(table: str, columns: list[str | None]) -> bool:
    """Return whether a key of the table begins with the columns of an index."""
    keys = (KEYS[table], *UNIQUE.get(table, ()))
    return any(columns == ["workspace_id", *key][: len(columns)] for key in keys)


def _create_indexes() -> None:
    for table, column in (
        ("closing_notice", "user_id"),
        ("invitation_link", "token_hash"),
        ("respondent_session", "cookie_hash"),
        ("share_link", "token_hash"),
    ):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    for columns in (("code_hash",), ("withdraw_hash",), ("assessment_id", "label")):
        is_given = sa.text(f"{columns[-1]} IS NOT NULL")
        op.create_index(
            op.f("_".join(("ix", *(f"response_{column}" for column in ("workspace_id", *columns))))),
            "response",
            ["workspace_id", *columns],
            unique=True,
            sqlite_where=is_given,
            postgresql_where=is_given,
        )
    op.create_index(
        "ix_response_sent_invitation",
        "response",
        ["workspace_id", "invitation_id"],
        unique=True,
        sqlite_where=IS_SENT,
        postgresql_where=IS_SENT,
    )


def _alter_tables(unneeded: dict[str, list[str]]) -> None:
    """PostgreSQL: a key can be replaced while nothing refers to it; adding a reference again checks every row."""
    connection = op.get_bind()
    references = connection.execute(
        sa.text(
            "SELECT own.relname, key.conname, pg_get_constraintdef(key.oid) FROM pg_constraint key"
            " JOIN pg_class own ON own.oid = key.conrelid JOIN pg_class other ON other.oid = key.confrelid"
            " WHERE key.contype = 'f' AND key.connamespace = current_schema()::regnamespace"
            " AND other.relname = ANY (:tables) ORDER BY own.relname, key.conname"
        ),
        {"tables": list(KEYS)},
    ).all()
    for table, name, _ in references:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    inspector = sa.inspect(connection)
    for table in KEYS:
        for name in unneeded[table]:
            connection.exec_driver_sql(f"DROP INDEX {name}")
        replaced = {*UNIQUE.get(table, ()), *NOT_UNIQUE.get(table, ()), OWN_ID}
        names = [
            f"DROP CONSTRAINT {constraint['name']}"
            for constraint in inspector.get_unique_constraints(table)
            if tuple(constraint["column_names"]) in replaced
        ]
        connection.exec_driver_sql(f"ALTER TABLE {table} {', '.join((*names, f'DROP CONSTRAINT pk_{table}'))}")
    # Primary keys last: of several indexes that seem to cost the same, as in a small table, the newest one is used.
    _create_indexes()
    for table, unique in UNIQUE.items():
        added = (f"ADD {_write_unique(table, columns)}" for columns in unique)
        connection.exec_driver_sql(f"ALTER TABLE {table} {', '.join(added)}")
    for table, key in KEYS.items():
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT pk_{table} PRIMARY KEY ({_list_columns(key)})")
    for table, name, definition in references:
        changed = TO_RELEASE.sub(_refer_to_release, definition)
        new_name = name if changed == definition else name.replace(table, f"{table}_workspace_id", 1)
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {new_name} {changed}")


def _write_unique(table: str, columns: tuple[str, ...]) -> str:
    return f"CONSTRAINT uq_{table}_{'_'.join(('workspace_id', *columns))} UNIQUE ({_list_columns(columns)})"


def _refer_to_release(found: re.Match[str]) -> str:
    head = found["head"].replace("_assessment_id_", "_workspace_id_assessment_id_")
    return (
        f"{head}(workspace_id, assessment_id, {found['number']}) "
        "REFERENCES release (workspace_id, assessment_id, number)"
    )


def _rebuild_table(table: str, unneeded: list[str]) -> None:
    """SQLite: the statement of the new table is the old one with other keys."""
    connection = op.get_bind()
    found = connection.execute(
        sa.text("SELECT type, name, sql FROM sqlite_master WHERE tbl_name = :name AND sql IS NOT NULL"), {"name": table}
    ).all()
    columns = ", ".join(f'"{column["name"]}"' for column in sa.inspect(connection).get_columns(table))
    head, opening, body = next(row.sql for row in found if row.type == "table").partition("(")
    for step in (
        f"{head.replace(table, f'{table}_new')}{opening}{_change_keys(table, body)}",
        f"INSERT INTO {table}_new ({columns}) SELECT {columns} FROM {table}",  # noqa: S608  # names of the schema
        f"DROP TABLE {table}",
        f"ALTER TABLE {table}_new RENAME TO {table}",
        *(row.sql for row in found if row.type == "index" and row.name not in unneeded),
    ):
        connection.exec_driver_sql(step)


def _change_keys(table: str, body: str) -> str:
    body, count = re.subn(
        rf"CONSTRAINT pk_{table} PRIMARY KEY \([^)]*\)",
        f"CONSTRAINT pk_{table} PRIMARY KEY ({_list_columns(KEYS[table])})",
        body,
    )
    if count != 1:
        message = f"the primary key of {table} was not found"
        raise RuntimeError(message)
    for columns in (OWN_ID, *NOT_UNIQUE.get(table, ())):
        body = re.sub(rf",\s*CONSTRAINT uq_{table}_\w+ UNIQUE \({', '.join(columns)}\)", "", body)
    for columns in UNIQUE.get(table, ()):
        old = rf"CONSTRAINT uq_{table}_\w+ UNIQUE \({', '.join(columns)}\)"
        body = re.sub(old, _write_unique(table, columns), body)
    return TO_RELEASE.sub(_refer_to_release, body)


def _insert_planned_rows() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql("ANALYZE alembic_version")  # creates the table of statistics
    connection.exec_driver_sql("DELETE FROM sqlite_stat1 WHERE tbl = 'alembic_version'")
    for table, rows in PLANNED_ROWS.items():
        for index in connection.exec_driver_sql(f"PRAGMA index_list({table})").all():
            if not index.partial:
                columns = [part.name for part in connection.exec_driver_sql(f"PRAGMA index_info({index.name})").all()]
                name = table if index.origin == "pk" else index.name
                figures = _plan_rows(rows, columns, is_unique=bool(index.unique))
                connection.exec_driver_sql("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", (table, name, figures))
    connection.exec_driver_sql("ANALYZE sqlite_schema")  # reads the table of statistics


def _plan_rows(rows: int, columns: list[str], *, is_unique: bool) -> str:
    """Return the number of rows, and of those that are alike in the first column, the first two, and so on."""
    figures = [rows]
    for column in columns:
        figures.append(max(1, min(figures[-1], rows // PARTS[column] if column in PARTS else figures[-1] // 2)))
    if is_unique:
        figures[-1] = 1
    return " ".join(map(str, figures))
