"""Section pages: show a section, save it as a whole (Continue), or save one answer (htmx)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.plugins.htmx import HTMXRequest
from litestar.response import Redirect, Template
from sqlalchemy import Engine

from assessment.access_policies import RESPONDENT
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.answer import Answer, SavedAnswer
from assessment.errors import NotFoundError, UnavailableError
from assessment.services.auth.principals import Respondent
from assessment.services.survey import response_lifecycle, section_times
from assessment.services.survey.answer_validation import ValidAnswer, validate_answers
from assessment.settings import Settings
from assessment.storage import database
from assessment.storage.answer_writer import AnswerWriter
from assessment.storage.survey.section_page_reads import SectionPageReads
from assessment.web.http.direct_responses import DirectResponse
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.languages import LANGUAGE_PARAMETER
from assessment.web.http.page_responses import redirect_form, redirect_to, render_fragment, render_page
from assessment.web.survey import answer_forms, direct_requests
from assessment.web.survey.answer_conflicts import find_differences, render_conflicts
from assessment.web.survey.browser_cookies import find_own_link
from assessment.web.survey.dependencies import build_page_context, find_own_draft, provide_own_draft
from assessment.web.survey.direct_answers import (
    SAVE_TIMEOUT_SECONDS,
    TEMPLATE,
    raise_failed_save,
    save_directly,
    save_form_answer,
    select_different_answers,
)
from assessment.web.survey.direct_pages import continue_directly, show_directly
from assessment.web.survey.direct_requests import DIRECT_HANDLER, IGNORED_QUERY, DirectRequest
from assessment.web.survey.navigation import CHECK, FIRST_PAGE, START, SURVEY, SectionNavigation, SurveyPaths
from assessment.web.survey.response_states import refuse_finished_response
from assessment.web.survey.survey_pages import QuestionError, RespondentSurvey
from assessment.web.survey.unresolved_answers import make_unresolved_cookies, read_unresolved_answers


async def continue_survey_directly(direct: DirectRequest) -> DirectResponse:
    refuse_finished_response(direct.respondent)
    reads: SectionPageReads = direct.request.app.state.section_pages.reads
    answers = await reads.load_answers(direct.respondent.workspace_id, direct.respondent.response_id)
    return direct_requests.redirect_to(_find_current_page(direct.questionnaire, direct.respondent, answers))


@get(
    "/survey",
    policy=RESPONDENT,
    sync_to_thread=True,
    opt={DIRECT_HANDLER: continue_survey_directly, IGNORED_QUERY: urlsplit(FIRST_PAGE).query.encode()},
)
def continue_survey(
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    engine: NamedDependency[Engine],
) -> Redirect:
    """Redirect to the first page with an unanswered question, or to the check page."""
    refuse_finished_response(respondent)
    with database.read_session(engine) as session:
        answers = response_lifecycle.load_answers(session, respondent)
    return redirect_to(_find_current_page(questionnaire, respondent, answers))


def _find_current_page(questionnaire: Questionnaire, respondent: Respondent, answers: Mapping[str, Answer]) -> str:
    slug = RespondentSurvey.of(questionnaire, respondent, answers).first_unanswered_page()
    return SurveyPaths().section(slug) if slug else CHECK


@get(START, policy=RESPONDENT, sync_to_thread=False)
def return_to_start(request: HTMXRequest, respondent: NamedDependency[Respondent]) -> Redirect:
    """Redirect to the start page of this browser's link, which no page contains: it is the key to the invitation."""
    refuse_finished_response(respondent)
    link = find_own_link(request)
    return redirect_to(f"/s/{link}" if link else SURVEY)


@get("/survey/{section:str}", policy=RESPONDENT, sync_to_thread=True, opt={DIRECT_HANDLER: show_directly})
def show_section(
    request: HTMXRequest,
    section: FromPath[str],
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    engine: NamedDependency[Engine],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
    then: FromQuery[str] = "",
    at: FromQuery[str] = "",
    missing: FromQuery[str] = "",
) -> Template:
    """Show one section with its saved answers.

    Writes only when the section is first shown (for the duration), in a transaction of its own: a page view should
    not wait for the write lock. With `missing` (set after Continue), unanswered questions are listed as errors.
    """
    refuse_finished_response(respondent)
    with database.read_session(engine) as session:
        survey = RespondentSurvey.of(questionnaire, respondent, response_lifecycle.load_answers(session, respondent))
        items = survey.fields_on(section)
        is_first_display = section_times.is_first_display(session, respondent, section)
        own_draft = find_own_draft(session, request, respondent, settings)
    if is_first_display:
        with database.write_session(engine) as session:
            section_times.record_display(session, respondent, section, now)
    errors: dict[str, QuestionError] = dict.fromkeys(survey.unanswered_on(section), "missing") if missing else {}
    return render_page(
        TEMPLATE,
        page=survey.build_page(section, errors),
        urls=SurveyPaths(start=START),
        preview=False,
        response=respondent.response_id,
        navigation=SectionNavigation.of({"then": then, "at": at}, items),
        unresolved=len(read_unresolved_answers(request, respondent.response_id).select(items)),
        is_anonymous=respondent.is_anonymous,
        shown_at=f"{now.timestamp():.0f}",
        window=answer_forms.make_window_number(),
        **build_page_context(respondent, own_draft),
    )


