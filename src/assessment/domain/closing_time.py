"""Closing times: a closing date ends with its day in the workspace's time zone."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo


def zone_of(name: str) -> tzinfo:
    """Return a time zone by its IANA name; UTC needs no zone database."""
    return UTC if name == "UTC" else ZoneInfo(name)


def workspace_day(now: datetime, time_zone: str) -> date:
    """Return the day of the calendar in the workspace."""
    return now.astimezone(zone_of(time_zone)).date()


def end_of_day(day: date | None, time_zone: str) -> datetime | None:
    """Return the first moment after a day, in UTC; None without a day."""
    if day is None:
        return None
    # Where clocks skip midnight, this is the moment of the change: the first one of the next day.
    return datetime.combine(day + timedelta(days=1), time(), zone_of(time_zone)).astimezone(UTC)


def state_at(state: str, closes_at: datetime | None, now: datetime) -> str:
    """Return the state of an assessment at a moment: one whose time is over takes no answers, closed yet or not."""
    is_over = state == "open" and closes_at is not None and closes_at <= now
    return "closed" if is_over else state
