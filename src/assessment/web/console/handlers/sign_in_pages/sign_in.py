"""Sign in with a password, and sign out."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT, PUBLIC
from assessment.errors import TooManyRequestsError, UnauthenticatedError
from assessment.services.auth import second_step, user_sessions
from assessment.services.auth.principals import Consultant
from assessment.services.auth.sign_in_limit import RateLimiter
from assessment.settings import Settings
from assessment.storage import database
from assessment.storage.auth import users
from assessment.web.console.authentication import FOR_VIEWERS, SIGN_IN_PATH
from assessment.web.console.forms import pending_forms
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.pending_forms import PendingForm
from assessment.web.console.handlers.sign_in_pages.sign_in_code import ask_for_code
from assessment.web.console.redirect_paths import BEGUN_PARAMETER, validate_redirect_path
from assessment.web.console.session_start import find_device, start_session
from assessment.web.http import cookies
from assessment.web.http.client_address import get_client_address
from assessment.web.http.page_responses import redirect_to, render_page


@get("/sign-in", name="console:sign-in", policy=PUBLIC, sync_to_thread=True)
def show_sign_in_form(
    request: Request[Any, Any, Any],
    read_session: NamedDependency[Session],
    then: FromQuery[str] = "",
) -> Template:
    """Show the form; before there is any user, how to make the first account."""
    if not users.has_any_user(read_session):
        return render_page("console/first-account.html")
    are_cookies_blocked = BEGUN_PARAMETER in request.query_params and not request.cookies
    return render_page(
        "console/sign-in.html",
        email="",
        then=validate_redirect_path(then),
        problem="cookies" if are_cookies_blocked else "",
        pending_form=None,
    )


@post("/sign-in", name="console:signing-in", policy=PUBLIC, sync_to_thread=True)
def sign_in(
    request: Request[Any, Any, Any],
    form: NamedDependency[FormData],
    sign_in_limiter: NamedDependency[RateLimiter],
    settings: NamedDependency[Settings],
    engine: NamedDependency[Engine],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Start a session with a new token; the error message does not reveal whether the account exists."""
    email, then = form.text("email"), validate_redirect_path(form.text("then"))
    pending_form = pending_forms.read_pending_form(form)
    device = find_device(request, settings, email)
    address = get_client_address(request, settings)
    try:
        user = user_sessions.check_credentials(
            engine, email, form.raw("password"), now, limiter=sign_in_limiter, address=address, device=device
        )
    except UnauthenticatedError as error:
        return render_page(
            "console/sign-in.html",
            error.status,
            email=email,
            then=then,
            problem="wrong",
            pending_form=pending_form,
        )
    except TooManyRequestsError as error:
        return _render_too_many(error, email, then, pending_form)
    if user.has_second_factor:
        return ask_for_code(second_step.make_step_token(user, email, now, settings.secret), then, pending_form)
    return start_session(request, engine, settings, user, email, now, then=then, pending_form=pending_form)


@post("/sign-out", name="console:sign-out", policy=CONSULTANT, sync_to_thread=True, opt=FOR_VIEWERS)
def sign_out(
    request: Request[Any, Any, Any],
    consultant: NamedDependency[Consultant],  # noqa: ARG001  # required by the policy
    settings: NamedDependency[Settings],
    engine: NamedDependency[Engine],
) -> Response[Any]:
    """End the session in the browser and on the server."""
    token = cookies.read_cookie(request, "console")
    with database.write_session(engine) as write_session:
        user_sessions.sign_out(write_session, token or "")
    response = redirect_to(f"{SIGN_IN_PATH}?done=signed-out")
    response.set_cookie(cookies.expire_cookie("console", settings))
    return response


def _render_too_many(
    error: TooManyRequestsError, email: str, then: str, pending_form: PendingForm | None
) -> Response[Any]:
    minutes = -(-error.retry_after // 60)
    response = render_page(
        "console/sign-in.html",
        error.status,
        email=email,
        then=then,
        problem="too-many",
        minutes=minutes,
        pending_form=pending_form,
    )
    response.headers["retry-after"] = str(error.retry_after)
    return response
