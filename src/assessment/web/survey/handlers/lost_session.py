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
from msgspec import Struct
from sqlalchemy import Engine

from assessment.access_policies import PUBLIC
from assessment.domain.survey.comment_fields import MAX_COMMENT_LENGTH
from assessment.errors import ClosedError, NotFoundError, TooManyRequestsError
from assessment.i18n.messages import N_
from assessment.services.auth.sign_in_limit import RateLimiter
from assessment.services.survey import own_drafts, response_lifecycle, survey_entry
from assessment.services.survey.answer_validation import ValidAnswer, validate_answers
from assessment.services.survey.browser_drafts import NO_COOKIES
from assessment.services.survey.survey_entry import InvitationRevokedError, SurveyEntry
from assessment.settings import Settings
from assessment.storage import database
from assessment.storage.answer_writer import AnswerWriter
from assessment.web.http import csrf
from assessment.web.http.csrf import TOKEN_FIELD
from assessment.web.http.guards import LostSessionError
from assessment.web.http.page_responses import redirect_to, render_page
from assessment.web.survey import answer_forms, browser_cookies, dependencies
from assessment.web.survey.answer_conflicts import render_conflicts
from assessment.web.survey.answer_forms import ResponseMismatchError, read_token
from assessment.web.survey.handlers import finish_on_device
from assessment.web.survey.handlers.code_page import move_by_code
from assessment.web.survey.handlers.section_pages import save_changed_answers
from assessment.web.survey.navigation import CHECK, RESUME, SectionNavigation
from assessment.web.survey.problems import is_plain_form, redirect_problem
from assessment.web.survey.response_states import refuse_finished_response
from assessment.web.survey.returned_forms import ReturnedForm, make_form_removal_cookies, read_form, redirect_form
from assessment.web.survey.survey_pages import RespondentSurvey
from assessment.web.survey.unresolved_answers import UnresolvedAnswers, make_unresolved_cookies, read_unresolved_answers

LINK_FIELD, CODE_FIELD, SECTION_FIELD = "link", "code", "section"
FORMS_WITHOUT_SECTION = ("check", "withdraw")  # forms without answers: nothing to preserve
OWN_FIELDS = frozenset({TOKEN_FIELD, LINK_FIELD, CODE_FIELD, SECTION_FIELD, "skip"})
MAX_FIELDS = 100
MAX_FIELD_LENGTH = 2 * MAX_COMMENT_LENGTH  # forms send each line break as two characters


class ResumedSection(Struct, frozen=True):
    """Section saved after a lost session: the URL to redirect to, and the answers in conflict with another window."""

    next_path: str
    conflicts: dict[str, ValidAnswer]
    survey: RespondentSurvey
    navigation: SectionNavigation


def show_resume_page(request: Request[None, None, State], error: Exception) -> Template | Redirect:
    """Redirect a form whose session is lost to the page that can save it, with its answers."""
    if not isinstance(error, LostSessionError):
        raise error
    section = request.scope["path"].rpartition("/")[2]
    form = error.form | {SECTION_FIELD: section}
    if section in FORMS_WITHOUT_SECTION and not _is_of_other_draft(request, form):
        return finish_on_device.show_lost_page(request, error)
    return _return_form(request, form, error.status)


@get(RESUME, policy=PUBLIC, sync_to_thread=True)
def show_form(request: Request[None, None, State]) -> Template | Redirect:
    """Show the form that waits in this browser; it stays there, so that a reload does not lose it."""
    returned = read_form(request, RESUME)
    if returned is None:
        return redirect_problem("lost")
    return _render_resume_page(request, returned)


def _is_of_other_draft(request: Request[Any, Any, Any], form: Mapping[str, str]) -> bool:
    """Return whether this browser still has the draft of the form, next to its current one."""
    return bool(_find_own_link(request, form.get(answer_forms.RESPONSE_FIELD, ""), is_other=True))


