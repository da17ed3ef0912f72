"""Serve the most frequent requests of respondents without the framework's machinery.

Route, guard, dependencies and hooks are those of the framework's handlers; only its resolution of arguments,
exception middleware, compression and response objects are skipped. What is out of the ordinary (an error, a conflict,
a request without script) is left to the framework, which then handles the request from the beginning.
"""

import gzip
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import NamedTuple, TypeAlias

from litestar import Litestar
from litestar._asgi.utils import is_valid_host
from litestar.handlers import BaseRouteHandler
from litestar.types import Receive, Scope, Send

from assessment.domain.questionnaire import Questionnaire
from assessment.services.auth.principals import Respondent
from assessment.web.http.direct_responses import GZIP_HEADERS, DirectResponse, find_handler, send_directly
from assessment.web.http.form_request import LARGE_FORM_BYTES, FormRequest
from assessment.web.http.guards import enforce_policy
from assessment.web.survey.dependencies import provide_questionnaire, provide_respondent

COMPRESSION_LEVEL = 5  # of gzip: 9 takes twice as long, and saves 1 in 100
MIN_COMPRESSED_BYTES = 1000
SURVEY_PREFIX = "/survey/"
DIRECT_HANDLER = "direct_handler"  # in `opt` of a route handler


class DirectRequest(NamedTuple):
    """Request that passed the guard of its route."""

    request: FormRequest
    respondent: Respondent
    questionnaire: Questionnaire
    now: datetime

    def read_form(self) -> Mapping[str, str] | None:
        """Return the form; None if a field occurs twice."""
        fields = self.request.read_fields()
        return {name: values[0] for name, values in fields.items()} if _is_simple(fields) else None


DirectHandler: TypeAlias = Callable[[DirectRequest], Awaitable[DirectResponse | None]]


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
    return DirectResponse(b"", 303, ((b"content-type", b"text/plain; charset=utf-8"), (b"location", path.encode())))


async def serve_directly(
    app: Litestar, now: Callable[[], datetime], scope: Scope, receive: Receive, send: Send
) -> bool:
    """Serve a request of a respondent; return False if the framework has to, which can read all of it again."""
    if not scope["path"].startswith(SURVEY_PREFIX) or scope.get("query_string") or not _has_small_body(scope):
        return False
    scope["app"] = scope["litestar_app"] = app
    handler = find_handler(app, scope)
    direct: DirectHandler | None = handler and handler.opt.get(DIRECT_HANDLER)
    if direct is None:
        return False
    try:
        response = await _handle_request(direct, handler, scope, receive, now())
    except Exception:  # noqa: BLE001  # the framework meets it again, and its handlers render it
        return False
    if response is None:
        return False
    await send_directly(app, response, scope, send)
    return True


async def _handle_request(
    direct: DirectHandler, handler: BaseRouteHandler, scope: Scope, receive: Receive, now: datetime
) -> DirectResponse | None:
    request = FormRequest(scope, receive)
    await enforce_policy(request, handler)
    respondent = await provide_respondent(request, now)
    questionnaire = await provide_questionnaire(request, respondent)
    return await direct(DirectRequest(request, respondent, questionnaire, now))


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
