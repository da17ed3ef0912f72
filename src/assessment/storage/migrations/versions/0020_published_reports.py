"""Published reports and links to them; a logo is stored once, not with each save of the comments."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

OLD_KINDS, NEW_KINDS = "'closed')", "'closed', 'report')"
KINDS = (
    "kind IN ('invitation', 'reminder', 'closing-soon', 'results', 'test', 'user-invitation', 'password-reset', "
    + NEW_KINDS
)


def upgrade() -> None:
    for table in ("mailing", "outbox"):
        if op.get_bind().dialect.name == "sqlite":
            _rebuild_with_kinds(table)
        else:
            op.drop_constraint(op.f(f"ck_{table}_kind"), table, type_="check")
            op.create_check_constraint(op.f(f"ck_{table}_kind"), table, KINDS)
    op.add_column("comments", sa.Column("logo_number", sa.Integer(), nullable=True))
    op.execute("UPDATE comments SET logo_number = number WHERE logo IS NOT NULL")
    _create_published_report()
    _create_published_file()
    _create_share_link()


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


def _create_published_report() -> None:
    op.create_table(
        "published_report",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("comments_number", sa.Integer(), nullable=False),
        sa.Column("inputs", sa.LargeBinary(), nullable=False),
        sa.Column("quotes", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_amended", sa.Boolean(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_published_report_number")),
        sa.ForeignKeyConstraint(
            ["assessment_id", "release"],
            ["release.assessment_id", "release.number"],
            name=op.f("fk_published_report_assessment_id_release"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_published_report_user_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "assessment_id"],
            ["assessment.workspace_id", "assessment.id"],
            name=op.f("fk_published_report_workspace_id_assessment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_report")),
        sa.UniqueConstraint("assessment_id", "number", name=op.f("uq_published_report_assessment_id_number")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_published_report_workspace_id_id")),
    )
    op.create_index(op.f("ix_published_report_user_id"), "published_report", ["user_id"], unique=False)
    op.create_index(
        op.f("ix_published_report_workspace_id_published_report_assessment_id"),
        "published_report",
        ["workspace_id", "assessment_id"],
        unique=False,
    )


def _create_published_file() -> None:
    op.create_table(
        "published_file",
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("file_format", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "report_id"],
            ["published_report.workspace_id", "published_report.id"],
            name=op.f("fk_published_file_workspace_id_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("report_id", "audience", "file_format", name=op.f("pk_published_file")),
    )
    op.create_index(
        op.f("ix_published_file_workspace_id_published_file_report_id"),
        "published_file",
        ["workspace_id", "report_id"],
        unique=False,
    )


def _create_share_link() -> None:
    op.create_table(
        "share_link",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("audiences", sa.JSON(), nullable=False),
        sa.Column("formats", sa.JSON(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("viewed", sa.Integer(), nullable=False),
        sa.Column("downloaded", sa.Integer(), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.CheckConstraint("viewed >= 0 AND downloaded >= 0", name=op.f("ck_share_link_counts")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_share_link_user_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "report_id"],
            ["published_report.workspace_id", "published_report.id"],
            name=op.f("fk_share_link_workspace_id_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_share_link_token_hash")),
    )
    op.create_index(op.f("ix_share_link_user_id"), "share_link", ["user_id"], unique=False)
    op.create_index(
        op.f("ix_share_link_workspace_id_share_link_report_id"),
        "share_link",
        ["workspace_id", "report_id"],
        unique=False,
    )
