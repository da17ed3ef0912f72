"""Start page of a link. GET never writes; POST starts or continues a draft."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import HttpMethod, Request, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template
from msgspec import structs
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import PUBLIC
from assessment.domain.closed_sets import AssessmentState
from assessment.domain.questionnaire import QuestionnaireTexts
from assessment.errors import ClosedError, NotFoundError
from assessment.services.survey import draft_transfer, shared_results, start_page, survey_entry
from assessment.services.survey.draft_transfer import ObjectionTooLateError
from assessment.services.survey.start_page import EntryState, StartPage
from assessment.services.survey.survey_entry import DraftExistsError, EntryChoice, InvitationRevokedError
from assessment.services.survey.survey_links import clean_token
from assessment.settings import Settings
from assessment.storage import database
from assessment.web.http import languages
from assessment.web.http.direct_responses import DirectResponse
from assessment.web.http.form_request import FormRequest
from assessment.web.http.page_responses import redirect_to, render_page
from assessment.web.survey import browser_cookies
from assessment.web.survey.direct_answers import note_failed_save, raise_failed_save
from assessment.web.survey.direct_requests import (
    PUBLIC_DIRECT_HANDLER,
    PublicRequest,
    read_form,
    respond_on_thread,
)
from assessment.web.survey.handlers.shared_results import render_shared_results
from assessment.web.survey.navigation import FINISH, FIRST_PAGE
from assessment.web.survey.start_pages import TEMPLATE as START_TEMPLATE
from assessment.web.survey.start_pages import StartPages

OK, GONE = 200, 410
FINISH_CHOICE = "finish"  # continues the link's draft, whose code the finish page then shows
ENTRY_CHOICES: dict[str, EntryChoice] = {
    "": "start",
    "continue": "continue",
    "empty": "empty",
    FINISH_CHOICE: "continue",
}
MOVE_VERDICTS: dict[str, draft_transfer.TransferVerdict] = {"me": "me", "not-me": "not-me"}


async def show_start_directly(direct: PublicRequest) -> DirectResponse | None:
    request = direct.request
    if request.method != HttpMethod.GET:
        return None
    token: str = request.path_params["token"]
    return await respond_on_thread(request, lambda: _fill_page(request, token, direct.now))


def _fill_page(request: FormRequest, token: str, now: datetime) -> Template | str:
    pages: StartPages = request.app.state.start_pages
    page = load_page(request, token, request.app.state.engine, now)
    return (pages.fill_page(request, page.context) if page.template_name == START_TEMPLATE else None) or page


@route(
    "/s/{token:str}",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    policy=PUBLIC,
    sync_to_thread=True,
    opt={PUBLIC_DIRECT_HANDLER: show_start_directly},
)
def show_start_page(
    request: Request[None, None, State],
    token: FromPath[str],
    engine: NamedDependency[Engine],
    now: NamedDependency[datetime],
) -> Template:
    """Show the questionnaire's introduction and the promises; read-only, because mail scanners open links."""
    return load_page(request, token, engine, now)


def load_page(request: Request[None, None, State], token: str, engine: Engine, now: datetime) -> Template:
    with database.read_session(engine) as session:
        welcome = load_welcome(request, session, token, now)
        return (
            render_page("survey/unknown.html", 404)
            if welcome is None
            else _render_page(request, session, token, welcome)
        )


