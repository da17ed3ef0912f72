"""Code page of a link: a correct code moves the response to this browser."""

from datetime import datetime

from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import PUBLIC
from assessment.domain.closed_sets import ResponseState
from assessment.errors import ClosedError, NotFoundError, TooManyRequestsError
from assessment.services.auth.sign_in_limit import RateLimiter
from assessment.services.auth.tokens import hash_token
from assessment.services.survey import draft_transfer
from assessment.services.survey.start_page import EntryState
from assessment.services.survey.survey_entry import SurveyEntry
from assessment.services.survey.survey_links import clean_token
from assessment.settings import Settings
from assessment.storage import database
from assessment.web.http.client_address import get_client_address
from assessment.web.http.page_responses import redirect_to, render_page
from assessment.web.survey import browser_cookies
from assessment.web.survey.answer_forms import ResponseMismatchError, read_token
from assessment.web.survey.handlers.start_page import load_welcome
from assessment.web.survey.navigation import FIRST_PAGE, SENT, WITHDRAW
from assessment.web.survey.returned_forms import (
    ReturnedForm,
    make_form_removal_cookies,
    read_form,
    redirect_form,
    truncate_fields,
)

MAX_CODE_LENGTH = 100
BY_CODE = "/withdraw"
STATUSES = {"wrong": 422, "many": 429, "closed": 409}
MAX_WRONG_CODES = 10  # per address and link; more are refused, but the right code never is


@get("/s/{token:str}/code", policy=PUBLIC, sync_to_thread=True)
def show_code_form(
    request: Request[None, None, State],
    token: FromPath[str],
    read_session: NamedDependency[Session],
    now: NamedDependency[datetime],
    then: FromQuery[str] = "",
) -> Template:
    """Ask for the code; once, show the wrong one that was given."""
    returned = read_form(request, _build_code_path(token)) or ReturnedForm()
    return _render_code_page(request, read_session, token, now, {"then": then} | returned.fields, returned.problem)


@post("/s/{token:str}/code", policy=PUBLIC, sync_to_thread=True)
def enter_code(
    request: Request[None, None, State],
    token: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
    engine: NamedDependency[Engine],
    code_limiter: NamedDependency[RateLimiter],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Redirect:
    """Move what the code opens to this browser."""
    try:
        entry = move_by_code(request, token, data.get("code", ""), engine, code_limiter, settings, now)
    except (NotFoundError, TooManyRequestsError, ClosedError) as error:
        fields = truncate_fields(data, "code", "then", max_length=MAX_CODE_LENGTH)
        return _return_form(request, ReturnedForm(_build_code_path(token), fields, problem=_get_problem_kind(error)))
    return redirect_after_move(request, entry, settings, data.get("then", ""))


@get("/withdraw", policy=PUBLIC, sync_to_thread=False)
def show_withdrawal_form(request: Request[None, None, State]) -> Template:
    """Ask for link and code, which together withdraw."""
    returned = read_form(request, BY_CODE) or ReturnedForm()
    status = STATUSES.get(returned.problem, 200)
    page = render_page("survey/withdraw-by-code.html", status, form=returned.fields, problem=returned.problem)
    page.cookies = make_form_removal_cookies(request, BY_CODE)
    return page


@post("/withdraw", policy=PUBLIC, sync_to_thread=True)
def enter_link_and_code(
    request: Request[None, None, State],
    data: URLEncodedBody[dict[str, str]],
    engine: NamedDependency[Engine],
    code_limiter: NamedDependency[RateLimiter],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Redirect:
    """Move the answers to this browser, and ask there whether to delete them."""
    token = read_token(data.get("link", ""))
    try:
        entry = move_by_code(request, token, data.get("code", ""), engine, code_limiter, settings, now)
    except (NotFoundError, TooManyRequestsError, ClosedError) as error:
        fields = truncate_fields(data, "link", "code", max_length=1000)
        return _return_form(request, ReturnedForm(BY_CODE, fields, problem=_get_problem_kind(error)))
    return redirect_after_move(request, entry, settings, "withdraw")


def move_by_code(
    request: Request[None, None, State],
    token: str,
    code: str,
    engine: Engine,
    limiter: RateLimiter,
    settings: Settings,
    now: datetime,
    *,
    expected: str = "",
) -> SurveyEntry:
    """Move the response of a link and code to this browser.

    Wrong codes are counted per address and link, so that one client cannot lock out another. Raises
    `ResponseMismatchError` and moves nothing if `expected` is another response id.
    """
    browser = browser_cookies.read_browser(request)
    try:
        with database.write_session(engine) as session:
            entry = draft_transfer.transfer_draft(
                session, token, code[:MAX_CODE_LENGTH], now, browser=browser, secret=settings.secret
            )
            if expected and entry.respondent.response_id != expected:
                raise ResponseMismatchError  # rolls back the move
            return entry
    except NotFoundError:
        limit_key = _build_limit_key(get_client_address(request, settings), token)
        limiter.take_try({limit_key: MAX_WRONG_CODES}, now)
        raise


def redirect_after_move(
    request: Request[None, None, State], entry: SurveyEntry, settings: Settings, then: str
) -> Redirect:
    """Redirect to the withdrawal, the sent page or the survey, with the cookies of the moved response."""
    next_path = SENT if entry.respondent.state == ResponseState.SENT else FIRST_PAGE
    redirect = redirect_to(WITHDRAW if then == "withdraw" else next_path)
    redirect.cookies = browser_cookies.make_session_cookies(request, entry, settings)
    return redirect


def _build_limit_key(address: str, token: str) -> str:
    return f"{address}:{hash_token(clean_token(token)).hex()}"


def _build_code_path(token: str) -> str:
    return f"/s/{clean_token(token)}/code"


def _return_form(request: Request[None, None, State], form: ReturnedForm) -> Redirect:
    """Redirect to the page of the form, with what was typed if it is short enough for a cookie."""
    return redirect_form(request, form) or redirect_to(form.path)


def _render_code_page(
    request: Request[None, None, State],
    session: Session,
    token: str,
    now: datetime,
    form: dict[str, str],
    problem: str,
) -> Template:
    welcome = load_welcome(request, session, token, now)
    if welcome is None:
        return render_page("survey/unknown.html", 404)
    context = {"welcome": welcome, "link": f"/s/{clean_token(token)}", "language": welcome.language}
    if welcome.state in (EntryState.DRAFT, EntryState.CLOSED):
        return render_page(
            "survey/closed.html" if welcome.state == EntryState.CLOSED else "survey/not-open.html", 409, **context
        )
    page = render_page(
        "survey/code.html",
        STATUSES.get(problem, 200),
        code=form.get("code", ""),
        then="withdraw" if form.get("then") == "withdraw" else "",
        problem=problem,
        **context,
    )
    page.cookies = make_form_removal_cookies(request, _build_code_path(token))
    return page


def _get_problem_kind(error: Exception) -> str:
    """Return the kind of problem, which the template words."""
    return {NotFoundError: "wrong", TooManyRequestsError: "many"}.get(type(error), "closed")
