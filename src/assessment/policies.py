"""Access policies: every route declares one (`policy=…`); checked at start-up."""

from collections.abc import Iterator
from typing import Literal

from litestar import Litestar
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from msgspec import Struct


class Policy(Struct, frozen=True):
    """Access policy for one kind of principal.

    `session` is the session that CSRF tokens of its forms are bound to, `needs` the dependency that authenticates the
    principal or raises, `scope` the required scope of an API key.
    """

    name: Literal["public", "respondent", "consultant", "key"]
    session: Literal["respondent", "console"] | None = None
    needs: str | None = None
    scope: str | None = None


PUBLIC = Policy("public")
RESPONDENT = Policy("respondent", session="respondent", needs="respondent")
CONSULTANT = Policy("consultant", session="console", needs="consultant")


def key(scope: str) -> Policy:
    """Return the policy that requires an API key with `scope`."""
    return Policy("key", needs="caller", scope=scope)


def policy_of(handler: BaseRouteHandler) -> Policy | None:
    """Return the policy of a route handler; None if it declares none."""
    policy = handler.opt.get("policy")
    return policy if isinstance(policy, Policy) else None


def undeclared(app: Litestar) -> Iterator[str]:
    """Yield a description of each route without policy, or without the dependency that its policy needs."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", [getattr(route, "route_handler", None)]):
            if handler is None or (isinstance(handler, HTTPRouteHandler) and handler.http_methods == {"OPTIONS"}):
                continue
            policy = policy_of(handler)
            if policy is None:
                yield f"{route.path} ({handler}) declares no policy"
            elif policy.needs and policy.needs not in handler.parsed_fn_signature.parameters:
                yield f"{route.path} ({handler}) does not ask for `{policy.needs}`"
