"""Unsubscribe page of a link: stops later mails after a confirming POST; GET never writes."""

from datetime import datetime

from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.orm import Session

from assessment.access_policies import PUBLIC
from assessment.errors import NotFoundError
from assessment.services.delivery import unsubscription
from assessment.services.survey.survey_links import clean_token
from assessment.web.http import languages
from assessment.web.http.page_responses import redirect_to, render_page
from assessment.web.survey import browser_cookies


@get("/s/{token:str}/unsubscribe", policy=PUBLIC, sync_to_thread=True)
def show_unsubscribe_form(
    request: Request[None, None, State], token: FromPath[str], read_session: NamedDependency[Session]
) -> Template:
    """Ask whether to stop later mails; read-only, because mail scanners open links."""
    return _render_page(request, read_session, token, is_done=False)


@post("/s/{token:str}/unsubscribe", policy=PUBLIC, sync_to_thread=True)
def unsubscribe_person(
    token: FromPath[str], write_session: NamedDependency[Session], now: NamedDependency[datetime]
) -> Redirect:
    """Stop later mails to the person of the link."""
    try:
        unsubscription.unsubscribe_person(write_session, token, now)
    except NotFoundError:
        return redirect_to(f"/s/{clean_token(token)}/unsubscribe")  # to the page that says why not
    return redirect_to(f"/s/{clean_token(token)}/unsubscribed")


@get("/s/{token:str}/unsubscribed", policy=PUBLIC, sync_to_thread=True)
def show_unsubscribed_page(
    request: Request[None, None, State], token: FromPath[str], read_session: NamedDependency[Session]
) -> Template:
    """Confirm that no more mails come. It looks the same for everyone with the link."""
    return _render_page(request, read_session, token, is_done=True)


def _render_page(request: Request[None, None, State], session: Session, token: str, *, is_done: bool) -> Template:
    try:
        page = unsubscription.load_unsubscribe_page(
            session, token, browser_cookies.read_browser(request), request.app.state.settings.secret
        )
    except NotFoundError:
        return render_page("survey/unknown.html", 404)
    language = languages.negotiate_language(request, languages.INTERFACE_LANGUAGES, page.language)
    name = "survey/unsubscribed.html" if is_done else "survey/unsubscribe.html"
    asker = page.asker or page.organisation
    return render_page(name, 200, page=page, asker=asker, link=f"/s/{clean_token(token)}", language=language)
