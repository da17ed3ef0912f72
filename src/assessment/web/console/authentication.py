"""Authentication of console routes: the signed-in consultant, and the roles that each route admits."""

from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from litestar import Request, Response
from litestar.di import NamedDependency
from msgspec import structs
from sqlalchemy import Engine

from assessment.errors import ForbiddenError, UnauthenticatedError
from assessment.services.auth import user_sessions
from assessment.services.auth.principals import Consultant
from assessment.storage import database
from assessment.web.console.forms import pending_forms
from assessment.web.console.redirect_paths import BEGUN_PARAMETER, add_query, validate_redirect_path
from assessment.web.http import cookies, database_sessions, languages
from assessment.web.http.csrf import SAFE_METHODS, StaleFormError
from assessment.web.http.page_responses import redirect_to, render_page

SIGN_IN_PATH = "/console/sign-in"
PAGE_OPTION = "page"  # in `opt` of a POST without fields: path of the page with its button, to return to after sign-in
# In `opt` of a route. Without them, everyone may GET, and owners and editors may POST.
FOR_EDITORS = {"editors": True}  # of a GET that only leads to a change
FOR_VIEWERS = {"viewers": True}  # of a POST that changes nothing of the workspace
OWNERS_ONLY = {"owners": True}
POLLED = {"polled": True}  # for a GET that open pages repeat: it must not prolong the session of someone who has left


def provide_consultant(
    request: Request[Any, Any, Any], engine: NamedDependency[Engine], now: NamedDependency[datetime]
) -> Consultant:
    """Dependency: return the signed-in consultant; raises `ForbiddenError` if the role does not admit them.

    Reads and touches the session in transactions of its own: the handler's may be read-only, or roll back.
    """
    token = cookies.read_cookie(request, "console")
    if token is None:
        raise UnauthenticatedError
    with database.read_session(engine) as read_session:
        consultant = user_sessions.load_consultant(read_session, token, now)
    if user_sessions.is_touch_due(consultant, now) and not _is_poll(request):
        with database.write_session(engine) as write_session:
            user_sessions.touch_session(write_session, token, now)
    return admit_consultant(request, consultant)


def admit_consultant(request: Request[Any, Any, Any], consultant: Consultant) -> Consultant:
    """Return the consultant with the language of the page; raises as `provide_consultant`."""
    _check_role(request, consultant)
    pending_forms.check_returned_form(request, consultant.user_id)
    database_sessions.set_actor(request.scope, consultant.email)
    return structs.replace(consultant, language=languages.negotiate_language(request))


def _check_role(request: Request[Any, Any, Any], consultant: Consultant) -> None:
    if _is_for_owners(request) and not consultant.is_owner:
        raise ForbiddenError("Only an owner of this workspace can do this.")
    if not consultant.can_edit and not _is_open_to_viewers(request):
        raise ForbiddenError("You can look at everything here, but only owners and editors can change it.")


def _is_poll(request: Request[Any, Any, Any]) -> bool:
    return bool(request.route_handler.opt.get("polled") and request.headers.get("hx-request"))


def _is_for_owners(request: Request[Any, Any, Any]) -> bool:
    return bool(request.route_handler.opt.get("owners"))


def _is_open_to_viewers(request: Request[Any, Any, Any]) -> bool:
    opt = request.route_handler.opt
    if request.method in SAFE_METHODS:
        return not opt.get("editors")
    return bool(opt.get("viewers"))


def ask_to_sign_in(request: Request[Any, Any, Any], error: UnauthenticatedError) -> Response[Any]:
    """Handle a missing session: redirect to sign-in and back, and carry a submitted form along."""
    if request.headers.get("hx-request"):
        page = urlsplit(request.headers.get("hx-current-url", ""))
        sign_in = _build_sign_in_path(page.path, page.query)
        return Response(b"", status_code=error.status, headers={"hx-redirect": sign_in})
    if request.method in SAFE_METHODS:
        path = _build_sign_in_path(request.scope["path"], request.scope["query_string"].decode("latin-1"))
        if cookies.read_cookie(request, "console"):
            return redirect_to(add_query(path, "done=session-over"))
        if BEGUN_PARAMETER in request.query_params and not request.cookies:
            path = add_query(path, f"{BEGUN_PARAMETER}=1")
        return redirect_to(path)
    pending_form = pending_forms.read_request_form(request)
    if pending_form and isinstance(error.__cause__, StaleFormError):  # signed in again in another tab
        return render_page("console/resume.html", error.status, pending_form=pending_form, token="", error=None)
    problem = "expired" if pending_form is None else "too-long" if pending_form.is_too_long else "kept"
    template = request.route_handler.opt.get(PAGE_OPTION, "")
    return render_page(
        "console/sign-in.html",
        error.status,
        email="",
        then=template.format(**request.path_params),
        problem=problem,
        pending_form=pending_form if problem == "kept" else None,
        typed_text=pending_form.typed_text if pending_form and problem == "too-long" else "",
    )


def _build_sign_in_path(path: str, query: str) -> str:
    then = validate_redirect_path(add_query(path, query)) or path  # without a query that can't be carried
    return SIGN_IN_PATH if then in ("", "/console") else f"{SIGN_IN_PATH}?then={quote(then)}"
