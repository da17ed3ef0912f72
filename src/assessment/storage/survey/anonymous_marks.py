"""Anonymous marks: invitations whose answers were sent, under names that don't reveal the invitation."""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.storage import tables
from assessment.storage.columns import match_assessment
from assessment.storage.database import is_sqlite

mark = tables.mark


def add_mark(session: Session, key: AssessmentKey, name: bytes) -> bool:
    """Insert a mark; return whether it is new."""
    insert = (sqlite if is_sqlite(session.connection()) else postgresql).insert(mark)
    row = {"name": name, "workspace_id": key.workspace_id, "assessment_id": key.assessment_id}
    added = session.execute(insert.values(**row).on_conflict_do_nothing().returning(mark.c.name))
    return added.one_or_none() is not None


def find_marks(session: Session, key: AssessmentKey, names: Collection[bytes]) -> set[bytes]:
    """Return those of the names that are marked.

    For more than one name all marks are read, so that the number of names is not limited by a statement.
    """
    here = match_assessment(mark, key)
    if len(names) == 1:
        return set(session.scalars(select(mark.c.name).where(*here, mark.c.name.in_(names))))
    return set(names) & set(session.scalars(select(mark.c.name).where(*here)))


def find_closed_assessments_with_marks(session: Session) -> list[AssessmentKey]:
    """Return the keys of closed assessments that still have marks."""
    assessment = tables.assessment
    has_marks = (
        select(mark.c.name)
        .where(mark.c.workspace_id == assessment.c.workspace_id, mark.c.assessment_id == assessment.c.id)
        .exists()
    )
    query = select(assessment.c.workspace_id, assessment.c.id).where(
        assessment.c.state == AssessmentState.CLOSED, has_marks
    )
    return [AssessmentKey(*row) for row in session.execute(query)]


def delete_all_marks(session: Session, key: AssessmentKey) -> None:
    """Delete all marks of an assessment."""
    session.execute(delete(mark).where(*match_assessment(mark, key)))


def delete_marks(session: Session, key: AssessmentKey, names: Collection[bytes]) -> None:
    session.execute(delete(mark).where(*match_assessment(mark, key), mark.c.name.in_(names)))
