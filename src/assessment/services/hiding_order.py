"""Hiding the order of answers after a close.

Times keep only their day. Anonymous responses are stored again by their random ids, and the marks of their invitations
go. All that can take longer than others may wait for SQLite's one write lock. A large assessment is therefore worked
through in transactions of their own after the close, by ranges of ids, so that no transaction says anything of time.
If the server dies in between, the next one goes on: marks and exact times that are left say where.
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
    """Hide the order of a closed assessment's answers, at once where it is small, otherwise after the commit."""
    ids = responses.ids_by_key(session, held.workspace_id, held.id)
    if len(ids) <= AT_ONCE:
        _rewrite(session, held, ids)
        _finish(session, held)
    else:
        database.after_commit(session, partial(_work_through, held=held))


def go_on(engine: Engine, should_stop: ShouldStop = lambda: False) -> None:
    """Finish what a server left when it died."""
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
                return  # it was opened again
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
