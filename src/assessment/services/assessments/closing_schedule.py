"""Close assessments and take hourly counts on schedule. Any number of processes may run this at the same time."""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from assessment.errors import UnavailableError
from assessment.services.assessments.staged_close import close_if_due
from assessment.services.people import progress
from assessment.storage import assessments, database

CHECK_INTERVAL_SECONDS = 20.0  # answers are refused from the closing time on, whenever this runs

log = logging.getLogger("assessment.closing")


def close_due_assessments(engine: Engine, now: datetime, on_closed: Callable[[str], object]) -> tuple[str, ...]:
    """Close due assessments, one after another, and return their ids; `on_closed` runs after each commit.

    The mark of a staged close decides which process closes. A failure is logged and retried at the next check.
    """
    closed: list[str] = []
    with database.read_session(engine) as session:
        due = assessments.find_due_assessments(session, now)
    for key in due:
        try:
            is_closed = close_if_due(engine, key, now)
        except Exception:  # one broken assessment must not keep the others open
            log.exception("closing failed", extra={"fields": {"assessment": key.assessment_id}})
            continue
        if is_closed:
            log.info("closed on time", extra={"fields": {"assessment": key.assessment_id}})
            on_closed(key.assessment_id)
            closed.append(key.assessment_id)
    return tuple(closed)


def close_due_or_log(engine: Engine, now: datetime, on_closed: Callable[[str], object]) -> None:
    """Close due assessments; if the database does not answer, log it and retry at the next check."""
    try:
        close_due_assessments(engine, now, on_closed)
    except UnavailableError:
        log.warning("closing postponed: the database does not answer")
    except Exception:  # an unexpected database error must not end the server's loop, and with it the server
        log.exception("closing postponed: the search for what is due failed")


def count_open_or_log(engine: Engine, now: datetime) -> None:
    """Count the responses of open assessments once an hour, so that days without a page view have a count."""
    try:
        progress.refresh_open_counts(engine, now)
    except UnavailableError:
        log.warning("counting postponed: the database does not answer")
    except Exception:  # as above
        log.exception("counting postponed")
