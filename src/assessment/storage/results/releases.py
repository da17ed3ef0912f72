"""Releases: published results, stored byte for byte."""

from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, String, bindparam, exists, func, insert, select, update
from sqlalchemy.orm import Session

from assessment.storage import tables

LIVE_BASIS, COPIED_BASIS, DELETED_BASIS = "live", "kept", "gone"

release = tables.release


class ReleaseDigest(Struct, frozen=True):
    """SHA-256 of a release's content, in hexadecimal digits."""

    digest: str


class Release(Struct, frozen=True):
    """One published result; `content` is its JSON, `digest` its SHA-256, `basis` where its answers are."""

    assessment_id: str
    number: int
    digest: str
    content: bytes
    released_on: date
    basis: str = LIVE_BASIS


def latest(session: Session, workspace_id: str, assessment_id: str) -> Release | None:
    row = session.execute(
        select_latest_release(), {"workspace_id": workspace_id, "assessment_id": assessment_id}
    ).one_or_none()
    return None if row is None else Release(**row._mapping)  # noqa: SLF001  # public despite its name


def select_latest_release() -> Select[Any]:
    """Build the select of the newest release by `workspace_id` and `assessment_id`."""
    return _select_latest(*(release.c[name] for name in Release.__struct_fields__))


def select_latest_digest() -> Select[Any]:
    """Build the select of the newest release's digest, without its content, by the same parameters."""
    return _select_latest(release.c.digest)


def _select_latest(*columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(*columns)
        .where(
            release.c.workspace_id == bindparam("workspace_id", type_=String()),
            release.c.assessment_id == bindparam("assessment_id", type_=String()),
        )
        .order_by(release.c.number.desc())
        .limit(1)
    )


def find_release(session: Session, workspace_id: str, assessment_id: str, number: int) -> Release:
    """Return the release with this number, which must exist."""
    row = session.execute(_select_releases(workspace_id, assessment_id).where(release.c.number == number)).one()
    return Release(**row._mapping)  # noqa: SLF001  # public despite its name


def _select_releases(workspace_id: str, assessment_id: str) -> Select[Any]:
    columns = (release.c[name] for name in Release.__struct_fields__)
    return select(*columns).where(release.c.workspace_id == workspace_id, release.c.assessment_id == assessment_id)


def add_release(
    session: Session, workspace_id: str, assessment_id: str, digest: str, content: bytes, today: date
) -> Release:
    """Insert a release with the next number; the assessment must be locked."""
    last = session.scalar(select(func.max(release.c.number)).where(release.c.assessment_id == assessment_id))
    new = Release(assessment_id, (last or 0) + 1, digest, content, today)
    values = {name: getattr(new, name) for name in Release.__struct_fields__}
    session.execute(insert(release).values(**values, workspace_id=workspace_id))
    return new


def has_release(assessment_id: ColumnElement[str], basis: str | None = None) -> ColumnElement[bool]:
    """SQL condition: the assessment has a release, or one with this basis."""
    condition = exists().where(release.c.assessment_id == assessment_id)
    return condition if basis is None else condition.where(release.c.basis == basis)


def list_bases(session: Session, workspace_id: str, assessment_id: str) -> dict[int, str]:
    """Return where the answers behind each release are, by release number."""
    rows = session.execute(
        select(release.c.number, release.c.basis)
        .where(release.c.workspace_id == workspace_id, release.c.assessment_id == assessment_id)
        .order_by(release.c.number)
    )
    return {row.number: row.basis for row in rows}


def set_basis(session: Session, workspace_id: str, assessment_id: str, basis: str, number: int | None = None) -> None:
    """Record where the answers are, of one release or of all."""
    these = [release.c.workspace_id == workspace_id, release.c.assessment_id == assessment_id]
    if number is not None:
        these.append(release.c.number == number)
    session.execute(update(release).where(*these).values(basis=basis))
