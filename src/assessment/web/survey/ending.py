"""The end: check, send, see what was sent, take it back."""

from datetime import datetime

from litestar import get, post
from litestar.connection import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import AlreadySentError, ClosedError, ConflictError, NotFoundError
from assessment.policies import PUBLIC, RESPONDENT
from assessment.services import responding, sharing
from assessment.services.principals import Respondent
from assessment.settings import Settings
from assessment.web import cookies
from assessment.web.pages import away, page
from assessment.web.survey import forms
from assessment.web.survey.paths import SENT, Paths
from assessment.web.survey.sections import Survey, held_of
from assessment.web.survey.states import StandingError, refuse_finished

CODE_MOST = 100
KINDS: dict[type[ConflictError], str] = {
    StandingError: "stands",
    ClosedError: "closed",
    ConflictError: "withdrawn",
}


@get("/survey/check", policy=RESPONDENT, sync_to_thread=True)
def check(
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    reading: NamedDependency[Session],
) -> Template:
    """Show all answers with the way to change each, and name what was skipped."""
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
        heading=f"{respondent.organisation} · {respondent.title}",
        language=respondent.language,
    )


@post("/survey/check", policy=RESPONDENT, sync_to_thread=True)
def send(
    request: Request[None, None, State],
    data: URLEncodedBody[dict[str, str]],
    respondent: NamedDependency[Respondent],
    writing: NamedDependency[Session],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Redirect:
    """Send the answers; the code to withdraw them goes along in a cookie for the next page, and is kept nowhere."""
    forms.belongs(data, respondent)
    link = cookies.read(request, "link") or ""
    sent = responding.send(writing, respondent, now, link=link, secret=settings.secret)
    answer = away(SENT)
    answer.cookies = [cookies.give("code", sent.withdraw_code, settings)]
    return answer


@get("/survey/sent", policy=RESPONDENT, sync_to_thread=True)
def thanks(
    request: Request[None, None, State],
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    reading: NamedDependency[Session],
    again: FromQuery[str] = "",
) -> Template | Redirect:
    """Say what happens next; show a copy of one's own answers, and the code."""
    if respondent.state == "started":
        return away("/survey")
    if respondent.state == "withdrawn":
        refuse_finished(respondent)
    survey = Survey.of(questionnaire, respondent, held_of(responding.answers(reading, respondent)))
    return page(
        "survey/sent.html",
        pages=survey.all_pages(),
        code=cookies.read(request, "code") or "",
        again=bool(again),
        closed=respondent.assessment_state != "open",
        stands=respondent.stands,
        shares=sharing.are_shared(respondent),
        closes_on=respondent.closes_on,
        asker=respondent.asker,
        heading=f"{respondent.organisation} · {respondent.title}",
        language=respondent.language,
    )


@get("/survey/withdraw", policy=RESPONDENT, sync_to_thread=False)
def ask_to_withdraw(respondent: NamedDependency[Respondent]) -> Template:
    """Ask once more before answers that were not sent are deleted."""
    refuse_finished(respondent)
    return page(
        "survey/withdraw.html",
        with_code=False,
        response=respondent.response_id,
        code="",
        problem=False,
        language=respondent.language,
    )


@post("/survey/withdraw", policy=RESPONDENT, sync_to_thread=True)
def withdraw(
    request: Request[None, None, State],
    data: URLEncodedBody[dict[str, str]],
    respondent: NamedDependency[Respondent],
    writing: NamedDependency[Session],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Redirect:
    """Delete answers that were not sent."""
    forms.belongs(data, respondent)
    link = cookies.read(request, "link") or ""
    responding.withdraw_unsent(writing, respondent, now, link=link, secret=settings.secret)
    return away("/withdraw/done")


@get("/withdraw", policy=PUBLIC, sync_to_thread=False)
def ask_for_code() -> Template:
    """Ask for the code that was shown after sending."""
    return _code_page("", problem=False)


@post("/withdraw", policy=PUBLIC, sync_to_thread=True)
def withdraw_by_code(
    data: URLEncodedBody[dict[str, str]],
    writing: NamedDependency[Session],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Template | Redirect:
    """Delete what was sent, by its code alone: no link and no name is needed."""
    code = data.get("code", "")[:CODE_MOST]
    try:
        responding.withdraw(writing, code, now)
    except NotFoundError:
        return _code_page(code, problem=True)
    answer = away("/withdraw/done")
    answer.cookies = [cookies.end("code", settings)]
    return answer


@get("/withdraw/done", policy=PUBLIC, sync_to_thread=False)
def withdrawn() -> Template:
    """Confirm."""
    return page("survey/withdrawn.html")


def _code_page(code: str, *, problem: bool) -> Template:
    return page(
        "survey/withdraw.html", 422 if problem else 200, with_code=True, response="", code=code, problem=problem
    )


def finished(request: Request[None, None, State], error: Exception) -> Template | Redirect:
    """Turn "it is over" into its page."""
    if isinstance(error, AlreadySentError):
        return away(f"{SENT}?again=1")
    kind = next(name for kind, name in KINDS.items() if isinstance(error, kind))
    return page("survey/finished.html", 409 if request.method == "POST" else 200, kind=kind)
