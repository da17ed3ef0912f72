"""Erasure of the order in which responses were sent: exact times, and the physical order of rows."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Executable,
    Table,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy import table as make_table_clause
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.domain.survey.comment_fields import KEY_SEPARATOR
from assessment.storage import tables
from assessment.storage.columns import match_assessment
from assessment.storage.sql_expressions import is_exact_time, match_ids, truncate_to_day

response = tables.response
answer = tables.answer
section_time = tables.section_time
respondent_session = tables.respondent_session

REWRITTEN_TABLES = (response, respondent_session, section_time, answer)
IS_COMMENT = answer.c.item_id.contains(KEY_SEPARATOR)
TIME_COLUMNS = (answer.c.saved_at, section_time.c.shown_at, response.c.sent_at)


def _match_responses(table: Table) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    key = table.c.id if table is response else table.c.response_id
    return table.c.workspace_id == bindparam("of_workspace"), match_ids(key, "of_responses")


def _match_rows_to_keep(table: Table) -> tuple[ColumnElement[bool], ...]:
    return (~IS_COMMENT,) if table is answer else ()


def _erase_value(time_column: Column[Any]) -> ColumnElement[Any]:
    """Return what a rewritten row has in a column."""
    if time_column is answer.c.reason:
        return literal("")
    return truncate_to_day(time_column) if any(time_column is time for time in TIME_COLUMNS) else time_column


def _list_rewriting_statements() -> Iterator[Executable]:
    """List statements that copy the rows into temporary tables, delete them, and insert them again."""
    copies = {
        table: make_table_clause(f"rewritten_{table.name}", *(column(name) for name in table.columns.keys()))  # noqa: SIM118  # iterates over columns
        for table in REWRITTEN_TABLES
    }
    for table, copy in copies.items():
        yield text(f"CREATE TEMPORARY TABLE {copy.name} AS SELECT * FROM {table.name} LIMIT 0")  # noqa: S608  # ours
        rows = select(*map(_erase_value, table.columns)).where(*_match_responses(table), *_match_rows_to_keep(table))
        yield insert(copy).from_select(table.columns.keys(), rows.order_by(*table.primary_key))
    for table in reversed(REWRITTEN_TABLES):  # responses last: deleting one first would look for its rows one by one
        yield delete(table).where(*_match_responses(table))
    for table, copy in copies.items():
        yield insert(table).from_select(table.columns.keys(), select(copy))
        yield text(f"DROP TABLE {copy.name}")


TRUNCATIONS = tuple(
    update(time_column.table)
    .where(*_match_responses(time_column.table), is_exact_time(time_column))
    .values({time_column.name: truncate_to_day(time_column)})
    for time_column in TIME_COLUMNS
)
REWRITING = tuple(_list_rewriting_statements())


def count_responses(session: Session, key: AssessmentKey) -> int:
    """Return the number of an assessment's responses, in any state."""
    return session.scalar(select(func.count()).where(*match_assessment(response, key))) or 0


def list_response_ids(session: Session, key: AssessmentKey) -> list[str]:
    """Return the ids of an assessment's responses: unsent ones first, then by their random ids."""
    here = match_assessment(response, key)
    return list(
        session.scalars(select(response.c.id).where(*here).order_by(response.c.sent_at.is_not(None), response.c.id))
    )


def truncate_times(session: Session, workspace_id: str, ids: Sequence[str]) -> None:
    """Truncate all timestamps of these responses to the day.

    Answers and finished sections are stored with their day already; those of an earlier version are not.
    """
    for statement in TRUNCATIONS:
        session.execute(statement, {"of_workspace": workspace_id, "of_responses": ids})


def find_assessments_with_exact_times(session: Session) -> list[AssessmentKey]:
    """Return the keys of closed assessments with a `sent_at` that is not truncated to the day."""
    assessment = tables.assessment
    exact = is_exact_time(response.c.sent_at)
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
    """Delete and insert anonymous responses again in the order of their random ids: without what they wrote or when.

    Physical row order and transaction ids would reveal who answered after whom. The rows stay in the database
    meanwhile: as Python objects they would cost five times as much.
    """
    parameters = {"of_workspace": workspace_id, "of_responses": ids}
    for statement in REWRITING:
        session.execute(statement, parameters)
