"""Who answers: found by the cookie, once per request, with the questionnaire that the assessment opened with."""

from datetime import datetime

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from msgspec import structs
from sqlalchemy import Engine

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import UnauthenticatedError
from assessment.services import responding
from assessment.services.principals import Respondent
from assessment.services.shelf import questionnaire_of
from assessment.storage import database
from assessment.web import cookies, languages

PUBLISHED_MOST = 32


def respondent(
    request: Request[None, None, State],
    engine: NamedDependency[Engine],
    published: NamedDependency[dict[str, Questionnaire]],
    now: NamedDependency[datetime],
) -> Respondent:
    """Say whose browser this is, and in which language; `UnauthenticatedError` for a cookie nobody gave."""
    cookie = cookies.read(request, "respondent")
    if cookie is None:
        raise UnauthenticatedError
    with database.reading(engine) as session:
        found = responding.respondent(session, cookie, now)
    texts = questionnaire(found, engine, published).texts
    return structs.replace(found, language=languages.decide(request, texts, found.language))


def questionnaire(
    respondent: NamedDependency[Respondent],
    engine: NamedDependency[Engine],
    published: NamedDependency[dict[str, Questionnaire]],
) -> Questionnaire:
    """Return what is asked; it never changes once published, so it is read once per process."""
    key = respondent.questionnaire_digest
    if key not in published:
        with database.reading(engine) as session:
            found = questionnaire_of(session, respondent)
        if len(published) >= PUBLISHED_MOST:
            published.clear()
        published[key] = found
    return published[key]
