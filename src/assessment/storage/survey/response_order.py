"""Erasure of the order in which responses were sent: exact times, and the physical order of rows."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Executable,
    Table,
    TableClause,
    bindparam,
    column,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy import table as make_table_clause
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.storage import tables
from assessment.storage.columns import match_assessment
from assessment.storage.database import is_sqlite
from assessment.storage.sql_expressions import is_exact_time, match_ids, truncate_to_day
from assessment.storage.survey import packed_answers

response = tables.response
answer = tables.answer
section_time = tables.section_time
respondent_session = tables.respondent_session

TIME_COLUMNS = (answer.c.saved_at, section_time.c.shown_at, response.c.sent_at)
PACKED_TEXTS = packed_answers.pack_response()


def _match_responses(table: Table) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    key = table.c.id if table is response else table.c.response_id
    return table.c.workspace_id == bindparam("of_workspace"), match_ids(key, "of_responses")


def _erase_value(table_column: Column[Any]) -> ColumnElement[Any]:
    """Return what a rewritten row has in a column."""
    if table_column.table is response and table_column.name in PACKED_TEXTS:
        return PACKED_TEXTS[table_column.name]
    return truncate_to_day(table_column) if table_column is response.c.sent_at else table_column


def _copy_rows(table: Table) -> Iterator[Executable]:
    """List statements that copy rows to a temporary table, in the order of their random ids."""
    copy = _make_copy(table)
    rows = select(*map(_erase_value, table.columns)).where(*_match_responses(table))
    yield text(f"CREATE TEMPORARY TABLE {copy.name} AS SELECT * FROM {table.name} LIMIT 0")  # noqa: S608  # ours
    yield insert(copy).from_select(table.columns.keys(), rows.order_by(*table.primary_key))


def _return_rows(table: Table) -> Iterator[Executable]:
    copy = _make_copy(table)
    yield insert(table).from_select(table.columns.keys(), select(copy))
    yield text(f"DROP TABLE {copy.name}")


def _make_copy(table: Table) -> TableClause:
    return make_table_clause(f"rewritten_{table.name}", *(column(name) for name in table.columns.keys()))  # noqa: SIM118  # iterates over columns


TRUNCATIONS = tuple(
    update(time_column.table)
    .where(*_match_responses(time_column.table), is_exact_time(time_column))
    .values({time_column.name: truncate_to_day(time_column)})
    for time_column in TIME_COLUMNS
)
# On SQLite. Responses last: otherwise, a small close, which checks foreign keys, would look for their rows one by one.
DELETIONS = tuple(
    delete(table).where(*_match_responses(table)) for table in (answer, section_time, respondent_session, response)
)
# PostgreSQL looks for the rows of each deleted response in any case, and longer if they were deleted just before, since
# their entries are still in the index. So the foreign keys delete them.
CASCADING_DELETIONS = DELETIONS[-1:]
COPYING = {table: tuple(_copy_rows(table)) for table in (response, respondent_session)}
RETURNING = {table: tuple(_return_rows(table)) for table in (response, respondent_session)}
SELECT_SESSION = select(respondent_session.c.response_id).where(*_match_responses(respondent_session)).limit(1)


def count_responses(session: Session, key: AssessmentKey) -> int:
    """Return the number of an assessment's responses, in any state."""
    return session.scalar(select(func.count()).where(*match_assessment(response, key))) or 0


def list_response_ids(session: Session, key: AssessmentKey) -> list[str]:
    """Return the ids of an assessment's responses: unsent ones first, then by their random ids."""
    here = match_assessment(response, key)
    in_order = select(response.c.id).where(*here).order_by(response.c.sent_at.is_not(None), response.c.id)
    return list(session.scalars(in_order).all())  # fetched at once: one by one takes three times as long


def truncate_unfinished_pages(session: Session, key: AssessmentKey) -> None:
    """Truncate to the day when pages were displayed that were not continued; all other times are stored so."""
    own = select(response.c.id).where(*match_assessment(response, key))
    session.execute(
        update(section_time)
        .where(
            section_time.c.workspace_id == key.workspace_id,
            section_time.c.response_id.in_(own),
            section_time.c.seconds.is_(None),
            is_exact_time(section_time.c.shown_at),
        )
        .values(shown_at=truncate_to_day(section_time.c.shown_at))
    )


def has_exact_times(session: Session, key: AssessmentKey) -> bool:
    """Return whether a response was sent by a server of an earlier version, which stored exact times."""
    exact = is_exact_time(response.c.sent_at)
    return session.scalar(select(response.c.id).where(*match_assessment(response, key), exact).limit(1)) is not None


def truncate_times(session: Session, workspace_id: str, ids: Sequence[str]) -> None:
    """Truncate all timestamps of these responses to the day."""
    for statement in TRUNCATIONS:
        session.execute(statement, {"of_workspace": workspace_id, "of_responses": ids})


def find_assessments_with_exact_times(session: Session) -> list[AssessmentKey]:
    """Return the keys of closed assessments with a `sent_at` that is not truncated to the day."""
    assessment = tables.assessment
    exact = is_exact_time(response.c.sent_at)
    has_exact = (
        select(response.c.id)
        .where(response.c.workspace_id == assessment.c.workspace_id, response.c.assessment_id == assessment.c.id, exact)
        .exists()
    )
    query = select(assessment.c.workspace_id, assessment.c.id).where(
        assessment.c.state == AssessmentState.CLOSED, has_exact
    )
    return [AssessmentKey(*row) for row in session.execute(query)]


def rewrite_rows(session: Session, workspace_id: str, ids: Sequence[str]) -> None:
    """Delete and insert anonymous responses again in the order of their random ids: without what they wrote or when.

    Physical row order and transaction ids would reveal who answered after whom. Answers and section times return packed
    in the row of their response, which never opens again. The rows stay in the database meanwhile: as Python objects
    they would cost five times as much.
    """
    parameters = {"of_workspace": workspace_id, "of_responses": ids}
    has_session = session.scalar(SELECT_SESSION, parameters) is not None
    rewritten = (response, respondent_session) if has_session else (response,)
    deletions = DELETIONS if is_sqlite(session.connection()) else CASCADING_DELETIONS
    for statement in (*chain.from_iterable(COPYING[table] for table in rewritten), *deletions):
        session.execute(statement, parameters)
    for statement in chain.from_iterable(RETURNING[table] for table in rewritten):
        session.execute(statement)
