"""Responses to import, and a reopened assessment that has a release."""

import pytest

from tests.services.assessments.reopened_surveys import GOLDEN, ResponseRows, close_survey, import_rows, reopen_survey


@pytest.fixture
def file():
    """Sixty responses, cut into parts by rows."""
    return ResponseRows((GOLDEN / "contested-60.csv").read_text("utf-8"))


@pytest.fixture
def half(world, file, now):
    """A reopened assessment with 50 of the 60 responses, and its first release."""
    survey = world.open()
    import_rows(world, survey, file.part(50), now)
    first = close_survey(world, survey, now)
    reopen_survey(world, survey, now)
    return survey, first
