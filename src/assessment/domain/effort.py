"""How long the survey takes, as a range: from the number of items asked."""

from math import ceil

SECONDS_QUICK = 9.0
SECONDS_CAREFUL = 18.0


def minutes(items: int) -> tuple[int, int]:
    """Whole minutes for somebody quick and somebody careful; at least one."""
    quick = max(1, round(items * SECONDS_QUICK / 60))
    return quick, max(quick + 1, ceil(items * SECONDS_CAREFUL / 60))