@post(
    "/survey/{section:str}",
    policy=RESPONDENT,
    sync_to_thread=True,
    opt={PRESERVES_FORM: True, DIRECT_HANDLER: continue_directly},
)
def save_section(
    request: HTMXRequest,
    section: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    engine: NamedDependency[Engine],
    writer: NamedDependency[AnswerWriter],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Template | Redirect | Response[Any]:
    """Save the section; redirect to the next page, to what is missing, or to conflicts with another window.

    A choice of the language switch saves as well, and leads back to the section in that language.
    """
    raise_failed_save(request)
    answer_forms.check_response_id(data, respondent)
    refuse_finished_response(respondent)
    with database.read_session(engine) as session:
        page_answers = response_lifecycle.load_answers(session, respondent)
    try:
        items = RespondentSurvey.of(questionnaire, respondent, page_answers).fields_on(section)
    except NotFoundError:
        return redirect_form(request, SURVEY)  # an earlier answer has removed this section from the survey
    typed_answers = answer_forms.read_answers(data, items)
    answers = validate_answers(questionnaire, respondent, typed_answers)
    saved_answers = save_changed_answers(
        writer, respondent, answer_forms.select_changed_answers(data, answers), page_answers, now
    )
    page_answers |= {saved.item: saved for saved in saved_answers}
    updated_survey = RespondentSurvey.of(questionnaire, respondent, page_answers)
    navigation = SectionNavigation.of(data, items)
    conflicts = {saved.item: answers[saved.item] for saved in saved_answers if saved.stale}
    is_missing = bool(updated_survey.unanswered_on(section)) and not (navigation.is_from_check or "skip" in data)
    if not is_missing and LANGUAGE_PARAMETER not in data:
        with database.write_session(engine) as session:
            section_times.record_continue(
                session, respondent, section, now, answer_forms.read_timestamp(data, answer_forms.SHOWN_AT_FIELD)
            )
    unresolved = read_unresolved_answers(request, respondent.response_id).replace(
        [saved.item for saved in saved_answers], conflicts
    )
    fitting = unresolved.fit_cookie(items)
    differences = find_differences(unresolved, updated_survey, items) if fitting != unresolved else {}
    page: Template | Redirect | Response[Any]
    if differences and request.htmx:
        page = Response(b"", status_code=409)  # the script then sends the plain form
    elif differences:
        own_draft = provide_own_draft(request, respondent, engine, settings)
        page = render_conflicts(
            updated_survey, section, differences, respondent, own_draft, navigation, is_carried=True
        )
    elif conflicts:
        page = redirect_form(request, navigation.conflicts_url(section))
    elif LANGUAGE_PARAMETER in data:
        page = redirect_form(request, navigation.language_url(section, data[LANGUAGE_PARAMETER]))
    elif is_missing:
        page = redirect_form(request, navigation.missing_url(section))
    else:
        page = redirect_form(request, navigation.next_url(updated_survey, section))
    page.cookies = make_unresolved_cookies(request, fitting, now, respondent.closes_at)
    return page


@post("/survey/answers/{item:str}", policy=RESPONDENT, status_code=200, opt={DIRECT_HANDLER: save_directly})
async def save_answer(
    request: HTMXRequest,
    item: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    now: NamedDependency[datetime],
) -> Template | Redirect:
    """Save one answer; show when it was saved, or (409) the newer answer of another window."""
    saved = await save_form_answer(request, respondent, questionnaire, data, now)
    saved_label = (
        RespondentSurvey.of(questionnaire, respondent, {}).build_question(item).get_label(saved.value)
        if saved.stale
        else ""
    )
    return render_fragment(
        request,
        TEMPLATE,
        "state",
        409 if saved.stale else 200,
        otherwise=SURVEY,
        outcome="elsewhere" if saved.stale else "saved",
        elsewhere=saved_label,
        saved_at=now,
        language=respondent.language,
    )


def save_changed_answers(
    writer: AnswerWriter,
    respondent: Respondent,
    answers: Mapping[str, ValidAnswer],
    page_answers: Mapping[str, SavedAnswer],
    now: datetime,
) -> list[SavedAnswer]:
    """Save the answers that differ from the saved ones; raises `UnavailableError` after `SAVE_TIMEOUT_SECONDS`."""
    changed = select_different_answers(answers, page_answers)
    futures = response_lifecycle.save_valid_answers(writer, respondent, changed, now)
    try:
        return [future.result(SAVE_TIMEOUT_SECONDS) for future in futures]
    except TimeoutError:
        raise UnavailableError from None
