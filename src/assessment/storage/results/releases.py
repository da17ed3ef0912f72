"""Releases: published results, stored byte for byte."""

from collections.abc import Collection
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Select, String, bindparam, exists, func, insert, select, update
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import ReleaseBasis
from assessment.storage import tables
from assessment.storage.columns import match_assessment, match_in_workspace

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
    basis: ReleaseBasis = ReleaseBasis.LIVE


def latest(session: Session, key: AssessmentKey) -> Release | None:
    row = session.execute(select_latest_release(), key._asdict()).one_or_none()
    return None if row is None else Release(**row._mapping)  # noqa: SLF001  # public despite its name


def select_latest_release() -> Select[Any]:
    """Build the select of the newest release; its parameters are the fields of an `AssessmentKey`."""
    return _select_latest(*(release.c[name] for name in Release.__struct_fields__))


def select_latest_digest() -> Select[Any]:
    """Build the select of the newest release's digest, without its content, by the same parameters."""
    return _select_latest(release.c.digest)


def select_digest_for(workspace_id: ColumnElement[str]) -> Select[Any]:
    """Build the select of the newest digest in the workspace of an outer select; its parameter is `assessment_id`."""
    return (
        select(release.c.digest)
        .where(
            release.c.workspace_id == workspace_id,
            release.c.assessment_id == bindparam("assessment_id", type_=String()),
        )
        .order_by(release.c.number.desc())
        .limit(1)
    )


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


def load_latest_releases(session: Session, workspace_id: str, assessment_ids: Collection[str]) -> dict[str, Release]:
    """Return the newest release of each of these assessments that has one, in one query."""
    newest = (
        select(release.c.assessment_id, func.max(release.c.number).label("number"))
        .where(release.c.workspace_id == workspace_id, release.c.assessment_id.in_(assessment_ids))
        .group_by(release.c.assessment_id)
        .subquery()
    )
    columns = (release.c[name] for name in Release.__struct_fields__)
    statement = select(*columns).join(
        newest, (newest.c.assessment_id == release.c.assessment_id) & (newest.c.number == release.c.number)
    )
    rows = session.execute(statement.where(release.c.workspace_id == workspace_id))
    return {row.assessment_id: Release(**row._mapping) for row in rows}  # noqa: SLF001  # public despite its name


def find_release(session: Session, key: AssessmentKey, number: int) -> Release:
    """Return the release with this number, which must exist."""
    row = session.execute(_select_releases(key).where(release.c.number == number)).one()
    return Release(**row._mapping)  # noqa: SLF001  # public despite its name


def _select_releases(key: AssessmentKey) -> Select[Any]:
    columns = (release.c[name] for name in Release.__struct_fields__)
    return select(*columns).where(*match_assessment(release, key))


class OverallFigures(Struct, frozen=True):
    """Partial decoding of a release: the score and level of the whole, None where withheld."""

    score: float | None = None
    level: int | None = None


class FunctionFigures(Struct, frozen=True):
    score: float | None = None


class ReleaseFigures(Struct, frozen=True):
    overall: OverallFigures = OverallFigures()
    functions: dict[str, FunctionFigures] = {}


def add_release(session: Session, key: AssessmentKey, digest: str, content: bytes, today: date) -> Release:
    """Insert a release with the next number; the assessment must be locked."""
    decoded = msgspec.json.decode(content, type=ReleaseFigures)
    last = session.scalar(select(func.max(release.c.number)).where(*match_assessment(release, key)))
    new = Release(key.assessment_id, (last or 0) + 1, digest, content, today)
    values = {name: getattr(new, name) for name in Release.__struct_fields__}
    figures = {
        "overall_score": decoded.overall.score,
        "overall_level": decoded.overall.level,
        "function_scores": {name: function.score for name, function in decoded.functions.items()},
    }
    session.execute(insert(release).values(**values, **figures, workspace_id=key.workspace_id))
    return new


def has_release(assessment_id: ColumnElement[str], basis: ReleaseBasis | None = None) -> ColumnElement[bool]:
    """SQL condition: the assessment has a release, or one with this basis."""
    condition = exists().where(match_in_workspace(release.c.assessment_id, assessment_id))
    return condition if basis is None else condition.where(release.c.basis == basis)


def list_bases(session: Session, key: AssessmentKey) -> dict[int, ReleaseBasis]:
    """Return where the answers behind each release are, by release number."""
    rows = session.execute(
        select(release.c.number, release.c.basis).where(*match_assessment(release, key)).order_by(release.c.number)
    )
    return {row.number: row.basis for row in rows}


def set_basis(session: Session, key: AssessmentKey, basis: ReleaseBasis, number: int | None = None) -> None:
    """Record where the answers are, of one release or of all."""
    these = [*match_assessment(release, key)]
    if number is not None:
        these.append(release.c.number == number)
    session.execute(update(release).where(*these).values(basis=basis))
