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

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import NotFoundError, UnavailableError
from assessment.policies import RESPONDENT
from assessment.services import responding
from assessment.services.answering import Given
from assessment.services.own_drafts import OwnDraft
from assessment.services.principals import Respondent
from assessment.storage import database
from assessment.storage.writer import Kept, Writer
from assessment.web.guards import KEEPS_FORM
from assessment.web.pages import away, away_from, fragment, page
from assessment.web.survey import forms
from assessment.web.survey.paths import CHECK, SURVEY, Paths
from assessment.web.survey.places import Place
from assessment.web.survey.respondents import page_words
from assessment.web.survey.sections import Fault, Held, Survey, held_of
from assessment.web.survey.states import refuse_finished
from assessment.web.survey.unresolved import read_unresolved, unresolved_cookies

TEMPLATE = "survey/section.html"
SAVE_SECONDS = 20
SHOWN = "shown"  # hidden field of anonymous pages: the server stores no time of showing for them


@get("/survey", policy=RESPONDENT, sync_to_thread=True)
def survey(
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    reading: NamedDependency[Session],
) -> Redirect:
    """Redirect to the first page with an unanswered question, or to the check page."""
    refuse_finished(respondent)
    asked = Survey.of(questionnaire, respondent, held_of(responding.answers(reading, respondent)))
    slug = asked.first_open()
    return away(Paths().section(slug) if slug else CHECK)


@get("/survey/{section:str}", policy=RESPONDENT, sync_to_thread=True)
def show(
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
    refuse_finished(respondent)
    with database.reading(engine) as session:
        asked = Survey.of(questionnaire, respondent, held_of(responding.answers(session, respondent)))
        items = asked.items_on(section)
        is_news = responding.is_news(session, respondent, section)
    if is_news:
        with database.writing(engine) as session:
            responding.shown(session, respondent, section, now)
    faults: dict[str, Fault] = dict.fromkeys(asked.unanswered_on(section), "missing") if missing else {}
    return page(
        TEMPLATE,
        page=asked.page(section, faults),
        urls=Paths(),
        preview=False,
        response=respondent.response_id,
        place=Place.of({"then": then, "at": at}, items),
        unresolved=len(read_unresolved(request, respondent.response_id).on(items)),
        is_anonymous=respondent.is_anonymous,
        shown=f"{now.timestamp():.0f}",
        window=forms.new_window(),
        **page_words(respondent, own_draft),
    )


@post("/survey/{section:str}", policy=RESPONDENT, sync_to_thread=True, opt={KEEPS_FORM: True})
def go_on(
    request: HTMXRequest,
    section: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    engine: NamedDependency[Engine],
    writer: NamedDependency[Writer],
    now: NamedDependency[datetime],
) -> Redirect | Response[None]:
    """Save the section; redirect to the next page, to what is missing, or to conflicts with another window."""
    forms.belongs(data, respondent)
    refuse_finished(respondent)
    with database.reading(engine) as session:
        held = held_of(responding.answers(session, respondent))
    try:
        items = Survey.of(questionnaire, respondent, held).items_on(section)
    except NotFoundError:
        return away_from(request, SURVEY)  # an earlier answer has removed this section from the survey
    given = forms.answers(data, items, questionnaire, respondent)
    kept = keep_changed(writer, questionnaire, respondent, forms.touched(data, given), held, now)
    held |= {each.item: Held(each.value, each.reason, each.evidence, each.sequence) for each in kept}
    after = Survey.of(questionnaire, respondent, held)
    place = Place.of(data, items)
    elsewhere = {each.item: given[each.item] for each in kept if each.stale}
    is_missing = bool(after.unanswered_on(section)) and not (place.is_from_check or "skip" in data)
    if not is_missing:
        with database.writing(engine) as session:
            responding.continued(session, respondent, section, now, forms.moment(data, SHOWN))
    if elsewhere:
        answer = away_from(request, place.conflicts(section))
    elif is_missing:
        answer = away_from(request, place.missing(section))
    else:
        answer = away_from(request, place.following(after, section))
    unresolved = read_unresolved(request, respondent.response_id).replace([each.item for each in kept], elsewhere)
    answer.cookies = unresolved_cookies(request, unresolved)
    return answer


@post("/survey/answers/{item:str}", policy=RESPONDENT, status_code=200)
async def keep_answer(
    request: HTMXRequest,
    item: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    writer: NamedDependency[Writer],
    now: NamedDependency[datetime],
) -> Template | Redirect:
    """Save one answer; show when it was saved, or (409) the newer answer of another window."""
    forms.belongs(data, respondent)
    refuse_finished(respondent)
    given = forms.answers(data, [item], questionnaire, respondent)[item]
    keeping = responding.keep(writer, questionnaire, respondent, item, given, now)
    try:
        kept = await asyncio.wait_for(asyncio.wrap_future(keeping), SAVE_SECONDS)
    except TimeoutError:
        raise UnavailableError from None
    words = Survey.of(questionnaire, respondent, {}).question(item).words(kept.value) if kept.stale else ""
    return fragment(
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


def keep_changed(
    writer: Writer,
    questionnaire: Questionnaire,
    who: Respondent,
    given: Mapping[str, Given],
    held: Mapping[str, Held],
    now: datetime,
) -> list[Kept]:
    """Save the answers that differ from the saved ones; raises `UnavailableError` after `SAVE_SECONDS`."""
    changed = {item: each for item, each in given.items() if forms.differs(each, held.get(item, Held()))}
    keeping = responding.keep_all(writer, questionnaire, who, changed, now)
    try:
        return [future.result(SAVE_SECONDS) for future in keeping]
    except TimeoutError:
        raise UnavailableError from None
