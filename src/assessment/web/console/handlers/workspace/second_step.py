"""Own second step of the sign-in: set it up with a QR code, renew recovery codes, turn it off.

Each change asks for the password: a browser left open must not be enough to lock its user out.
"""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Template
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.services.auth import second_factor
from assessment.services.auth.principals import Consultant
from assessment.services.auth.sign_in_limit import RateLimiter
from assessment.services.operations import audit_trail
from assessment.settings import Settings
from assessment.storage import database
from assessment.web.console.authentication import FOR_VIEWERS, PAGE_OPTION
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import InvalidFormError, raise_form_errors
from assessment.web.console.handlers.workspace.own_account import check_current_password
from assessment.web.console.views.qr_codes import draw_qr_code
from assessment.web.console.workspace_area import ACCOUNT_PATH, build_area_context, render_area_page
from assessment.web.http.page_responses import redirect_to

TEMPLATE = "console/workspace/second-step.html"
PAGE_PATH = "/workspace/account/second-step"
TO_PAGE = FOR_VIEWERS | {PAGE_OPTION: f"{ACCOUNT_PATH}/second-step"}
SECRET_GROUP = 4  # characters, so that the secret can be typed


@get(PAGE_PATH, name="console:second-step", policy=CONSULTANT, sync_to_thread=True)
def show_second_step(
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    settings: NamedDependency[Settings],
) -> Template:
    """Show a new secret with its QR code; if the second step is on, what can be done with it."""
    return render_area_page("second-step", _build_context(read_session, consultant, settings, FormData({})))


@post(PAGE_PATH, name="console:set-up-second-step", policy=CONSULTANT, sync_to_thread=True, opt=TO_PAGE)
def set_up_second_step(
    request: Request[Any, Any, Any],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    settings: NamedDependency[Settings],
    sign_in_limiter: NamedDependency[RateLimiter],
    engine: NamedDependency[Engine],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Turn the second step on if the app shows the right code, and show the recovery codes this once."""
    context = _check_password(request, engine, consultant, form, settings, sign_in_limiter, now)
    with raise_form_errors(TEMPLATE, context), database.write_session(engine) as write_session:
        audit_trail.set_actor(write_session, consultant.email)
        codes = second_factor.set_up(
            write_session,
            consultant.user_id,
            context["secret"],
            form.text("code"),
            now,
            server_secret=settings.secret,
        )
    return render_area_page("recovery-codes", context, codes=codes, is_new=True)


@post(f"{PAGE_PATH}/codes", name="console:renew-codes", policy=CONSULTANT, sync_to_thread=True, opt=TO_PAGE)
def renew_recovery_codes(
    request: Request[Any, Any, Any],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    settings: NamedDependency[Settings],
    sign_in_limiter: NamedDependency[RateLimiter],
    engine: NamedDependency[Engine],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Replace all recovery codes, and show the new ones this once."""
    context = _check_password(request, engine, consultant, form, settings, sign_in_limiter, now)
    with database.write_session(engine) as write_session:
        audit_trail.set_actor(write_session, consultant.email)
        codes = second_factor.renew_recovery_codes(
            write_session, consultant.user_id, now, server_secret=settings.secret
        )
    return render_area_page("recovery-codes", context, codes=codes, is_new=False)


@post(f"{PAGE_PATH}/off", name="console:turn-off-second-step", policy=CONSULTANT, sync_to_thread=True, opt=TO_PAGE)
def turn_off_second_step(
    request: Request[Any, Any, Any],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    settings: NamedDependency[Settings],
    sign_in_limiter: NamedDependency[RateLimiter],
    engine: NamedDependency[Engine],
    now: NamedDependency[datetime],
) -> Response[Any]:
    _check_password(request, engine, consultant, form, settings, sign_in_limiter, now)
    with database.write_session(engine) as write_session:
        audit_trail.set_actor(write_session, consultant.email)
        second_factor.turn_off(write_session, consultant.user_id, now)
    return redirect_to(f"{ACCOUNT_PATH}?done=second-step-off")


def _check_password(
    request: Request[Any, Any, Any],
    engine: Engine,
    consultant: Consultant,
    form: FormData,
    settings: Settings,
    limiter: RateLimiter,
    now: datetime,
) -> dict[str, Any]:
    """Return the context of the page; raises `InvalidFormError` for a wrong password."""
    errors = check_current_password(request, engine, consultant, form, settings, limiter, now)
    with database.read_session(engine) as read_session:
        context = _build_context(read_session, consultant, settings, form)
    if errors:
        raise InvalidFormError(TEMPLATE, errors, context)
    return context


def _build_context(session: Session, consultant: Consultant, settings: Settings, form: FormData) -> dict[str, Any]:
    sent = form.text("secret")
    secret = sent if second_factor.is_secret(sent) else second_factor.generate_secret()
    uri = second_factor.make_uri(secret, consultant.email, urlsplit(settings.public_url).hostname or "assessment")
    groups = [secret[start : start + SECRET_GROUP] for start in range(0, len(secret), SECRET_GROUP)]
    return build_area_context(session, consultant, ACCOUNT_PATH) | {
        "second_factor": second_factor.find_state(session, consultant.user_id),
        "secret": secret,
        "secret_text": " ".join(groups),
        "qr_code": draw_qr_code(uri),
    }
