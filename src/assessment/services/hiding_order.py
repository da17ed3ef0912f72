"""Erase the order of answers after a close.

Truncate times to the day. Reinsert anonymous responses in the order of their random ids (row ids would reveal who
answered after whom), and delete the marks of their invitations. For a large assessment that would hold SQLite's only
write lock too long, so it runs after the close, in several transactions, each for a range of ids: no transaction
correlates with a time. After a crash the next server resumes; remaining marks and exact times show where.
"""

from collections.abc import Callable
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.storage import assessments, database, marks, responses
from assessment.storage.assessments import Assessment

AT_ONCE = 200  # responses in one transaction: about 0.2 s

ShouldStop = Callable[[], bool]


def hide_order(session: Session, held: Assessment) -> None:
    """Erase the order: in the current transaction up to `AT_ONCE` responses, otherwise after its commit."""
    ids = responses.ids_by_key(session, held.workspace_id, held.id)
    if len(ids) <= AT_ONCE:
        _rewrite(session, held, ids)
        _finish(session, held)
    else:
        database.after_commit(session, partial(_work_through, held=held))


def go_on(engine: Engine, should_stop: ShouldStop = lambda: False) -> None:
    """Resume erasures that a crashed server did not finish."""
    with database.reading(engine) as session:
        left = dict.fromkeys([*marks.left(session), *responses.has_exact_times(session)])
        found = [assessments.find(session, *each) for each in left]
    for held in found:
        _work_through(engine, held, should_stop)


def _work_through(engine: Engine, held: Assessment, should_stop: ShouldStop = lambda: False) -> None:
    with database.reading(engine) as session:
        ids = responses.ids_by_key(session, held.workspace_id, held.id)
    for start in range(0, len(ids), AT_ONCE):
        if should_stop():
            return
        with database.writing(engine) as session:
            if assessments.find(session, held.workspace_id, held.id, lock=True).state != "closed":
                return  # reopened meanwhile
            _rewrite(session, held, ids[start : start + AT_ONCE])
        database.let_others_write(engine)
    with database.writing(engine) as session:
        _finish(session, held)


def _rewrite(session: Session, held: Assessment, ids: list[str]) -> None:
    responses.coarsen(session, held.workspace_id, ids)
    if held.confidentiality == "anonymous":
        responses.store_anew(session, held.workspace_id, ids)


def _finish(session: Session, held: Assessment) -> None:
    if held.confidentiality == "anonymous":
        marks.forget(session, held.workspace_id, held.id)
        database.forget_the_way(session)
