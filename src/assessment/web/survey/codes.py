"""Code page of a link: a correct code moves the response to this browser."""

from datetime import datetime

from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.errors import ClosedError, NotFoundError, TooManyError
from assessment.policies import PUBLIC
from assessment.services import moving
from assessment.services.entering import Entered
from assessment.services.limiting import Limiter
from assessment.services.survey_links import clean_token
from assessment.services.tokens import digest
from assessment.settings import Settings
from assessment.storage import database
from assessment.web.address import address
from assessment.web.pages import away, page
from assessment.web.survey import browsers
from assessment.web.survey.entrance import look
from assessment.web.survey.forms import MisfiledError
from assessment.web.survey.links import read_token
from assessment.web.survey.paths import FIRST, SENT, WITHDRAW

CODE_MOST = 100
WRONG_MOST = 10  # wrong codes per address and link; a correct code is accepted even beyond the limit


@get("/s/{token:str}/code", policy=PUBLIC, sync_to_thread=True)
def ask_code(
    request: Request[None, None, State],
    token: FromPath[str],
    reading: NamedDependency[Session],
    now: NamedDependency[datetime],
    then: FromQuery[str] = "",
) -> Template:
    return _page(request, reading, token, now, {"then": then})


@post("/s/{token:str}/code", policy=PUBLIC, sync_to_thread=True)
def enter_code(
    request: Request[None, None, State],
    token: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
    engine: NamedDependency[Engine],
    code_limiter: NamedDependency[Limiter],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Template | Redirect:
    """Move the response of the code to this browser."""
    try:
        entered = try_code(request, token, data.get("code", ""), engine, code_limiter, settings, now)
    except (NotFoundError, TooManyError, ClosedError) as error:
        with database.reading(engine) as session:
            return _page(request, session, token, now, data, error)
    return after_move(request, entered, settings, data.get("then", ""))


@get("/withdraw", policy=PUBLIC, sync_to_thread=False)
def ask_link_and_code() -> Template:
    """Show the form for link and code, with which a response can be withdrawn from any browser."""
    return page("survey/withdraw-by-code.html", form={}, problem="")


@post("/withdraw", policy=PUBLIC, sync_to_thread=True)
def enter_link_and_code(
    request: Request[None, None, State],
    data: URLEncodedBody[dict[str, str]],
    engine: NamedDependency[Engine],
    code_limiter: NamedDependency[Limiter],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Template | Redirect:
    """Move the response to this browser, then redirect to the page that asks to confirm the withdrawal."""
    token = read_token(data.get("link", ""))
    try:
        entered = try_code(request, token, data.get("code", ""), engine, code_limiter, settings, now)
    except (NotFoundError, TooManyError, ClosedError) as error:
        form = {name: data.get(name, "")[:1000] for name in ("link", "code")}
        return page("survey/withdraw-by-code.html", _status(error), form=form, problem=_problem(error))
    return after_move(request, entered, settings, "withdraw")


def try_code(
    request: Request[None, None, State],
    token: str,
    code: str,
    engine: Engine,
    limiter: Limiter,
    settings: Settings,
    now: datetime,
    *,
    expected: str = "",
) -> Entered:
    """Move the response of a link and code to this browser.

    Wrong codes are counted per address and link, so that one client cannot lock out another. Raises
    `ResponseMismatchError` and moves nothing if `expected` is another response id.
    """
    browser = browsers.browser_of(request)
    try:
        with database.writing(engine) as session:
            entered = moving.move(session, token, code[:CODE_MOST], now, browser=browser, secret=settings.secret)
            if expected and entered.respondent.response_id != expected:
                raise MisfiledError  # rolls back the move
            return entered
    except NotFoundError:
        whose = f"{address(request, settings)}:{digest(clean_token(token)).hex()}"
        limiter.take({whose: WRONG_MOST}, now)
        raise


def after_move(request: Request[None, None, State], entered: Entered, settings: Settings, then: str) -> Redirect:
    """Redirect to the withdrawal, the sent page or the survey, with the cookies of the moved response."""
    following = SENT if entered.respondent.state == "sent" else FIRST
    answer = away(WITHDRAW if then == "withdraw" else following)
    answer.cookies = browsers.session_cookies(request, entered, settings)
    return answer


def _page(
    request: Request[None, None, State],
    session: Session,
    token: str,
    now: datetime,
    form: dict[str, str],
    error: Exception | None = None,
) -> Template:
    welcome = look(request, session, token, now)
    if welcome is None:
        return page("survey/unknown.html", 404)
    context = {"welcome": welcome, "link": f"/s/{clean_token(token)}", "language": welcome.language}
    if welcome.state in ("draft", "closed"):
        return page("survey/closed.html" if welcome.state == "closed" else "survey/not-open.html", 409, **context)
    return page(
        "survey/code.html",
        _status(error),
        code=form.get("code", "")[:CODE_MOST],
        then="withdraw" if form.get("then") == "withdraw" else "",
        problem=_problem(error),
        **context,
    )


def _status(error: Exception | None) -> int:
    if error is None:
        return 200
    return {NotFoundError: 422, TooManyError: 429}.get(type(error), 409)


def _problem(error: Exception | None) -> str:
    """Return the key of the problem for the template."""
    if error is None:
        return ""
    return {NotFoundError: "wrong", TooManyError: "many"}.get(type(error), "closed")
