"""Closing time: the end of the closing date in the workspace's time zone."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from assessment.domain.closed_sets import AssessmentState

# Longer than the clocks of two servers, or of one before and after a correction, may differ.
CLOSING_MARK_AGE = timedelta(days=7)


def load_time_zone(name: str) -> tzinfo:
    """Load a time zone by its IANA name; UTC works without a zone database."""
    return UTC if name == "UTC" else ZoneInfo(name)


def get_workspace_day(now: datetime, time_zone: str) -> date:
    """Return the calendar day in the workspace's time zone."""
    return now.astimezone(load_time_zone(time_zone)).date()


def compute_closing_time(day: date | None, time_zone: str) -> datetime | None:
    """Return the first instant after a day, in UTC; None without a day."""
    if day is None:
        return None
    # If a daylight-saving change skips midnight, this is the instant of the change, the first one of the next day.
    return datetime.combine(day + timedelta(days=1), time(), load_time_zone(time_zone)).astimezone(UTC)


def get_state_at(state: AssessmentState, closes_at: datetime | None, now: datetime) -> AssessmentState:
    """Return the effective state: from its closing time on, an open assessment counts as closed.

    The job that closes it may run later.
    """
    is_over = state == AssessmentState.OPEN and closes_at is not None and closes_at <= now
    return AssessmentState.CLOSED if is_over else state


def make_closing_mark(now: datetime) -> datetime:
    """Return the closing time of an assessment whose close begins now: long past, so that no clock accepts answers."""
    return now - CLOSING_MARK_AGE


def find_close_beginning(closes_at: datetime | None, closes_on: date | None, time_zone: str) -> datetime | None:
    """Return when a close that has not ended began; None if `closes_at` is the end of the closing date."""
    if closes_at is None or closes_at == compute_closing_time(closes_on, time_zone):
        return None
    return closes_at + CLOSING_MARK_AGE
