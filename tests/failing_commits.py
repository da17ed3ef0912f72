"""A database that fails when a close is committed."""

import pytest
from sqlalchemy import event

from assessment.services.assessments import closing


class LostCommitError(RuntimeError):
    """The commit that failed."""


def fail_commit_of_close(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every transaction fail at its commit in which a close was stored."""
    store = closing.store_close

    def raise_lost(_session):
        raise LostCommitError

    def store_and_fail(session, *arguments):
        release = store(session, *arguments)
        event.listen(session, "before_commit", raise_lost)
        return release

    monkeypatch.setattr(closing, "store_close", store_and_fail)
