"""Finish on this device, notices about new links, and pages for sessions that were moved, renewed or lost."""

from typing import Any

from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect, Template
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import PUBLIC, RESPONDENT
from assessment.domain.closed_sets import ResponseState
from assessment.services.auth.principals import Respondent
from assessment.services.survey import draft_transfer, own_drafts, response_lifecycle
from assessment.services.survey.own_drafts import OwnDraft
from assessment.settings import Settings
from assessment.storage import database
from assessment.web.http import cookies
from assessment.web.http.page_responses import redirect_to, render_page
from assessment.web.survey import browser_cookies, dependencies
from assessment.web.survey.navigation import BEGUN_PARAMETER, FINISH, FINISHED, FORGET, SENT, SURVEY
from assessment.web.survey.problems import is_plain_form, redirect_problem
from assessment.web.survey.response_states import MovedError, SessionRenewedError


@get("/survey/finish", policy=RESPONDENT, sync_to_thread=True)
def show_finish_form(
    request: Request[None, None, State],
    respondent: NamedDependency[Respondent],
    own_draft: NamedDependency[OwnDraft],
    engine: NamedDependency[Engine],
    settings: NamedDependency[Settings],
) -> Template:
    """Show the code before the sessions of this browser end; create one if there is none yet."""
    if not own_draft.code and respondent.code_hash is None:
        browser = browser_cookies.read_browser(request)
        with database.write_session(engine) as session:
            own_drafts.assign_code(session, respondent, browser.session, browser, settings.secret)
            again = response_lifecycle.load_respondent(session, browser.session)
            own_draft = own_drafts.find_own_draft(session, again, browser.session, browser, settings.secret)
    return render_page(
        "survey/finish.html",
        drafts=len(browser_cookies.list_sessions(request)),
        **dependencies.build_page_context(respondent, own_draft),
    )


@post("/survey/finish", policy=RESPONDENT, sync_to_thread=True)
def end_browser_sessions(
    request: Request[None, None, State],
    respondent: NamedDependency[Respondent],  # noqa: ARG001  # the policy asks who it is
    write_session: NamedDependency[Session],
    settings: NamedDependency[Settings],
) -> Redirect:
    """End all sessions of this browser, of every link used in it."""
    return _end_sessions(request, write_session, settings)


def _end_sessions(request: Request[Any, Any, Any], session: Session, settings: Settings) -> Redirect:
    response_lifecycle.end_sessions(session, browser_cookies.list_sessions(request))
    redirect = redirect_to(FINISHED)
    redirect.cookies = browser_cookies.make_removal_cookies(request, settings)
    redirect.headers["clear-site-data"] = '"storage"'
    return redirect


def is_finish(request: Request[Any, Any, Any]) -> bool:
    """Return whether "Finish on this device" was pressed."""
    return request.method == "POST" and request.scope["path"] == FINISH


@post(FORGET, policy=PUBLIC, sync_to_thread=True)
def forget_browser(
    request: Request[None, None, State],
    write_session: NamedDependency[Session],
    settings: NamedDependency[Settings],
) -> Redirect:
    """Finish in a browser without a valid session: it may still know links, and what was typed and not saved."""
    return _end_sessions(request, write_session, settings)


def is_finish_form(request: Request[Any, Any, Any]) -> bool:
    """Return whether "Finish on this device" was chosen in a browser that still has something to forget."""
    is_form = request.method == "GET" and request.scope["path"] == FINISH
    return bool(is_form and cookies.has_survey_cookies(request))


def forget_device(request: Request[Any, Any, Any]) -> Redirect:
    """End every session of a browser whose current draft takes no answers any more."""
    with database.write_session(request.app.state.engine) as session:
        return _end_sessions(request, session, request.app.state.settings)


@get("/finished", policy=PUBLIC, sync_to_thread=False)
def show_finished_page() -> Template:
    return render_page("survey/finished.html")


@post("/survey/links", policy=RESPONDENT, sync_to_thread=True)
def dismiss_links(
    request: Request[None, None, State],
    data: URLEncodedBody[dict[str, str]],
    respondent: NamedDependency[Respondent],
    own_draft: NamedDependency[OwnDraft],
    settings: NamedDependency[Settings],
) -> Redirect:
    """Hide the notice about new links; stores how many links the form displayed, at most as many as exist."""
    link_count = data.get("links", "")
    count = int(link_count) if link_count.isascii() and link_count.isdecimal() and len(link_count) < 6 else 0  # noqa: PLR2004
    redirect = redirect_to("/survey/sent" if respondent.state == ResponseState.SENT else SURVEY)
    redirect.cookies = browser_cookies.make_links_seen_cookies(request, min(count, own_draft.links), settings)
    return redirect


def show_moved_page(request: Request[Any, Any, Any], error: Exception) -> Template | Redirect:
    """Show that the response was moved to another browser; none of its answers."""
    if not isinstance(error, MovedError):
        raise error
    if is_finish(request):
        return forget_device(request)
    if request.method == "POST":
        return redirect_to(SURVEY)  # which raises the same again
    with database.read_session(request.app.state.engine) as session:
        own_draft = dependencies.find_own_draft(session, request, error.respondent, request.app.state.settings)
    page = render_page(
        "survey/moved.html",
        moved_on=error.respondent.moved_on,
        days=draft_transfer.OBJECTION_DAYS,
        is_current=True,
        is_set_aside=error.respondent.state == ResponseState.SET_ASIDE,
        is_deleted=error.respondent.state not in (ResponseState.STARTED, ResponseState.SENT),
        link=f"/s/{browser_cookies.find_own_link(request)}",
        **dependencies.build_page_context(error.respondent, own_draft),
    )
    page.cookies = browser_cookies.make_typed_removal_cookies(request)
    return page


def renew_session(request: Request[Any, Any, Any], error: Exception) -> Template | Redirect:
    """Set the renewed cookies in a browser that has missed the response to sending, and show what was sent."""
    if not isinstance(error, SessionRenewedError):
        raise error
    settings: Settings = request.app.state.settings
    browser = browser_cookies.read_browser(request)
    with database.read_session(request.app.state.engine) as session:
        respondent = response_lifecycle.load_respondent(session, error.session)
        person_id = own_drafts.find_person_id(session, respondent, browser.session, browser, settings.secret)
    redirect = redirect_to(f"{SENT}?again=1")
    redirect.cookies = browser_cookies.renew_session_cookies(
        request, browser.session, error.session, person_id, settings
    )
    return redirect


def show_lost_page(request: Request[None, None, State], error: Exception) -> Template | Redirect:
    """Explain what to do in a browser that has no session, or none any more."""
    status = getattr(error, "status", 401)
    if is_finish_form(request):
        return render_page("survey/forget.html", status)
    if is_plain_form(request):
        return redirect_problem("lost")
    if BEGUN_PARAMETER in request.query_params and not request.cookies:
        return render_page("survey/cookies-blocked.html", status)
    return render_page("survey/lost.html", status)
