"""Consultants' comments on reports: each save inserts a row, no row is updated."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, insert, select
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.storage import tables
from assessment.storage.auth.removed_users import AUTHOR_NAME
from assessment.storage.columns import match_assessment, match_in_workspace

comments, user, api_key = tables.comments, tables.user, tables.api_key
with_logo = comments.alias("with_logo")


class SavedComments(Struct, frozen=True):
    """One save; `number` counts them, `release` is the newest release then, `name` an address or a key's name.

    `logo_number` is the save that brought the logo.
    """

    number: int
    content: bytes
    logo: bytes | None
    logo_number: int | None
    release: int | None
    saved_at: datetime
    by_key: bool
    name: str


def find_newest_comments(session: Session, key: AssessmentKey) -> SavedComments | None:
    row = session.execute(_select_comments(key).order_by(comments.c.number.desc()).limit(1)).one_or_none()
    return None if row is None else SavedComments(**row._mapping)  # noqa: SLF001  # public despite its name


def find_comments(session: Session, key: AssessmentKey, number: int) -> SavedComments | None:
    """Return one save; None if there is none with this number."""
    row = session.execute(_select_comments(key, comments.c.number == number)).one_or_none()
    return None if row is None else SavedComments(**row._mapping)  # noqa: SLF001  # public despite its name


def list_comments(session: Session, key: AssessmentKey, limit: int) -> Sequence[SavedComments]:
    """List the newest saves, the newest first."""
    rows = session.execute(_select_comments(key).order_by(comments.c.number.desc()).limit(limit))
    return [SavedComments(**row._mapping) for row in rows]  # noqa: SLF001  # public despite its name


def add_comments(session: Session, key: AssessmentKey, values: Mapping[str, Any]) -> None:
    """Insert a save; the assessment must be locked."""
    session.execute(insert(comments).values(**values, workspace_id=key.workspace_id, assessment_id=key.assessment_id))


def _select_comments(key: AssessmentKey, *where: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            comments.c.number,
            comments.c.content,
            with_logo.c.logo,
            comments.c.logo_number,
            comments.c.release,
            comments.c.saved_at,
            comments.c.key_id.is_not(None).label("by_key"),
            AUTHOR_NAME.label("name"),
        )
        .outerjoin(user, user.c.id == comments.c.user_id)
        .outerjoin(api_key, api_key.c.id == comments.c.key_id)
        .outerjoin(
            with_logo,
            match_in_workspace(with_logo.c.assessment_id, comments.c.assessment_id)
            & (with_logo.c.number == comments.c.logo_number),
        )
        .where(*match_assessment(comments, key), *where)
    )
