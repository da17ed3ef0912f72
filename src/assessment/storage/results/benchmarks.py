"""The newest release of every assessment of a workspace, for ranks among clients."""

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assessment.storage import tables
from assessment.storage.columns import match_in_workspace

assessment, organisation, release = tables.assessment, tables.organisation, tables.release


class BenchmarkRelease(Struct, frozen=True):
    """Newest release of an assessment; `in_benchmarks`: it counts when others are ranked."""

    organisation_id: str
    organisation: str
    assessment_id: str
    questionnaire_id: str
    questionnaire_version: str
    questionnaire_digest: str | None
    in_benchmarks: bool
    overall_score: float | None
    function_scores: dict[str, float | None]


def list_newest_releases(session: Session, workspace_id: str) -> list[BenchmarkRelease]:
    """Return the newest release of each assessment, the oldest first; the content of releases is not read."""
    rows = session.execute(
        select(
            assessment.c.organisation_id,
            organisation.c.name,
            assessment.c.id,
            assessment.c.questionnaire_id,
            assessment.c.questionnaire_version,
            assessment.c.questionnaire_digest,
            assessment.c.in_benchmarks,
            release.c.overall_score,
            release.c.function_scores,
        )
        .join(organisation, match_in_workspace(organisation.c.id, assessment.c.organisation_id))
        .join(release, match_in_workspace(release.c.assessment_id, assessment.c.id))
        .where(assessment.c.workspace_id == workspace_id, organisation.c.erased_at.is_(None))
        .order_by(release.c.released_on, assessment.c.created_at, assessment.c.id, release.c.number)
    )
    newest: dict[str, BenchmarkRelease] = {}
    for row in rows:
        newest.pop(row.id, None)  # a further release takes the place that its date has
        newest[row.id] = BenchmarkRelease(*row)
    return list(newest.values())


class SharedScore(Struct, frozen=True):
    """Score of the whole of a client that shares it; None if the release has none."""

    organisation_id: str
    questionnaire_version: str
    score: float | None


def list_shared_scores(session: Session, workspace_id: str, questionnaire_id: str) -> list[SharedScore]:
    """Return the scores that clients share for a questionnaire, of the newest release of each assessment, oldest first.

    The content of releases is not read.
    """
    newer = release.alias()
    newest = (
        select(func.max(newer.c.number))
        .where(match_in_workspace(newer.c.assessment_id, release.c.assessment_id))
        .scalar_subquery()
    )
    rows = session.execute(
        select(assessment.c.organisation_id, assessment.c.questionnaire_version, release.c.overall_score)
        .join(organisation, match_in_workspace(organisation.c.id, assessment.c.organisation_id))
        .join(release, match_in_workspace(release.c.assessment_id, assessment.c.id))
        .where(
            assessment.c.workspace_id == workspace_id,
            assessment.c.questionnaire_id == questionnaire_id,
            assessment.c.in_benchmarks,
            release.c.number == newest,
            organisation.c.erased_at.is_(None),
        )
        .order_by(release.c.released_on, assessment.c.created_at, assessment.c.id)
    )
    return [SharedScore(*row) for row in rows]
