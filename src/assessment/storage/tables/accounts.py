"""Workspaces, users and their sessions, API keys."""

from datetime import datetime

from sqlalchemy import (
    JSON,
    Column,
    Index,
)
from sqlmodel import Field, SQLModel

from assessment.domain.closed_sets import (
    MailKind,
    MemberRole,
)
from assessment.storage.columns import make_enum_field, make_value_check, make_workspace_field


class WorkspaceRow(SQLModel, table=True):
    """One consultancy; every row of a client has its id. `time_zone` (IANA) decides on which day a moment falls.

    `logo` is a PNG. `languages` are those that new assessments and report downloads offer; empty: all. `sender_name`
    precedes the address in the mails, `prepared_by` is on the cover of reports; `accent` is their colour, "#RRGGBB"
    or empty. `retention_months` after its close, an assessment is due for deletion.
    """

    __tablename__ = "workspace"

    id: str = Field(primary_key=True)
    name: str = Field(unique=True)
    time_zone: str = "UTC"
    created_at: datetime
    logo: bytes | None = None
    languages: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False, default=list))
    sender_name: str = ""
    prepared_by: str = ""
    accent: str = ""
    retention_months: int | None = None


class UserRow(SQLModel, table=True):
    """A consultant; `email` in lower case, `admin` of the whole installation.

    `password_hash` is empty until the user has set a password. `totp_secret` is encrypted with the server's secret;
    `totp_step` is the number of the last time step whose code was accepted. `former_email`: the account is gone, and
    only this address stands under what the user wrote.
    """

    __tablename__ = "user_account"

    id: str = Field(primary_key=True)
    email: str = Field(unique=True)
    password_hash: str
    admin: bool = False
    disabled: bool = False
    created_at: datetime
    last_sign_in_at: datetime | None = None
    totp_secret: bytes | None = None
    totp_step: int | None = None
    former_email: str | None = None


class RecoveryCodeRow(SQLModel, table=True):
    """A code that replaces one TOTP code; `code_hash` is an HMAC with the server's secret. Deleted when used."""

    __tablename__ = "recovery_code"

    user_id: str = Field(foreign_key="user_account.id", primary_key=True, ondelete="CASCADE")
    code_hash: bytes = Field(primary_key=True)


class MembershipRow(SQLModel, table=True):
    __tablename__ = "membership"
    __table_args__ = (make_value_check("role", *MemberRole),)

    workspace_id: str = Field(foreign_key="workspace.id", primary_key=True, ondelete="CASCADE")
    user_id: str = Field(foreign_key="user_account.id", primary_key=True, ondelete="CASCADE", index=True)
    role: MemberRole = make_enum_field(MemberRole)


class ConsoleSessionRow(SQLModel, table=True):
    """A signed-in browser, named by program and system ("Firefox, Linux"); only its cookie contains the token."""

    __tablename__ = "console_session"

    token_hash: bytes = Field(primary_key=True)
    workspace_id: str = make_workspace_field()
    user_id: str = Field(foreign_key="user_account.id", ondelete="CASCADE", index=True)
    created_at: datetime
    seen_at: datetime
    browser: str = ""


class AccountTokenRow(SQLModel, table=True):
    """A link that sets a password once; only the mail contains the token itself.

    It names an address, not a user: a request for an unknown address leaves the same rows as one for a known address.
    """

    __tablename__ = "account_token"
    __table_args__ = (
        make_value_check("kind", MailKind.USER_INVITATION, MailKind.PASSWORD_RESET),
        Index(None, "email"),
    )

    token_hash: bytes = Field(primary_key=True)
    workspace_id: str = make_workspace_field()
    email: str
    kind: str
    expires_at: datetime = Field(index=True)


class LimitedTryRow(SQLModel, table=True):
    """One try that counts towards a limit (sign-in, codes), for as long as the limit's window.

    `key_hash` is the SHA-256 of what is limited: no address is stored.
    """

    __tablename__ = "limited_try"
    __table_args__ = (Index(None, "key_hash", "tried_at"),)

    id: str = Field(primary_key=True)
    key_hash: bytes
    tried_at: datetime = Field(index=True)


class ApiKeyRow(SQLModel, table=True):
    """`secret_hash` is an HMAC with the server's secret; `scopes` are separated by spaces."""

    __tablename__ = "api_key"

    id: str = Field(primary_key=True)
    workspace_id: str = make_workspace_field()
    name: str
    secret_hash: bytes
    scopes: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None  # to the hour
    rate_tokens: float | None = None  # left in the bucket of the rate limit; null is full
    rate_updated_at: float | None = None  # POSIX seconds
