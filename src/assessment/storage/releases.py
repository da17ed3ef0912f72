"""Releases: published results, byte for byte."""

from datetime import date

from msgspec import Struct
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from assessment.storage import tables

release = tables.release


class Release(Struct, frozen=True):
    """One published result; `content` is its JSON, `digest` its SHA-256."""

    assessment_id: str
    number: int
    digest: str
    content: bytes
    released_on: date


def latest(session: Session, workspace_id: str, assessment_id: str) -> Release | None:
    """Return the newest release."""
    row = session.execute(
        select(*(release.c[name] for name in Release.__struct_fields__))
        .where(release.c.workspace_id == workspace_id, release.c.assessment_id == assessment_id)
        .order_by(release.c.number.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Release(**row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it


def add(session: Session, workspace_id: str, assessment_id: str, digest: str, content: bytes, today: date) -> Release:
    """Publish under the next number; the assessment must be locked."""
    last = session.scalar(select(func.max(release.c.number)).where(release.c.assessment_id == assessment_id))
    new = Release(assessment_id, (last or 0) + 1, digest, content, today)
    values = {name: getattr(new, name) for name in Release.__struct_fields__}
    session.execute(insert(release).values(**values, workspace_id=workspace_id))
    return new
