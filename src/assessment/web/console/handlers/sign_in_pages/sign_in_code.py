"""Second step of the sign-in: a code of the authenticator app, or a recovery code."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.response import Template
from sqlalchemy import Engine

from assessment.access_policies import PUBLIC
from assessment.errors import TooManyRequestsError, UnauthenticatedError
from assessment.services.auth import second_factor, second_step
from assessment.services.auth.sign_in_limit import RateLimiter
from assessment.services.operations import audit_trail
from assessment.settings import Settings
from assessment.storage import database
from assessment.web.console.forms import pending_forms
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.pending_forms import PendingForm
from assessment.web.console.redirect_paths import validate_redirect_path
from assessment.web.console.session_start import find_device, start_session
from assessment.web.http.page_responses import render_page

TEMPLATE = "console/sign-in-code.html"


def ask_for_code(
    token: str, then: str, pending_form: PendingForm | None, problem: str = "", status: int = 200
) -> Template:
    """Render the page that asks for the code; `token` proves the first step."""
    return render_page(TEMPLATE, status, step=token, then=then, problem=problem, minutes=0, pending_form=pending_form)


@post("/sign-in/code", name="console:signing-in-with-code", policy=PUBLIC, sync_to_thread=True)
def sign_in_with_code(
    request: Request[Any, Any, Any],
    form: NamedDependency[FormData],
    sign_in_limiter: NamedDependency[RateLimiter],
    settings: NamedDependency[Settings],
    engine: NamedDependency[Engine],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Check the code, which is used up, and start a session."""
    token, then = form.raw("step"), validate_redirect_path(form.text("then"))
    pending_form = pending_forms.read_pending_form(form)
    try:
        step = second_step.read_step_token(token, now, settings.secret)
        with database.read_session(engine) as read_session:
            user = second_step.find_stepping_user(read_session, step)
    except UnauthenticatedError as error:
        return render_page(
            "console/sign-in.html",
            error.status,
            email="",
            then=then,
            problem="late",
            pending_form=pending_form,
        )
    try:
        tries = second_factor.take_try(sign_in_limiter, step.user_id, find_device(request, settings, step.email), now)
        with database.write_session(engine) as write_session:
            audit_trail.set_actor(write_session, step.email)
            second_factor.check_code(write_session, step.user_id, form.text("code"), now, server_secret=settings.secret)
    except UnauthenticatedError as error:
        return ask_for_code(token, then, pending_form, "wrong", error.status)
    except TooManyRequestsError as error:
        response = ask_for_code(token, then, pending_form, "too-many", error.status)
        response.headers["retry-after"] = str(error.retry_after)
        return response
    sign_in_limiter.refund_tries(tries)
    return start_session(request, engine, settings, user, step.email, now, then=then, pending_form=pending_form)
