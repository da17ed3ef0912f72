"""Conflict page: two windows have answered the same question, and the respondent chooses one answer."""

from datetime import datetime

from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import RESPONDENT
from assessment.domain.questionnaire import Questionnaire
from assessment.services.auth.principals import Respondent
from assessment.services.survey import response_lifecycle
from assessment.services.survey.answer_validation import AnswerInput
from assessment.services.survey.own_drafts import OwnDraft
from assessment.storage import database
from assessment.storage.answer_writer import AnswerWriter
from assessment.web.http.page_responses import redirect_to, render_page
from assessment.web.survey import answer_forms
from assessment.web.survey.dependencies import build_page_context
from assessment.web.survey.handlers.section_pages import save_changed_answers
from assessment.web.survey.navigation import SectionNavigation
from assessment.web.survey.response_states import refuse_finished_response
from assessment.web.survey.survey_pages import PageAnswer, Question, RespondentSurvey, build_page_answers
from assessment.web.survey.unresolved_answers import (
    UnresolvedAnswers,
    UnsavedAnswer,
    make_unresolved_cookies,
    read_unresolved_answers,
)


class AnswerConflict(Struct, frozen=True):
    """A question with the saved answer (`other`) and the rejected one of this window (`mine`)."""

    other: Question
    mine: Question


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
    survey = RespondentSurvey.of(
        questionnaire, respondent, build_page_answers(response_lifecycle.load_answers(read_session, respondent))
    )
    items = survey.items_on(section)
    place = SectionNavigation.of({"then": then, "at": at}, items)
    mine = _find_differences(read_unresolved_answers(request, respondent.response_id), survey, items)
    if not mine:
        return redirect_to(place.section(section))
    return render_page(
        "survey/conflicts.html",
        conflicts=[
            AnswerConflict(
                survey.question(item), survey.question(item, PageAnswer(each.value, each.reason, each.evidence))
            )
            for item, each in mine.items()
        ],
        section=section,
        response=respondent.response_id,
        place=place,
        window=answer_forms.make_window_number(),
        **build_page_context(respondent, own_draft),
    )


@post("/survey/conflicts/{section:str}", policy=RESPONDENT, sync_to_thread=True)
def choose_answer(
    request: Request[None, None, State],
    section: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    engine: NamedDependency[Engine],
    writer: NamedDependency[AnswerWriter],
    now: NamedDependency[datetime],
) -> Redirect:
    """Save this window's answer or discard it; redirect to the next conflict, otherwise to the next page."""
    answer_forms.check_response_id(data, respondent)
    refuse_finished_response(respondent)
    with database.read_session(engine) as session:
        held = build_page_answers(response_lifecycle.load_answers(session, respondent))
    survey = RespondentSurvey.of(questionnaire, respondent, held)
    items = survey.items_on(section)
    unresolved = read_unresolved_answers(request, respondent.response_id)
    mine = unresolved.on(items)
    chosen = data.get("mine", "")
    if chosen in mine:
        given = answer_forms.add_version(data, chosen, _build_answer(mine[chosen]))
        checked = answer_forms.check_answers({chosen: given}, questionnaire, respondent)
        kept = save_changed_answers(writer, questionnaire, respondent, checked, held, now)
        held |= {each.item: PageAnswer(each.value, each.reason, each.evidence, each.sequence) for each in kept}
        if not any(each.stale for each in kept):  # otherwise a third window has saved: show the conflict again
            del mine[chosen]
    mine.pop(data.get("other", ""), None)
    after = RespondentSurvey.of(questionnaire, respondent, held)
    unresolved = unresolved.replace(items, {item: _build_answer(each) for item, each in mine.items()})
    place = SectionNavigation.of(data, items)
    if _find_differences(unresolved, after, items):
        answer = redirect_to(place.conflicts(section))
    elif after.unanswered_on(section) and not place.is_from_check:
        answer = redirect_to(place.section(section))
    else:
        answer = redirect_to(place.following(after, section))
    answer.cookies = make_unresolved_cookies(request, unresolved)
    return answer


def _build_answer(mine: UnsavedAnswer) -> AnswerInput:
    return AnswerInput(mine.value, mine.reason, mine.evidence)


def _find_differences(
    unresolved: UnresolvedAnswers, survey: RespondentSurvey, items: tuple[str, ...]
) -> dict[str, UnsavedAnswer]:
    """Return the conflicts that are left: the other window may have saved the same answer since."""
    return {
        item: each
        for item, each in unresolved.on(items).items()
        if answer_forms.is_different(_build_answer(each), survey.held.get(item, PageAnswer()))
    }
