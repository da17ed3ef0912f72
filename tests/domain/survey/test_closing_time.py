"""When a closing date is over, in the workspace's time zone."""

from datetime import UTC, date, datetime

import pytest

from assessment.domain.survey.closing_time import compute_closing_time, get_state_at, get_workspace_day

DAY = date(2026, 12, 10)


@pytest.mark.parametrize(
    ("time_zone", "end"),
    [
        ("UTC", datetime(2026, 12, 11, tzinfo=UTC)),
        ("Pacific/Auckland", datetime(2026, 12, 10, 11, tzinfo=UTC)),  # UTC+13 in summer
        ("America/Los_Angeles", datetime(2026, 12, 11, 8, tzinfo=UTC)),
    ],
)
def test_closing_time_is_end_of_day_in_workspace_time_zone(time_zone, end):
    assert compute_closing_time(DAY, time_zone) == end


def test_closing_time_with_skipped_midnight_is_the_clock_change():
    assert compute_closing_time(date(2026, 3, 28), "Asia/Beirut") == datetime(2026, 3, 28, 22, tzinfo=UTC)


def test_closing_time_without_date_is_none():
    assert compute_closing_time(None, "UTC") is None


def test_workspace_day_in_auckland_is_one_day_ahead_at_half_past_nine_utc():
    now = datetime(2026, 12, 10, 21, 30, tzinfo=UTC)

    assert get_workspace_day(now, "Pacific/Auckland") == date(2026, 12, 11)
    assert get_workspace_day(now, "UTC") == date(2026, 12, 10)


@pytest.mark.parametrize(
    ("state", "closes_at", "expected"),
    [
        ("open", datetime(2026, 12, 11, 0, 0, 1, tzinfo=UTC), "open"),
        ("open", datetime(2026, 12, 11, tzinfo=UTC), "closed"),
        ("open", None, "open"),
        ("draft", datetime(2026, 12, 1, tzinfo=UTC), "draft"),
        ("closed", datetime(2026, 12, 30, tzinfo=UTC), "closed"),
    ],
)
def test_open_assessment_counts_as_closed_from_closing_time_on(state, closes_at, expected):
    assert get_state_at(state, closes_at, datetime(2026, 12, 11, tzinfo=UTC)) == expected
