"""Access policies: every route declares one (`policy=…`); checked at start-up."""

from collections.abc import Iterator
from inspect import signature
from typing import Literal

from litestar import Litestar
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from msgspec import Struct


class AccessPolicy(Struct, frozen=True):
    """Access policy for one kind of principal.

    CSRF tokens of its forms are bound to the session in `cookie`. `dependency` authenticates the principal or raises.
    `scope` is the required scope of an API key.
    """

    name: Literal["public", "respondent", "consultant", "key"]
    cookie: Literal["respondent", "console"] | None = None
    dependency: str | None = None
    scope: str | None = None


PUBLIC = AccessPolicy("public")
RESPONDENT = AccessPolicy("respondent", cookie="respondent", dependency="respondent")
CONSULTANT = AccessPolicy("consultant", cookie="console", dependency="consultant")


def require_key(scope: str) -> AccessPolicy:
    """Return the policy that requires an API key with `scope`."""
    return AccessPolicy("key", dependency="caller", scope=scope)


def get_policy(handler: BaseRouteHandler) -> AccessPolicy | None:
    """Return the policy of a route handler; None if it declares none."""
    policy = handler.opt.get("policy")
    return policy if isinstance(policy, AccessPolicy) else None


def find_undeclared(app: Litestar) -> Iterator[str]:
    """Yield a description of each route without policy, or without the dependency that its policy needs."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", [getattr(route, "route_handler", None)]):
            if handler is None or (isinstance(handler, HTTPRouteHandler) and handler.http_methods == {"OPTIONS"}):
                continue
            policy = get_policy(handler)
            if policy is None:
                yield f"{route.path} ({handler}) declares no policy"
            elif policy.dependency and policy.dependency not in signature(handler.fn).parameters:
                yield f"{route.path} ({handler}) does not ask for `{policy.dependency}`"
