"""Authentication of console routes: the signed-in consultant, and what viewers may do."""

from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from litestar import Request, Response
from litestar.di import NamedDependency
from msgspec import structs
from sqlalchemy import Engine

from assessment.errors import ForbiddenError, UnauthenticatedError
from assessment.services import signing_in
from assessment.services.principals import Consultant
from assessment.storage import database
from assessment.web import cookies, languages, sessions
from assessment.web.console import kept_forms
from assessment.web.csrf import SAFE, StaleFormError
from assessment.web.pages import away, page

OWNER = "owner"
SIGN_IN = "/console/sign-in"
PAGE = "page"  # in `opt` of a POST without fields: path of the page with its button, to return to after sign-in
FOR_OWNERS = {"owners": True}  # in `opt` of a GET that only leads to a change
FOR_VIEWERS = {"viewers": True}  # in `opt` of a POST that changes nothing of the workspace


def consultant(
    request: Request[Any, Any, Any], engine: NamedDependency[Engine], now: NamedDependency[datetime]
) -> Consultant:
    """Dependency: return the signed-in consultant; raises `ForbiddenError` if a viewer calls a route for owners.

    Reads and touches the session in transactions of its own: the handler's may be read-only, or roll back.
    """
    token = cookies.read(request, "console")
    if token is None:
        raise UnauthenticatedError
    with database.reading(engine) as reading:
        who = signing_in.consultant(reading, token, now)
    if signing_in.is_due(who, now):
        with database.writing(engine) as writing:
            signing_in.touch(writing, token, now)
    if who.role != OWNER and not _is_open_to_viewers(request):
        raise ForbiddenError("You can look at everything here, but only an owner of this workspace can change it.")
    kept_forms.check_returned(request, who.user_id)
    sessions.name_actor(request.scope, who.email)
    return structs.replace(who, language=languages.decide(request))


def _is_open_to_viewers(request: Request[Any, Any, Any]) -> bool:
    opt = request.route_handler.opt
    if request.method in SAFE:
        return not opt.get("owners")
    return bool(opt.get("viewers"))


def ask_to_sign_in(request: Request[Any, Any, Any], error: UnauthenticatedError) -> Response[Any]:
    """Handle a missing session: redirect to sign-in and back, and carry a submitted form along."""
    if request.headers.get("hx-request"):
        shown = urlsplit(request.headers.get("hx-current-url", "")).path
        return Response(b"", status_code=error.status, headers={"hx-redirect": _sign_in_path(shown)})
    if request.method in SAFE:
        return away(_sign_in_path(request.scope["path"]))
    kept = kept_forms.form_of(request)
    if kept and isinstance(error.__cause__, StaleFormError):  # signed in again in another tab
        return page("console/resume.html", error.status, kept=kept, token="")
    problem = "expired" if kept is None else "too-long" if kept.is_too_long else "kept"
    template = request.route_handler.opt.get(PAGE, "")
    return page(
        "console/sign-in.html",
        error.status,
        email="",
        then=template.format(**request.path_params),
        problem=problem,
        ended=False,
        kept=kept if problem == "kept" else None,
    )


def _sign_in_path(then: str) -> str:
    return SIGN_IN if then in ("", "/console") else f"{SIGN_IN}?then={quote(then)}"
