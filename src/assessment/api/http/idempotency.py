"""Idempotent POST and PUT requests (`Idempotency-Key`)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.api.http import etags
from assessment.api.http.problems import InvalidParametersError, ParameterProblem
from assessment.services.auth.principals import KeyHolder
from assessment.services.operations import idempotency
from assessment.services.operations.idempotency import KeyedRequest, StoredHttpResponse
from assessment.settings import Settings

IDEMPOTENCY_HEADER = "idempotency-key"
MAX_KEY_LENGTH = 255


class IdempotentRequest(Struct, frozen=True):
    """A request that changes something; its response is stored in the transaction of the change."""

    session: Session
    secret: str
    attempt: KeyedRequest | None
    now: datetime

    def get_stored_response(self, session: Session) -> StoredHttpResponse | None:
        """Return the stored response, for handlers that start work before their transaction."""
        return idempotency.find_stored_response(session, self.secret, self.attempt, self.now) if self.attempt else None

    def run_once(self, work: Callable[[], object], status: int = 201) -> Response[Any]:
        """Run `work` once; a repetition under the same key gets the stored response."""
        if self.attempt is None:
            return build_response(StoredHttpResponse(status, etags.encode_json(work())), replayed=False)
        stored = idempotency.find_stored_response(self.session, self.secret, self.attempt, self.now)
        if stored is not None:
            return build_response(stored, replayed=True)
        fresh = StoredHttpResponse(status, etags.encode_json(work()))
        idempotency.store_response(self.session, self.secret, self.attempt, fresh, self.now)
        return build_response(fresh, replayed=False)


async def provide_idempotent_request(
    request: Request[Any, Any, Any],
    caller: NamedDependency[KeyHolder],
    write_session: NamedDependency[Session],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> IdempotentRequest:
    """Provide the idempotent request; the digest covers method, path and body."""
    key = request.headers.get(IDEMPOTENCY_HEADER)
    if key is None:
        return IdempotentRequest(write_session, settings.secret, None, now)
    if not 0 < len(key) <= MAX_KEY_LENGTH or not key.isprintable():
        raise InvalidParametersError(
            ParameterProblem("header", "Idempotency-Key", f"Send 1 to {MAX_KEY_LENGTH} printable characters.")
        )
    content = b"\n".join((request.method.encode(), request.scope["path"].encode(), await request.body()))
    return IdempotentRequest(
        write_session, settings.secret, KeyedRequest(caller.workspace_id, caller.key_id, key, content), now
    )


def build_response(response: StoredHttpResponse, *, replayed: bool) -> Response[Any]:
    headers = {"Idempotency-Replayed": "true"} if replayed else {}
    return Response(response.content, status_code=response.status, media_type="application/json", headers=headers)
