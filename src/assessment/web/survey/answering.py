"""Sections: shown, saved whole by Continue, and saved answer by answer while people choose."""

import asyncio
from collections.abc import Mapping
from datetime import datetime

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.plugins.htmx import HTMXRequest
from litestar.response import Redirect, Template
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import AlreadySentError, ClosedError, ConflictError, UnavailableError
from assessment.policies import RESPONDENT
from assessment.services import responding
from assessment.services.answering import Given
from assessment.services.own_drafts import OwnDraft
from assessment.services.principals import Respondent
from assessment.storage import database
from assessment.storage.writer import Kept, Writer
from assessment.web.guards import KEEPS_FORM
from assessment.web.pages import away, fragment, page
from assessment.web.survey import forms
from assessment.web.survey.forms import MisfiledError
from assessment.web.survey.paths import CHECK, Paths
from assessment.web.survey.respondents import page_words
from assessment.web.survey.sections import Held, Page, Survey, held_of
from assessment.web.survey.states import refuse_finished

TEMPLATE = "survey/section.html"
SAVE_SECONDS = 20
SHOWN = "shown"  # a field of anonymous pages: no moment of them is kept
OUTCOMES: dict[type[ConflictError], str] = {
    MisfiledError: "other-link",
    AlreadySentError: "sent",
    ClosedError: "closed",
}


@get("/survey", policy=RESPONDENT, sync_to_thread=True)
def survey(
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    reading: NamedDependency[Session],
) -> Redirect:
    """Go on where something is unanswered, on whatever device."""
    refuse_finished(respondent)
    asked = Survey.of(questionnaire, respondent, held_of(responding.answers(reading, respondent)))
    slug = asked.first_open()
    return away(Paths().section(slug) if slug else CHECK)


@get("/survey/{section:str}", policy=RESPONDENT, sync_to_thread=True)
def show(
    section: FromPath[str],
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    own_draft: NamedDependency[OwnDraft],
    engine: NamedDependency[Engine],
    now: NamedDependency[datetime],
    then: FromQuery[str] = "",
) -> Template:
    """Show one section with what is held of it; note when it was first shown, and else write nothing."""
    refuse_finished(respondent)
    with database.reading(engine) as session:
        asked = Survey.of(questionnaire, respondent, held_of(responding.answers(session, respondent)))
        shown = asked.page(section)
        is_news = responding.is_news(session, respondent, section)
    if is_news:
        with database.writing(engine) as session:
            responding.shown(session, respondent, section, now)
    return _page(respondent, own_draft, shown, {"then": then, SHOWN: f"{now.timestamp():.0f}"})


@post("/survey/{section:str}", policy=RESPONDENT, sync_to_thread=True, opt={KEEPS_FORM: True})
def go_on(
    section: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    own_draft: NamedDependency[OwnDraft],
    engine: NamedDependency[Engine],
    writer: NamedDependency[Writer],
    now: NamedDependency[datetime],
) -> Template | Redirect:
    """Save the section whole; go on, or say what is missing or was answered elsewhere meanwhile."""
    forms.belongs(data, respondent)
    refuse_finished(respondent)
    with database.reading(engine) as session:
        held = held_of(responding.answers(session, respondent))
    items = Survey.of(questionnaire, respondent, held).items_on(section)
    given = forms.answers(data, items, questionnaire, respondent)
    kept = keep_changed(writer, questionnaire, respondent, given, held, now)
    held |= {each.item: Held(each.value, each.reason, each.evidence, each.sequence) for each in kept}
    after = Survey.of(questionnaire, respondent, held)
    elsewhere = {each.item: given[each.item] for each in kept if each.stale}
    if elsewhere:
        tried = {item: each.value for item, each in elsewhere.items()}
        return _page(
            respondent, own_draft, after.page(section, dict.fromkeys(elsewhere, "elsewhere"), tried), data, 409
        )
    missing = [item for item in items if not given[item].value]
    if missing and "skip" not in data:
        return _page(respondent, own_draft, after.page(section, dict.fromkeys(missing, "missing")), data, 422)
    with database.writing(engine) as session:
        responding.continued(session, respondent, section, now, forms.moment(data, SHOWN))
    following = after.page(section).following
    return away(CHECK if data.get("then") == "check" or following is None else Paths().section(following))


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
    """Keep one answer; say when it was saved, or why it was not."""
    try:
        forms.belongs(data, respondent)
        refuse_finished(respondent)
        given = forms.answers(data, [item], questionnaire, respondent)[item]
        keeping = responding.keep(writer, questionnaire, respondent, item, given, now)
        kept = await asyncio.wait_for(asyncio.wrap_future(keeping), SAVE_SECONDS)
    except TimeoutError:
        raise UnavailableError from None
    except ConflictError as error:
        outcome = OUTCOMES.get(type(error), "sent")
        return fragment(
            request, TEMPLATE, "state", 409, otherwise="/survey", outcome=outcome, language=respondent.language
        )
    if kept.stale:
        words = Survey.of(questionnaire, respondent, {}).question(item).words(kept.value)
        return fragment(
            request,
            TEMPLATE,
            "state",
            409,
            otherwise="/survey",
            outcome="elsewhere",
            elsewhere=words,
            language=respondent.language,
        )
    return fragment(
        request, TEMPLATE, "state", otherwise="/survey", outcome="saved", saved_at=now, language=respondent.language
    )


def keep_changed(  # what the writer needs and what is compared
    writer: Writer,
    questionnaire: Questionnaire,
    who: Respondent,
    given: Mapping[str, Given],
    held: Mapping[str, Held],
    now: datetime,
) -> list[Kept]:
    """Save what says something new, numbered after the page it stood on."""
    changed = {
        item: Given(each.value, each.reason, each.evidence, (each.sequence or 0) + 1)
        for item, each in given.items()
        if forms.differs(each, held.get(item, Held()))
    }
    keeping = responding.keep_all(writer, questionnaire, who, changed, now)
    try:
        return [future.result(SAVE_SECONDS) for future in keeping]
    except TimeoutError:
        raise UnavailableError from None


def _page(who: Respondent, own: OwnDraft, shown: Page, form: forms.Form, status: int = 200) -> Template:
    return page(
        TEMPLATE,
        status,
        page=shown,
        urls=Paths(),
        preview=False,
        response=who.response_id,
        then="check" if form.get("then") == "check" else "",
        is_anonymous=who.is_anonymous,
        shown=form.get(SHOWN, ""),
        **page_words(who, own),
    )
