"""Cache of the results page: a release does not change, and rendering it takes ten times as long as all the rest.

Only the block `content` is stored, rendered for a consultant of a language: nothing of a session may be in it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment
from litestar import Request
from markupsafe import Markup
from msgspec import Struct

from assessment.services.lru_cache import LruCache
from assessment.web.http import csrf

MAX_PAGES = 32  # each about 250 kB
TEMPLATE, BLOCK = "console/results.html", "content"


class RenderedResults(Struct, frozen=True):
    """Rendered block, and the language of its texts."""

    content: Markup
    language: str


class RenderedResultsCache:
    """Rendered pages by key."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._pages: LruCache[bytes, RenderedResults] = LruCache(MAX_PAGES)

    def find_page(self, key: bytes) -> RenderedResults | None:
        """Return the page of this key if it was rendered before."""
        return self._pages.find_value(key)

    def find_or_render(
        self, key: bytes, request: Request[Any, Any, Any], load_context: Callable[[], Mapping[str, Any]]
    ) -> RenderedResults:
        """Return the page of this key; `load_context` has all that the block shows, `language` among it."""
        page = self.find_page(key)
        if page is not None:
            return page
        context = load_context()
        template = self._environment.get_template(TEMPLATE)
        block = template.blocks[BLOCK](template.new_context({**context, "request": request}))
        page = RenderedResults(Markup("".join(block)), context["language"])  # noqa: S704  # rendered by our template
        if csrf.TOKEN_FIELD in page.content:
            msg = f"The block {BLOCK} of {TEMPLATE} has a form: its token belongs to one session."
            raise RuntimeError(msg)
        return self._pages.add_value(key, page)
