"""Set a password with a link: by users who were added, before their first sign-in.

Opening the link changes nothing, so mail scanners do no harm.
"""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import PUBLIC
from assessment.errors import InvalidError, NotFoundError
from assessment.i18n.messages import N_
from assessment.services.auth import passwords, set_up_links
from assessment.storage import database
from assessment.web.console.authentication import SIGN_IN_PATH
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.form_errors import NO_ERRORS, InvalidFormError, map_field_errors
from assessment.web.http.page_responses import redirect_to, render_page

TEMPLATE = "console/set-password.html"
PAGE_PATH = "/password/{token:str}"
DIFFERENT = N_("The two passwords differ. Type the same one twice.")


@get(PAGE_PATH, name="console:set-password", policy=PUBLIC, sync_to_thread=True)
def show_password_form(
    token: FromPath[str], read_session: NamedDependency[Session], now: NamedDependency[datetime]
) -> Template:
    try:
        address = set_up_links.find_address(read_session, token, now)
    except NotFoundError as error:
        return render_page("console/link-gone.html", error.status)
    return render_page(TEMPLATE, address=address, form_errors=NO_ERRORS)


@post(PAGE_PATH, name="console:setting-password", policy=PUBLIC, sync_to_thread=True)
def set_password(
    token: FromPath[str],
    form: NamedDependency[FormData],
    engine: NamedDependency[Engine],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Set the password, and lead to the sign-in. The password is hashed before the database is locked."""
    try:
        with database.read_session(engine) as read_session:
            address = set_up_links.find_address(read_session, token, now)
    except NotFoundError as error:
        return render_page("console/link-gone.html", error.status)
    if form.raw("new_password") != form.raw("repeated_password"):
        raise InvalidFormError(TEMPLATE, [("repeated_password", DIFFERENT)], {"address": address})
    try:
        password_hash = passwords.hash_password(form.raw("new_password"), address)
    except InvalidError as error:
        problems = [("new_password", problem) for _, problem in map_field_errors(error.problems)]
        raise InvalidFormError(TEMPLATE, problems, {"address": address}) from error
    try:
        with database.write_session(engine) as write_session:
            set_up_links.set_password(write_session, token, password_hash, now)
    except NotFoundError as error:  # another request was first
        return render_page("console/link-gone.html", error.status)
    return redirect_to(f"{SIGN_IN_PATH}?done=password-set")
