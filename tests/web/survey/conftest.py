"""Fixtures of the survey's requests."""

import pytest

from assessment.web.survey import direct_requests


@pytest.fixture
def outcomes(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return whether each request was served directly."""
    serve, outcomes = direct_requests.serve_directly, []

    async def observe(*arguments):
        outcomes.append(await serve(*arguments))
        return outcomes[-1]

    monkeypatch.setattr(direct_requests, "serve_directly", observe)
    return outcomes
