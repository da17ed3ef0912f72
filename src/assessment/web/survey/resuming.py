"""A section that was sent when its session was gone: kept on a page, and saved once the link is given again.

Nothing is stored for a stranger: the answers travel through the browser as hidden fields, and are filed only where the
link leads to the very response that the form was made for.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from litestar import Request, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect, Template
from sqlalchemy import Engine

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import NotFoundError
from assessment.policies import PUBLIC
from assessment.services import entering, responding
from assessment.services.entering import Browser, Entered, UsedError
from assessment.settings import Settings
from assessment.storage import database
from assessment.storage.writer import Writer
from assessment.web import cookies
from assessment.web.csrf import FIELD
from assessment.web.guards import StrangerError
from assessment.web.pages import away, page
from assessment.web.survey import forms, respondents
from assessment.web.survey.answering import SHOWN, keep_changed
from assessment.web.survey.forms import MisfiledError
from assessment.web.survey.paths import CHECK, Paths
from assessment.web.survey.sections import Survey, held_of
from assessment.web.survey.states import refuse_finished
from assessment.wording.sentences import N_

TEMPLATE = "survey/resume.html"
LINK, CODE, SECTION = "link", "code", "section"
OWN = frozenset({FIELD, LINK, CODE, SECTION, "skip"})
FIELDS_MOST = 100
LENGTH_MOST = 1000
TOKEN = re.compile(r"(?:^|/s/)(?P<token>[\w-]{16,64})/?(?:[?#].*)?$", re.ASCII)


def ask(request: Request[None, None, State], error: Exception) -> Template:
    """Show what can be done about a form whose session has gone; its answers stay in the page."""
    if not isinstance(error, StrangerError):
        raise error
    return _page(error.form | {SECTION: request.scope["path"].rpartition("/")[2]}, error.status)


@post("/survey/resume", policy=PUBLIC, sync_to_thread=True)
def resume(
    data: URLEncodedBody[dict[str, str]],
    engine: NamedDependency[Engine],
    writer: NamedDependency[Writer],
    published: NamedDependency[dict[str, Questionnaire]],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Template | Redirect:
    """Let the browser in by its link, save the section, and go on."""
    token = TOKEN.search(data.get(LINK, "").strip())
    try:
        entered = _enter(engine, token["token"] if token else "", data, settings)
    except UsedError:
        return _page(data, 409, CODE, N_("Give the code that you wrote down when you began."))
    except MisfiledError:
        told = N_("These answers were given by another link. Give the link that you began with.")
        return _page(data, 409, LINK, told)
    except NotFoundError:
        return _page(data, 422, *_unknown(data))
    who = entered.respondent
    refuse_finished(who)
    questionnaire = respondents.questionnaire(who, engine, published)
    with database.reading(engine) as session:
        held = held_of(responding.answers(session, who))
    survey = Survey.of(questionnaire, who, held)
    section = data.get(SECTION, "")
    given = forms.answers(data, survey.items_on(section), questionnaire, who)
    said = {item: each for item, each in given.items() if each.value}
    kept = keep_changed(writer, questionnaire, who, said, held, now)
    is_whole = len(said) == len(given) and not any(each.stale for each in kept)
    answer = away(_next(survey, section, data, is_whole=is_whole))
    answer.cookies = [cookies.give("respondent", entered.cookie, settings)]
    if who.is_anonymous and token:
        answer.cookies.append(cookies.give("link", token["token"], settings))
    return answer


def _enter(engine: Engine, token: str, data: Mapping[str, str], settings: Settings) -> Entered:
    """Refuse, and undo, what would lead to another response than the form's."""
    code = data.get(CODE, "").strip()[:LENGTH_MOST]
    with database.writing(engine) as session:
        entered = entering.enter(session, token, browser=Browser("", "", "", code), secret=settings.secret)
        forms.belongs(data, entered.respondent)
    return entered


def _unknown(data: Mapping[str, str]) -> tuple[str, str]:
    if data.get(CODE, "").strip():
        return CODE, N_("No answers to this survey belong to this code.")
    return LINK, N_("This link leads nowhere. Copy the whole of it from your invitation.")


def _next(survey: Survey, section: str, data: Mapping[str, str], *, is_whole: bool) -> str:
    if not is_whole:
        return Paths().section(section)
    following = survey.page(section).following
    return CHECK if data.get("then") == "check" or following is None else Paths().section(following)


def _page(form: Mapping[str, str], status: int, field: str = "", problem: str = "") -> Template:
    kept = [(name, value) for name, value in form.items() if name not in OWN and len(value) <= LENGTH_MOST]
    return page(
        TEMPLATE,
        status,
        kept=kept[:FIELDS_MOST],
        section=form.get(SECTION, "")[:LENGTH_MOST],
        link=form.get(LINK, "")[:LENGTH_MOST],
        code=form.get(CODE, "")[:LENGTH_MOST],
        is_anonymous=SHOWN in form,
        field=field,
        problem=problem,
    )
