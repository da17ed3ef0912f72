"""Sign in and sign out."""

import re
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template
from sqlalchemy import Engine

from assessment.errors import TooManyError, UnauthenticatedError
from assessment.policies import CONSULTANT, PUBLIC
from assessment.services import signing_in
from assessment.services.limiting import Limiter
from assessment.services.principals import Consultant
from assessment.settings import Settings
from assessment.storage import database
from assessment.web import cookies, csrf
from assessment.web.address import address
from assessment.web.console import kept_forms
from assessment.web.console.form import Form
from assessment.web.console.identity import FOR_VIEWERS, SIGN_IN
from assessment.web.console.kept_forms import KeptForm
from assessment.web.pages import away, page

HOME = "/console"
OWN_PATH = re.compile(r"/console(?:/[\w,-]+)*", re.ASCII)


@get("/sign-in", name="console:sign-in", policy=PUBLIC, sync_to_thread=False)
def ask(then: FromQuery[str] = "", ended: FromQuery[str] = "") -> Template:
    return page("console/sign-in.html", email="", then=own_path(then), problem="", ended=bool(ended), kept=None)


@post("/sign-in", name="console:signing-in", policy=PUBLIC, sync_to_thread=True)
def sign_in(
    request: Request[Any, Any, Any],
    form: NamedDependency[Form],
    limiter: NamedDependency[Limiter],
    settings: NamedDependency[Settings],
    engine: NamedDependency[Engine],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Start a session with a new token; the error message does not reveal whether the account exists."""
    email, then = form.text("email"), own_path(form.text("then"))
    kept = kept_forms.read_kept(form)
    device = signing_in.device_of(cookies.read(request, "device") or "", email, settings.secret)
    where = address(request, settings)
    try:
        with database.reading(engine) as reading:
            who = signing_in.recognise(
                reading, email, form.raw("password"), now, limiter=limiter, address=where, device=device
            )
    except UnauthenticatedError as error:
        return page(
            "console/sign-in.html", error.status, email=email, then=then, problem="wrong", ended=False, kept=kept
        )
    except TooManyError as error:
        return _too_many(error, email, then, kept)
    with database.writing(engine) as writing:
        token = signing_in.begin(writing, who, now, previous=cookies.read(request, "console"))
    answer: Response[Any] = away(then or HOME)
    if kept and own_path(kept.path) and kept.is_by(settings, who.user_id):
        answer = page("console/resume.html", kept=kept, token=csrf.token(settings, token))
    answer.set_cookie(cookies.give("console", token, settings))
    answer.set_cookie(cookies.give("device", signing_in.new_device(email, settings.secret), settings))
    return answer


@post("/sign-out", name="console:sign-out", policy=CONSULTANT, sync_to_thread=True, opt=FOR_VIEWERS)
def sign_out(
    request: Request[Any, Any, Any],
    consultant: NamedDependency[Consultant],  # noqa: ARG001  # required by the policy
    settings: NamedDependency[Settings],
    engine: NamedDependency[Engine],
) -> Response[Any]:
    """End the session in the browser and on the server."""
    token = cookies.read(request, "console")
    with database.writing(engine) as writing:
        signing_in.sign_out(writing, token or "")
    answer = away(f"{SIGN_IN}?ended=yes")
    answer.set_cookie(cookies.end("console", settings))
    return answer


def own_path(then: str) -> str:
    """Return `then` if it is a path of the console, otherwise "": prevents open redirects."""
    return then if OWN_PATH.fullmatch(then) else ""


def _too_many(error: TooManyError, email: str, then: str, kept: KeptForm | None) -> Response[Any]:
    minutes = -(-error.retry_after // 60)
    shown = page(
        "console/sign-in.html",
        error.status,
        email=email,
        then=then,
        problem="too-many",
        minutes=minutes,
        ended=False,
        kept=kept,
    )
    shown.headers["retry-after"] = str(error.retry_after)
    return shown
