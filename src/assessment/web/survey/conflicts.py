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

from assessment.domain.questionnaire import Questionnaire
from assessment.policies import RESPONDENT
from assessment.services import responding
from assessment.services.answering import Given
from assessment.services.own_drafts import OwnDraft
from assessment.services.principals import Respondent
from assessment.storage import database
from assessment.storage.writer import Writer
from assessment.web.pages import away, page
from assessment.web.survey import forms
from assessment.web.survey.answering import keep_changed
from assessment.web.survey.places import Place
from assessment.web.survey.respondents import page_words
from assessment.web.survey.sections import Held, Question, Survey, held_of
from assessment.web.survey.states import refuse_finished
from assessment.web.survey.unresolved import Mine, Unresolved, read_unresolved, unresolved_cookies


class Conflict(Struct, frozen=True):
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
    reading: NamedDependency[Session],
    then: FromQuery[str] = "",
    at: FromQuery[str] = "",
) -> Template | Redirect:
    """Show both answers; redirect to the section if no conflict is left."""
    refuse_finished(respondent)
    survey = Survey.of(questionnaire, respondent, held_of(responding.answers(reading, respondent)))
    items = survey.items_on(section)
    place = Place.of({"then": then, "at": at}, items)
    mine = _differing(read_unresolved(request, respondent.response_id), survey, items)
    if not mine:
        return away(place.section(section))
    return page(
        "survey/conflicts.html",
        conflicts=[
            Conflict(survey.question(item), survey.question(item, Held(each.value, each.reason, each.evidence)))
            for item, each in mine.items()
        ],
        section=section,
        response=respondent.response_id,
        place=place,
        window=forms.new_window(),
        **page_words(respondent, own_draft),
    )


@post("/survey/conflicts/{section:str}", policy=RESPONDENT, sync_to_thread=True)
def choose_answer(
    request: Request[None, None, State],
    section: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    engine: NamedDependency[Engine],
    writer: NamedDependency[Writer],
    now: NamedDependency[datetime],
) -> Redirect:
    """Save this window's answer or discard it; redirect to the next conflict, otherwise to the next page."""
    forms.belongs(data, respondent)
    refuse_finished(respondent)
    with database.reading(engine) as session:
        held = held_of(responding.answers(session, respondent))
    survey = Survey.of(questionnaire, respondent, held)
    items = survey.items_on(section)
    unresolved = read_unresolved(request, respondent.response_id)
    mine = unresolved.on(items)
    chosen = data.get("mine", "")
    if chosen in mine:
        given = forms.with_version(data, chosen, _given(mine[chosen]))
        checked = forms.check({chosen: given}, questionnaire, respondent)
        kept = keep_changed(writer, questionnaire, respondent, checked, held, now)
        held |= {each.item: Held(each.value, each.reason, each.evidence, each.sequence) for each in kept}
        if not any(each.stale for each in kept):  # otherwise a third window has saved: show the conflict again
            del mine[chosen]
    mine.pop(data.get("other", ""), None)
    after = Survey.of(questionnaire, respondent, held)
    unresolved = unresolved.replace(items, {item: _given(each) for item, each in mine.items()})
    place = Place.of(data, items)
    if _differing(unresolved, after, items):
        answer = away(place.conflicts(section))
    elif after.unanswered_on(section) and not place.is_from_check:
        answer = away(place.section(section))
    else:
        answer = away(place.following(after, section))
    answer.cookies = unresolved_cookies(request, unresolved)
    return answer


def _given(mine: Mine) -> Given:
    return Given(mine.value, mine.reason, mine.evidence)


def _differing(unresolved: Unresolved, survey: Survey, items: tuple[str, ...]) -> dict[str, Mine]:
    """Return the conflicts that are left: the other window may have saved the same answer since."""
    return {
        item: each
        for item, each in unresolved.on(items).items()
        if forms.differs(_given(each), survey.held.get(item, Held()))
    }
