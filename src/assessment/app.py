"""Composition root: create the application and connect its components."""

import time
from datetime import UTC, datetime
from typing import Any

from litestar import Request, Response
from litestar.config.compression import CompressionConfig
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import InternalServerException
from litestar.types import Receive, Scope, Send

from assessment import access_policies
from assessment.api import routes as api
from assessment.api.http import direct_reads, problems, transport
from assessment.api.http.rate_limit import RateLimitState
from assessment.components import Clock, Components
from assessment.domain import struct_types
from assessment.errors import UnreadableError
from assessment.routers import LazyApplication
from assessment.scheduled_work import run_lifespan
from assessment.services.auth.principals import KeyHolder
from assessment.settings import Settings
from assessment.storage import database
from assessment.web import console, share, survey
from assessment.web.console import flash
from assessment.web.console.handlers import home
from assessment.web.http import (
    assets,
    cookies,
    database_sessions,
    error_pages,
    guards,
    headers,
    health,
    json_logs,
    languages,
)
from assessment.web.http.client_address import get_client_address
from assessment.web.http.direct_responses import find_handler
from assessment.web.http.form_request import FormRequest
from assessment.web.survey import direct_requests

MAX_BODY_BYTES = 1024 * 1024
DISCONNECTED = "client disconnected prematurely"  # as Litestar puts it


def utc_now() -> datetime:
    """Return the current time, timezone-aware."""
    return datetime.now(UTC)


def handle_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Render an error as a problem document for API paths, otherwise as a page; also for unknown routes."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, InternalServerException) and error.detail == DISCONNECTED:
        error = UnreadableError("The request ended before its body was complete.")
    is_api = request.scope["path"].startswith(f"{api.PREFIX}/")
    return problems.render_problem(request, error) if is_api else error_pages.render_error(request, error)


class Application(LazyApplication):
    """Litestar application that stores the start time and id of each request, and closes sessions left open."""

    components: Components

    def use_components(self, components: Components) -> None:
        """Connect components to the routes, which keep none of their own: registering 190 routes takes 0.1 s."""
        self.components = components
        self.template_engine = components.template_engine
        self.state = State(
            {
                "settings": components.settings,
                "assets": components.assets,
                "engine": components.engine,
                "writer": components.writer,
                "release_reader": components.release_reader,
                "respondent_read": components.respondent_read,
                "saved_fragments": components.saved_fragments,
                "section_pages": components.section_pages,
                "answer_pages": components.answer_pages,
                "start_pages": components.start_pages,
                "request_metrics": components.request_metrics,
            }
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # type: ignore[override]
        if "method" in scope:
            scope.setdefault("state", {})["began"] = time.perf_counter()
            headers.get_request_id(scope)
            cookies.join_cookie_headers(scope)
        try:
            if transport.is_api_request(scope):
                await self._serve_api_request(scope, receive, send)
            elif "method" not in scope or not await self._serve_directly(scope, receive, send):
                await super().__call__(scope, receive, send)
        finally:
            await database_sessions.roll_back_open_sessions(scope)

    async def _serve_api_request(self, scope: Any, receive: Receive, send: Send) -> None:  # noqa: ANN401  # of HTTP
        remembering = await self.components.response_cache.serve_request(self, scope, receive, send)
        if remembering is not None:
            await transport.serve_request(self._serve_api, scope, receive, remembering, self._read_address_state)

    async def _serve_api(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not await direct_reads.serve_directly(self, find_handler, scope, receive, send):
            await super().__call__(scope, receive, send)

    async def _serve_directly(self, scope: Scope, receive: Receive, send: Send) -> bool:
        components = self.components
        if await direct_requests.serve_directly(self, components.clock, scope, receive, send):
            return True
        return await components.direct_results.serve_page(self, components.clock(), scope, receive, send)

    def _read_address_state(self, scope: Scope) -> RateLimitState:
        address = get_client_address(Request(scope), self.components.settings)
        return self.components.address_limiter.peek_state(address, self.components.clock())


def create_app(settings: Settings, clock: Clock = utc_now) -> Application:
    """Create the application; `clock` is the only source of time. `RuntimeError` for a route without access policy."""
    app = _registered.pop() if _registered else _register_routes()
    app.use_components(Components(settings, clock))
    return app


def register_ahead() -> None:
    """Register the routes for the next application: processes that are forked after this have them already."""
    app = _register_routes()
    app.prepare_routes()
    _registered.append(app)


_registered: list["Application"] = []


def _register_routes() -> Application:
    """Create an application without components."""

    async def identify_key(bearer: str, request: ASGIConnection[Any, Any, Any, Any]) -> KeyHolder:
        return await app.components.identify_key(bearer, request)

    async def count_request(connection: ASGIConnection[Any, Any, Any, Any], caller: KeyHolder | None) -> None:
        await app.components.count_request(connection, caller)

    def read_clock() -> datetime:
        return app.components.clock()

    app = Application(
        route_handlers=[
            assets.serve_static,
            health.check_liveness,
            health.check_readiness,
            home.redirect_root,
            api.create_router(identify_key, count_request),
            survey.create_router(),
            share.create_router(),
            console.create_router(),
        ],
        request_class=FormRequest,
        guards=[guards.enforce_policy],
        dependencies={
            "settings": Provide(lambda: app.components.settings, sync_to_thread=False),
            "catalogue": Provide(lambda: app.components.catalogue, sync_to_thread=False),
            "read_session": Provide(database_sessions.make_session_provider(database.read_session)),
            "write_session": Provide(database_sessions.make_session_provider(database.write_session)),
            "writer": Provide(lambda: app.components.writer, sync_to_thread=False),
            "render_pool": Provide(lambda: app.components.render_pool, sync_to_thread=False),
            "rendered_results": Provide(lambda: app.components.rendered_results, sync_to_thread=False),
            "engine": Provide(lambda: app.components.engine, sync_to_thread=False),
            "code_limiter": Provide(lambda: app.components.code_limiter, sync_to_thread=False),
            "oidc_provider": Provide(lambda: app.components.oidc_provider, sync_to_thread=False),
            "sign_in_limiter": Provide(lambda: app.components.sign_in_limiter, sync_to_thread=False),
            "now": Provide(read_clock, sync_to_thread=False, use_cache=False),
        },
        before_send=[
            headers.add_security_headers,
            languages.set_language_cookie,
            flash.carry_notice,
            json_logs.log_request,
        ],
        exception_handlers={
            Exception: handle_error,
        },
        compression_config=CompressionConfig(
            backend="gzip",
            minimum_size=direct_requests.MIN_COMPRESSED_BYTES,
            gzip_compress_level=direct_requests.COMPRESSION_LEVEL,
            exclude=r"^/(static|api)/",
        ),
        request_max_body_size=MAX_BODY_BYTES,
        lifespan=[run_lifespan],
        openapi_config=None,
        logging_config=None,
    )
    struct_types.build_type_information()
    if unguarded := list(access_policies.find_undeclared(app)):
        msg = "; ".join(unguarded)
        raise RuntimeError(msg)
    return app
