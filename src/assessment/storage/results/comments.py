"""Consultants' comments on reports: each save inserts a row, no row is updated."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.storage import tables
from assessment.storage.columns import match_assessment

comments, user, api_key = tables.comments, tables.user, tables.api_key


class SavedComments(Struct, frozen=True):
    """One save; `number` counts them, `release` is the newest release then, `name` an address or a key's name."""

    number: int
    content: bytes
    logo: bytes | None
    release: int | None
    saved_at: datetime
    by_key: bool
    name: str


def find_newest_comments(session: Session, key: AssessmentKey) -> SavedComments | None:
    row = session.execute(
        select(
            comments.c.number,
            comments.c.content,
            comments.c.logo,
            comments.c.release,
            comments.c.saved_at,
            comments.c.key_id.is_not(None).label("by_key"),
            func.coalesce(user.c.email, api_key.c.name).label("name"),
        )
        .outerjoin(user, user.c.id == comments.c.user_id)
        .outerjoin(api_key, api_key.c.id == comments.c.key_id)
        .where(*match_assessment(comments, key))
        .order_by(comments.c.number.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else SavedComments(**row._mapping)  # noqa: SLF001  # public despite its name


def add_comments(session: Session, key: AssessmentKey, values: Mapping[str, Any]) -> None:
    """Insert a save; the assessment must be locked."""
    session.execute(insert(comments).values(**values, workspace_id=key.workspace_id, assessment_id=key.assessment_id))
