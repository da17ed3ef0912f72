"""Check page, sending, sent page and withdrawal."""

from collections.abc import Mapping
from datetime import datetime

from litestar import Response, get, post
from litestar.connection import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import PUBLIC, RESPONDENT
from assessment.domain.closed_sets import ResponseState
from assessment.domain.questionnaire import Questionnaire
from assessment.errors import AlreadySentError, ClosedError
from assessment.i18n import get_translator
from assessment.services.auth.principals import Respondent
from assessment.services.survey import own_drafts, response_lifecycle, survey_links, survey_promises
from assessment.services.survey.own_drafts import OwnDraft
from assessment.services.survey.response_lifecycle import NothingToSendError, SentElsewhereError, UnknownLinkError
from assessment.settings import Settings
from assessment.storage import database
from assessment.web.http import cookies
from assessment.web.http.direct_responses import DirectResponse
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import redirect_to, render_page
from assessment.web.survey import answer_copy, answer_forms, browser_cookies
from assessment.web.survey.answer_pages import AnswerPageContents, AnswerPages
from assessment.web.survey.dependencies import build_page_context, find_own_draft
from assessment.web.survey.direct_answers import note_failed_save, raise_failed_save
from assessment.web.survey.direct_requests import DIRECT_HANDLER, DirectRequest, respond_on_thread
from assessment.web.survey.handlers import finish_on_device, start_page
from assessment.web.survey.navigation import CHECK, SENT, SENT_ELSEWHERE, SURVEY, WITHDRAWN, SurveyPaths
from assessment.web.survey.problems import redirect_problem
from assessment.web.survey.refused_sending import is_refused, make_refusal_cookie
from assessment.web.survey.response_states import SetAsideError, WithdrawnError, refuse_finished_response
from assessment.web.survey.survey_pages import RespondentSurvey

CHECK_TEMPLATE, SENT_TEMPLATE = "survey/check.html", "survey/sent.html"
KEEP_TYPED_HEADER = "keep-typed"  # survey.js keeps what is not saved: if the close fails, it can still be saved


async def check_directly(direct: DirectRequest) -> DirectResponse:
    """Show the check page as `show_check_page`."""
    refuse_finished_response(direct.respondent)
    return await respond_on_thread(direct.request, lambda: _fill_check_page(direct))


def _fill_check_page(direct: DirectRequest) -> Template | str:
    pages: AnswerPages = direct.request.app.state.answer_pages
    contents = _load_contents(direct.request, direct.respondent)
    page = pages.fill_page(direct, CHECK_TEMPLATE, contents, open_questions=(), urls=SurveyPaths())
    return page or _render_check_page(direct.respondent, direct.questionnaire, contents)


@get("/survey/check", policy=RESPONDENT, sync_to_thread=True, opt={DIRECT_HANDLER: check_directly})
def show_check_page(
    request: Request[None, None, State],
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
) -> Template:
    """Show all answers with a link to change each, and list the skipped questions."""
    refuse_finished_response(respondent)
    return _render_check_page(respondent, questionnaire, _load_contents(request, respondent))


def _render_check_page(respondent: Respondent, questionnaire: Questionnaire, contents: AnswerPageContents) -> Template:
    pages = RespondentSurvey.of(questionnaire, respondent, contents.answers).all_pages()
    return render_page(
        CHECK_TEMPLATE,
        pages=pages,
        open_questions=[
            (page.slug, question) for page in pages for question in page.questions if not question.answer.value
        ],
        urls=SurveyPaths(),
        response=respondent.response_id,
        promises=contents.promises,
        **build_page_context(respondent, contents.own_draft),
    )


def _load_contents(request: Request[None, None, State], respondent: Respondent) -> AnswerPageContents:
    """Load what the check page and the sent page show.

    In one session on this thread: each dependency with a session of its own takes further threads.
    """
    state = request.app.state
    with database.read_session(state.engine) as session:
        return AnswerPageContents(
            response_lifecycle.load_answers(session, respondent),
            find_own_draft(session, request, respondent, state.settings),
            survey_promises.load_respondent_promises(session, respondent),
        )


async def send_answers_directly(direct: DirectRequest) -> DirectResponse | None:
    request, form = direct.request, direct.read_form()
    if form is None:
        return None
    with note_failed_save(request):
        return await respond_on_thread(request, lambda: _send(request, form, direct.respondent, direct.now))