@route("/s/{token:str}/{tail:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], policy=PUBLIC, sync_to_thread=False)
def remove_tail(token: FromPath[str], tail: FromPath[str]) -> Redirect:  # noqa: ARG001  # a path parameter
    """Redirect to the start page if a tag like `</a>` follows the link; the tail is the part after its slash."""
    own = clean_token(token)
    if own in ("", token):
        raise NotFoundError
    return redirect_to(f"/s/{own}")


async def enter_directly(direct: PublicRequest) -> DirectResponse | None:
    request, form = direct.request, read_form(direct.request)
    if form is None:
        return None
    token, choice, state = request.path_params["token"], form.get("choice", ""), request.app.state
    with note_failed_save(request):
        return await respond_on_thread(
            request, lambda: _enter(request, token, choice, state.engine, state.settings, direct.now)
        )


@post("/s/{token:str}", policy=PUBLIC, sync_to_thread=True, opt={PUBLIC_DIRECT_HANDLER: enter_directly})
def enter_survey(
    request: Request[None, None, State],
    token: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
    engine: NamedDependency[Engine],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Redirect:
    """Begin or continue a draft; swap the link for a cookie, so that no address from here on has the token."""
    raise_failed_save(request)
    return _enter(request, token, data.get("choice", ""), engine, settings, now)


def _enter(
    request: Request[None, None, State], token: str, choice: str, engine: Engine, settings: Settings, now: datetime
) -> Redirect:
    try:
        with database.write_session(engine) as session:
            return _apply_choice(request, token, choice, session, settings, now)
    except (DraftExistsError, InvitationRevokedError, ClosedError, ObjectionTooLateError, NotFoundError):
        return redirect_to(f"/s/{clean_token(token)}")  # to the page that asks, or says why not


def _apply_choice(
    request: Request[None, None, State],
    token: str,
    choice: str,
    write_session: Session,
    settings: Settings,
    now: datetime,
) -> Redirect:
    browser = browser_cookies.read_browser(request)
    if choice in MOVE_VERDICTS:
        draft_transfer.resolve_transfer(
            write_session, token, MOVE_VERDICTS[choice], now, browser=browser, secret=settings.secret
        )
        return redirect_to(f"/s/{clean_token(token)}")
    entry_choice = ENTRY_CHOICES.get(choice, "start")
    entry = survey_entry.enter_survey(
        write_session, token, browser=browser, secret=settings.secret, now=now, choice=entry_choice
    )
    redirect = redirect_to(FINISH if choice == FINISH_CHOICE else FIRST_PAGE)
    redirect.cookies = browser_cookies.make_session_cookies(request, entry, settings)
    return redirect


def load_welcome(
    request: Request[None, None, State], session: Session, token: str, now: datetime | None = None
) -> StartPage | None:
    """Return what the link leads to, in the reader's language."""
    settings: Settings = request.app.state.settings
    try:
        welcome = start_page.load_start_page(
            session, token, browser_cookies.read_browser(request), settings.secret, now
        )
    except NotFoundError:
        return None
    available_languages = welcome.questionnaire.texts if welcome.questionnaire else languages.INTERFACE_LANGUAGES
    return structs.replace(
        welcome, language=languages.negotiate_language(request, available_languages, welcome.language)
    )


def _render_page(
    request: Request[None, None, State], session: Session, token: str, welcome: StartPage, status: int = 200
) -> Template:
    context: dict[str, Any] = {
        "welcome": welcome,
        "link": f"/s/{clean_token(token)}",
        "language": welcome.language,
    }
    if welcome.state == EntryState.DRAFT or welcome.questionnaire is None:
        return render_page("survey/not-open.html", status, **context)
    if welcome.state == EntryState.CLOSED:
        return _render_closed_page(session, welcome, status, context)
    draft = welcome.draft
    if draft is not None and draft.moved_on is not None:
        return render_page(
            "survey/moved.html",
            status,
            moved_on=draft.moved_on,
            days=draft_transfer.OBJECTION_DAYS,
            **(context | {"is_set_aside": False, "is_deleted": False, "is_current": False}),
        )
    is_begun = welcome.has_own_answers
    if is_begun and "empty" not in request.query_params:
        return render_page("survey/occupied.html", status, **context)
    if welcome.state == EntryState.REVOKED and draft is None:
        return render_page("survey/revoked.html", GONE if status == OK else status, **context)
    texts = welcome.questionnaire.text(welcome.language)
    reported = welcome.role_report
    return render_page(
        START_TEMPLATE,
        status,
        start=welcome,
        introduction=texts.introduction,
        role=texts.roles.get(welcome.role, ""),
        functions=_list_function_titles(texts, welcome.functions),
        reported_role=texts.roles.get(reported.role, "") if reported else "",
        reported_functions=_list_function_titles(texts, reported.functions) if reported else (),
        promises=welcome.promises,
        choice="empty" if is_begun else "",
        **context,
    )


def _render_closed_page(session: Session, welcome: StartPage, status: int, context: dict[str, Any]) -> Template:
    """Render the shared results if there are any: the same for everyone who has a link, answered or not."""
    shares = shared_results.is_result_shared(
        AssessmentState.CLOSED, share_results=welcome.promises.shares_results, is_released=welcome.is_released
    )
    if shares and welcome.questionnaire is not None and status == OK:
        return render_shared_results(session, welcome.questionnaire, welcome)
    return render_page("survey/closed.html", status, **context)


def _list_function_titles(texts: QuestionnaireTexts, functions: Sequence[str]) -> tuple[str, ...]:
    return tuple(texts.functions[function] for function in functions if function in texts.functions)
