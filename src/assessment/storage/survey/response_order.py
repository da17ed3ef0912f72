"""Erasure of the order in which responses were sent: exact times, and the physical order of rows."""

from collections.abc import Sequence

from sqlalchemy import String, delete, func, insert, select, type_coerce, update
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.storage import tables
from assessment.storage.columns import match_assessment
from assessment.storage.database import is_sqlite, split_batches, truncate_to_day

response = tables.response
answer = tables.answer
section_time = tables.section_time
respondent_session = tables.respondent_session

MIDNIGHT_TEXT = "00:00:00.000000"


def list_response_ids(session: Session, key: AssessmentKey) -> list[str]:
    """Return the ids of an assessment's responses: unsent ones first, then by their random ids."""
    here = match_assessment(response, key)
    return list(
        session.scalars(select(response.c.id).where(*here).order_by(response.c.sent_at.is_not(None), response.c.id))
    )


def truncate_times(session: Session, workspace_id: str, ids: Sequence[str]) -> None:
    """Truncate all timestamps of these responses to the day."""
    for table, column in ((answer, "saved_at"), (section_time, "shown_at"), (response, "sent_at")):
        key = table.c.id if table is response else table.c.response_id
        session.execute(
            update(table)
            .where(table.c.workspace_id == workspace_id, key.in_(ids))
            .values({column: truncate_to_day(session.connection(), table.c[column])})
        )


def find_assessments_with_exact_times(session: Session) -> list[AssessmentKey]:
    """Return the keys of closed assessments with a `sent_at` that is not truncated to the day."""
    assessment = tables.assessment
    exact = response.c.sent_at != truncate_to_day(session.connection(), response.c.sent_at)
    if is_sqlite(session.connection()):
        exact = func.substr(type_coerce(response.c.sent_at, String), 12) != MIDNIGHT_TEXT
    has_exact_times = (
        select(response.c.id)
        .where(response.c.workspace_id == assessment.c.workspace_id, response.c.assessment_id == assessment.c.id, exact)
        .exists()
    )
    query = select(assessment.c.workspace_id, assessment.c.id).where(
        assessment.c.state == AssessmentState.CLOSED, has_exact_times
    )
    return [AssessmentKey(*row) for row in session.execute(query)]


def rewrite_rows(session: Session, workspace_id: str, ids: Sequence[str]) -> None:
    """Delete and insert these responses again in the order of their random ids.

    Physical row order and transaction ids would reveal who answered after whom.
    """
    parts = (response, respondent_session, section_time, answer)
    rows_by_table = []
    for table in parts:
        key = table.c.id if table is response else table.c.response_id
        rows = session.execute(select(table).where(table.c.workspace_id == workspace_id, key.in_(ids)))
        rows_by_table.append(sorted(tuple(row) for row in rows))
    session.execute(delete(response).where(response.c.workspace_id == workspace_id, response.c.id.in_(ids)))
    for table, table_rows in zip(parts, rows_by_table, strict=True):
        names = [column.name for column in table.columns]
        for batch in split_batches(dict(zip(names, row, strict=True)) for row in table_rows):
            session.execute(insert(table), batch)
