"""The results page, served without the framework's machinery once it was rendered for this reader.

Route, guard, role check and hooks are those of the framework's handler, and so is the key of the rendered page, which
is read from the database for each view. Everything else (an error, a notice, another language, a session that has to
be touched, a later wave, a page that is not rendered yet) is left to the framework.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from jinja2 import Environment
from litestar import Litestar
from litestar._asgi.utils import is_valid_host
from litestar.types import Receive, Send
from msgspec import structs

from assessment.domain.assessment import AssessmentKey
from assessment.services.auth import tokens, user_sessions
from assessment.services.auth.principals import Consultant
from assessment.services.lru_cache import LruCache
from assessment.services.results import page_cache_keys
from assessment.settings import Settings
from assessment.storage.assessments import Assessment
from assessment.storage.results.page_versions import PageVersion
from assessment.storage.results.result_page_reads import ResultPageReads
from assessment.web.console import authentication
from assessment.web.console.views.rendered_results import RenderedResults, RenderedResultsCache
from assessment.web.http import cookies, csrf
from assessment.web.http.direct_responses import GZIP_HEADERS, DirectResponse, find_handler, send_directly
from assessment.web.http.form_request import FormRequest
from assessment.web.http.languages import get_page_language
from assessment.web.http.packed_pages import PackedPage
from assessment.web.http.page_slots import make_slot
from assessment.web.http.templates import render_form_fields

SHOWN_DIRECTLY = "shown_directly"  # in `opt` of the results page
PREFIX, SUFFIX = "/console/assessments/", "/results"
TEMPLATE = "console/results-rendered.html"
MAX_PAGES = 16  # each about 250 kB
UNSEEN = datetime.min  # pages do not depend on the last activity  # noqa: DTZ901
BODY_HEADERS = (b"content-length", b"transfer-encoding")


class ReaderKey(NamedTuple):
    """Everything that a page depends on: the key of its content, and the consultant."""

    content: bytes
    consultant: Consultant
    languages: tuple[str, ...]


class DirectResults:
    """Cache of whole results pages with a slot for the tokens of the session; only for the event loop."""

    def __init__(self, environment: Environment, reads: ResultPageReads, rendered: RenderedResultsCache) -> None:
        self._environment = environment
        self._reads = reads
        self._rendered = rendered
        self._pages: LruCache[ReaderKey, PackedPage] = LruCache(MAX_PAGES)

    async def serve_page(self, app: Litestar, now: datetime, scope: Any, receive: Receive, send: Send) -> bool:  # noqa: ANN401  # the scope of ASGI
        """Serve a view; return False if the framework has to."""
        path: str = scope["path"]
        if not (path.startswith(PREFIX) and path.endswith(SUFFIX)) or not _is_plain(scope):
            return False
        scope["app"] = scope["litestar_app"] = app
        handler = find_handler(app, scope)
        if handler is None or SHOWN_DIRECTLY not in handler.opt:
            return False
        try:
            request = FormRequest(scope, receive)
            for guard in handler.resolve_guards():
                await guard(request, handler)
            response = await self._respond(request, now)
        except Exception:  # noqa: BLE001  # the framework meets it again, and its handlers render it
            return False
        if response is None:
            return False
        await send_directly(app, response, scope, send)
        return True

    async def _respond(self, request: FormRequest, now: datetime) -> DirectResponse | None:
        token = cookies.read_cookie(request, "console") or ""
        row = await self._reads.find_reader(tokens.hash_token(token))
        consultant = user_sessions.check_session(row, now)
        if row is None or user_sessions.is_touch_due(consultant, now) or cookies.read_cookie(request, "notice"):
            return None
        consultant = authentication.admit_consultant(request, consultant)
        key = AssessmentKey(consultant.workspace_id, request.path_params["assessment_id"])
        stored = await self._reads.find_assessment(key)
        if stored is None or stored[0].wave_of is not None:
            return None
        page = self._find_page(request, consultant, row.languages, *stored)
        if page is None:
            return None
        settings: Settings = request.app.state.settings
        fields = render_form_fields(settings, csrf.make_token(settings, token), consultant.user_id)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return DirectResponse(page.pack_filled(fields), headers=GZIP_HEADERS)
        return DirectResponse(page.fill_slot(fields))

    def _find_page(
        self,
        request: FormRequest,
        consultant: Consultant,
        offered: Sequence[str],
        assessment: Assessment,
        version: PageVersion,
    ) -> PackedPage | None:
        """Return the page as it is now; None if its content was not rendered yet."""
        spoken = get_page_language(request)
        reader = consultant.language, str(consultant.can_edit), *spoken.language_pair, *offered
        content = page_cache_keys.encode_page_key(reader, [(assessment, version)])
        rendered = self._rendered.find_page(content)
        if rendered is None:
            return None
        key = ReaderKey(content, structs.replace(consultant, seen_at=UNSEEN), spoken.available_languages)
        return self._pages.find_value(key) or self._pages.add_value(
            key, self._render_page(request, consultant, assessment, rendered)
        )

    def _render_page(
        self, request: FormRequest, consultant: Consultant, assessment: Assessment, rendered: RenderedResults
    ) -> PackedPage:
        html = self._environment.get_template(TEMPLATE).render(
            request=request,
            csrf=lambda: make_slot("tokens"),
            consultant=consultant,
            assessment=assessment,
            language=rendered.language,
            rendered=rendered,
        )
        return PackedPage.parse_html(html)


def _is_plain(scope: Any) -> bool:  # noqa: ANN401  # the scope of ASGI
    """Return whether the request is a view without a query and a body, at a valid host."""
    return (
        scope["method"] == "GET"
        and not scope.get("query_string")
        and not any(
            name in BODY_HEADERS or (name == b"host" and not is_valid_host(value)) for name, value in scope["headers"]
        )
    )
