"""A database that fails when a close or an import is committed."""

from types import ModuleType

import pytest
from sqlalchemy import event

from assessment.services.assessments import closing
from assessment.services.people import response_import


class LostCommitError(RuntimeError):
    """The commit that failed."""


def fail_commit_of_close(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every transaction fail at its commit in which a close was stored."""
    _fail_commit_after(monkeypatch, closing, "store_close")


def fail_commit_of_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every transaction fail at its commit in which an import was finished."""
    _fail_commit_after(monkeypatch, response_import, "finish_import")


def _fail_commit_after(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> None:
    store = getattr(module, name)

    def raise_lost(_session):
        raise LostCommitError

    def store_and_fail(session, *arguments):
        stored = store(session, *arguments)
        event.listen(session, "before_commit", raise_lost)
        return stored

    monkeypatch.setattr(module, name, store_and_fail)
