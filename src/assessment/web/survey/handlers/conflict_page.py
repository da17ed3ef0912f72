"""Conflict page: two windows have answered the same question, and the respondent chooses one answer."""

from datetime import datetime

from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import RESPONDENT
from assessment.domain.questionnaire import Questionnaire
from assessment.services.auth.principals import Respondent
from assessment.services.survey import response_lifecycle
from assessment.services.survey.answer_validation import validate_answers
from assessment.services.survey.own_drafts import OwnDraft
from assessment.settings import Settings
from assessment.storage import database
from assessment.storage.answer_writer import AnswerWriter
from assessment.web.http.page_responses import redirect_to
from assessment.web.survey import answer_forms
from assessment.web.survey.answer_conflicts import find_differences, render_conflicts
from assessment.web.survey.dependencies import provide_own_draft
from assessment.web.survey.handlers.section_pages import save_changed_answers
from assessment.web.survey.navigation import SectionNavigation
from assessment.web.survey.response_states import refuse_finished_response
from assessment.web.survey.survey_pages import RespondentSurvey
from assessment.web.survey.unresolved_answers import (
    make_unresolved_cookies,
    read_unresolved_answers,
    read_unsaved_fields,
)


@get("/survey/conflicts/{section:str}", policy=RESPONDENT, sync_to_thread=True)
def show_conflicts(
    request: Request[None, None, State],
    section: FromPath[str],
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    own_draft: NamedDependency[OwnDraft],
    read_session: NamedDependency[Session],
    then: FromQuery[str] = "",
    at: FromQuery[str] = "",
) -> Template | Redirect:
    """Show both answers; redirect to the section if no conflict is left."""
    refuse_finished_response(respondent)
    survey = RespondentSurvey.of(questionnaire, respondent, response_lifecycle.load_answers(read_session, respondent))
    items = survey.fields_on(section)
    navigation = SectionNavigation.of({"then": then, "at": at}, items)
    conflicts = find_differences(read_unresolved_answers(request, respondent.response_id), survey, items)
    if not conflicts:
        return redirect_to(navigation.section_url(section))
    return render_conflicts(survey, section, conflicts, respondent, own_draft, navigation)


@post("/survey/conflicts/{section:str}", policy=RESPONDENT, sync_to_thread=True)
def choose_answer(
    request: Request[None, None, State],
    section: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    engine: NamedDependency[Engine],
    writer: NamedDependency[AnswerWriter],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Template | Redirect:
    """Save this window's answer or discard it; redirect to the next conflict, otherwise to the next page."""
    answer_forms.check_response_id(data, respondent)
    refuse_finished_response(respondent)
    with database.read_session(engine) as session:
        page_answers = response_lifecycle.load_answers(session, respondent)
    survey = RespondentSurvey.of(questionnaire, respondent, page_answers)
    items = survey.fields_on(section)
    unresolved = read_unresolved_answers(request, respondent.response_id)
    unsaved = unresolved.select(items) | read_unsaved_fields(data, items)
    chosen_item = data.get("mine", "")
    if chosen_item in unsaved:
        answer = answer_forms.add_version(data, chosen_item, unsaved[chosen_item])
        answers = validate_answers(questionnaire, respondent, {chosen_item: answer})
        saved_answers = save_changed_answers(writer, respondent, answers, page_answers, now)
        page_answers |= {saved.item: saved for saved in saved_answers}
        # If a third window has saved, the conflict is shown again.
        if not any(saved.stale for saved in saved_answers):
            del unsaved[chosen_item]
    unsaved.pop(data.get("other", ""), None)
    updated_survey = RespondentSurvey.of(questionnaire, respondent, page_answers)
    unresolved = unresolved.replace(items, unsaved)
    navigation = SectionNavigation.of(data, items)
    conflicts = find_differences(unresolved, updated_survey, items)
    fitting = unresolved.fit_cookie(items)
    page: Template | Redirect
    if conflicts and fitting != unresolved:
        own_draft = provide_own_draft(request, respondent, engine, settings)
        page = render_conflicts(updated_survey, section, conflicts, respondent, own_draft, navigation, is_carried=True)
    elif conflicts:
        page = redirect_to(navigation.conflicts_url(section))
    elif updated_survey.unanswered_on(section) and not navigation.is_from_check:
        page = redirect_to(navigation.section_url(section))
    else:
        page = redirect_to(navigation.next_url(updated_survey, section))
    page.cookies = make_unresolved_cookies(request, fitting, now, respondent.closes_at)
    return page
