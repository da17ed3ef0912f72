"""End of every sign-in: a new session, its cookies, and the form that an expired session left behind."""

from datetime import datetime
from typing import Any

from litestar import Request, Response
from sqlalchemy import Engine

from assessment.services.auth import user_sessions
from assessment.services.auth.user_sessions import AuthenticatedUser
from assessment.settings import Settings
from assessment.storage import database
from assessment.web.console.forms.pending_forms import PendingForm
from assessment.web.console.redirect_paths import BEGUN_PARAMETER, HOME_PATH, add_query, validate_redirect_path
from assessment.web.http import cookies, csrf
from assessment.web.http.browser_names import describe_browser
from assessment.web.http.page_responses import redirect_to, render_page


def find_device(request: Request[Any, Any, Any], settings: Settings, email: str) -> str:
    """Return the id of a browser that has signed in to this account before; empty for others."""
    return user_sessions.parse_device_cookie(cookies.read_cookie(request, "device") or "", email, settings.secret)


def start_session(  # who signs in, from where, and where to
    request: Request[Any, Any, Any],
    engine: Engine,
    settings: Settings,
    user: AuthenticatedUser,
    email: str,
    now: datetime,
    *,
    then: str = "",
    pending_form: PendingForm | None = None,
) -> Response[Any]:
    """Start a session with a new token; `UnauthenticatedError` if the account has changed meanwhile."""
    with database.write_session(engine) as write_session:
        token = user_sessions.begin_session(
            write_session,
            user,
            now,
            previous=cookies.read_cookie(request, "console"),
            browser=describe_browser(request.headers.get("user-agent", "")),
        )
    path = then or HOME_PATH
    response: Response[Any] = redirect_to(path if request.cookies else add_query(path, f"{BEGUN_PARAMETER}=1"))
    if pending_form and validate_redirect_path(pending_form.path) and pending_form.is_typed_by(settings, user.user_id):
        token_of_session = csrf.make_token(settings, token)
        response = render_page("console/resume.html", pending_form=pending_form, token=token_of_session, error=None)
    response.set_cookie(cookies.make_cookie("console", token, settings))
    response.set_cookie(
        cookies.make_cookie("device", user_sessions.make_device_cookie(email, settings.secret), settings)
    )
    return response
