"""Check page, sending, sent page and withdrawal."""

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
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import redirect_to, render_page
from assessment.web.survey import answer_copy, answer_forms, browser_cookies
from assessment.web.survey.dependencies import build_page_context, find_own_draft
from assessment.web.survey.handlers import finish_on_device, start_page
from assessment.web.survey.navigation import CHECK, SENT, SENT_ELSEWHERE, SURVEY, WITHDRAWN, SurveyPaths
from assessment.web.survey.problems import redirect_problem
from assessment.web.survey.refused_sending import is_refused, make_refusal_cookie
from assessment.web.survey.response_states import SetAsideError, WithdrawnError, refuse_finished_response
from assessment.web.survey.survey_pages import RespondentSurvey

KEEP_TYPED_HEADER = "keep-typed"  # survey.js keeps what is not saved: if the close fails, it can still be saved


@get("/survey/check", policy=RESPONDENT, sync_to_thread=True)
def show_check_page(
    request: Request[None, None, State],
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    engine: NamedDependency[Engine],
    settings: NamedDependency[Settings],
) -> Template:
    """Show all answers with a link to change each, and list the skipped questions.

    One session on this thread reads everything: each dependency with a session of its own takes further threads.
    """
    refuse_finished_response(respondent)
    with database.read_session(engine) as session:
        answers = response_lifecycle.load_answers(session, respondent)
        own_draft = find_own_draft(session, request, respondent, settings)
        promises = survey_promises.load_respondent_promises(session, respondent)
    pages = RespondentSurvey.of(questionnaire, respondent, answers).all_pages()
    return render_page(
        "survey/check.html",
        pages=pages,
        open_questions=[
            (page.slug, question) for page in pages for question in page.questions if not question.answer.value
        ],
        urls=SurveyPaths(),
        response=respondent.response_id,
        promises=promises,
        **build_page_context(respondent, own_draft),
    )


@post("/survey/check", policy=RESPONDENT, sync_to_thread=True, opt={PRESERVES_FORM: True})
def send_answers(
    request: Request[None, None, State],
    data: URLEncodedBody[dict[str, str]],
    respondent: NamedDependency[Respondent],
    engine: NamedDependency[Engine],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Redirect:
    """Send the answers; from now on the cookies are good for an hour."""
    answer_forms.check_response_id(data, respondent)
    cookie = cookies.read_cookie(request, "respondent") or ""
    browser = browser_cookies.read_browser(request)
    try:
        with database.write_session(engine) as session:
            person = own_drafts.find_person_id(session, respondent, cookie, browser, settings.secret)
            renewed = response_lifecycle.send_response(
                session, respondent, now, person=person, cookie=cookie, secret=settings.secret
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
    redirect.cookies = browser_cookies.renew_session_cookies(request, cookie, renewed, person, settings)
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

    Nothing is looked up: the page must not tell anyone who has a link whether the person has sent by now.
    """
    refuse_finished_response(respondent)
    session = cookies.read_cookie(request, "respondent") or ""
    if is_refused(session, cookies.read_cookie(request, "refused") or "", now, settings):
        return render_page("survey/sent-elsewhere.html", **build_page_context(respondent, own_draft))
    return redirect_to(CHECK)


@get("/survey/sent", policy=RESPONDENT, sync_to_thread=True)
def show_sent_page(
    request: Request[None, None, State],
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    engine: NamedDependency[Engine],
    settings: NamedDependency[Settings],
    again: FromQuery[str] = "",
) -> Template | Redirect:
    """Show what happens next, the code, and a copy of the answers."""
    if respondent.state == ResponseState.STARTED:
        return redirect_to("/survey")
    if respondent.state != ResponseState.SENT:
        refuse_finished_response(respondent)
    with database.read_session(engine) as session:
        answers = response_lifecycle.load_answers(session, respondent)
        own_draft = find_own_draft(session, request, respondent, settings)
        promises = survey_promises.load_respondent_promises(session, respondent)
    return render_page(
        "survey/sent.html",
        pages=RespondentSurvey.of(questionnaire, respondent, answers).all_pages(),
        again=bool(again),
        promises=promises,
        closes_on=respondent.closes_on,
        **build_page_context(respondent, own_draft),
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
    person = own_drafts.find_person_id(
        write_session, respondent, cookie, browser_cookies.read_browser(request), settings.secret
    )
    try:
        response_lifecycle.withdraw_response(
            write_session, respondent, now, person=person, cookie=cookie, secret=settings.secret
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
