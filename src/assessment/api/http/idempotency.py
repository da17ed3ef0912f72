"""Idempotent POST and PUT requests (`Idempotency-Key`)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar

from litestar import Request, Response
from litestar.di import NamedDependency
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from assessment.api.http import etags
from assessment.api.http.pending_faults import has_pending_faults, raise_pending_faults
from assessment.api.http.query_parameters import IDEMPOTENCY_HEADER
from assessment.api.http.spooled_bodies import SPOOLED_BODY_KEY
from assessment.errors import AppError, IdempotencyInProgressError
from assessment.services.auth.principals import KeyHolder
from assessment.services.operations import audit_trail, idempotency
from assessment.services.operations.idempotency import KeyedRequest, StoredHttpResponse
from assessment.settings import Settings
from assessment.storage import database

T = TypeVar("T")

LOCATION_PREFIX = "/api/v1"


class Representation(Struct, frozen=True):
    """Resource that a request has created: its path below /api/v1, and its content; None if the response has it."""

    path: str
    content: bytes | None = None


class IdempotentRequest(Struct, frozen=True):
    """A request that changes something; its response is stored in the transaction of the change."""

    session: Session
    secret: str
    attempt: KeyedRequest | None
    now: datetime
    state: dict[str, Any]  # of the request's scope

    def get_stored_response(self, session: Session) -> StoredHttpResponse | None:
        """Return the stored response, for handlers that start work before their transaction."""
        return idempotency.find_stored_response(session, self.secret, self.attempt, self.now) if self.attempt else None

    @contextmanager
    def begin_transaction(self, engine: Engine) -> Iterator["IdempotentRequest"]:
        """Open a session of the same actor, committed when the block ends, for handlers that clean up after that."""
        with database.write_session(engine) as session:
            audit_trail.set_actor(session, audit_trail.get_actor(self.session))
            yield replace(self, session=session)

    def run_once(
        self, work: Callable[[], T], status: int = 201, locate: Callable[[T], Representation] | None = None
    ) -> Response[Any]:
        """Run `work` once; a repetition under the same key gets the stored response.

        `locate` returns the representation that the `Location` of a 201 leads to, and whose tag is sent as `ETag`. With
        status 200 the response itself is the representation.
        """
        if self.attempt is None:
            return build_response(self._run(work, status, locate), replayed=False)
        stored = idempotency.find_stored_response(self.session, self.secret, self.attempt, self.now)
        if stored is not None:
            return build_response(stored, replayed=True)
        try:
            fresh = self._run(work, status, locate)
        except AppError as error:
            if self._was_overtaken():
                raise IdempotencyInProgressError from error
            raise
        idempotency.store_response(self.session, self.secret, self.attempt, fresh, self.now)
        return build_response(fresh, replayed=False)

    def _was_overtaken(self) -> bool:
        """Return whether a simultaneous request under this key is done: then `work` failed on what that one made."""
        with suppress(SQLAlchemyError):  # the failure may have ended the transaction
            return self.get_stored_response(self.session) is not None
        return False

    def _run(
        self, work: Callable[[], T], status: int, locate: Callable[[T], Representation] | None
    ) -> StoredHttpResponse:
        with etags.defer_mismatch(self.state):
            result = work()
            raise_pending_faults(self.state)
        return self._build_stored_response(result, status, locate)

    def _build_stored_response(
        self, result: T, status: int, locate: Callable[[T], Representation] | None
    ) -> StoredHttpResponse:
        content = etags.encode_json(result)
        if locate is not None:
            located = locate(result)
            tag = etags.compute_etag(content if located.content is None else located.content)
            headers = {"Location": f"{LOCATION_PREFIX}{located.path}", "ETag": tag}
        else:
            headers = {"ETag": etags.compute_etag(content)} if status == HTTPStatus.OK else {}
        return StoredHttpResponse(status, content, headers)


async def provide_idempotent_request(
    request: Request[Any, Any, Any],
    caller: NamedDependency[KeyHolder],
    write_session: NamedDependency[Session],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> IdempotentRequest:
    """Provide the idempotent request; the digest covers method, path, query and body, or its digest."""
    key = request.headers.get(IDEMPOTENCY_HEADER)
    if key is None or has_pending_faults(request.scope["state"]):  # the key itself may be malformed
        return IdempotentRequest(write_session, settings.secret, None, now, request.scope["state"])
    spool = request.scope["state"].get(SPOOLED_BODY_KEY)
    body = await request.body() if spool is None else spool.digest
    query = request.scope["query_string"]
    content = b"\n".join((request.method.encode(), request.scope["path"].encode(), *([query] if query else []), body))
    return IdempotentRequest(
        write_session,
        settings.secret,
        KeyedRequest(caller.workspace_id, caller.key_id, key, content),
        now,
        request.scope["state"],
    )


def build_response(response: StoredHttpResponse, *, replayed: bool) -> Response[Any]:
    headers = dict(response.headers) | ({"Idempotency-Replayed": "true"} if replayed else {})
    return Response(response.content, status_code=response.status, media_type="application/json", headers=headers)