@post(
    "/survey/check",
    policy=RESPONDENT,
    sync_to_thread=True,
    opt={PRESERVES_FORM: True, DIRECT_HANDLER: send_answers_directly},
)
def send_answers(
    request: Request[None, None, State],
    data: URLEncodedBody[dict[str, str]],
    respondent: NamedDependency[Respondent],
    now: NamedDependency[datetime],
) -> Redirect:
    """Send the answers; from now on the cookies are good for an hour."""
    raise_failed_save(request)
    return _send(request, data, respondent, now)


def _send(
    request: Request[None, None, State], form: Mapping[str, str], respondent: Respondent, now: datetime
) -> Redirect:
    answer_forms.check_response_id(form, respondent)
    engine: Engine = request.app.state.engine
    settings: Settings = request.app.state.settings
    cookie = cookies.read_cookie(request, "respondent") or ""
    browser = browser_cookies.read_browser(request)
    try:
        with database.write_session(engine) as session:
            person_id = own_drafts.find_person_id(session, respondent, cookie, browser, settings.secret)
            renewed = response_lifecycle.send_response(
                session, respondent, now, person_id=person_id, cookie=cookie, secret=settings.secret
            )
            own_drafts.assign_code(session, respondent, cookie, browser, settings.secret)
    except SentElsewhereError:
        refused = redirect_to(SENT_ELSEWHERE)
        refused.cookies = [make_refusal_cookie(cookie, now, settings)]
        return refused
    except NothingToSendError:
        return redirect_to(SURVEY)  # which redirects to the first unanswered question
    except UnknownLinkError:
        return redirect_problem("untied")
    redirect = redirect_to(SENT)
    redirect.cookies = browser_cookies.renew_session_cookies(request, cookie, renewed, person_id, settings)
    redirect.cookies += browser_cookies.make_typed_removal_cookies(request)
    return redirect


