"""Servers and guards that are broken on purpose: a test that finds nothing wrong with them is too weak."""

import os
from collections.abc import Callable
from typing import Any

from litestar import Litestar

from assessment.services.auth import tokens
from assessment.services.survey import draft_keys, survey_entry, survey_links
from assessment.storage import database
from assessment.storage.survey import responses
from tests.web import running

begin_draft = survey_entry._begin_draft


def open_newest_response(session: Any, link: Any, random: Any, secret: str) -> Any:
    """Begin as it was once: every link leads to the one response of its invitation, whatever the cookies say."""
    response_id = responses.find_newest_response(session, link.row.workspace_id, link.row.id)
    if response_id is None:
        return begin_draft(session, link, random, secret)
    return survey_entry.admit_browser(session, link, response_id, draft_keys.generate_session(random), secret)


def open_response_of_form(request: Any, data: Any, engine: Any, limiter: Any, settings: Any, now: Any) -> Any:
    """Resume without a session: every link leads to the response whose id the form names."""
    with database.write_session(engine) as session:
        link = survey_links.lock_link(session, data["link"])
        cookie = draft_keys.generate_session(tokens.RANDOM)
        return survey_entry.admit_browser(session, link, data["response"], cookie, settings.secret)


MUTANTS: dict[str, Callable[[], None]] = {
    "links open answers": lambda: setattr(survey_entry, "_begin_draft", open_newest_response),
}


def app() -> Litestar:
    """Build the app of a server process with the mutant that the environment names."""
    MUTANTS[os.environ["MUTANT"]]()
    return running.app()
