"""Sign in and sign out."""

import re
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template
from sqlalchemy import Engine

from assessment.access_policies import CONSULTANT, PUBLIC
from assessment.errors import TooManyRequestsError, UnauthenticatedError
from assessment.services.auth import user_sessions
from assessment.services.auth.principals import Consultant
from assessment.services.auth.sign_in_limit import RateLimiter
from assessment.settings import Settings
from assessment.storage import database
from assessment.web.console import pending_forms
from assessment.web.console.authentication import FOR_VIEWERS, SIGN_IN_PATH
from assessment.web.console.form_data import FormData
from assessment.web.console.pending_forms import PendingForm
from assessment.web.http import cookies, csrf
from assessment.web.http.client_address import get_client_address
from assessment.web.http.page_responses import redirect_to, render_page

HOME_PATH = "/console"
CONSOLE_PATH = re.compile(r"/console(?:/[\w,-]+)*", re.ASCII)


@get("/sign-in", name="console:sign-in", policy=PUBLIC, sync_to_thread=False)
def show_sign_in_form(then: FromQuery[str] = "", ended: FromQuery[str] = "") -> Template:
    return render_page(
        "console/sign-in.html",
        email="",
        then=validate_redirect_path(then),
        problem="",
        ended=bool(ended),
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
    device = user_sessions.parse_device_cookie(cookies.read_cookie(request, "device") or "", email, settings.secret)
    address = get_client_address(request, settings)
    try:
        with database.read_session(engine) as read_session:
            user = user_sessions.check_credentials(
                read_session, email, form.raw("password"), now, limiter=sign_in_limiter, address=address, device=device
            )
    except UnauthenticatedError as error:
        return render_page(
            "console/sign-in.html",
            error.status,
            email=email,
            then=then,
            problem="wrong",
            ended=False,
            pending_form=pending_form,
        )
    except TooManyRequestsError as error:
        return _render_too_many(error, email, then, pending_form)
    with database.write_session(engine) as write_session:
        token = user_sessions.begin_session(write_session, user, now, previous=cookies.read_cookie(request, "console"))
    response: Response[Any] = redirect_to(then or HOME_PATH)
    if pending_form and validate_redirect_path(pending_form.path) and pending_form.is_typed_by(settings, user.user_id):
        token_of_session = csrf.make_token(settings, token)
        response = render_page("console/resume.html", pending_form=pending_form, token=token_of_session, error=None)
    response.set_cookie(cookies.make_cookie("console", token, settings))
    response.set_cookie(
        cookies.make_cookie("device", user_sessions.make_device_cookie(email, settings.secret), settings)
    )
    return response


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
    response = redirect_to(f"{SIGN_IN_PATH}?ended=yes")
    response.set_cookie(cookies.expire_cookie("console", settings))
    return response


def validate_redirect_path(then: str) -> str:
    """Return `then` if it is a path of the console, otherwise "": prevents open redirects."""
    return then if CONSOLE_PATH.fullmatch(then) else ""


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
        ended=False,
        pending_form=pending_form,
    )
    response.headers["retry-after"] = str(error.retry_after)
    return response
