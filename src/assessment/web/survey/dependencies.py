"""Dependencies of survey handlers: respondent, questionnaire and own draft, from the session cookie.

Those that each autosave needs take components from the application's state: Litestar starts a task for each of several
dependencies that are independent of each other, which takes longer than finding the respondent.
"""

from datetime import datetime
from typing import Any

from anyio import to_thread
from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from msgspec import structs
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import ResponseState
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.promises import get_audience
from assessment.errors import ClosedError, UnauthenticatedError
from assessment.services.assessments.published_questionnaires import get_cached_questionnaire, load_questionnaire
from assessment.services.auth import tokens
from assessment.services.auth.principals import Respondent
from assessment.services.survey import own_drafts, response_lifecycle, survey_links
from assessment.services.survey.own_drafts import OwnDraft
from assessment.settings import Settings
from assessment.storage import database
from assessment.web.http import cookies, languages
from assessment.web.survey.browser_cookies import find_own_link, read_browser
from assessment.web.survey.response_states import MovedError, SessionRenewedError


async def provide_respondent(
    request: Request[None, None, State],
    now: NamedDependency[datetime],
) -> Respondent:
    """Return the respondent of the session cookie, in the negotiated language.

    Raises `UnauthenticatedError` for an unknown session, `SessionRenewedError` if sending has replaced it, and
    `MovedError` if the code has moved the response to another browser, which must show nothing of it any more.
    """
    cookie = cookies.read_cookie(request, "respondent")
    if cookie is None:
        raise UnauthenticatedError
    state = request.app.state
    try:
        row = await state.respondent_read.find_row(cookie_hash=tokens.hash_token(cookie))
        respondent = response_lifecycle.build_respondent(row, cookie, now)
    except UnauthenticatedError:
        await to_thread.run_sync(_raise_reason, state.engine, cookie, find_own_link(request), now)
        raise
    texts = (await provide_questionnaire(request, respondent)).texts
    language = languages.negotiate_language(request, texts, respondent.language)
    if language != respondent.language:
        respondent = structs.replace(respondent, language=language)
    if respondent.moved_on is not None:
        raise MovedError(respondent)
    return respondent


def _raise_reason(engine: Engine, cookie: str, link: str, now: datetime) -> None:
    """Raise why a session is unknown, if that can be found: it was renewed, or the survey has closed."""
    with database.read_session(engine) as session:
        renewed = response_lifecycle.find_renewed_session(session, cookie, now)
        if renewed is not None:
            raise SessionRenewedError(renewed)
        # The close ends every session: only the link in the browser's own cookie still knows why.
        if link and survey_links.is_closed(session, link, now):
            raise ClosedError


async def provide_questionnaire(
    request: Request[None, None, State], respondent: NamedDependency[Respondent]
) -> Questionnaire:
    """Return the questionnaire of the assessment; loaded on a thread unless it is cached."""
    cached = get_cached_questionnaire(respondent)
    if cached is not None:
        return cached
    return await to_thread.run_sync(load_respondent_questionnaire, respondent, request.app.state.engine)


def load_respondent_questionnaire(respondent: Respondent, engine: Engine) -> Questionnaire:
    """Load the questionnaire of the assessment; if it is cached, the session opens no connection."""
    with database.read_session(engine) as session:
        return load_questionnaire(session, respondent)


def provide_own_draft(
    request: Request[None, None, State],
    respondent: NamedDependency[Respondent],
    engine: NamedDependency[Engine],
    settings: NamedDependency[Settings],
) -> OwnDraft:
    """Return what pages show about this browser's draft; only handlers that render a page depend on it."""
    with database.read_session(engine) as session:
        return find_own_draft(session, request, respondent, settings)


def find_own_draft(
    session: Session, request: Request[Any, Any, Any], respondent: Respondent, settings: Settings
) -> OwnDraft:
    """Find this browser's draft, for handlers that have a session of their own."""
    cookie = cookies.read_cookie(request, "respondent") or ""
    return own_drafts.find_own_draft(session, respondent, cookie, read_browser(request), settings.secret)


def build_page_context(respondent: Respondent, own_draft: OwnDraft | None) -> dict[str, Any]:
    """Build the template context that all survey pages share; `own` is None in previews."""
    return {
        "language": respondent.language,
        "heading": f"{respondent.organisation} · {respondent.title}",
        "own_draft": own_draft,
        "is_shared": respondent.is_open_to_link_holders,
        "is_sent": respondent.state == ResponseState.SENT,
        "asker": respondent.asker,
        "audience": get_audience(respondent.confidentiality, respondent.mode),
    }
