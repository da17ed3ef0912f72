"""Last sign-ins, browsers of sessions, second factors, and links that set a password."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_account", sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("user_account", sa.Column("totp_secret", sa.LargeBinary(), nullable=True))
    op.add_column("user_account", sa.Column("totp_step", sa.Integer(), nullable=True))
    op.add_column("console_session", sa.Column("browser", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "recovery_code",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_recovery_code_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name=op.f("pk_recovery_code")),
    )
    _create_tokens()


def _create_tokens() -> None:
    op.create_table(
        "account_token",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('user-invitation', 'password-reset')", name=op.f("ck_account_token_kind")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_account_token_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_account_token")),
    )
    for column in ("workspace_id", "email", "expires_at"):
        op.create_index(op.f(f"ix_account_token_{column}"), "account_token", [column], unique=False)
