"""Queries on second factors: the encrypted TOTP secret of a user, the last time step, and recovery codes."""

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from assessment.storage import tables

user = tables.user
recovery_code = tables.recovery_code


class StoredSecondFactor(Struct, frozen=True):
    """Encrypted secret, and the number of recovery codes that are left."""

    secret: bytes
    recovery_codes: int


def find_second_factor(session: Session, user_id: str) -> StoredSecondFactor | None:
    """Return a user's second factor; None if it is not set up."""
    codes = select(func.count()).where(recovery_code.c.user_id == user.c.id).scalar_subquery()
    row = session.execute(
        select(user.c.totp_secret, codes).where(user.c.id == user_id, user.c.totp_secret.is_not(None))
    ).one_or_none()
    return None if row is None else StoredSecondFactor(*row)


def set_second_factor(session: Session, user_id: str, secret: bytes, step: int) -> None:
    session.execute(update(user).where(user.c.id == user_id).values(totp_secret=secret, totp_step=step))


def delete_second_factor(session: Session, user_id: str) -> None:
    session.execute(update(user).where(user.c.id == user_id).values(totp_secret=None, totp_step=None))
    session.execute(delete(recovery_code).where(recovery_code.c.user_id == user_id))


def take_step(session: Session, user_id: str, step: int) -> bool:
    """Record a time step as used; False if it, or a later one, was used before. Atomic."""
    taken = session.execute(
        update(user)
        .where(user.c.id == user_id, or_(user.c.totp_step.is_(None), user.c.totp_step < step))
        .values(totp_step=step)
        .returning(user.c.id)
    )
    return taken.one_or_none() is not None


def replace_recovery_codes(session: Session, user_id: str, hashes: Iterable[bytes]) -> None:
    session.execute(delete(recovery_code).where(recovery_code.c.user_id == user_id))
    session.execute(insert(recovery_code), [{"user_id": user_id, "code_hash": code_hash} for code_hash in hashes])


def take_recovery_code(session: Session, user_id: str, code_hash: bytes) -> bool:
    """Delete a recovery code; False if the user has no such code. Atomic: of two requests, one gets it."""
    taken = session.execute(
        delete(recovery_code)
        .where(recovery_code.c.user_id == user_id, recovery_code.c.code_hash == code_hash)
        .returning(recovery_code.c.user_id)
    )
    return taken.one_or_none() is not None
