"""The way in: a respondent's link, which changes nothing when it is opened, and the button that begins."""

from datetime import datetime
from typing import Any

from litestar import HttpMethod, Request, get, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template
from msgspec import Struct, structs
from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Texts
from assessment.errors import NotFoundError
from assessment.policies import PUBLIC, RESPONDENT
from assessment.services import entering, responding, tokens
from assessment.services.entering import Browser, UsedError, Welcome
from assessment.services.principals import Respondent
from assessment.settings import Settings
from assessment.web import cookies, languages
from assessment.web.pages import away, page
from assessment.web.survey.paths import CODE, RESULTS, SURVEY

CODE_MOST = 100
CODE_FIELD = "code"
PAGE_FIELD = "page"


class Promises(Struct, frozen=True):
    """What decides who sees what; `people` is the least number that a figure stands for (k + 1)."""

    confidentiality: str
    mode: str
    people: int


@route("/s/{token:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], policy=PUBLIC, sync_to_thread=True)
def start(
    request: Request[None, None, State],
    token: FromPath[str],
    reading: NamedDependency[Session],
    now: NamedDependency[datetime],
) -> Template:
    """Show what is asked and promised; mail scanners may open this as often as they like."""
    welcome = _look(request, reading, token, _browser(request), now)
    if welcome is None or welcome.state == "revoked":
        return page("survey/unknown.html", 404)
    if welcome.state != "open" or welcome.response == "withdrawn" or welcome.questionnaire is None:
        return page("survey/over.html", **_over(welcome))
    if welcome.response == "elsewhere":
        return _elsewhere(welcome)
    texts = welcome.questionnaire.text(welcome.language)
    return page(
        "survey/start.html",
        start=welcome,
        introduction=texts.introduction,
        role=texts.roles.get(welcome.role, ""),
        functions=_functions(texts, welcome),
        promises=Promises(welcome.confidentiality, welcome.mode, welcome.minimum_group + 1),
        page_secret=tokens.new_token(tokens.RANDOM) if welcome.confidentiality == "anonymous" else "",
        language=welcome.language,
    )


@post("/s/{token:str}", policy=PUBLIC, sync_to_thread=True)
def enter(
    request: Request[None, None, State],
    token: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
    writing: NamedDependency[Session],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Template | Redirect:
    """Swap the link for a cookie, so that no address from here on bears the token.

    An anonymous link goes along in a cookie of its own: only this browser knows that it and the answers are one's.
    """
    code = data.get(CODE_FIELD, "")[:CODE_MOST].strip()
    browser = _browser(request, page=data.get(PAGE_FIELD, ""), code=code)
    try:
        entered = entering.enter(writing, token, browser=browser, secret=settings.secret, now=now)
    except UsedError:
        welcome = _look(request, writing, token, browser, now)
        return _elsewhere(welcome, 409) if welcome else page("survey/unknown.html", 404)
    except NotFoundError:
        welcome = _look(request, writing, token, browser, now)
        if not code or welcome is None or welcome.state == "revoked":
            raise
        if welcome.state != "open":
            return page("survey/over.html", 422, **_over(welcome, code))
        return _elsewhere(welcome, 422, code)
    answer = away(_first(entered))
    answer.cookies = [cookies.give("respondent", entered.cookie, settings), cookies.end("code", settings)]
    if entered.respondent.is_anonymous:
        answer.cookies.append(cookies.give("link", token, settings))
    return answer


@get("/survey/code", policy=RESPONDENT, sync_to_thread=False)
def show_code(request: Request[None, None, State], respondent: NamedDependency[Respondent]) -> Template | Redirect:
    """Show the code by which another browser finds back to anonymous answers."""
    if not respondent.is_anonymous:
        return away(SURVEY)
    return page(
        "survey/code.html",
        code=responding.personal_code(respondent, cookies.read(request, "respondent") or ""),
        heading=f"{respondent.organisation} · {respondent.title}",
        language=respondent.language,
    )


def _first(entered: entering.Entered) -> str:
    if entered.respondent.assessment_state != "open":
        return RESULTS
    return CODE if entered.is_new else SURVEY


def _browser(request: Request[None, None, State], page: str = "", code: str = "") -> Browser:
    return Browser(cookies.read(request, "respondent") or "", cookies.read(request, "link") or "", page, code)


def _look(
    request: Request[None, None, State], session: Session, token: str, browser: Browser, now: datetime
) -> Welcome | None:
    """Return what the link leads to, in the reader's language."""
    try:
        found = entering.look(session, token, browser, request.app.state.settings.secret, now=now)
    except NotFoundError:
        return None
    offered = found.questionnaire.texts if found.questionnaire else languages.SPOKEN
    return structs.replace(found, language=languages.decide(request, offered, found.language))


def _elsewhere(welcome: Welcome, status: int = 200, code: str = "") -> Template:
    return page(
        "survey/elsewhere.html", status, welcome=welcome, code=code, problem=bool(code), language=welcome.language
    )


def _over(welcome: Welcome, code: str = "") -> dict[str, Any]:
    """Say where results are shared, and how one gets to them: by this very link, or by the code."""
    knows = welcome.response in ("started", "sent")
    shares = welcome.state == "closed" and welcome.share_results and welcome.has_results
    return {
        "welcome": welcome,
        "shares": shares and (knows or welcome.response == "elsewhere"),
        "knows": knows,
        "code": code,
        "problem": bool(code),
        "language": welcome.language,
    }


def _functions(texts: Texts, welcome: Welcome) -> tuple[str, ...]:
    return tuple(texts.functions[each] for each in welcome.functions if each in texts.functions)
