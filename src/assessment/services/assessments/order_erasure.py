"""Erase the order of answers after a close.

Times are stored as days, except those of pages that were displayed and not continued, which the close truncates.
Delete the comments of anonymous responses: as part of them, they would show who wrote what. Reinsert anonymous
responses in the order of their random ids (row ids would reveal who answered after whom), and delete the marks of their
invitations. For a large assessment that would hold SQLite's only write lock too long, so it runs after the close, in
several transactions, each for a range of ids: no transaction correlates with a time. After a crash the next server
resumes; remaining marks, and exact times that an earlier version stored, show where.
"""

from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import AssessmentState, Confidentiality
from assessment.storage import assessments, database
from assessment.storage.assessments import Assessment
from assessment.storage.survey import anonymous_marks, response_order

BATCH_SIZE = 800  # responses in one transaction: about 0.05 s if their rows are rewritten, 0.02 s otherwise
UNCHANGED_ROWS_FACTOR = 2  # where rows stay, only times change

ShouldStop = Callable[[], bool]


def erase_answer_order(session: Session, assessment: Assessment) -> None:
    """Erase the order: in the current transaction up to `BATCH_SIZE` responses, otherwise after its commit."""
    if assessment.confidentiality != Confidentiality.ANONYMOUS:
        response_order.truncate_unfinished_pages(session, assessment.key)
        if not response_order.has_exact_times(session, assessment.key):
            return
    if response_order.count_responses(session, assessment.key) <= BATCH_SIZE:
        _erase_order(session, assessment, response_order.list_response_ids(session, assessment.key))
        _finish_erasure(session, assessment)
    else:
        database.run_after_commit(session, partial(_erase_in_batches, assessment=assessment))


def resume_erasures(engine: Engine, should_stop: ShouldStop = lambda: False) -> None:
    """Resume erasures that a crashed server did not finish."""
    with database.read_session(engine) as session:
        left = dict.fromkeys(
            [
                *anonymous_marks.find_closed_assessments_with_marks(session),
                *response_order.find_assessments_with_exact_times(session),
            ]
        )
        unfinished = [assessments.find_assessment(session, key) for key in left]
    for assessment in unfinished:
        _erase_in_batches(engine, assessment, should_stop)


def _erase_in_batches(engine: Engine, assessment: Assessment, should_stop: ShouldStop = lambda: False) -> None:
    with database.read_session(engine) as session:
        ids = response_order.list_response_ids(session, assessment.key)
    size = BATCH_SIZE if assessment.confidentiality == Confidentiality.ANONYMOUS else BATCH_SIZE * UNCHANGED_ROWS_FACTOR
    for start in range(0, len(ids), size):
        if should_stop():
            return
        with database.rewrite_session(engine) as session:
            if assessments.find_assessment(session, assessment.key, lock=True).state != AssessmentState.CLOSED:
                return  # reopened meanwhile
            _erase_order(session, assessment, ids[start : start + size])
        database.pause_between_writes(engine)
    with database.write_session(engine) as session:
        _finish_erasure(session, assessment)


def _erase_order(session: Session, assessment: Assessment, ids: Sequence[str]) -> None:
    if assessment.confidentiality == Confidentiality.ANONYMOUS:
        # Released comments are copies without an author; those not released never will be.
        response_order.rewrite_rows(session, assessment.workspace_id, ids)
    else:
        response_order.truncate_times(session, assessment.workspace_id, ids)


def _finish_erasure(session: Session, assessment: Assessment) -> None:
    if assessment.confidentiality == Confidentiality.ANONYMOUS:
        anonymous_marks.delete_all_marks(session, assessment.key)
        database.truncate_wal_after_commit(session)
