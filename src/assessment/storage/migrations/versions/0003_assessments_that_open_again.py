"""Closed assessments may be opened again: what stood behind a release, and why a later close published nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assessment", sa.Column("held_back", sa.JSON(), nullable=False, server_default="[]"))
    # Alembic adds no check to a table of SQLite without making it again; both databases do.
    op.execute(
        "ALTER TABLE release ADD COLUMN basis VARCHAR DEFAULT 'live' NOT NULL "
        "CONSTRAINT ck_release_basis CHECK (basis IN ('live', 'kept', 'gone'))"
    )
    op.create_table(
        "basis",
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("functions", sa.String(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id", "number"],
            ["release.assessment_id", "release.number"],
            name=op.f("fk_basis_assessment_id_number"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "assessment_id"],
            ["assessment.workspace_id", "assessment.id"],
            name=op.f("fk_basis_workspace_id_assessment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "response_id"],
            ["response.workspace_id", "response.id"],
            name=op.f("fk_basis_workspace_id_response_id"),
        ),
        sa.PrimaryKeyConstraint("assessment_id", "number", "response_id", name=op.f("pk_basis")),
        sqlite_with_rowid=False,
    )
    for column in ("assessment_id", "response_id"):
        op.create_index(op.f(f"ix_basis_workspace_id_basis_{column}"), "basis", ["workspace_id", column], unique=False)
