"""Facts that order the assessments of a workspace by urgency: one short row each, in one statement."""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import and_, case, false, select
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import AssessmentState
from assessment.storage import tables
from assessment.storage.assessments import AssessmentFilter, filter_assessments
from assessment.storage.columns import match_in_workspace
from assessment.storage.results import releases

assessment = tables.assessment
organisation = tables.organisation
people_summary = tables.people_summary
hourly_count = tables.hourly_count


class RankingRow(Struct, frozen=True):
    """An assessment with its stored counts as JSON.

    `people` counts the invited (None: outdated), `responses` is the last hourly count. Both are read only while an
    assessment is not closed, and `has_release` only of one that closed since the day that the query names.
    """

    id: str
    state: AssessmentState
    closes_on: date | None
    closed_on: date | None
    created_at: datetime
    time_zone: str
    has_release: bool
    people: bytes | None
    responses: bytes | None


def list_ranking_rows(
    session: Session, workspace_id: str, filters: AssessmentFilter, closed_since: date
) -> Sequence[RankingRow]:
    """Return a row of each assessment that matches the filter, in no order."""
    is_current = people_summary.c.counted_revision == people_summary.c.revision
    is_unclosed = assessment.c.state != AssessmentState.CLOSED
    statement = (
        select(
            assessment.c.id,
            assessment.c.state,
            assessment.c.closes_on,
            assessment.c.closed_on,
            assessment.c.created_at,
            tables.workspace.c.time_zone,
            case((assessment.c.closed_on >= closed_since, releases.has_release(assessment.c.id)), else_=false()),
            people_summary.c.content,
            hourly_count.c.content,
        )
        .join(organisation, match_in_workspace(organisation.c.id, assessment.c.organisation_id))
        .join(tables.workspace, tables.workspace.c.id == assessment.c.workspace_id)
        .outerjoin(
            people_summary,
            and_(match_in_workspace(people_summary.c.assessment_id, assessment.c.id), is_unclosed, is_current),
        )
        .outerjoin(hourly_count, and_(match_in_workspace(hourly_count.c.assessment_id, assessment.c.id), is_unclosed))
        .where(assessment.c.workspace_id == workspace_id, organisation.c.erased_at.is_(None))
    )
    return [RankingRow(*row) for row in session.execute(filter_assessments(statement, filters))]
