"""Start page of a link. GET never writes; POST starts or continues a draft."""

from datetime import datetime
from typing import Any

from litestar import HttpMethod, Request, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template
from msgspec import structs
from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Texts
from assessment.errors import ClosedError, NotFoundError
from assessment.policies import PUBLIC
from assessment.services import entering, moving, sharing
from assessment.services.entering import Choice, OccupiedError, RevokedError, Welcome
from assessment.services.moving import TooLateError
from assessment.services.survey_links import clean_token
from assessment.settings import Settings
from assessment.web import languages
from assessment.web.pages import away, page
from assessment.web.survey import browsers
from assessment.web.survey.comparing import results_page
from assessment.web.survey.paths import FIRST

OK, GONE = 200, 410
CHOICES: dict[str, Choice] = {"": "start", "continue": "continue", "empty": "empty"}
VERDICTS: dict[str, moving.Verdict] = {"me": "me", "not-me": "not-me"}


@route("/s/{token:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], policy=PUBLIC, sync_to_thread=True)
def start(
    request: Request[None, None, State],
    token: FromPath[str],
    reading: NamedDependency[Session],
    now: NamedDependency[datetime],
) -> Template:
    """Show the questionnaire's introduction and the promises; read-only, because mail scanners open links."""
    welcome = look(request, reading, token, now)
    return page("survey/unknown.html", 404) if welcome is None else _page_of(request, reading, token, welcome)


@post("/s/{token:str}", policy=PUBLIC, sync_to_thread=True)
def enter(
    request: Request[None, None, State],
    token: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
    writing: NamedDependency[Session],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Redirect:
    """Begin or continue a draft; swap the link for a cookie, so that no address from here on has the token."""
    try:
        return _act(request, token, data.get("choice", ""), writing, settings, now)
    except (OccupiedError, RevokedError, ClosedError, TooLateError, NotFoundError):
        return away(f"/s/{clean_token(token)}")  # to the page that asks, or says why not


def _act(
    request: Request[None, None, State], token: str, choice: str, writing: Session, settings: Settings, now: datetime
) -> Redirect:
    browser = browsers.browser_of(request)
    if choice in VERDICTS:
        moving.judge_move(writing, token, VERDICTS[choice], now, browser=browser, secret=settings.secret)
        return away(f"/s/{clean_token(token)}")
    chosen = CHOICES.get(choice, "start")
    entered = entering.enter(writing, token, browser=browser, secret=settings.secret, now=now, choice=chosen)
    answer = away(FIRST)
    answer.cookies = browsers.session_cookies(request, entered, settings)
    return answer


def look(
    request: Request[None, None, State], session: Session, token: str, now: datetime | None = None
) -> Welcome | None:
    """Return what the link leads to, in the reader's language."""
    settings: Settings = request.app.state.settings
    try:
        found = entering.look(session, token, browsers.browser_of(request), settings.secret, now)
    except NotFoundError:
        return None
    offered = found.questionnaire.texts if found.questionnaire else languages.SPOKEN
    return structs.replace(found, language=languages.decide(request, offered, found.language))


def _page_of(
    request: Request[None, None, State], session: Session, token: str, welcome: Welcome, status: int = 200
) -> Template:
    context: dict[str, Any] = {
        "welcome": welcome,
        "link": f"/s/{clean_token(token)}",
        "language": welcome.language,
    }
    if welcome.state == "draft" or welcome.questionnaire is None:
        return page("survey/not-open.html", status, **context)
    if welcome.state == "closed":
        return _closed_page(session, welcome, status, context)
    draft = welcome.draft
    if draft is not None and draft.moved_on is not None:
        return page(
            "survey/moved.html",
            status,
            moved_on=draft.moved_on,
            days=moving.OBJECTION_DAYS,
            **(context | {"is_deleted": False, "is_current": False}),
        )
    is_begun = draft is not None and (draft.has_answers or draft.state == "sent")
    if is_begun and "empty" not in request.query_params:
        return page("survey/occupied.html", status, **context)
    if welcome.state == "revoked" and draft is None:
        return page("survey/revoked.html", GONE if status == OK else status, **context)
    texts = welcome.questionnaire.text(welcome.language)
    return page(
        "survey/start.html",
        status,
        start=welcome,
        introduction=texts.introduction,
        role=texts.roles.get(welcome.role, ""),
        functions=_functions(texts, welcome),
        promises=welcome.promises,
        choice="empty" if is_begun else "",
        **context,
    )


def _closed_page(session: Session, welcome: Welcome, status: int, context: dict[str, Any]) -> Template:
    """Render the shared results if there are any: the same for everyone who has a link, answered or not."""
    shares = sharing.are_shared(
        "closed", share_results=welcome.promises.shares_results, is_released=welcome.is_released
    )
    if shares and welcome.questionnaire is not None and status == OK:
        return results_page(session, welcome.questionnaire, welcome)
    return page("survey/closed.html", status, **context)


def _functions(texts: Texts, welcome: Welcome) -> tuple[str, ...]:
    return tuple(texts.functions[each] for each in welcome.functions if each in texts.functions)
