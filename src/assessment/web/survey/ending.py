"""Check page, sending, sent page and withdrawal."""

from datetime import datetime

from litestar import get, post
from litestar.connection import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import AlreadySentError, ClosedError
from assessment.policies import PUBLIC, RESPONDENT
from assessment.services import own_drafts, responding
from assessment.services.own_drafts import OwnDraft
from assessment.services.principals import Respondent
from assessment.services.responding import NothingToSendError, SentElsewhereError, UntiedError
from assessment.settings import Settings
from assessment.storage import database
from assessment.web import cookies
from assessment.web.guards import KEEPS_FORM
from assessment.web.pages import away, page
from assessment.web.survey import browsers, entrance, forms, leaving
from assessment.web.survey.paths import CHECK, SENT, SENT_ELSEWHERE, SURVEY, WITHDRAWN, Paths
from assessment.web.survey.problems import redirect_problem
from assessment.web.survey.respondents import page_words
from assessment.web.survey.returned_forms import removed_form_cookies
from assessment.web.survey.sections import Survey, held_of
from assessment.web.survey.states import SetAsideError, WithdrawnError, refuse_finished
from assessment.web.survey.unresolved import Unresolved, unresolved_cookies


@get("/survey/check", policy=RESPONDENT, sync_to_thread=True)
def check(
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    own_draft: NamedDependency[OwnDraft],
    reading: NamedDependency[Session],
) -> Template:
    """Show all answers with a link to change each, and list the skipped questions."""
    refuse_finished(respondent)
    pages = Survey.of(questionnaire, respondent, held_of(responding.answers(reading, respondent))).all_pages()
    return page(
        "survey/check.html",
        pages=pages,
        open_questions=[
            (each.slug, question) for each in pages for question in each.questions if not question.held.value
        ],
        urls=Paths(),
        response=respondent.response_id,
        promises=own_draft.promises,
        **page_words(respondent, own_draft),
    )


@post("/survey/check", policy=RESPONDENT, sync_to_thread=True, opt={KEEPS_FORM: True})
def send(
    request: Request[None, None, State],
    data: URLEncodedBody[dict[str, str]],
    respondent: NamedDependency[Respondent],
    engine: NamedDependency[Engine],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Redirect:
    """Send the answers; from now on the cookies are good for an hour."""
    forms.belongs(data, respondent)
    cookie = cookies.read(request, "respondent") or ""
    browser = browsers.browser_of(request)
    try:
        with database.writing(engine) as session:
            person = own_drafts.person_of(session, respondent, cookie, browser, settings.secret)
            renewed = responding.send(session, respondent, now, person=person, cookie=cookie, secret=settings.secret)
            own_drafts.give_code(session, respondent, cookie, browser, settings.secret)
    except SentElsewhereError:
        return away(SENT_ELSEWHERE)
    except NothingToSendError:
        return away(SURVEY)  # which redirects to the first unanswered question
    except UntiedError:
        return redirect_problem("untied")
    answer = away(SENT)
    answer.cookies = browsers.renewed_cookies(request, cookie, renewed, person, settings)
    answer.cookies += [*unresolved_cookies(request, Unresolved()), *removed_form_cookies(request)]
    return answer


@get("/survey/sent-elsewhere", policy=RESPONDENT, sync_to_thread=True)
def show_sent_elsewhere(
    request: Request[None, None, State],
    respondent: NamedDependency[Respondent],
    own_draft: NamedDependency[OwnDraft],
    reading: NamedDependency[Session],
    settings: NamedDependency[Settings],
) -> Template | Redirect:
    """Show that the same person has already sent answers elsewhere; otherwise redirect to the check page."""
    refuse_finished(respondent)
    cookie = cookies.read(request, "respondent") or ""
    person = own_drafts.person_of(reading, respondent, cookie, browsers.browser_of(request), settings.secret)
    try:
        responding.refuse_sent_elsewhere(reading, respondent, person=person, secret=settings.secret)
    except SentElsewhereError:
        return page("survey/sent-elsewhere.html", **page_words(respondent, own_draft))
    return away(CHECK)


@get("/survey/sent", policy=RESPONDENT, sync_to_thread=True)
def thanks(
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    own_draft: NamedDependency[OwnDraft],
    reading: NamedDependency[Session],
    again: FromQuery[str] = "",
) -> Template | Redirect:
    """Show what happens next, the code, and a copy of the answers."""
    if respondent.state == "started":
        return away("/survey")
    if respondent.state != "sent":
        refuse_finished(respondent)
    survey = Survey.of(questionnaire, respondent, held_of(responding.answers(reading, respondent)))
    return page(
        "survey/sent.html",
        pages=survey.all_pages(),
        again=bool(again),
        promises=own_draft.promises,
        closes_on=respondent.closes_on,
        **page_words(respondent, own_draft),
    )


@get("/survey/withdraw", policy=RESPONDENT, sync_to_thread=False)
def ask_to_withdraw(respondent: NamedDependency[Respondent], own_draft: NamedDependency[OwnDraft]) -> Template:
    if respondent.state != "sent":
        refuse_finished(respondent)
    return page("survey/withdraw.html", response=respondent.response_id, **page_words(respondent, own_draft))


@post("/survey/withdraw", policy=RESPONDENT, sync_to_thread=True, opt={KEEPS_FORM: True})
def withdraw(
    request: Request[None, None, State],
    data: URLEncodedBody[dict[str, str]],
    respondent: NamedDependency[Respondent],
    writing: NamedDependency[Session],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Redirect:
    """Delete the answers, sent or not; this browser forgets them too."""
    forms.belongs(data, respondent)
    cookie = cookies.read(request, "respondent") or ""
    person = own_drafts.person_of(writing, respondent, cookie, browsers.browser_of(request), settings.secret)
    try:
        responding.withdraw(writing, respondent, now, person=person, cookie=cookie, secret=settings.secret)
    except UntiedError:
        return redirect_problem("untied")
    answer = away(WITHDRAWN)
    answer.cookies = browsers.dropped_cookies(request, settings, cookie)
    return answer


@get("/withdraw/done", policy=PUBLIC, sync_to_thread=False)
def withdrawn() -> Template:
    return page("survey/withdrawn.html")


def finished(request: Request[None, None, State], error: Exception) -> Template | Redirect:
    """Handle errors of a finished response: sent, withdrawn, set aside or closed."""
    if isinstance(error, AlreadySentError):
        return away(f"{SENT}?again=1")
    if isinstance(error, ClosedError) and leaving.is_finish(request):
        return leaving.forget_device(request)
    if request.method == "POST":
        return away(SURVEY)  # which raises the same error for a GET
    if isinstance(error, WithdrawnError):
        return page("survey/withdrawn.html")
    if isinstance(error, SetAsideError):
        return page("survey/set-aside.html")
    link = browsers.find_own_link(request)
    with database.reading(request.app.state.engine) as session:
        welcome = entrance.look(request, session, link) if link else None
    return page("survey/closed.html", welcome=welcome, **({"language": welcome.language} if welcome else {}))
