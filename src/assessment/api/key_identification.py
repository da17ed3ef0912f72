"""Find the holder of an API key, and for a direct read what it asks for along with it: one select for each request."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from anyio import to_thread
from litestar.connection import ASGIConnection
from sqlalchemy import Engine

from assessment.api.http.authentication import IdentifyKey
from assessment.api.http.direct_reads import DIRECT_READ, RELEASE_DIGEST_KEY
from assessment.errors import UnavailableError
from assessment.services.auth import api_keys
from assessment.services.auth.principals import KeyHolder
from assessment.settings import Settings
from assessment.storage.auth.api_keys import StoredApiKey, select_api_key
from assessment.storage.database import write_session
from assessment.storage.prepared_reads import EventLoopConnection, PreparedRead
from assessment.storage.results.key_releases import KeyWithDigest, select_key_with_digest

failure_logger = logging.getLogger("assessment.failures")


def make_key_identifier(
    connection: EventLoopConnection, engine: Engine, settings: Settings, clock: Callable[[], datetime]
) -> IdentifyKey:
    """Make the function that authenticates an API key, before the body of the request is read."""
    key_read = PreparedRead(connection, engine, select_api_key(), StoredApiKey)
    digest_read = PreparedRead(connection, engine, select_key_with_digest(), KeyWithDigest)

    async def find_key(key_id: str, request: ASGIConnection[Any, Any, Any, Any]) -> StoredApiKey | None:
        if DIRECT_READ not in request.route_handler.opt:
            return await key_read.find_row(key_id=key_id)
        row = await digest_read.find_row(key_id=key_id, assessment_id=request.path_params["assessment"])
        request.scope["state"][RELEASE_DIGEST_KEY] = row and row.digest
        return row

    async def identify_key(bearer: str, request: ASGIConnection[Any, Any, Any, Any]) -> KeyHolder:
        now = clock()
        key_id, _ = api_keys.split_key(bearer)
        row = await find_key(key_id, request) if key_id else None
        holder = api_keys.check_key(row, bearer, now, secret=settings.secret)
        if api_keys.is_use_due(holder, now):
            await to_thread.run_sync(_record_key_use, engine, holder, now)
        return holder

    return identify_key


def _record_key_use(engine: Engine, holder: KeyHolder, now: datetime) -> None:
    """Record the use of a key; a read-only database must not block reading, so failures are only logged."""
    try:
        with write_session(engine) as session:
            api_keys.record_use(session, holder, now)
    except UnavailableError:
        failure_logger.warning("the last use of an API key could not be stored")
