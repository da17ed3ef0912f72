"""Authentication by API key, from the header alone, before the body is read."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard

from assessment.access_policies import get_policy
from assessment.api.http import negotiation, request_bodies
from assessment.api.http.problems import ScopeError
from assessment.api.openapi.operations import Operation
from assessment.errors import UnauthenticatedError
from assessment.services.auth.principals import KeyHolder

SCHEME = "bearer"
MAX_KEY_LENGTH = 200


IdentifyKey: TypeAlias = Callable[[str], Awaitable[KeyHolder]]  # raises UnauthenticatedError
CountRequest: TypeAlias = Callable[[str], None]  # by id of the key; raises TooManyRequestsError


def create_guard(identify: IdentifyKey, count_request: CountRequest) -> Guard:
    """Create the guard of every route: key, rate limit, scope, then `Accept` and query."""

    async def admit(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        declared: Operation = handler.opt["operation"]
        policy = get_policy(handler)
        if policy is None or policy.scope is not None:
            caller = await identify(read_bearer_key(connection))
            count_request(caller.key_id)
            if policy is None or policy.scope not in caller.scopes:
                raise ScopeError(policy.scope if policy else None)
            connection.scope["auth"] = caller
        negotiation.check_accept_and_query(connection, declared.media_type, declared.parameters)
        await request_bodies.decode_large_body(connection, handler)

    return admit


def read_bearer_key(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the key of the `Authorization` header; query and cookies are ignored.

    Raises `UnauthenticatedError` for a missing, repeated or malformed header.
    """
    headers = connection.headers.getall("authorization", [])
    scheme, _, key = (headers[0] if len(headers) == 1 else "").strip().partition(" ")
    if scheme.lower() != SCHEME or not key.strip() or len(key) > MAX_KEY_LENGTH:
        raise UnauthenticatedError("Send your API key as `Authorization: Bearer …`.")
    return key.strip()


def provide_caller(request: Request[Any, Any, Any]) -> KeyHolder:
    """Provide the key holder that the guard has authenticated."""
    caller: KeyHolder = request.auth
    return caller
