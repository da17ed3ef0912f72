"""Database sessions for handlers: one request, one transaction, ended before the first byte leaves.

A session takes a connection with its handler's first statement, so on the thread that runs the handler, and
ends on a thread of its own: whoever holds a connection, or SQLite's one lock, never waits for a thread that
somebody holds who waits for them.
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
    """The request ended without its handler: roll back."""


class Transaction:
    """One session that is ended in a thread, and ended once only."""

    def __init__(self, context: AbstractContextManager[Session]) -> None:
        self._context = context
        self._is_open = False

    def open(self) -> Session:
        """Begin; nothing waits here, for nothing has been asked of the database yet."""
        session = self._context.__enter__()
        self._is_open = True
        return session

    async def end(self, error: BaseException | None = None) -> None:
        """Commit, or roll back where there is an error; not even a cancelled request leaves it open."""
        if not self._is_open:
            return
        self._is_open = False
        trace: TracebackType | None = error.__traceback__ if error else None
        kind = type(error) if error else None
        with CancelScope(shield=True):
            await to_thread.run_sync(self._context.__exit__, kind, error, trace, limiter=CapacityLimiter(1))


def provide(engine: Engine, opening: Opening) -> Provided:
    """Make the dependency that gives a handler its session."""

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
    """Note who acts in this request, for the audit log."""
    scope.setdefault("state", {})[ACTOR] = actor


def actor_of(scope: Scope) -> str:
    """Return who acts: the address of who is signed in, or the name of an API key, marked as such."""
    holder = scope.get("auth")
    if isinstance(holder, KeyHolder):
        return f"{auditing.KEY_ACTOR}{holder.name}"
    return str(scope.get("state", {}).get(ACTOR, auditing.SERVER))


async def close_left_open(scope: Scope) -> None:
    """Roll back what a refused request left open: where a later dependency raises, nobody ends the earlier ones."""
    ends: list[Callable[[BaseException], Awaitable[None]]] = scope.get("state", {}).pop(STATE, [])
    for end in ends:
        with suppress(AbandonedError):
            await end(AbandonedError())
