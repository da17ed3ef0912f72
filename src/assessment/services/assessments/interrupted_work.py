"""Hourly cleanup of what interrupted work has left: incomplete imports, and erasures that were begun.

Any number of processes may run it at the same time.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from assessment.domain.closed_sets import BulkJobKind
from assessment.errors import UnavailableError
from assessment.services.assessments import client_erasure, order_erasure
from assessment.services.people import response_import
from assessment.storage import bulk_jobs, database
from assessment.storage.survey import response_imports

INTERVAL_SECONDS = 3600.0

ShouldStop = Callable[[], bool]

log = logging.getLogger("assessment.interrupted_work")


def delete_interrupted_imports(engine: Engine, now: datetime, should_stop: ShouldStop = lambda: False) -> None:
    """Delete responses of imports that were interrupted; a job that will go on keeps its own."""
    abandoned_before = now - response_imports.ABANDONED_AFTER
    with database.read_session(engine) as session:
        incomplete = {
            key: ids
            for key, ids in response_imports.list_interrupted_imports(session, abandoned_before).items()
            if not bulk_jobs.has_unfinished_job(session, key, BulkJobKind.RESPONSES)
        }
    for key, ids in incomplete.items():
        for start in range(0, len(ids), response_import.BATCH_SIZE):
            if should_stop():
                return
            batch = ids[start : start + response_import.BATCH_SIZE]
            response_import.delete_incomplete(engine, key.workspace_id, batch)


def clean_up_or_log(engine: Engine, now: datetime, should_stop: ShouldStop = lambda: False) -> None:
    """Finish or delete what interrupted work has left; a failure is logged, and the next call tries again."""
    tasks: tuple[Callable[[], None], ...] = (
        lambda: order_erasure.resume_erasures(engine, should_stop),
        lambda: client_erasure.resume_erasures(engine, should_stop),
        lambda: delete_interrupted_imports(engine, now, should_stop),
    )
    for task in tasks:
        try:
            task()
        except UnavailableError:
            log.warning("interrupted work was not cleaned up: the database does not answer")
        except Exception:  # one task must not keep the others back, nor end the server
            log.exception("interrupted work was not cleaned up")