def _find_own_link(request: Request[Any, Any, Any], response_id: str, *, is_other: bool = False) -> str:
    """Return the link of a response that this browser has a key of, otherwise "".

    `is_other` ignores the browser's current session.
    """
    browser = browser_cookies.read_browser(request)
    sessions = browser_cookies.list_sessions(request) - ({browser.session} if is_other else set())
    with database.read_session(request.app.state.engine) as session:
        own = own_drafts.find_session(session, sessions, response_id)
    key = browser.find_key(own)
    return key.link if key else ""


@post(RESUME, policy=PUBLIC, sync_to_thread=True)
def resume_section(
    request: Request[None, None, State],
    data: URLEncodedBody[dict[str, str]],
    engine: NamedDependency[Engine],
    writer: NamedDependency[AnswerWriter],
    code_limiter: NamedDependency[RateLimiter],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Template | Redirect:
    """Start a session by link and code, save the section, and redirect to the next page."""
    try:
        entry = _enter_response(request, data, engine, code_limiter, settings, now)
    except ResponseMismatchError:
        problem = N_("These answers were given by another link. Give the link that you began with, and your code.")
        return _return_form(request, data, 409, LINK_FIELD, problem)
    except ClosedError:
        return redirect_to(f"/s/{read_token(data.get(LINK_FIELD, ''))}")  # the start page explains that it is closed
    except InvitationRevokedError:
        problem = N_("This invitation was withdrawn. Give your code as well.")
        return _return_form(request, data, 409, LINK_FIELD, problem)
    except TooManyRequestsError as error:
        problem = N_("Too many wrong codes. Check yours letter by letter: the right one is accepted at any time.")
        return _return_form(request, data, error.status, CODE_FIELD, problem)
    except NotFoundError:
        return _return_form(request, data, 422, *_explain_not_found(data))
    section, unresolved = data.get(SECTION_FIELD, ""), read_unresolved_answers(request, entry.respondent.response_id)
    page: Template | Redirect = redirect_to(CHECK)
    fitting = unresolved
    if section not in FORMS_WITHOUT_SECTION:
        resumed = _save_section(entry, section, data, engine, writer, now)
        unresolved = unresolved.replace((), resumed.conflicts)
        fitting = unresolved.fit_cookie(resumed.conflicts)
        page = redirect_to(resumed.next_path)
        if fitting != unresolved:
            page = _render_long_conflicts(entry, section, resumed, unresolved, settings)
    page.cookies = [
        *browser_cookies.make_session_cookies(request, entry, settings),
        *make_unresolved_cookies(request, fitting, now, entry.respondent.closes_at),
        *make_form_removal_cookies(request, RESUME),
    ]
    return page


def _render_long_conflicts(
    entry: SurveyEntry, section: str, resumed: ResumedSection, unresolved: UnresolvedAnswers, settings: Settings
) -> Template:
    conflicts = unresolved.select(tuple(resumed.conflicts))
    token = csrf.make_token(settings, entry.session)
    respondent, navigation = entry.respondent, resumed.navigation
    return render_conflicts(
        resumed.survey, section, conflicts, respondent, None, navigation, is_carried=True, token=token
    )


def _save_section(
    entry: SurveyEntry,
    section: str,
    data: Mapping[str, str],
    engine: Engine,
    writer: AnswerWriter,
    now: datetime,
) -> ResumedSection:
    """Save the section in the response of the entry."""
    respondent = entry.respondent
    refuse_finished_response(respondent)
    questionnaire = dependencies.load_respondent_questionnaire(respondent, engine)
    with database.read_session(engine) as session:
        page_answers = response_lifecycle.load_answers(session, respondent)
    survey = RespondentSurvey.of(questionnaire, respondent, page_answers)
    typed_answers = answer_forms.read_answers(data, survey.fields_on(section))
    answers = validate_answers(questionnaire, respondent, typed_answers)
    nonempty_answers = {item: answer for item, answer in answers.items() if answer.value}
    saved_answers = save_changed_answers(writer, respondent, nonempty_answers, page_answers, now)
    conflicts = {saved.item: answers[saved.item] for saved in saved_answers if saved.stale}
    page_answers |= {saved.item: saved for saved in saved_answers}
    updated_survey = RespondentSurvey.of(questionnaire, respondent, page_answers)
    navigation = SectionNavigation.of(data, survey.fields_on(section))
    if conflicts:
        next_path = navigation.conflicts_url(section)
    elif all(answers[item].value for item in survey.items_on(section)):
        next_path = navigation.next_url(survey, section)
    else:
        next_path = navigation.section_url(section)
    return ResumedSection(next_path, conflicts, updated_survey, navigation)


def _enter_response(
    request: Request[None, None, State],
    data: Mapping[str, str],
    engine: Engine,
    limiter: RateLimiter,
    settings: Settings,
    now: datetime,
) -> SurveyEntry:
    """Enter the response of the form, by a key of this browser or by its code; otherwise a new draft of the link.

    Raises `ResponseMismatchError` and rolls back if the code belongs to another response, or the link to another
    person.
    """
    if own := _find_own_link(request, data.get(answer_forms.RESPONSE_FIELD, "")):
        browser = browser_cookies.read_browser(request)
        with database.write_session(engine) as session:
            return survey_entry.enter_survey(
                session, own, browser=browser, secret=settings.secret, now=now, choice="continue"
            )
    token, code = read_token(data.get(LINK_FIELD, "")), data.get(CODE_FIELD, "").strip()
    if code:
        response_id = data.get(answer_forms.RESPONSE_FIELD) or "none"
        return move_by_code(request, token, code, engine, limiter, settings, now, expected=response_id)
    with database.write_session(engine) as session:
        entry = survey_entry.enter_survey(session, token, browser=NO_COOKIES, secret=settings.secret, now=now)
        if not survey_entry.is_same_person(session, entry.respondent, data.get(answer_forms.RESPONSE_FIELD, "")):
            raise ResponseMismatchError
        return entry


def _explain_not_found(data: Mapping[str, str]) -> tuple[str, str]:
    if data.get(CODE_FIELD, "").strip():
        return CODE_FIELD, N_("No answers to this survey belong to this code.")
    return LINK_FIELD, N_("This link doesn’t work. Copy the whole of it from your invitation.")


def _return_form(
    request: Request[Any, Any, Any], form: Mapping[str, str], status: int, field: str = "", problem: str = ""
) -> Template | Redirect:
    """Redirect to the page that shows the form; the page itself for a script, or if the answers are too long for that.

    What is typed must not get lost, even if Back then asks whether to send the form again.
    """
    own = {name: form.get(name, "")[:MAX_FIELD_LENGTH] for name in (SECTION_FIELD, LINK_FIELD, CODE_FIELD)}
    others = [
        (name, value) for name, value in form.items() if name not in OWN_FIELDS and len(value) <= MAX_FIELD_LENGTH
    ]
    returned = ReturnedForm(RESUME, own | dict(others[:MAX_FIELDS]), field, problem, status)
    redirect = redirect_form(request, returned) if is_plain_form(request) else None
    return redirect or _render_resume_page(request, returned)


def _render_resume_page(request: Request[Any, Any, Any], returned: ReturnedForm) -> Template:
    form = returned.fields
    is_other = not returned.problem and _is_of_other_draft(request, form)
    return render_page(
        "survey/other-survey.html" if is_other else "survey/resume.html",
        returned.status,
        hidden_fields=[(name, value) for name, value in form.items() if name not in OWN_FIELDS],
        section=form.get(SECTION_FIELD, ""),
        link=form.get(LINK_FIELD, ""),
        code=form.get(CODE_FIELD, ""),
        field=returned.field,
        problem=returned.problem,
    )