@get("/survey/sent-elsewhere", policy=RESPONDENT, sync_to_thread=False)
def show_sent_elsewhere(
    request: Request[None, None, State],
    respondent: NamedDependency[Respondent],
    own_draft: NamedDependency[OwnDraft],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Template | Redirect:
    """Explain to a browser whose sending was just refused; redirect all others to the check page.

    Nothing is looked up: the page must not show anyone who has a link whether the person has sent by now.
    """
    refuse_finished_response(respondent)
    session = cookies.read_cookie(request, "respondent") or ""
    if is_refused(session, cookies.read_cookie(request, "refused") or "", now, settings):
        return render_page("survey/sent-elsewhere.html", **build_page_context(respondent, own_draft))
    return redirect_to(CHECK)


async def show_sent_directly(direct: DirectRequest) -> DirectResponse:
    """Show the sent page as `show_sent_page`."""
    redirect = _redirect_unsent(direct.respondent)
    return await respond_on_thread(direct.request, lambda: redirect or _fill_sent_page(direct))


def _fill_sent_page(direct: DirectRequest) -> Template | str:
    pages: AnswerPages = direct.request.app.state.answer_pages
    contents = _load_contents(direct.request, direct.respondent)
    page = pages.fill_page(direct, SENT_TEMPLATE, contents, again=False, closes_on=direct.respondent.closes_on)
    return page or _render_sent_page(direct.respondent, direct.questionnaire, contents, again=False)


@get("/survey/sent", policy=RESPONDENT, sync_to_thread=True, opt={DIRECT_HANDLER: show_sent_directly})
def show_sent_page(
    request: Request[None, None, State],
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    again: FromQuery[str] = "",
) -> Template | Redirect:
    """Show what happens next, the code, and a copy of the answers."""
    return _redirect_unsent(respondent) or _render_sent_page(
        respondent, questionnaire, _load_contents(request, respondent), again=bool(again)
    )


def _redirect_unsent(respondent: Respondent) -> Redirect | None:
    """Redirect if the response is not finished; raises unless it is sent."""
    if respondent.state == ResponseState.STARTED:
        return redirect_to(SURVEY)
    if respondent.state != ResponseState.SENT:
        refuse_finished_response(respondent)
    return None


def _render_sent_page(
    respondent: Respondent, questionnaire: Questionnaire, contents: AnswerPageContents, *, again: bool
) -> Template:
    return render_page(
        SENT_TEMPLATE,
        pages=RespondentSurvey.of(questionnaire, respondent, contents.answers).all_pages(),
        again=again,
        promises=contents.promises,
        closes_on=respondent.closes_on,
        **build_page_context(respondent, contents.own_draft),
    )


@get("/survey/copy", policy=RESPONDENT, sync_to_thread=True, media_type="text/plain")
def download_copy(
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    read_session: NamedDependency[Session],
) -> Response[str] | Redirect:
    """Return the respondent's own answers and comments as a text file; before sending, redirect to the check page."""
    if respondent.state == ResponseState.STARTED:
        return redirect_to(CHECK)
    if respondent.state != ResponseState.SENT:
        refuse_finished_response(respondent)
    survey = RespondentSurvey.of(questionnaire, respondent, response_lifecycle.load_answers(read_session, respondent))
    heading = f"{respondent.organisation} · {respondent.title}"
    content = answer_copy.render_copy(heading, survey.all_pages(), get_translator(respondent.language))
    headers = {"content-disposition": 'attachment; filename="answers.txt"'}
    return Response(content, media_type="text/plain", headers=headers)


@get("/survey/withdraw", policy=RESPONDENT, sync_to_thread=False)
def show_withdraw_form(respondent: NamedDependency[Respondent], own_draft: NamedDependency[OwnDraft]) -> Template:
    if respondent.state != ResponseState.SENT:
        refuse_finished_response(respondent)
    return render_page(
        "survey/withdraw.html", response=respondent.response_id, **build_page_context(respondent, own_draft)
    )


@post("/survey/withdraw", policy=RESPONDENT, sync_to_thread=True, opt={PRESERVES_FORM: True})
def withdraw_answers(
    request: Request[None, None, State],
    data: URLEncodedBody[dict[str, str]],
    respondent: NamedDependency[Respondent],
    write_session: NamedDependency[Session],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Redirect:
    """Delete the answers, sent or not; this browser forgets them too."""
    answer_forms.check_response_id(data, respondent)
    cookie = cookies.read_cookie(request, "respondent") or ""
    person_id = own_drafts.find_person_id(
        write_session, respondent, cookie, browser_cookies.read_browser(request), settings.secret
    )
    try:
        response_lifecycle.withdraw_response(
            write_session, respondent, now, person_id=person_id, cookie=cookie, secret=settings.secret
        )
    except UnknownLinkError:
        return redirect_problem("untied")
    redirect = redirect_to(WITHDRAWN)
    redirect.cookies = browser_cookies.make_removal_cookies(request, settings, cookie)
    return redirect


@get("/withdraw/done", policy=PUBLIC, sync_to_thread=False)
def show_withdrawn_page() -> Template:
    return render_page("survey/withdrawn.html")


def show_finished_state(request: Request[None, None, State], error: Exception) -> Template | Redirect:
    """Handle errors of a finished response: sent, withdrawn, set aside or closed."""
    if isinstance(error, AlreadySentError):
        return redirect_to(f"{SENT}?again=1")
    if isinstance(error, ClosedError) and finish_on_device.is_finish(request):
        return finish_on_device.forget_device(request)
    if isinstance(error, ClosedError) and finish_on_device.is_finish_form(request):
        return render_page("survey/forget.html")
    if request.method == "POST":
        return redirect_to(SURVEY)  # which raises the same error for a GET
    page = _render_finished_state(request, error)
    if isinstance(error, ClosedError) and _is_being_closed(request):
        page.headers[KEEP_TYPED_HEADER] = "yes"
    else:
        page.cookies = browser_cookies.make_typed_removal_cookies(request)
    return page


def _is_being_closed(request: Request[None, None, State]) -> bool:
    with database.read_session(request.app.state.engine) as session:
        return survey_links.is_being_closed(session, browser_cookies.find_own_link(request))


def _render_finished_state(request: Request[None, None, State], error: Exception) -> Template:
    if isinstance(error, WithdrawnError):
        return render_page("survey/withdrawn.html")
    if isinstance(error, SetAsideError):
        return render_page("survey/set-aside.html")
    link = browser_cookies.find_own_link(request)
    with database.read_session(request.app.state.engine) as session:
        welcome = start_page.load_welcome(request, session, link) if link else None
    return render_page("survey/closed.html", welcome=welcome, **({"language": welcome.language} if welcome else {}))
