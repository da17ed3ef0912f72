"""Database sessions for handlers: one transaction per request, committed before the first byte is sent.

A session takes its connection at the first statement, on the handler's thread, and is committed on a thread outside
the shared pool. This avoids a deadlock between the connection pool (or SQLite's write lock) and the thread pool: if
every pool thread waited for a connection, the holder of a connection would find no thread to commit on.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, suppress
from types import TracebackType
from typing import TypeAlias

from anyio import CancelScope, CapacityLimiter, to_thread
from litestar import Request
from litestar.types import Scope
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.services.auth.principals import KeyHolder
from assessment.services.operations import audit_trail

SessionOpener: TypeAlias = Callable[[Engine], AbstractContextManager[Session]]
SessionProvider: TypeAlias = Callable[..., AsyncIterator[Session]]

STATE_KEY = "open_sessions"
ACTOR_KEY = "actor"


class AbandonedRequestError(Exception):
    """Passed to a session whose handler never ran, to roll it back."""


class RequestTransaction:
    """Session of a request; ended on its own thread, at most once."""

    def __init__(self, context: AbstractContextManager[Session]) -> None:
        self._context = context
        self._is_open = False

    def open(self) -> Session:
        """Open the session; does not block, because no connection is taken yet."""
        session = self._context.__enter__()
        self._is_open = True
        return session

    async def end(self, error: BaseException | None = None) -> None:
        """Commit, or roll back on error; shielded, so that a cancelled request ends its session too."""
        if not self._is_open:
            return
        self._is_open = False
        trace: TracebackType | None = error.__traceback__ if error else None
        kind = type(error) if error else None
        with CancelScope(shield=True):
            await to_thread.run_sync(self._context.__exit__, kind, error, trace, limiter=CapacityLimiter(1))


def make_session_provider(open_session: SessionOpener) -> SessionProvider:
    """Make the dependency that opens sessions of the application's engine."""

    async def session(request: Request) -> AsyncIterator[Session]:  # type: ignore[type-arg]
        transaction = RequestTransaction(open_session(request.app.state.engine))
        request.scope["state"].setdefault(STATE_KEY, []).append(transaction.end)
        database_session = transaction.open()
        audit_trail.set_actor(database_session, lambda: get_actor(request.scope))
        try:
            yield database_session
        except BaseException as error:
            await transaction.end(error)
            raise
        await transaction.end()

    return session


def set_actor(scope: Scope, actor: str) -> None:
    """Store the actor of this request for the audit log."""
    scope.setdefault("state", {})[ACTOR_KEY] = actor


def get_actor(scope: Scope) -> str:
    """Return who acts: the address of who is signed in, or the name of an API key, marked as such."""
    holder = scope.get("auth")
    if isinstance(holder, KeyHolder):
        return f"{audit_trail.KEY_ACTOR}{holder.name}"
    return str(scope.get("state", {}).get(ACTOR_KEY, audit_trail.SERVER_ACTOR))


async def roll_back_open_sessions(scope: Scope) -> None:
    """Roll back open sessions: if a later dependency raises, Litestar does not clean up the earlier ones."""
    ends: list[Callable[[BaseException], Awaitable[None]]] = scope.get("state", {}).pop(STATE_KEY, [])
    for end in ends:
        with suppress(AbandonedRequestError):
            await end(AbandonedRequestError())
