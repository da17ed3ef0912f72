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

from assessment.services import auditing
from assessment.services.principals import KeyHolder

Opening: TypeAlias = Callable[[Engine], AbstractContextManager[Session]]
Provided: TypeAlias = Callable[..., AsyncIterator[Session]]

STATE = "open_sessions"
ACTOR = "actor"


class AbandonedError(Exception):
    """Passed to a session whose handler never ran, to roll it back."""


class Transaction:
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


def provide(engine: Engine, opening: Opening) -> Provided:
    async def session(request: Request) -> AsyncIterator[Session]:  # type: ignore[type-arg]
        transaction = Transaction(opening(engine))
        request.scope["state"].setdefault(STATE, []).append(transaction.end)
        given = transaction.open()
        auditing.set_actor(given, lambda: actor_of(request.scope))
        try:
            yield given
        except BaseException as error:
            await transaction.end(error)
            raise
        await transaction.end()

    return session


def name_actor(scope: Scope, actor: str) -> None:
    """Store the actor of this request for the audit log."""
    scope.setdefault("state", {})[ACTOR] = actor


def actor_of(scope: Scope) -> str:
    """Return who acts: the address of who is signed in, or the name of an API key, marked as such."""
    holder = scope.get("auth")
    if isinstance(holder, KeyHolder):
        return f"{auditing.KEY_ACTOR}{holder.name}"
    return str(scope.get("state", {}).get(ACTOR, auditing.SERVER))


async def close_left_open(scope: Scope) -> None:
    """Roll back open sessions: if a later dependency raises, Litestar does not clean up the earlier ones."""
    ends: list[Callable[[BaseException], Awaitable[None]]] = scope.get("state", {}).pop(STATE, [])
    for end in ends:
        with suppress(AbandonedError):
            await end(AbandonedError())
