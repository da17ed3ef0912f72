"""Recipients of large mailings, and tries that all processes count together."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KINDS = "'invitation', 'reminder', 'closing-soon', 'results'"


def upgrade() -> None:
    op.create_table(
        "limited_try",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limited_try")),
    )
    op.create_index(op.f("ix_limited_try_key_hash_limited_try_tried_at"), "limited_try", ["key_hash", "tried_at"])
    op.create_index(op.f("ix_limited_try_tried_at"), "limited_try", ["tried_at"])
    _create_recipients()


def _create_recipients() -> None:
    op.create_table(
        "mailing_recipient",
        sa.Column("mailing_id", sa.String(), nullable=False),
        sa.Column("invitation_id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_mailing_recipient_kind")),
        *(
            sa.ForeignKeyConstraint(
                ["workspace_id", f"{name}_id"],
                [f"{name}.workspace_id", f"{name}.id"],
                name=op.f(f"fk_mailing_recipient_workspace_id_{name}_id"),
                ondelete="CASCADE",
            )
            for name in ("mailing", "invitation")
        ),
        sa.PrimaryKeyConstraint("mailing_id", "invitation_id", name=op.f("pk_mailing_recipient")),
        sqlite_with_rowid=False,
    )
    for name in ("assessment_id", "invitation_id"):
        index = op.f(f"ix_mailing_recipient_workspace_id_mailing_recipient_{name}")
        op.create_index(index, "mailing_recipient", ["workspace_id", name])
