"""Stored counts of invited people, valid until something that they count changes.

Each transaction that changes invitations, links to hand out, first mails or imported responses increments the
revision. Counts are stored with the revision that was read before counting: if another transaction commits meanwhile,
they are outdated at once, never wrong.
"""

from collections.abc import Collection
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.storage import tables
from assessment.storage.columns import match_assessment
from assessment.storage.database import is_sqlite
from assessment.storage.session_statements import SessionStatement

people_summary = tables.people_summary

SELECT_REVISION = SessionStatement(
    lambda: select(people_summary.c.revision).where(
        people_summary.c.workspace_id == bindparam("workspace_id"),
        people_summary.c.assessment_id == bindparam("assessment_id"),
    )
)


class StoredSummary(Struct, frozen=True):
    """Revision of what is counted, and the counts; `content` is None if they are outdated."""

    revision: int
    content: bytes | None


def mark_outdated(session: Session, key: AssessmentKey) -> None:
    """Increment the revision, also where nothing is stored yet: someone may be counting at this moment."""
    row = {"workspace_id": key.workspace_id, "assessment_id": key.assessment_id, "revision": 1}
    session.execute(
        _make_insert(session)
        .values(**row)
        .on_conflict_do_update(
            index_elements=[people_summary.c.workspace_id, people_summary.c.assessment_id],
            # Without the old content: it may have the address of someone who has been erased.
            set_={"revision": people_summary.c.revision + 1, "content": None},
        )
    )


def find_revision(session: Session, key: AssessmentKey) -> int | None:
    """Return the revision; None where nothing was ever counted or changed."""
    revision: int | None = SELECT_REVISION.find_value(session, key._asdict())
    return revision


def find_summaries(session: Session, workspace_id: str, assessment_ids: Collection[str]) -> dict[str, StoredSummary]:
    """Return the stored counts by assessment; absent where nothing was ever counted or changed."""
    rows = session.execute(
        select(
            people_summary.c.assessment_id,
            people_summary.c.revision,
            people_summary.c.counted_revision,
            people_summary.c.content,
        ).where(people_summary.c.workspace_id == workspace_id, people_summary.c.assessment_id.in_(assessment_ids))
    )
    return {
        row.assessment_id: StoredSummary(row.revision, row.content if row.counted_revision == row.revision else None)
        for row in rows
    }


def save_summary(session: Session, key: AssessmentKey, content: bytes, revision: int | None) -> None:
    """Store counts that were made when the revision was `revision` (None: no row), unless it has changed."""
    if revision is None:
        row = {"workspace_id": key.workspace_id, "assessment_id": key.assessment_id, "revision": 0}
        row |= {"counted_revision": 0, "content": content}
        session.execute(_make_insert(session).values(**row).on_conflict_do_nothing())
        return
    session.execute(
        update(people_summary)
        .where(
            *match_assessment(people_summary, key),
            people_summary.c.revision == revision,
        )
        .values(counted_revision=revision, content=content)
    )


def _make_insert(session: Session) -> Any:  # noqa: ANN401  # the two dialects have no common type
    return (sqlite if is_sqlite(session.connection()) else postgresql).insert(people_summary)
