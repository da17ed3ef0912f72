"""Order of the list of people, stored counts, notices of closes, words mapped once."""

import sqlalchemy as sa
from alembic import op

from assessment.i18n.collation import make_sort_key

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OLD_KINDS = "'user-invitation', 'password-reset')"
NEW_KINDS = "'user-invitation', 'password-reset', 'closed')"
KINDS = f"kind IN ('invitation', 'reminder', 'closing-soon', 'results', 'test', {NEW_KINDS}"
BATCH = 500


def upgrade() -> None:
    _add_sort_keys()
    for table in ("mailing", "outbox"):
        if op.get_bind().dialect.name == "sqlite":
            _rebuild_with_kinds(table)
        else:
            op.drop_constraint(op.f(f"ck_{table}_kind"), table, type_="check")
            op.create_check_constraint(op.f(f"ck_{table}_kind"), table, KINDS)
    _create_summaries()
    _create_notices()
    _create_words()


def _add_sort_keys() -> None:
    empty = sa.text("X''" if op.get_bind().dialect.name == "sqlite" else r"'\x'::bytea")
    for column in ("sort_key", "sort_key_es"):
        op.add_column("invitation", sa.Column(column, sa.LargeBinary(), nullable=False, server_default=empty))
    invitation = sa.table(
        "invitation",
        *(sa.column(name) for name in ("id", "name", "email", "position")),
        *(sa.column(name, sa.LargeBinary()) for name in ("sort_key", "sort_key_es")),
    )
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(invitation.c.id, invitation.c.name, invitation.c.email, invitation.c.position)
    ).all()
    values = [
        {
            "of_id": row.id,
            "key": make_sort_key(row.name or row.email or "", row.position, "en"),
            "key_es": make_sort_key(row.name or row.email or "", row.position, "es"),
        }
        for row in rows
    ]
    change = (
        sa.update(invitation)
        .where(invitation.c.id == sa.bindparam("of_id"))
        .values(sort_key=sa.bindparam("key"), sort_key_es=sa.bindparam("key_es"))
    )
    for start in range(0, len(values), BATCH):
        connection.execute(change, values[start : start + BATCH])
    for column in ("sort_key", "sort_key_es"):
        columns = ["workspace_id", "assessment_id", column, "id"]
        op.create_index(f"ix_invitation_{column}", "invitation", columns, unique=False)


def _rebuild_with_kinds(table: str) -> None:
    """SQLite changes a check only in a new table; its statement is the old one with one more kind."""
    connection = op.get_bind()
    found = connection.execute(
        sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :name AND sql IS NOT NULL"), {"name": table}
    ).all()
    statement = next(row.sql for row in found if row.type == "table")
    head, opening, rest = statement.partition("(")
    new = head.replace(table, f"{table}_new") + opening + rest.replace(OLD_KINDS, NEW_KINDS)
    for step in (
        new,
        f"INSERT INTO {table}_new SELECT * FROM {table}",  # noqa: S608  # constant
        f"DROP TABLE {table}",
        f"ALTER TABLE {table}_new RENAME TO {table}",
        *(row.sql for row in found if row.type == "index"),
    ):
        connection.exec_driver_sql(step)


def _create_summaries() -> None:
    op.create_table(
        "people_summary",
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("counted_revision", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        _make_key("people_summary", "assessment"),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_people_summary")),
    )
    _create_index("people_summary", "workspace_id", "assessment_id")


def _create_notices() -> None:
    op.create_table(
        "closing_notice",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        _make_key("closing_notice", "assessment"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_closing_notice_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "assessment_id", name=op.f("pk_closing_notice")),
    )
    _create_index("closing_notice", "workspace_id", "assessment_id")


def _create_words() -> None:
    op.create_table(
        "list_word",
        sa.Column("organisation_id", sa.String(), nullable=False),
        sa.Column("questionnaire_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("spelling", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('role', 'functions')", name=op.f("ck_list_word_kind")),
        _make_key("list_word", "organisation"),
        sa.PrimaryKeyConstraint("organisation_id", "questionnaire_id", "kind", "word", name=op.f("pk_list_word")),
    )
    _create_index("list_word", "workspace_id", "organisation_id")


def _make_key(table: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["workspace_id", f"{parent}_id"],
        [f"{parent}.workspace_id", f"{parent}.id"],
        name=op.f(f"fk_{table}_workspace_id_{parent}_id"),
        ondelete="CASCADE",
    )


def _create_index(table: str, *columns: str) -> None:
    first, *others = columns
    name = "_".join([f"ix_{table}_{first}", *(f"{table}_{column}" for column in others)])
    op.create_index(op.f(name), table, list(columns), unique=False)
