"""Form of a lost session: answers sent without a valid session are saved after the respondent enters link and code.

Nothing is stored before that: the answers stay in the browser as hidden fields. With a code they are saved in the
response that the form belongs to; without a code, in a new draft of the same invitation.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect, Template
from sqlalchemy import Engine

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import ClosedError, NotFoundError, TooManyError
from assessment.policies import PUBLIC
from assessment.services import entering, own_drafts, responding
from assessment.services.answering import Given
from assessment.services.entering import STRANGER, Entered, RevokedError
from assessment.services.limiting import Limiter
from assessment.settings import Settings
from assessment.storage import database
from assessment.storage.writer import Writer
from assessment.web.csrf import FIELD
from assessment.web.guards import StrangerError
from assessment.web.pages import away, page
from assessment.web.survey import browsers, forms, leaving, respondents
from assessment.web.survey.answering import keep_changed
from assessment.web.survey.codes import try_code
from assessment.web.survey.forms import MisfiledError
from assessment.web.survey.links import read_token
from assessment.web.survey.paths import CHECK, RESUME
from assessment.web.survey.places import Place
from assessment.web.survey.problems import is_plain_form, redirect_problem
from assessment.web.survey.returned_forms import ReturnedForm, read_form, redirect_form, removed_form_cookies
from assessment.web.survey.sections import Survey, held_of
from assessment.web.survey.states import refuse_finished
from assessment.web.survey.unresolved import read_unresolved, unresolved_cookies
from assessment.wording.sentences import N_

LINK, CODE, SECTION = "link", "code", "section"
SECTIONLESS = ("check", "withdraw")  # forms without answers: nothing to preserve
OWN = frozenset({FIELD, LINK, CODE, SECTION, "skip"})
FIELDS_MOST = 100
LENGTH_MOST = 1000


def ask(request: Request[None, None, State], error: Exception) -> Template | Redirect:
    """Lead to what can be done about a form whose session has gone; its answers go along."""
    if not isinstance(error, StrangerError):
        raise error
    section = request.scope["path"].rpartition("/")[2]
    form = error.form | {SECTION: section}
    if section in SECTIONLESS and not _is_of_other_draft(request, form):
        return leaving.lost(request, error)
    return _return_form(request, form, error.status)


@get(RESUME, policy=PUBLIC, sync_to_thread=True)
def show_form(request: Request[None, None, State]) -> Template | Redirect:
    """Show the form that waits in this browser; it stays there, so that a reload does not lose it."""
    returned = read_form(request, RESUME)
    if returned is None:
        return redirect_problem("lost")
    return _page(request, returned)


def _is_of_other_draft(request: Request[Any, Any, Any], form: Mapping[str, str]) -> bool:
    """Return whether this browser still has the draft of the form, next to its current one."""
    return bool(_own_link(request, form.get(forms.RESPONSE, ""), is_other=True))


def _own_link(request: Request[Any, Any, Any], response_id: str, *, is_other: bool = False) -> str:
    """Return the link of a response that this browser has a key of, otherwise "".

    `is_other` ignores the browser's current session.
    """
    browser = browsers.browser_of(request)
    sessions = browsers.sessions_of(request) - ({browser.session} if is_other else set())
    with database.reading(request.app.state.engine) as session:
        own = own_drafts.find_session(session, sessions, response_id)
    key = browser.key_of(own)
    return key.link if key else ""


@post(RESUME, policy=PUBLIC, sync_to_thread=True)
def resume(  # what saving needs
    request: Request[None, None, State],
    data: URLEncodedBody[dict[str, str]],
    engine: NamedDependency[Engine],
    writer: NamedDependency[Writer],
    published: NamedDependency[dict[str, Questionnaire]],
    code_limiter: NamedDependency[Limiter],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Template | Redirect:
    """Start a session by link and code, save the section, and redirect to the next page."""
    try:
        entered = _enter(request, data, engine, code_limiter, settings, now)
    except MisfiledError:
        problem = N_("These answers were given by another link. Give the link that you began with, and your code.")
        return _return_form(request, data, 409, LINK, problem)
    except ClosedError:
        return away(f"/s/{read_token(data.get(LINK, ''))}")  # the start page explains that it is closed
    except RevokedError:
        problem = N_("This invitation was withdrawn. Give your code as well.")
        return _return_form(request, data, 409, LINK, problem)
    except TooManyError as error:
        problem = N_("Too many wrong codes. Wait a quarter of an hour.")
        return _return_form(request, data, error.status, CODE, problem)
    except NotFoundError:
        return _return_form(request, data, 422, *_unknown(data))
    section, unresolved = data.get(SECTION, ""), read_unresolved(request, entered.respondent.response_id)
    following = CHECK
    if section not in SECTIONLESS:
        following, elsewhere = _save(entered, section, data, engine, writer, published, now)
        unresolved = unresolved.replace((), elsewhere)
    answer = away(following)
    answer.cookies = [
        *browsers.session_cookies(request, entered, settings),
        *unresolved_cookies(request, unresolved),
        *removed_form_cookies(request, RESUME),
    ]
    return answer


def _save(
    entered: Entered,
    section: str,
    data: Mapping[str, str],
    engine: Engine,
    writer: Writer,
    published: dict[str, Questionnaire],
    now: datetime,
) -> tuple[str, dict[str, Given]]:
    """Save the section; return the URL to redirect to, and the answers in conflict with another window."""
    who = entered.respondent
    refuse_finished(who)
    questionnaire = respondents.questionnaire(who, engine, published)
    with database.reading(engine) as session:
        held = held_of(responding.answers(session, who))
    survey = Survey.of(questionnaire, who, held)
    given = forms.answers(data, survey.items_on(section), questionnaire, who)
    said = {item: each for item, each in given.items() if each.value}
    kept = keep_changed(writer, questionnaire, who, said, held, now)
    elsewhere = {each.item: given[each.item] for each in kept if each.stale}
    place = Place.of(data, survey.items_on(section))
    if elsewhere:
        return place.conflicts(section), elsewhere
    return place.following(survey, section) if len(said) == len(given) else place.section(section), elsewhere


def _enter(
    request: Request[None, None, State],
    data: Mapping[str, str],
    engine: Engine,
    limiter: Limiter,
    settings: Settings,
    now: datetime,
) -> Entered:
    """Enter the response of the form, by a key of this browser or by its code; otherwise a new draft of the link.

    Raises `MisfiledError` and rolls back if the code belongs to another response, or the link to another
    person.
    """
    if own := _own_link(request, data.get(forms.RESPONSE, "")):
        browser = browsers.browser_of(request)
        with database.writing(engine) as session:
            return entering.enter(session, own, browser=browser, secret=settings.secret, now=now, choice="continue")
    token, code = read_token(data.get(LINK, "")), data.get(CODE, "").strip()
    if code:
        wanted = data.get(forms.RESPONSE) or "none"
        return try_code(request, token, code, engine, limiter, settings, now, expected=wanted)
    with database.writing(engine) as session:
        entered = entering.enter(session, token, browser=STRANGER, secret=settings.secret, now=now)
        if not entering.is_of_same_person(session, entered.respondent, data.get(forms.RESPONSE, "")):
            raise MisfiledError
        return entered


def _unknown(data: Mapping[str, str]) -> tuple[str, str]:
    if data.get(CODE, "").strip():
        return CODE, N_("No answers to this survey belong to this code.")
    return LINK, N_("This link doesn't work. Copy the whole of it from your invitation.")


def _return_form(
    request: Request[Any, Any, Any], form: Mapping[str, str], status: int, field: str = "", problem: str = ""
) -> Template | Redirect:
    """Redirect to the page that shows the form; the page itself for a script, or if the answers are too long for that.

    What is typed must not get lost, even if Back then asks whether to send the form again.
    """
    own = {name: form.get(name, "")[:LENGTH_MOST] for name in (SECTION, LINK, CODE)}
    others = [(name, value) for name, value in form.items() if name not in OWN and len(value) <= LENGTH_MOST]
    returned = ReturnedForm(RESUME, own | dict(others[:FIELDS_MOST]), field, problem, status)
    redirect = redirect_form(request, returned) if is_plain_form(request) else None
    return redirect or _page(request, returned)


def _page(request: Request[Any, Any, Any], returned: ReturnedForm) -> Template:
    form = returned.fields
    is_other = not returned.problem and _is_of_other_draft(request, form)
    return page(
        "survey/other-survey.html" if is_other else "survey/resume.html",
        returned.status,
        kept=[(name, value) for name, value in form.items() if name not in OWN],
        section=form.get(SECTION, ""),
        link=form.get(LINK, ""),
        code=form.get(CODE, ""),
        field=returned.field,
        problem=returned.problem,
    )
