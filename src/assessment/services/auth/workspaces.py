"""Workspace settings: its name, and the time zone of its dates."""

from datetime import datetime
from difflib import get_close_matches
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy.orm import Session

from assessment.domain.closed_sets import AssessmentState
from assessment.domain.survey.closing_time import compute_closing_time, find_close_beginning
from assessment.domain.text_normalisation import normalize_text
from assessment.errors import InvalidError, Problem, with_values
from assessment.services.operations import audit_trail
from assessment.storage import assessments
from assessment.storage.auth import users

MAX_NAME_LENGTH = 120


def set_time_zone(session: Session, workspace_id: str, time_zone: str, now: datetime) -> int:
    """Set the time zone, update the closing times of assessments that are not closed, and return how many these are.

    `InvalidError` for an unknown zone, or if the closing date of an open assessment is past there.
    """
    _check_time_zone(time_zone)
    stored = users.find_workspace(session, workspace_id, lock=True)  # first, as the page of the settings does
    waiting = assessments.lock_assessments_with_closing_date(session, workspace_id)
    over = [
        assessment.title
        for assessment in waiting
        if assessment.state == AssessmentState.OPEN
        and (end := compute_closing_time(assessment.closes_on, time_zone)) is not None
        and end <= now
    ]
    if over:
        message = with_values("There the closing date is over already: {titles}.", titles=tuple(over))
        problem = Problem(message, "Move the date first.", pointer="/time_zone", code="not-allowed")
        raise InvalidError("The time zone can’t be set.", [problem])
    if time_zone != stored.time_zone:
        users.update_workspace(session, workspace_id, time_zone=time_zone)
        audit_trail.record_event(
            session, workspace_id, now, audit_trail.WORKSPACE_CHANGED, workspace_id, time_zone=time_zone
        )
    for assessment in waiting:
        if find_close_beginning(assessment.closes_at, assessment.closes_on, assessment.time_zone) is not None:
            continue  # it is being closed: answers stay refused, and its close stores the closing time
        closes_at = compute_closing_time(assessment.closes_on, time_zone)
        assessments.update_assessment(session, assessment, {"closes_at": closes_at})
    return len(waiting)


def rename_workspace(session: Session, workspace_id: str, name: str, now: datetime) -> None:
    """Rename a workspace; `InvalidError` for an empty, long or taken name."""
    name = normalize_text(name)
    if not name or len(name) > MAX_NAME_LENGTH:
        message = with_values("Give a name of at most {most} characters.", most=MAX_NAME_LENGTH)
        raise InvalidError(
            "The name can’t be set.", [Problem(message, pointer="/name", code="too-long" if name else "too-short")]
        )
    if name == users.find_workspace(session, workspace_id).name:
        return
    if users.find_workspace_id(session, name) is not None:
        taken = Problem("Another workspace has this name.", pointer="/name", code="duplicate")
        raise InvalidError("The name can’t be set.", [taken])
    users.update_workspace(session, workspace_id, name=name)
    audit_trail.record_event(session, workspace_id, now, audit_trail.WORKSPACE_CHANGED, workspace_id, name=name)


def _check_time_zone(time_zone: str) -> None:
    try:
        ZoneInfo(time_zone)
    except (ValueError, OSError, LookupError):  # malformed, a folder, unknown
        near = get_close_matches(time_zone, available_timezones(), n=3)
        remedy = with_values("Did you mean {known}?", known=tuple(near)) if near else "Examples: Europe/Vienna, UTC."
        reason = with_values("There is no time zone {name}.", name=time_zone)
        raise InvalidError(reason, [Problem(reason, remedy, pointer="/time_zone", code="unknown-value")]) from None
