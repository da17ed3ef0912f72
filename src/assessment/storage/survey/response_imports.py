"""Responses imported from files: a large file takes several transactions, so an import can be incomplete."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, and_, delete, insert, or_, select, text, update
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import ResponseState
from assessment.domain.text_normalisation import normalize_address
from assessment.storage import tables
from assessment.storage.columns import match_assessment
from assessment.storage.database import split_batches
from assessment.storage.sql_expressions import truncate_to_day
from assessment.storage.survey.bulk_insert import NewAnswer, insert_answers
from assessment.storage.tables.answers import IS_INCOMPLETE_IMPORT

response = tables.response

IMPORTING_STATE = ResponseState.WITHDRAWN
ABANDONED_AFTER = timedelta(minutes=10)  # an import without a job takes less than a minute


def has_imported_responses(session: Session, key: AssessmentKey, now: datetime) -> bool:
    """Return whether responses were imported from a file, or are being imported; those left by a crash don't count."""
    response_id = session.scalar(
        select(response.c.id)
        .where(
            *match_assessment(response, key),
            response.c.label.is_not(None),
            or_(response.c.state != IMPORTING_STATE, response.c.sent_at > now - ABANDONED_AFTER),
        )
        .limit(1)
    )
    return response_id is not None


def has_running_import(session: Session, key: AssessmentKey, now: datetime) -> bool:
    """Return whether responses were stored lately of an import that is incomplete."""
    recent = response.c.sent_at > now - ABANDONED_AFTER
    return session.scalar(select(response.c.id).where(*_match_incomplete_import(key), recent).limit(1)) is not None


def list_interrupted_imports(session: Session, before: datetime) -> dict[AssessmentKey, list[str]]:
    """Return the ids of responses of incomplete imports that began before, by assessment, of all workspaces."""
    columns = (response.c.workspace_id, response.c.assessment_id, response.c.id)
    # As text, and sorted afterwards: with parameters or an order, the database would not use the index of these rows.
    matching = (text(IS_INCOMPLETE_IMPORT), response.c.sent_at < before)
    incomplete: dict[AssessmentKey, list[str]] = {}
    for workspace_id, assessment_id, id_ in sorted(
        map(tuple, session.execute(select(*columns).where(*matching)).all())
    ):
        incomplete.setdefault(AssessmentKey(workspace_id, assessment_id), []).append(id_)
    return incomplete


def list_imported_labels(session: Session, key: AssessmentKey) -> set[str]:
    """Return the labels of respondents imported from files, incomplete imports excluded."""
    return set(
        session.scalars(
            select(response.c.label).where(
                *match_assessment(response, key),
                response.c.label.is_not(None),
                response.c.state != IMPORTING_STATE,
            )
        )
    )


def find_labelled_responses(
    session: Session, label: str, workspace_id: str | None = None
) -> list[tuple[str, str, str]]:
    """Return workspace, assessment and id of the responses that a file had under a label; an address in any spelling.

    Addresses are compared here: `lower` of SQLite, and of PostgreSQL in some locales, changes ASCII letters only.
    """
    own = response.c.label.contains("@") if "@" in label else response.c.label == label
    if workspace_id is not None:
        own = and_(own, response.c.workspace_id == workspace_id)
    columns = (response.c.workspace_id, response.c.assessment_id, response.c.id)
    rows = session.execute(select(*columns, response.c.label).where(own).order_by(*columns))
    address = normalize_address(label)
    return [(row[0], row[1], row[2]) for row in rows if row.label == label or normalize_address(row.label) == address]


def has_own_label() -> ColumnElement[bool]:
    """Match responses that have the label of the file: often a name or an address."""
    return and_(response.c.label.is_not(None), response.c.label != response.c.id)


def erase_labels(session: Session, *conditions: ColumnElement[bool]) -> None:
    """Replace the labels of responses by their ids. A label stays, since it is what marks an imported response."""
    session.execute(update(response).where(has_own_label(), *conditions).values(label=response.c.id))


def insert_responses(session: Session, rows: Sequence[Mapping[str, Any]], answers: Iterable[NewAnswer]) -> None:
    """Insert whole responses and their answers, in batches."""
    for batch in split_batches(rows):
        session.execute(insert(response), batch)
    insert_answers(session, answers)


def is_incomplete_import() -> ColumnElement[bool]:
    """Match rows of an incomplete import: a label, and the state of withdrawn ones, so that no figure counts them."""
    return and_(response.c.label.is_not(None), response.c.state == IMPORTING_STATE)


def _match_incomplete_import(key: AssessmentKey) -> tuple[Any, ...]:
    return (*match_assessment(response, key), is_incomplete_import())


def list_incomplete_imports(session: Session, key: AssessmentKey) -> list[tuple[str, datetime]]:
    """Return id and start of each response of incomplete imports; erased responses have no start."""
    columns = (response.c.id, response.c.sent_at)
    matching = (*_match_incomplete_import(key), response.c.sent_at.is_not(None))
    rows = session.execute(select(*columns).where(*matching).order_by(response.c.id))
    return [(row[0], row[1]) for row in rows]


def complete_import(session: Session, key: AssessmentKey, started_at: datetime) -> int:
    """Activate the responses of one import in one update; return their number."""
    here = (*_match_incomplete_import(key), response.c.sent_at == started_at)
    activated = {"state": ResponseState.SENT, "sent_at": truncate_to_day(response.c.sent_at)}
    return cast("CursorResult[Any]", session.execute(update(response).where(*here).values(activated))).rowcount


def delete_responses(session: Session, workspace_id: str, ids: Sequence[str]) -> None:
    """Delete responses of incomplete imports, never counted ones; sessions, answers and times follow by cascade."""
    session.execute(
        delete(response).where(response.c.workspace_id == workspace_id, response.c.id.in_(ids), is_incomplete_import())
    )
