"""Queries on links that set a password once."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from assessment.storage import tables

account_token = tables.account_token


class StoredAccountToken(Struct, frozen=True):
    """Link to set a password; it names an address, which may belong to no user any more."""

    email: str
    purpose: str
    expires_at: datetime


TOKEN_COLUMNS = tuple(account_token.c[name] for name in StoredAccountToken.__struct_fields__)


def add_account_token(session: Session, values: dict[str, Any]) -> None:
    session.execute(insert(account_token).values(**values))


def find_account_token(session: Session, token_hash: bytes) -> StoredAccountToken | None:
    """Return a link by its hash, expired ones included."""
    row = session.execute(select(*TOKEN_COLUMNS).where(account_token.c.token_hash == token_hash)).one_or_none()
    return None if row is None else StoredAccountToken(*row)


def take_account_token(session: Session, token_hash: bytes) -> StoredAccountToken | None:
    """Delete a link and return it: of two requests with the same link, only one gets it."""
    row = session.execute(
        delete(account_token).where(account_token.c.token_hash == token_hash).returning(*TOKEN_COLUMNS)
    ).one_or_none()
    return None if row is None else StoredAccountToken(*row)


def delete_account_tokens(session: Session, email: str) -> None:
    """Delete all links of an address."""
    session.execute(delete(account_token).where(account_token.c.email == email))


def delete_account_tokens_before(session: Session, now: datetime) -> None:
    """Delete expired links."""
    session.execute(delete(account_token).where(account_token.c.expires_at <= now))
