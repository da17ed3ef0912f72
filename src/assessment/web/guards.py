"""The one guard of every route: no policy, no entry; forms only from our own pages."""

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from assessment.errors import ForbiddenError, NotFoundError, UnauthenticatedError
from assessment.policies import policy_of
from assessment.services.answering import is_writable
from assessment.web import cookies, csrf


async def enforce(connection: ASGIConnection, handler: BaseRouteHandler) -> None:  # type: ignore[type-arg]
    """Refuse requests from other sites, and private routes without a session; the rest is the dependency's."""
    policy = policy_of(handler)
    if policy is None:
        raise ForbiddenError
    if not is_writable(connection.scope["path"]):
        raise NotFoundError  # no id was ever made so, and one of the databases can't even look for it
    if policy.name == "key":
        return
    session = cookies.read(connection, policy.session) if policy.session else None
    if policy.session and not session:
        raise UnauthenticatedError
    await csrf.check(connection, session)
