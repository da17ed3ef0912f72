"""Tokens that set a password once; only their hashes are stored."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from assessment.storage import tables

account_token = tables.account_token


class AccountToken(Struct, frozen=True):
    """Address that a token was mailed to, and why."""

    email: str
    kind: str


def add_token(  # the columns
    session: Session, token_hash: bytes, workspace_id: str, email: str, kind: str, expires_at: datetime
) -> None:
    """Store a token."""
    session.execute(
        insert(account_token).values(
            token_hash=token_hash, workspace_id=workspace_id, email=email, kind=kind, expires_at=expires_at
        )
    )


def find_token(session: Session, token_hash: bytes, now: datetime) -> AccountToken | None:
    """Return a token that has not expired."""
    row = session.execute(
        select(account_token.c.email, account_token.c.kind).where(
            account_token.c.token_hash == token_hash, account_token.c.expires_at > now
        )
    ).one_or_none()
    return None if row is None else AccountToken(*row)


def take_token(session: Session, token_hash: bytes, now: datetime) -> AccountToken | None:
    """Delete a token and return it, unless it has expired; of two at the same time, one gets it."""
    row = session.execute(
        delete(account_token)
        .where(account_token.c.token_hash == token_hash, account_token.c.expires_at > now)
        .returning(account_token.c.email, account_token.c.kind)
    ).one_or_none()
    return None if row is None else AccountToken(*row)


def delete_tokens_of_address(session: Session, email: str, kind: str | None = None) -> None:
    """Delete the tokens of an address, of one kind or all: once a password is set, earlier links end."""
    of_kind = [] if kind is None else [account_token.c.kind == kind]
    session.execute(delete(account_token).where(account_token.c.email == email, *of_kind))


def delete_expired_tokens(session: Session, now: datetime) -> None:
    """Delete tokens that have expired, with the addresses in them."""
    session.execute(delete(account_token).where(account_token.c.expires_at <= now))
