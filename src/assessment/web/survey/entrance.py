"""The way in: a respondent's link, which changes nothing when it is opened, and the button that begins."""

from litestar import HttpMethod, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Texts
from assessment.errors import NotFoundError
from assessment.policies import PUBLIC
from assessment.services import responding
from assessment.services.responding import Welcome
from assessment.settings import Settings
from assessment.web import cookies
from assessment.web.pages import away, page


class Promises(Struct, frozen=True):
    """What decides who sees what; `people` is the least number that a figure stands for (k + 1)."""

    confidentiality: str
    mode: str
    people: int


@route("/s/{token:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], policy=PUBLIC, sync_to_thread=True)
def start(token: FromPath[str], reading: NamedDependency[Session]) -> Template:
    """Show what is asked and promised; mail scanners may open this as often as they like."""
    welcome = _look(reading, token)
    if welcome is None or welcome.state == "revoked":
        return page("survey/unknown.html", 404)
    if welcome.state != "open" or welcome.response == "withdrawn" or welcome.questionnaire is None:
        return page("survey/over.html", welcome=welcome, language=welcome.language)
    texts = welcome.questionnaire.text(welcome.language)
    return page(
        "survey/start.html",
        start=welcome,
        introduction=texts.introduction,
        role=texts.roles.get(welcome.role, ""),
        functions=_functions(texts, welcome),
        promises=Promises(welcome.confidentiality, welcome.mode, welcome.minimum_group + 1),
        language=welcome.language,
    )


@post("/s/{token:str}", policy=PUBLIC, sync_to_thread=True)
def enter(token: FromPath[str], writing: NamedDependency[Session], settings: NamedDependency[Settings]) -> Redirect:
    """Swap the link for a cookie, so that no address from here on bears the token."""
    entered = responding.enter(writing, token)
    answer = away("/survey")
    answer.cookies = [cookies.give("respondent", entered.cookie, settings), cookies.end("code", settings)]
    return answer


def _look(session: Session, token: str) -> Welcome | None:
    try:
        return responding.look(session, token)
    except NotFoundError:
        return None


def _functions(texts: Texts, welcome: Welcome) -> tuple[str, ...]:
    return tuple(texts.functions[each] for each in welcome.functions if each in texts.functions)
