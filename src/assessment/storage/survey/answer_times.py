"""Durations of responses to a questionnaire, from closed assessments of one workspace."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import AssessmentState, ResponseState
from assessment.storage import tables

MAXIMUM_RESPONSES = 500  # newest first; more would not change a percentile by a minute

assessment = tables.assessment
response = tables.response
section_time = tables.section_time


def load_response_seconds(
    session: Session,
    workspace_id: str,
    questionnaire: tuple[str, str],
    role: str,
    functions: Collection[str],
    pages: Collection[str],
) -> list[float]:
    """Return the seconds of sent responses with this role in exactly these functions.

    `questionnaire` is id and version. `pages` are the first sections of the pages such a respondent gets: a
    response with an untimed page is left out. Open assessments are left out, so that the figure does not reveal who
    has sent.
    """
    timed = (
        select(
            response.c.functions,
            response.c.seconds.label("told"),
            func.count(section_time.c.seconds).label("pages"),
            func.sum(section_time.c.seconds).label("seconds"),
        )
        .join(
            assessment,
            (assessment.c.workspace_id == response.c.workspace_id) & (assessment.c.id == response.c.assessment_id),
        )
        .outerjoin(
            section_time,
            (section_time.c.response_id == response.c.id)
            & section_time.c.section.in_(pages)
            & section_time.c.seconds.is_not(None),
        )
        .where(
            response.c.workspace_id == workspace_id,
            assessment.c.state == AssessmentState.CLOSED,
            assessment.c.questionnaire_id == questionnaire[0],
            assessment.c.questionnaire_version == questionnaire[1],
            response.c.state == ResponseState.SENT,
            response.c.role == role,
        )
        .group_by(response.c.id, response.c.functions, response.c.seconds, assessment.c.closed_on)
        .order_by(assessment.c.closed_on.desc())
        .limit(MAXIMUM_RESPONSES)
    )
    wanted = set(functions)
    seconds = []
    for row in session.execute(timed):
        if set(row.functions.split(";")) != wanted:
            continue
        if row.told is not None:
            seconds.append(row.told)
        elif row.pages == len(pages):
            seconds.append(row.seconds)
    return seconds
