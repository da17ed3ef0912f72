"""Users whose account is gone. Where they wrote something, a row without anything to sign in with has their address."""

from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, or_, update
from sqlalchemy.orm import Session

from assessment.storage import tables

user = tables.user
recovery_code = tables.recovery_code
# Columns that name a user as the author. Whatever else refers to a user is deleted with them.
AUTHOR_COLUMNS = (tables.comments.c.user_id, tables.published_report.c.user_id, tables.share_link.c.user_id)
IS_AUTHOR = or_(*(exists().where(column == user.c.id) for column in AUTHOR_COLUMNS))
AUTHOR_NAME: ColumnElement[Any] = func.coalesce(user.c.former_email, user.c.email, tables.api_key.c.name)


def delete_account(session: Session, user_id: str) -> None:
    """Delete a user who has no membership. An author's row stays, with nothing but the address.

    It moves to `former_email`, so that the address can have a new account, which has nothing to do with this one.
    """
    own = user.c.id == user_id
    session.execute(delete(user).where(own, ~IS_AUTHOR))
    session.execute(delete(recovery_code).where(recovery_code.c.user_id == user_id))
    session.execute(
        update(user)
        .where(own, user.c.former_email.is_(None))
        .values(
            former_email=user.c.email,
            email=f"removed {user_id}",  # unique, and nobody's address
            password_hash="",
            admin=False,
            disabled=True,
            last_sign_in_at=None,
            totp_secret=None,
            totp_step=None,
        )
    )


def delete_former_authors(session: Session) -> None:
    """Delete the rows of removed users who are not the author of anything any more."""
    session.execute(delete(user).where(user.c.former_email.is_not(None), ~IS_AUTHOR))
