"""Own account: change the password, see where one is signed in, and end sessions."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.errors import InvalidError, TooManyRequestsError, UnauthenticatedError
from assessment.i18n.messages import N_
from assessment.services.auth import own_sessions, second_factor, user_sessions, users
from assessment.services.auth.principals import Consultant
from assessment.services.auth.sign_in_limit import RateLimiter
from assessment.services.auth.user_sessions import AuthenticatedUser
from assessment.services.operations import audit_trail
from assessment.settings import Settings
from assessment.storage import database
from assessment.web.console.authentication import FOR_VIEWERS, PAGE_OPTION
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import FieldError, InvalidFormError, map_field_errors
from assessment.web.console.session_start import find_device
from assessment.web.console.workspace_area import ACCOUNT_PATH, build_area_context, render_area_page
from assessment.web.http import cookies
from assessment.web.http.browser_names import describe_browser
from assessment.web.http.client_address import get_client_address
from assessment.web.http.page_responses import redirect_to

TEMPLATE = "console/workspace/account.html"
PAGE_PATH = "/workspace/account"
TO_ACCOUNT = FOR_VIEWERS | {PAGE_OPTION: ACCOUNT_PATH}
WRONG_PASSWORD = N_("This is not your current password.")
TOO_MANY = N_("Too many attempts. Wait a quarter of an hour, then try again.")
DIFFERENT = N_("The two new passwords differ. Type the same one twice.")


@get(PAGE_PATH, name="console:account", policy=CONSULTANT, sync_to_thread=True)
def show_account(
    request: Request[Any, Any, Any],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Template:
    context = build_account_context(request, read_session, consultant, now)
    return render_area_page("account", context)


@post(f"{PAGE_PATH}/password", name="console:change-password", policy=CONSULTANT, sync_to_thread=True, opt=TO_ACCOUNT)
def change_password(
    request: Request[Any, Any, Any],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    settings: NamedDependency[Settings],
    sign_in_limiter: NamedDependency[RateLimiter],
    engine: NamedDependency[Engine],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Change the password, end all sessions, and start a new one in this browser.

    Hashing is slow, so the current password is checked before any transaction of this request.
    """
    errors = check_current_password(request, engine, consultant, form, settings, sign_in_limiter, now)
    with database.read_session(engine) as read_session:
        context = build_account_context(request, read_session, consultant, now)
    if form.raw("new_password") != form.raw("repeated_password"):
        errors.append(("repeated_password", DIFFERENT))
    if errors:
        raise InvalidFormError(TEMPLATE, errors, context)
    try:
        with database.write_session(engine) as write_session:
            audit_trail.set_actor(write_session, consultant.email)
            users.change_password(write_session, consultant.email, form.raw("new_password"), now)
            token = user_sessions.begin_session(
                write_session,
                AuthenticatedUser(consultant.user_id, consultant.workspace_id),
                now,
                browser=describe_browser(request.headers.get("user-agent", "")),
            )
    except InvalidError as error:
        problems = [("new_password", problem) for _, problem in map_field_errors(error.problems)]
        raise InvalidFormError(TEMPLATE, problems, context) from error
    response = redirect_to(f"{ACCOUNT_PATH}?done=password-changed")
    response.set_cookie(cookies.make_cookie("console", token, settings))
    return response


@post(
    f"{PAGE_PATH}/sessions/{{session_id:str}}/end",
    name="console:end-session",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=TO_ACCOUNT,
)
def end_session(
    session_id: FromPath[str], write_session: NamedDependency[Session], consultant: NamedDependency[Consultant]
) -> Response[Any]:
    own_sessions.end_session(write_session, consultant.user_id, session_id)
    return redirect_to(f"{ACCOUNT_PATH}?done=session-ended")


@post(
    f"{PAGE_PATH}/end-other-sessions",
    name="console:end-other-sessions",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=TO_ACCOUNT,
)
def end_other_sessions(
    request: Request[Any, Any, Any],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
) -> Response[Any]:
    """End all sessions except that of this browser."""
    own_sessions.end_other_sessions(write_session, consultant.user_id, cookies.read_cookie(request, "console") or "")
    return redirect_to(f"{ACCOUNT_PATH}?done=sessions-ended")


def build_account_context(
    request: Request[Any, Any, Any], session: Session, consultant: Consultant, now: datetime
) -> dict[str, Any]:
    token = cookies.read_cookie(request, "console") or ""
    return build_area_context(session, consultant, ACCOUNT_PATH) | {
        "sessions": own_sessions.list_sessions(session, consultant.user_id, token, now),
        "second_factor": second_factor.find_state(session, consultant.user_id),
    }


def check_current_password(
    request: Request[Any, Any, Any],
    engine: Engine,
    consultant: Consultant,
    form: FormData,
    settings: Settings,
    limiter: RateLimiter,
    now: datetime,
) -> list[FieldError]:
    """Check it like a sign-in, with the same limits: a session left open must not help to guess it."""
    device = find_device(request, settings, consultant.email)
    try:
        user_sessions.check_credentials(
            engine,
            consultant.email,
            form.raw("current_password"),
            now,
            limiter=limiter,
            address=get_client_address(request, settings),
            device=device,
        )
    except UnauthenticatedError:
        return [("current_password", WRONG_PASSWORD)]
    except TooManyRequestsError:
        return [("current_password", TOO_MANY)]
    return []
