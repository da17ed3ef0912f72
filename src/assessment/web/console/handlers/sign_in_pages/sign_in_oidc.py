"""Sign-in by the OpenID Connect provider that the operator has configured."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect
from sqlalchemy import Engine

from assessment.access_policies import PUBLIC
from assessment.errors import AppError, NotFoundError, TooManyRequestsError
from assessment.services.auth import oidc_sign_in, second_step
from assessment.services.auth.oidc_sign_in import OidcError, OidcProvider
from assessment.services.auth.sign_in_limit import RateLimiter
from assessment.settings import Settings
from assessment.storage import database
from assessment.web.console.handlers.sign_in_pages.sign_in_code import ask_for_code
from assessment.web.console.redirect_paths import validate_redirect_path
from assessment.web.console.session_start import start_session
from assessment.web.http import cookies, json_logs
from assessment.web.http.client_address import get_client_address
from assessment.web.http.page_responses import render_page

ADDRESS_TRIES = 50  # an office may share one address; each try asks the provider


@get("/sign-in/oidc", name="console:oidc", policy=PUBLIC, sync_to_thread=True)
def begin_oidc_sign_in(
    request: Request[Any, Any, Any],
    oidc_provider: NamedDependency[OidcProvider | None],
    settings: NamedDependency[Settings],
    sign_in_limiter: NamedDependency[RateLimiter],
    now: NamedDependency[datetime],
    then: FromQuery[str] = "",
) -> Response[Any]:
    """Redirect to the provider. A link, not a form: the policy `form-action` would block a form's redirect."""
    provider = _require_provider(oidc_provider)
    try:
        sign_in_limiter.take_try({f"oidc:{get_client_address(request, settings)}": ADDRESS_TRIES}, now)
        url, cookie = provider.begin_login(validate_redirect_path(then), now)
    except (OidcError, TooManyRequestsError) as error:
        return _show_problem(error, settings)
    response: Response[Any] = Redirect(url, status_code=303)
    response.set_cookie(cookies.make_cookie("oidc", cookie, settings))
    return response


@get("/sign-in/oidc/return", name="console:oidc-return", policy=PUBLIC, sync_to_thread=True)
def finish_oidc_sign_in(
    request: Request[Any, Any, Any],
    oidc_provider: NamedDependency[OidcProvider | None],
    settings: NamedDependency[Settings],
    sign_in_limiter: NamedDependency[RateLimiter],
    engine: NamedDependency[Engine],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Sign in the user whose address the provider has verified; no account is created."""
    provider = _require_provider(oidc_provider)
    try:
        sign_in_limiter.take_try({f"oidc:{get_client_address(request, settings)}": ADDRESS_TRIES}, now)
        cookie = cookies.read_cookie(request, "oidc") or ""
        email, then = provider.finish_login(cookie, dict(request.query_params), now)
        with database.read_session(engine) as read_session:
            user = oidc_sign_in.find_user(read_session, email)
    except (OidcError, TooManyRequestsError) as error:
        return _show_problem(error, settings)
    response: Response[Any]
    if user.has_second_factor:
        response = ask_for_code(second_step.make_step_token(user, email, now, settings.secret), then, None)
    else:
        response = start_session(request, engine, settings, user, email, now, then=then)
    response.set_cookie(cookies.expire_cookie("oidc", settings))
    return response


def _require_provider(provider: OidcProvider | None) -> OidcProvider:
    if provider is None:
        raise NotFoundError
    return provider


def _show_problem(error: AppError, settings: Settings) -> Response[Any]:
    """Show the sign-in page with the reason; the log has more details, without tokens."""
    reason, email = (error.reason, error.email) if isinstance(error, OidcError) else ("too-many", "")
    if isinstance(error, OidcError) and error.cause:
        json_logs.error_logger.warning("sign-in by the provider failed", extra={"fields": {"cause": error.cause}})
    response = render_page("console/oidc-problem.html", error.status, reason=reason, email=email)
    response.set_cookie(cookies.expire_cookie("oidc", settings))
    return response
