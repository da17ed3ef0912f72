"""Finish on this device, notices about new links, and pages for sessions that were moved, renewed or lost."""

from typing import Any

from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect, Template
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.policies import PUBLIC, RESPONDENT
from assessment.services import moving, own_drafts, responding
from assessment.services.own_drafts import OwnDraft
from assessment.services.principals import Respondent
from assessment.settings import Settings
from assessment.storage import database
from assessment.web.pages import away, page
from assessment.web.survey import browsers, respondents
from assessment.web.survey.paths import BEGUN, FINISH, FINISHED, SENT, SURVEY
from assessment.web.survey.problems import is_plain_form, redirect_problem
from assessment.web.survey.states import MovedError, RenewedError


@get("/survey/finish", policy=RESPONDENT, sync_to_thread=True)
def ask_to_finish(
    request: Request[None, None, State],
    respondent: NamedDependency[Respondent],
    own_draft: NamedDependency[OwnDraft],
    engine: NamedDependency[Engine],
    settings: NamedDependency[Settings],
) -> Template:
    """Show the code before the sessions of this browser end; create one if there is none yet."""
    if not own_draft.code and respondent.code_hash is None:
        browser = browsers.browser_of(request)
        with database.writing(engine) as session:
            own_drafts.give_code(session, respondent, browser.session, browser, settings.secret)
            again = responding.respondent(session, browser.session)
            own_draft = own_drafts.find_own_draft(session, again, browser.session, browser, settings.secret)
    return page(
        "survey/finish.html",
        drafts=len(browsers.sessions_of(request)),
        **respondents.page_words(respondent, own_draft),
    )


@post("/survey/finish", policy=RESPONDENT, sync_to_thread=True)
def finish(
    request: Request[None, None, State],
    respondent: NamedDependency[Respondent],  # noqa: ARG001  # the policy asks who it is
    writing: NamedDependency[Session],
    settings: NamedDependency[Settings],
) -> Redirect:
    """End all sessions of this browser, of every link used in it."""
    return _forget(request, writing, settings)


def _forget(request: Request[Any, Any, Any], session: Session, settings: Settings) -> Redirect:
    responding.end_sessions(session, browsers.sessions_of(request))
    answer = away(FINISHED)
    answer.cookies = browsers.dropped_cookies(request, settings)
    answer.headers["clear-site-data"] = '"storage"'
    return answer


def is_finish(request: Request[Any, Any, Any]) -> bool:
    """Return whether "Finish on this device" was pressed."""
    return request.method == "POST" and request.scope["path"] == FINISH


def forget_device(request: Request[Any, Any, Any]) -> Redirect:
    """End every session of a browser whose current draft takes no answers any more."""
    with database.writing(request.app.state.engine) as session:
        return _forget(request, session, request.app.state.settings)


@get("/finished", policy=PUBLIC, sync_to_thread=False)
def finished() -> Template:
    return page("survey/finished.html")


@post("/survey/links", policy=RESPONDENT, sync_to_thread=True)
def dismiss_links(
    request: Request[None, None, State],
    data: URLEncodedBody[dict[str, str]],
    respondent: NamedDependency[Respondent],
    own_draft: NamedDependency[OwnDraft],
    settings: NamedDependency[Settings],
) -> Redirect:
    """Hide the notice about new links; stores how many links the form displayed, at most as many as exist."""
    shown = data.get("links", "")
    count = int(shown) if shown.isascii() and shown.isdecimal() and len(shown) < 6 else 0  # noqa: PLR2004
    answer = away("/survey/sent" if respondent.state == "sent" else SURVEY)
    answer.cookies = browsers.seen_cookies(request, min(count, own_draft.links), settings)
    return answer


def moved(request: Request[Any, Any, Any], error: Exception) -> Template | Redirect:
    """Show that the response was moved to another browser; none of its answers."""
    if not isinstance(error, MovedError):
        raise error
    if is_finish(request):
        return forget_device(request)
    if request.method == "POST":
        return away(SURVEY)  # which raises the same again
    return page(
        "survey/moved.html",
        moved_on=error.who.moved_on,
        days=moving.OBJECTION_DAYS,
        is_current=True,
        is_deleted=error.who.state not in ("started", "sent"),
        link=f"/s/{browsers.find_own_link(request)}",
        language=error.who.language,
    )


def renew(request: Request[Any, Any, Any], error: Exception) -> Template | Redirect:
    """Set the renewed cookies in a browser that has missed the response to sending, and show what was sent."""
    if not isinstance(error, RenewedError):
        raise error
    settings: Settings = request.app.state.settings
    browser = browsers.browser_of(request)
    with database.reading(request.app.state.engine) as session:
        who = responding.respondent(session, error.session)
        person = own_drafts.person_of(session, who, browser.session, browser, settings.secret)
    answer = away(f"{SENT}?again=1")
    answer.cookies = browsers.renewed_cookies(request, browser.session, error.session, person, settings)
    return answer


def lost(request: Request[None, None, State], error: Exception) -> Template | Redirect:
    """Say what to do in a browser that has no session, or none any more."""
    status = getattr(error, "status", 401)
    if is_plain_form(request):
        return redirect_problem("lost")
    if BEGUN in request.query_params and not request.cookies:
        return page("survey/cookies-blocked.html", status)
    return page("survey/lost.html", status, asked=request.method)
