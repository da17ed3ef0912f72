"""Released comments of respondents; whether some of them were withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voice",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.String(), nullable=True),
        sa.Column("pool", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("is_chosen", sa.Boolean(), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint("position >= 1", name=op.f("ck_voice_position")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "assessment_id"],
            ["assessment.workspace_id", "assessment.id"],
            name=op.f("fk_voice_workspace_id_assessment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id", "release"],
            ["release.assessment_id", "release.number"],
            name=op.f("fk_voice_assessment_id_release"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "response_id"],
            ["response.workspace_id", "response.id"],
            name=op.f("fk_voice_workspace_id_response_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice")),
        sa.UniqueConstraint("assessment_id", "position", name=op.f("uq_voice_assessment_id_position")),
        sqlite_with_rowid=False,
    )
    for column in ("assessment_id", "response_id"):
        op.create_index(op.f(f"ix_voice_workspace_id_voice_{column}"), "voice", ["workspace_id", column], unique=False)
    op.add_column(
        "assessment", sa.Column("has_withdrawn_voices", sa.Boolean(), nullable=False, server_default=sa.false())
    )
