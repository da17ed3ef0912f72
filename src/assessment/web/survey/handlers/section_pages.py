"""Section pages: show a section, save it as a whole (Continue), or save one answer (htmx)."""

import asyncio
from collections.abc import Mapping
from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.plugins.htmx import HTMXRequest
from litestar.response import Redirect, Template
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import RESPONDENT
from assessment.domain.questionnaire import Questionnaire
from assessment.errors import NotFoundError, UnavailableError
from assessment.services.auth.principals import Respondent
from assessment.services.survey import response_lifecycle
from assessment.services.survey.answer_validation import AnswerInput
from assessment.services.survey.own_drafts import OwnDraft
from assessment.storage import database
from assessment.storage.answer_writer import AnswerWriter, SavedAnswer
from assessment.web.http.guards import PRESERVES_FORM
from assessment.web.http.page_responses import redirect_form, redirect_to, render_fragment, render_page
from assessment.web.survey import answer_forms
from assessment.web.survey.dependencies import build_page_context
from assessment.web.survey.navigation import SectionNavigation
from assessment.web.survey.paths import CHECK, SURVEY, SurveyPaths
from assessment.web.survey.response_states import refuse_finished_response
from assessment.web.survey.survey_pages import PageAnswer, QuestionError, RespondentSurvey, build_page_answers
from assessment.web.survey.unresolved_answers import make_unresolved_cookies, read_unresolved_answers

TEMPLATE = "survey/section.html"
SAVE_TIMEOUT_SECONDS = 20
SHOWN_AT_FIELD = "shown"  # hidden field of anonymous pages: the server stores no time of showing for them


@get("/survey", policy=RESPONDENT, sync_to_thread=True)
def continue_survey(
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    read_session: NamedDependency[Session],
) -> Redirect:
    """Redirect to the first page with an unanswered question, or to the check page."""
    refuse_finished_response(respondent)
    asked = RespondentSurvey.of(
        questionnaire, respondent, build_page_answers(response_lifecycle.load_answers(read_session, respondent))
    )
    slug = asked.first_unanswered_page()
    return redirect_to(SurveyPaths().section(slug) if slug else CHECK)


@get("/survey/{section:str}", policy=RESPONDENT, sync_to_thread=True)
def show_section(
    request: HTMXRequest,
    section: FromPath[str],
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    own_draft: NamedDependency[OwnDraft],
    engine: NamedDependency[Engine],
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
        asked = RespondentSurvey.of(
            questionnaire, respondent, build_page_answers(response_lifecycle.load_answers(session, respondent))
        )
        items = asked.items_on(section)
        is_news = response_lifecycle.is_first_display(session, respondent, section)
    if is_news:
        with database.write_session(engine) as session:
            response_lifecycle.record_display(session, respondent, section, now)
    faults: dict[str, QuestionError] = dict.fromkeys(asked.unanswered_on(section), "missing") if missing else {}
    return render_page(
        TEMPLATE,
        page=asked.page(section, faults),
        urls=SurveyPaths(),
        preview=False,
        response=respondent.response_id,
        place=SectionNavigation.of({"then": then, "at": at}, items),
        unresolved=len(read_unresolved_answers(request, respondent.response_id).on(items)),
        is_anonymous=respondent.is_anonymous,
        shown=f"{now.timestamp():.0f}",
        window=answer_forms.make_window_number(),
        **build_page_context(respondent, own_draft),
    )


@post("/survey/{section:str}", policy=RESPONDENT, sync_to_thread=True, opt={PRESERVES_FORM: True})
def save_section(
    request: HTMXRequest,
    section: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    engine: NamedDependency[Engine],
    writer: NamedDependency[AnswerWriter],
    now: NamedDependency[datetime],
) -> Redirect | Response[None]:
    """Save the section; redirect to the next page, to what is missing, or to conflicts with another window."""
    answer_forms.check_response_id(data, respondent)
    refuse_finished_response(respondent)
    with database.read_session(engine) as session:
        held = build_page_answers(response_lifecycle.load_answers(session, respondent))
    try:
        items = RespondentSurvey.of(questionnaire, respondent, held).items_on(section)
    except NotFoundError:
        return redirect_form(request, SURVEY)  # an earlier answer has removed this section from the survey
    given = answer_forms.read_answers(data, items, questionnaire, respondent)
    kept = save_changed_answers(
        writer, questionnaire, respondent, answer_forms.select_changed_answers(data, given), held, now
    )
    held |= {each.item: PageAnswer(each.value, each.reason, each.evidence, each.sequence) for each in kept}
    after = RespondentSurvey.of(questionnaire, respondent, held)
    place = SectionNavigation.of(data, items)
    elsewhere = {each.item: given[each.item] for each in kept if each.stale}
    is_missing = bool(after.unanswered_on(section)) and not (place.is_from_check or "skip" in data)
    if not is_missing:
        with database.write_session(engine) as session:
            response_lifecycle.record_continue(
                session, respondent, section, now, answer_forms.read_timestamp(data, SHOWN_AT_FIELD)
            )
    if elsewhere:
        answer = redirect_form(request, place.conflicts(section))
    elif is_missing:
        answer = redirect_form(request, place.missing(section))
    else:
        answer = redirect_form(request, place.following(after, section))
    unresolved = read_unresolved_answers(request, respondent.response_id).replace(
        [each.item for each in kept], elsewhere
    )
    answer.cookies = make_unresolved_cookies(request, unresolved)
    return answer


@post("/survey/answers/{item:str}", policy=RESPONDENT, status_code=200)
async def save_answer(
    request: HTMXRequest,
    item: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    writer: NamedDependency[AnswerWriter],
    now: NamedDependency[datetime],
) -> Template | Redirect:
    """Save one answer; show when it was saved, or (409) the newer answer of another window."""
    answer_forms.check_response_id(data, respondent)
    refuse_finished_response(respondent)
    given = answer_forms.read_answers(data, [item], questionnaire, respondent)[item]
    keeping = response_lifecycle.save_answer(writer, questionnaire, respondent, item, given, now)
    try:
        kept = await asyncio.wait_for(asyncio.wrap_future(keeping), SAVE_TIMEOUT_SECONDS)
    except TimeoutError:
        raise UnavailableError from None
    words = RespondentSurvey.of(questionnaire, respondent, {}).question(item).words(kept.value) if kept.stale else ""
    return render_fragment(
        request,
        TEMPLATE,
        "state",
        409 if kept.stale else 200,
        otherwise=SURVEY,
        outcome="elsewhere" if kept.stale else "saved",
        elsewhere=words,
        saved_at=now,
        language=respondent.language,
    )


def save_changed_answers(
    writer: AnswerWriter,
    questionnaire: Questionnaire,
    who: Respondent,
    given: Mapping[str, AnswerInput],
    held: Mapping[str, PageAnswer],
    now: datetime,
) -> list[SavedAnswer]:
    """Save the answers that differ from the saved ones; raises `UnavailableError` after `SAVE_SECONDS`."""
    changed = {
        item: each for item, each in given.items() if answer_forms.is_different(each, held.get(item, PageAnswer()))
    }
    keeping = response_lifecycle.save_answers(writer, questionnaire, who, changed, now)
    try:
        return [future.result(SAVE_TIMEOUT_SECONDS) for future in keeping]
    except TimeoutError:
        raise UnavailableError from None
