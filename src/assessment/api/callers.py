"""Authentication by API key, from the header alone, before the body is read."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias

import anyio.to_thread
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard

from assessment.api import bodies, negotiation
from assessment.api.operations import Operation
from assessment.api.problems import ScopeError
from assessment.api.rates import Rates
from assessment.errors import UnauthenticatedError
from assessment.policies import policy_of
from assessment.services.principals import KeyHolder

SCHEME = "bearer"
KEY_MOST = 200


Identify: TypeAlias = Callable[[str], KeyHolder]  # raises UnauthenticatedError
Clock: TypeAlias = Callable[[], datetime]


def admitting(identify: Identify, clock: Clock, rates: Rates) -> Guard:
    """Create the guard of every route: key, rate limit, scope, then `Accept` and query."""

    async def admit(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        declared: Operation = handler.opt["operation"]
        policy = policy_of(handler)
        if policy is None or policy.scope is not None:
            caller = await anyio.to_thread.run_sync(identify, shown(connection))
            rates.take(caller.key_id, clock())
            if policy is None or policy.scope not in caller.scopes:
                raise ScopeError(policy.scope if policy else None)
            connection.scope["auth"] = caller
        negotiation.require(connection, declared.media_type, declared.parameters)
        await bodies.decode_large(connection, handler)

    return admit


def shown(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the key of the `Authorization` header; query and cookies are ignored.

    Raises `UnauthenticatedError` for a missing, repeated or malformed header.
    """
    headers = connection.headers.getall("authorization", [])
    scheme, _, key = (headers[0] if len(headers) == 1 else "").strip().partition(" ")
    if scheme.lower() != SCHEME or not key.strip() or len(key) > KEY_MOST:
        raise UnauthenticatedError("Send your API key as `Authorization: Bearer …`.")
    return key.strip()


def caller(request: Request[Any, Any, Any]) -> KeyHolder:
    """Provide the key holder that the guard has authenticated."""
    found: KeyHolder = request.auth
    return found
