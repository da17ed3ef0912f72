"""Idempotent POST and PUT requests (`Idempotency-Key`)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.api import tags
from assessment.api.problems import Misplaced, RefusedError
from assessment.services import idempotency
from assessment.services.idempotency import Attempt, Given
from assessment.services.principals import KeyHolder
from assessment.settings import Settings

HEADER = "idempotency-key"
KEY_MOST = 255


class Once(Struct, frozen=True):
    """A request that changes something; its response is stored in the transaction of the change."""

    session: Session
    secret: str
    attempt: Attempt | None
    now: datetime

    def given_before(self, session: Session) -> Given | None:
        """Return the stored response, for handlers that start work before their transaction."""
        return idempotency.given(session, self.secret, self.attempt, self.now) if self.attempt else None

    def answer(self, work: Callable[[], object], status: int = 201) -> Response[Any]:
        """Run `work` once; a repetition under the same key gets the stored response."""
        if self.attempt is None:
            return respond(Given(status, tags.encoded(work())), replayed=False)
        before = idempotency.given(self.session, self.secret, self.attempt, self.now)
        if before is not None:
            return respond(before, replayed=True)
        fresh = Given(status, tags.encoded(work()))
        idempotency.keep(self.session, self.secret, self.attempt, fresh, self.now)
        return respond(fresh, replayed=False)


async def once(
    request: Request[Any, Any, Any],
    caller: NamedDependency[KeyHolder],
    writing: NamedDependency[Session],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Once:
    """Provide the idempotent request; the digest covers method, path and body."""
    key = request.headers.get(HEADER)
    if key is None:
        return Once(writing, settings.secret, None, now)
    if not 0 < len(key) <= KEY_MOST or not key.isprintable():
        raise RefusedError(Misplaced("header", "Idempotency-Key", f"Send 1 to {KEY_MOST} printable characters."))
    whole = b"\n".join((request.method.encode(), request.scope["path"].encode(), await request.body()))
    return Once(writing, settings.secret, Attempt(caller.workspace_id, caller.key_id, key, whole), now)


def respond(answer: Given, *, replayed: bool) -> Response[Any]:
    headers = {"Idempotency-Replayed": "true"} if replayed else {}
    return Response(answer.content, status_code=answer.status, media_type="application/json", headers=headers)
