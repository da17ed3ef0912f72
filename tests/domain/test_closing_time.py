"""When a closing date is over, in the workspace's time zone."""

from datetime import UTC, date, datetime

import pytest

from assessment.domain.closing_time import end_of_day, state_at, workspace_day

DAY = date(2026, 12, 10)


@pytest.mark.parametrize(
    ("time_zone", "end"),
    [
        ("UTC", datetime(2026, 12, 11, tzinfo=UTC)),
        ("Pacific/Auckland", datetime(2026, 12, 10, 11, tzinfo=UTC)),  # UTC+13 in summer
        ("America/Los_Angeles", datetime(2026, 12, 11, 8, tzinfo=UTC)),
    ],
)
def test_closing_date_ends_with_the_day_of_the_workspace(time_zone, end):
    assert end_of_day(DAY, time_zone) == end


def test_closing_date_where_clocks_skip_midnight_ends_with_the_change():
    assert end_of_day(date(2026, 3, 28), "Asia/Beirut") == datetime(2026, 3, 28, 22, tzinfo=UTC)


def test_no_closing_date_has_no_end():
    assert end_of_day(None, "UTC") is None


def test_half_past_nine_in_the_evening_utc_is_the_next_day_in_auckland():
    now = datetime(2026, 12, 10, 21, 30, tzinfo=UTC)

    assert workspace_day(now, "Pacific/Auckland") == date(2026, 12, 11)
    assert workspace_day(now, "UTC") == date(2026, 12, 10)


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
def test_open_assessment_counts_as_closed_from_its_closing_time_on(state, closes_at, expected):
    assert state_at(state, closes_at, datetime(2026, 12, 11, tzinfo=UTC)) == expected
