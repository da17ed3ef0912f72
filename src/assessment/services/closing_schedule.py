"""Close every assessment whose closing time has come; any number of processes may do this at once."""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from assessment.errors import UnavailableError
from assessment.services.closing import close_if_due
from assessment.storage import assessments, database

CHECK_SECONDS = 20.0  # answers are refused from the closing time on, whenever this comes round

log = logging.getLogger("assessment.closing")


def close_due(engine: Engine, now: datetime, on_closed: Callable[[str], object]) -> tuple[str, ...]:
    """Close what is due, each in a transaction of its own, and return the ids; `on_closed` runs after each commit.

    The row lock decides between processes. One assessment that can't be closed is logged, and tried again next time.
    """
    closed: list[str] = []
    with database.reading(engine) as session:
        due = assessments.due(session, now)
    for workspace_id, assessment_id in due:
        try:
            with database.writing(engine) as session:
                is_closed = close_if_due(session, workspace_id, assessment_id, now)
        except Exception:  # whatever is wrong with one must not keep the others open
            log.exception("closing failed", extra={"fields": {"assessment": assessment_id}})
            continue
        if is_closed:
            log.info("closed on time", extra={"fields": {"assessment": assessment_id}})
            on_closed(assessment_id)
            closed.append(assessment_id)
    return tuple(closed)


def close_due_or_log(engine: Engine, now: datetime, on_closed: Callable[[str], object]) -> None:
    """Close what is due; a database that does not answer is logged, and asked again next time."""
    try:
        close_due(engine, now, on_closed)
    except UnavailableError:
        log.warning("closing postponed: the database does not answer")
    except Exception:  # an unexpected database error must not end the server's loop, and with it the server
        log.exception("closing postponed: the search for what is due failed")
