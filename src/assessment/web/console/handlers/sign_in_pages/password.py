"""Ask for a mailed link to set a new password."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Template
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import PUBLIC
from assessment.errors import TooManyRequestsError
from assessment.services.auth import password_resets, tokens, users
from assessment.services.auth.sign_in_limit import RateLimiter
from assessment.services.delivery.mail_settings import find_mail
from assessment.settings import Settings
from assessment.storage import database
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import NO_ERRORS, raise_form_errors
from assessment.web.http import languages
from assessment.web.http.client_address import get_client_address
from assessment.web.http.page_responses import redirect_to, render_page

FORGOT_TEMPLATE = "console/forgot.html"
FORGOT_PATH = "/console/forgot"
RESETS_PER_ACCOUNT, RESETS_PER_ADDRESS = 3, 30  # in the window of the limiter; beyond, nothing is mailed


@get("/forgot", name="console:forgot", policy=PUBLIC, sync_to_thread=True)
def show_forgot_form(read_session: NamedDependency[Session]) -> Template:
    """Ask for the address; without a mail server, name whom to ask."""
    return render_page(
        FORGOT_TEMPLATE,
        has_mail=find_mail(read_session) is not None,
        email="",
        form_errors=NO_ERRORS,
    )


@post("/forgot", name="console:request-reset", policy=PUBLIC, sync_to_thread=True)
def request_reset(
    request: Request[Any, Any, Any],
    engine: NamedDependency[Engine],
    form: NamedDependency[FormData],
    sign_in_limiter: NamedDependency[RateLimiter],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Mail a link; the answer is the same whether anyone has this address, and also beyond the limits."""
    with database.read_session(engine) as read_session:
        has_mail = find_mail(read_session) is not None
    context = {"email": form.text("email"), "has_mail": has_mail}
    if not context["has_mail"]:
        return render_page(FORGOT_TEMPLATE, **context, form_errors=NO_ERRORS)
    with raise_form_errors(FORGOT_TEMPLATE, context):
        account = users.check_address(form.text("email"))
    allowed = {
        f"reset:{tokens.hash_token(account).hex()}": RESETS_PER_ACCOUNT,
        f"reset-from:{get_client_address(request, settings)}": RESETS_PER_ADDRESS,
    }
    try:
        sign_in_limiter.take_try(allowed, now)
    except TooManyRequestsError:
        return redirect_to(f"{FORGOT_PATH}?done=reset-mailed")
    with database.write_session(engine) as write_session:
        password_resets.request_reset(write_session, account, languages.negotiate_language(request), now)
    return redirect_to(f"{FORGOT_PATH}?done=reset-mailed")
