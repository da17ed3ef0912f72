"""The assessments of a workspace with score and level of their newest release, for lists of clients."""

from datetime import date, datetime
from typing import NamedTuple

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import AssessmentState
from assessment.storage import tables
from assessment.storage.columns import match_in_workspace

assessment, organisation, release = tables.assessment, tables.organisation, tables.release


class Headline(NamedTuple):
    """Number of a release with its score and level; all None without a release."""

    number: int | None
    score: float | None
    level: int | None


NO_RELEASE = Headline(None, None, None)


class StoredWave(Struct, frozen=True):
    """An assessment; `score` and `level` are of its newest release, None without one or where withheld."""

    assessment_id: str
    organisation_id: str
    title: str
    state: AssessmentState
    wave_of: str | None
    questionnaire_id: str
    questionnaire_version: str
    closes_on: date | None
    closed_on: date | None
    archived_on: date | None
    created_at: datetime
    release: int | None
    score: float | None
    level: int | None


def list_waves(session: Session, workspace_id: str, organisation_id: str | None = None) -> list[StoredWave]:
    """Return the assessments of a workspace or a client, the newest first."""
    columns = (
        *("id", "organisation_id", "title", "state", "wave_of", "questionnaire_id", "questionnaire_version"),
        *("closes_on", "closed_on", "archived_on", "created_at"),
    )
    statement = (
        select(*(assessment.c[name] for name in columns))
        .join(organisation, match_in_workspace(organisation.c.id, assessment.c.organisation_id))
        .where(assessment.c.workspace_id == workspace_id, organisation.c.erased_at.is_(None))
        .order_by(assessment.c.created_at.desc(), assessment.c.id.desc())
    )
    if organisation_id is not None:
        statement = statement.where(assessment.c.organisation_id == organisation_id)
    headlines = _load_headlines(session, workspace_id, organisation_id)
    return [
        StoredWave(*tuple(row), *tuple(headlines.get(row.id, NO_RELEASE)))  # the figures are its last fields
        for row in session.execute(statement)
    ]


def _load_headlines(session: Session, workspace_id: str, organisation_id: str | None) -> dict[str, Headline]:
    """Number, score and level of the newest release of each assessment that has one, all read from one index."""
    columns = (release.c.number, release.c.overall_score, release.c.overall_level)
    statement = (
        select(release.c.assessment_id, *columns)
        .where(release.c.workspace_id == workspace_id)
        .order_by(release.c.assessment_id, release.c.number)
    )
    if organisation_id is not None:
        of_client = select(assessment.c.id).where(
            assessment.c.workspace_id == workspace_id, assessment.c.organisation_id == organisation_id
        )
        statement = statement.where(release.c.assessment_id.in_(of_client))
    return {assessment_id: Headline(*figures) for assessment_id, *figures in session.execute(statement)}
