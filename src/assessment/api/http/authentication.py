"""Authentication by API key, from the header alone, before the body is read."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.enums import HttpMethod
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard

from assessment.access_policies import get_policy
from assessment.api.http import negotiation, pending_faults, query_parameters, request_bodies
from assessment.api.http.problems import InvalidParametersError, InvalidRequestError, ParameterProblem, ScopeError
from assessment.api.openapi.operations import Operation
from assessment.errors import InvalidError, UnauthenticatedError
from assessment.services.auth.principals import KeyHolder

SCHEME = "bearer"
MAX_KEY_LENGTH = 200


# Authenticates a key; raises UnauthenticatedError.
IdentifyKey: TypeAlias = Callable[[str, ASGIConnection[Any, Any, Any, Any]], Awaitable[KeyHolder]]
# Counts a request of a key or, without one, of a network address; raises RateLimitedError.
CountRequest: TypeAlias = Callable[[ASGIConnection[Any, Any, Any, Any], KeyHolder | None], Awaitable[None]]


def create_guard(identify: IdentifyKey, count_request: CountRequest) -> Guard:
    """Create the guard of every route: key, rate limit, scope, `Accept`; then query, headers and body together."""

    async def admit(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        if connection.scope.get("method") == HttpMethod.OPTIONS:  # only lists methods, so it needs no key
            await count_request(connection, None)
            return
        declared: Operation = handler.opt["operation"]
        policy = get_policy(handler)
        if policy is None or policy.scope is not None:
            try:
                caller = await identify(read_bearer_key(connection), connection)
            except UnauthenticatedError:
                await count_request(connection, None)
                raise
            await count_request(connection, caller)
            if policy is None or policy.scope not in caller.scopes:
                raise ScopeError(policy.scope if policy else None)
            connection.scope["auth"] = caller
        else:
            await count_request(connection, None)
        negotiation.check_accept(connection, declared)
        body_error = await request_bodies.find_body_error(connection, handler)
        parameter_problems = query_parameters.find_parameter_problems(connection, handler, declared)
        if parameter_problems or body_error is not None:
            error = _join_faults(parameter_problems, body_error)
            await pending_faults.continue_with_pending(connection, handler, declared, error)

    return admit


def _join_faults(parameter_problems: list[ParameterProblem], body_error: InvalidError | None) -> InvalidRequestError:
    if body_error is None:
        return InvalidParametersError(*parameter_problems)
    count = len(parameter_problems) + body_error.problem_count
    detail = request_bodies.describe_fault_count(count) if parameter_problems else body_error.detail
    return InvalidRequestError(detail, parameter_problems, body_error)


def read_bearer_key(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the key of the `Authorization` header; query and cookies are ignored.

    Raises `UnauthenticatedError` for a missing, repeated or malformed header.
    """
    headers = connection.headers.getall("authorization", [])
    return parse_bearer_key(headers[0] if len(headers) == 1 else "")


def parse_bearer_key(header: str) -> str:
    """Return the key of an `Authorization` header; raises as `read_bearer_key`."""
    scheme, _, key = header.strip().partition(" ")
    if scheme.lower() != SCHEME or not key.strip() or len(key) > MAX_KEY_LENGTH:
        raise UnauthenticatedError("Send your API key as `Authorization: Bearer …`.")
    return key.strip()


def provide_caller(request: Request[Any, Any, Any]) -> KeyHolder:
    """Provide the key holder that the guard has authenticated."""
    caller: KeyHolder = request.auth
    return caller
