"""The assessments of a workspace with score and level of their newest release, for lists of clients."""

from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import AssessmentState
from assessment.storage import tables
from assessment.storage.columns import match_in_workspace

assessment, organisation, release = tables.assessment, tables.organisation, tables.release


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
    newer = release.alias()
    newest = (
        select(func.max(newer.c.number))
        .where(match_in_workspace(newer.c.assessment_id, assessment.c.id))
        .scalar_subquery()
    )
    columns = (
        *("organisation_id", "title", "state", "wave_of", "questionnaire_id", "questionnaire_version"),
        *("closes_on", "closed_on", "archived_on", "created_at"),
    )
    statement = (
        select(
            assessment.c.id,
            *(assessment.c[name] for name in columns),
            release.c.number,
            release.c.overall_score,
            release.c.overall_level,
        )
        .join(organisation, match_in_workspace(organisation.c.id, assessment.c.organisation_id))
        .outerjoin(release, match_in_workspace(release.c.assessment_id, assessment.c.id) & (release.c.number == newest))
        .where(assessment.c.workspace_id == workspace_id, organisation.c.erased_at.is_(None))
        .order_by(assessment.c.created_at.desc(), assessment.c.id.desc())
    )
    if organisation_id is not None:
        statement = statement.where(assessment.c.organisation_id == organisation_id)
    return [StoredWave(*tuple(row)) for row in session.execute(statement)]
