"""Start pages of browsers without a draft: rendered once with slots for the names and the link, then filled."""

from typing import Any

import msgspec
from jinja2 import Environment
from litestar import Request
from litestar.datastructures import State
from msgspec import structs

from assessment.services.survey.start_page import StartPage
from assessment.web.http import cookies
from assessment.web.http.languages import get_page_language
from assessment.web.http.page_slots import PageCache, SlottedPage, make_slot

TEMPLATE = "survey/start.html"
NAMES = ("organisation", "title", "asker", "masked_address")


class StartPages:
    """Cache of start pages with slots, of one process."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._cache: PageCache[SlottedPage] = PageCache()

    def fill_page(self, request: Request[None, None, State], context: dict[str, Any]) -> str | None:
        """Return the page of a context for the template; None if this browser has a draft, of this link or another."""
        start: StartPage = context["start"]
        if start.draft is not None or start.questionnaire is None or cookies.has_survey_cookies(request):
            return None
        names: dict[str, str] = {name: getattr(start, name) for name in NAMES}
        present = {name: name if text else "" for name, text in names.items()}
        described = structs.replace(start, **present, questionnaire=None, workspace_id="", assessment_id="")
        language = get_page_language(request)
        key = (
            msgspec.json.encode(described),
            (start.questionnaire.id, start.questionnaire.version, id(start.questionnaire)),
            (language.language, language.default_language, language.available_languages),
        )
        slots = {name: make_slot(name) if text else "" for name, text in names.items()}
        slotted = structs.replace(start, **slots)
        page = self._cache.get_page(key, lambda: self._render_slots(request, slotted, context))
        return page.fill_slots(names | {"link": context["link"]})

    def _render_slots(
        self, request: Request[None, None, State], slotted: StartPage, context: dict[str, Any]
    ) -> SlottedPage:
        with_slots = context | {"start": slotted, "welcome": slotted, "link": make_slot("link"), "request": request}
        return SlottedPage.parse_html(self._environment.get_template(TEMPLATE).render(**with_slots))
