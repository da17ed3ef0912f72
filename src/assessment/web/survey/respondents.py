"""Dependencies of survey handlers: respondent, questionnaire and own draft, from the session cookie."""

from datetime import datetime
from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from msgspec import structs
from sqlalchemy import Engine

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import ClosedError, UnauthenticatedError
from assessment.services import own_drafts, responding, survey_links
from assessment.services.own_drafts import OwnDraft
from assessment.services.principals import Respondent
from assessment.services.shelf import questionnaire_of
from assessment.settings import Settings
from assessment.storage import database
from assessment.web import cookies, languages
from assessment.web.survey.browsers import browser_of, find_own_link
from assessment.web.survey.states import MovedError, RenewedError

PUBLISHED_MOST = 32


def respondent(
    request: Request[None, None, State],
    engine: NamedDependency[Engine],
    published: NamedDependency[dict[str, Questionnaire]],
    now: NamedDependency[datetime],
) -> Respondent:
    """Return the respondent of the session cookie, in the negotiated language.

    Raises `UnauthenticatedError` for an unknown session, `RenewedError` if sending has replaced it, and
    `MovedError` if the code has moved the response to another browser, which must show nothing of it any more.
    """
    cookie = cookies.read(request, "respondent")
    if cookie is None:
        raise UnauthenticatedError
    with database.reading(engine) as session:
        try:
            found = responding.respondent(session, cookie, now)
        except UnauthenticatedError:
            renewed = responding.find_renewed(session, cookie, now)
            if renewed is not None:
                raise RenewedError(renewed) from None
            # The close ends every session: only the link in the browser's own cookie still knows why.
            link = find_own_link(request)
            if link and survey_links.is_closed(session, link, now):
                raise ClosedError from None
            raise
    texts = questionnaire(found, engine, published).texts
    found = structs.replace(found, language=languages.decide(request, texts, found.language))
    if found.moved_on is not None:
        raise MovedError(found)
    return found


def questionnaire(
    respondent: NamedDependency[Respondent],
    engine: NamedDependency[Engine],
    published: NamedDependency[dict[str, Questionnaire]],
) -> Questionnaire:
    """Return the questionnaire of the assessment; cached by digest, because a published one never changes."""
    key = respondent.questionnaire_digest
    if key not in published:
        with database.reading(engine) as session:
            found = questionnaire_of(session, respondent)
        if len(published) >= PUBLISHED_MOST:
            published.clear()
        published[key] = found
    return published[key]


def own_draft(
    request: Request[None, None, State],
    respondent: NamedDependency[Respondent],
    engine: NamedDependency[Engine],
    settings: NamedDependency[Settings],
) -> OwnDraft:
    """Return what pages show about this browser's draft; only handlers that render a page depend on it."""
    cookie = cookies.read(request, "respondent") or ""
    with database.reading(engine) as session:
        return own_drafts.find_own_draft(session, respondent, cookie, browser_of(request), settings.secret)


def page_words(who: Respondent, own: OwnDraft | None) -> dict[str, Any]:
    """Build the template context that all survey pages share; `own` is None in previews."""
    return {
        "language": who.language,
        "heading": f"{who.organisation} · {who.title}",
        "own": own,
        "is_shared": who.is_open_to_link_holders,
        "is_sent": who.state == "sent",
        "asker": who.asker,
    }
