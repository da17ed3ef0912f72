"""Serve the most frequent requests of respondents without the framework's machinery.

Route, guard, dependencies and hooks are those of the framework's handlers; only its resolution of arguments,
exception middleware, compression and response objects are skipped. What is out of the ordinary (an error, a conflict,
a request without script) is left to the framework, which then handles the request from the beginning.
"""

import gzip
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, TypeAlias

from anyio import to_thread
from litestar import Litestar
from litestar._asgi.utils import is_valid_host
from litestar.datastructures import Cookie
from litestar.enums import RequestEncodingType
from litestar.handlers import BaseRouteHandler
from litestar.response import Redirect, Template
from litestar.types import Receive, Scope, Send

from assessment.domain.questionnaire import Questionnaire
from assessment.services.auth.principals import Respondent
from assessment.web.http.direct_responses import GZIP_HEADERS, DirectResponse, find_handler, send_directly
from assessment.web.http.form_request import LARGE_FORM_BYTES, FormRequest
from assessment.web.http.guards import enforce_policy
from assessment.web.survey.dependencies import provide_questionnaire, provide_respondent

COMPRESSION_LEVEL = 5  # of gzip: 9 takes twice as long, and saves 1 in 100
MIN_COMPRESSED_BYTES = 1000
PREFIXES = ("/survey", "/s/")
# In `opt` of a route handler: the function for a respondent, the one for a reader without a session, and the query
# string that is no reason to leave the request to the framework.
DIRECT_HANDLER = "direct_handler"
PUBLIC_DIRECT_HANDLER = "public_direct_handler"
IGNORED_QUERY = "ignored_query"


class DirectRequest(NamedTuple):
    """Request that passed the guard of its route."""

    request: FormRequest
    respondent: Respondent
    questionnaire: Questionnaire
    now: datetime

    def read_form(self) -> Mapping[str, str] | None:
        return read_form(self.request)


class PublicRequest(NamedTuple):
    """Request to a route without a session that passed the guard of its route."""

    request: FormRequest
    now: datetime


DirectHandler: TypeAlias = Callable[[DirectRequest], Awaitable[DirectResponse | None]]
PublicHandler: TypeAlias = Callable[[PublicRequest], Awaitable[DirectResponse | None]]


def read_form(request: FormRequest) -> Mapping[str, str] | None:
    """Return the form; None if it is not URL-encoded, or a field occurs twice."""
    if request.content_type[0] != RequestEncodingType.URL_ENCODED:
        return None
    fields = request.read_fields()
    return {name: values[0] for name, values in fields.items()} if _is_simple(fields) else None


def make_page(request: FormRequest, html: str) -> DirectResponse:
    """Make the response of a whole page, compressed if the browser accepts gzip."""
    body = html.encode()
    if len(body) < MIN_COMPRESSED_BYTES or "gzip" not in request.headers.get("accept-encoding", ""):
        return DirectResponse(body)
    compressed = gzip.compress(body, COMPRESSION_LEVEL, mtime=0)
    return DirectResponse(compressed, headers=GZIP_HEADERS)


def redirect_form(request: FormRequest, path: str) -> DirectResponse:
    """Redirect a form as `page_responses.redirect_form`."""
    if request.htmx:
        return DirectResponse(b"", 204, ((b"hx-redirect", path.encode()),))
    return redirect_to(path)


def redirect_to(path: str) -> DirectResponse:
    return DirectResponse(b"", 303, ((b"content-type", b"text/plain; charset=utf-8"), (b"location", path.encode())))


async def respond_on_thread(request: FormRequest, respond: Callable[[], Template | Redirect | str]) -> DirectResponse:
    """Run what a handler does, and render its page, on one thread; a text is a page that is already rendered."""
    return await to_thread.run_sync(lambda: _convert_response(request, respond()))


def _convert_response(request: FormRequest, response: Template | Redirect | str) -> DirectResponse:
    """Convert the response of a handler as the framework does."""
    if isinstance(response, str):
        return make_page(request, response)
    more = _encode_cookies(response.cookies)
    if isinstance(response, Redirect):
        redirect = redirect_to(response.url)
        return redirect._replace(headers=(*redirect.headers, *more))
    template = request.app.template_engine.get_template(response.template_name)  # type: ignore[union-attr]  # we have one
    page = make_page(request, template.render(**response.create_template_context(request)))
    more += [(name.encode(), str(value).encode()) for name, value in response.headers.items()]
    return page._replace(status=response.status_code or page.status, headers=(*page.headers, *more))


def _encode_cookies(cookies: Iterable[Cookie]) -> list[tuple[bytes, bytes]]:
    return [cookie.to_encoded_header() for cookie in cookies]


async def serve_directly(
    app: Litestar, now: Callable[[], datetime], scope: Scope, receive: Receive, send: Send
) -> bool:
    """Serve a request of a respondent; return False if the framework has to, which can read all of it again."""
    if not scope["path"].startswith(PREFIXES) or not _has_small_body(scope):
        return False
    scope["app"] = scope["litestar_app"] = app
    handler = find_handler(app, scope)
    if handler is None or scope.get("query_string") not in (b"", handler.opt.get(IGNORED_QUERY)):
        return False
    respond = _choose_responder(handler)
    if respond is None:
        return False
    request = FormRequest(scope, receive)
    try:
        await enforce_policy(request, handler)
        response = await respond(request, now())
    except Exception:  # noqa: BLE001  # the framework meets it again, and its handlers render it
        return False
    if response is None:
        return False
    await send_directly(app, response, scope, send)
    return True


def _choose_responder(
    handler: BaseRouteHandler,
) -> Callable[[FormRequest, datetime], Awaitable[DirectResponse | None]] | None:
    respond: DirectHandler | None = handler.opt.get(DIRECT_HANDLER)
    respond_to_public: PublicHandler | None = handler.opt.get(PUBLIC_DIRECT_HANDLER)
    if respond_to_public is not None:
        return lambda request, now: respond_to_public(PublicRequest(request, now))
    if respond is None:
        return None

    async def identify_and_respond(request: FormRequest, now: datetime) -> DirectResponse | None:
        respondent = await provide_respondent(request, now)
        questionnaire = await provide_questionnaire(request, respondent)
        return await respond(DirectRequest(request, respondent, questionnaire, now))

    return identify_and_respond


def _has_small_body(scope: Scope) -> bool:
    """Return whether the host is valid, and the body's length declared and small, so that it can be read again."""
    length = 0
    for name, value in scope["headers"]:
        if name == b"content-length":
            length = int(value) if value.isdigit() else LARGE_FORM_BYTES + 1
        elif name == b"transfer-encoding" or (name == b"host" and not is_valid_host(value)):
            return False
    return length <= LARGE_FORM_BYTES


def _is_simple(fields: Mapping[str, tuple[str, ...]]) -> bool:
    return all(len(values) == 1 for values in fields.values())
