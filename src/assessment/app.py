"""Composition root: create the application and connect its components."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from anyio import create_task_group, to_thread
from litestar import Litestar, Request, Response
from litestar.config.compression import CompressionConfig
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import InternalServerException
from litestar.types import Receive, Scope, Send

from assessment import access_policies
from assessment.api import key_identification
from assessment.api import routes as api
from assessment.api.http import direct_reads, problems, transport
from assessment.api.http.rate_limit import ApiRateLimiter, RateLimitState
from assessment.domain import struct_types
from assessment.errors import UnreadableError
from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder
from assessment.routers import LazyApplication
from assessment.services.assessments import remains
from assessment.services.assessments.closing_schedule import (
    CHECK_INTERVAL_SECONDS,
    close_due_or_log,
    count_open_or_log,
)
from assessment.services.auth.oidc_sign_in import OidcProvider
from assessment.services.auth.principals import KeyHolder
from assessment.services.auth.sign_in_limit import RateLimiter, forget_tries_or_log
from assessment.services.bulk.bulk_worker import BulkWorker
from assessment.services.delivery import mail_settings
from assessment.services.delivery.outbox_worker import OutboxWorker
from assessment.services.operations import audit_trail, token_buckets
from assessment.services.operations.token_buckets import TokenBucket, TokenRequest
from assessment.services.reports.render_pool import CACHE_FOLDER, RenderPool
from assessment.services.results.release_reader import ReleaseReader
from assessment.services.webhooks.delivery_worker import WebhookSettings, WebhookWorker
from assessment.services.webhooks.public_addresses import parse_networks
from assessment.settings import Settings
from assessment.storage import database
from assessment.storage.answer_writer import AnswerWriter
from assessment.storage.prepared_reads import EventLoopConnection, PreparedRead
from assessment.storage.results.page_reads import ResultPageReads
from assessment.storage.survey import respondent_sessions
from assessment.storage.survey.page_reads import PageReads
from assessment.storage.survey.respondent_sessions import SessionResponse
from assessment.web import console, share, survey
from assessment.web.console import flash
from assessment.web.console.direct_results import DirectResults
from assessment.web.console.handlers import home
from assessment.web.console.views.rendered_results import RenderedResultsCache
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
    metrics,
    templates,
)
from assessment.web.http.client_address import get_client_address
from assessment.web.http.direct_responses import find_handler
from assessment.web.http.form_request import FormRequest
from assessment.web.survey import direct_requests
from assessment.web.survey.answer_pages import AnswerPages
from assessment.web.survey.direct_answers import SavedFragments
from assessment.web.survey.direct_pages import SectionPages
from assessment.web.survey.start_pages import StartPages

Clock = Callable[[], datetime]

MAX_BODY_BYTES = 1024 * 1024
COUNTED_KEY = "counted"  # in the state of a scope: the limiter and the key by which the request was counted
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


class Components:
    """Parts of an application other than its routes: database, caches, limits and mail of one configuration."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.assets = assets.load_assets()
        self.engine = database.make_engine(settings.database_url)
        audit_trail.attach_secret(self.engine, settings.secret)
        mail = mail_settings.make_mail_settings(settings)
        mail_settings.attach_mail(self.engine, mail)
        self.catalogue = QuestionnaireCatalogue(
            [folder for folder in (settings.questionnaires, find_shipped_folder()) if folder]
        )
        # With PostgreSQL, `assessment work` sends mails and webhooks, and carries out large requests: any number of
        # servers and workers.
        self.outbox_worker: OutboxWorker | None = None
        self.webhook_worker: WebhookWorker | None = None
        self.bulk_worker: BulkWorker | None = None
        if database.is_sqlite(self.engine):
            self.outbox_worker = OutboxWorker(self.engine, mail, clock) if mail is not None else None
            self.webhook_worker = WebhookWorker(
                self.engine, WebhookSettings(settings.secret, parse_networks(settings.webhook_networks)), clock
            )
            self.bulk_worker = BulkWorker(self.engine, self.catalogue, settings.secret, clock)
        self.writer = AnswerWriter(self.engine, clock)
        self.read_connection = EventLoopConnection(self.engine)
        self.release_reader = ReleaseReader(self.read_connection, self.engine)
        self.respondent_read = PreparedRead(
            self.read_connection, self.engine, respondent_sessions.select_session_response(), SessionResponse
        )
        self.render_pool = RenderPool(settings.data / CACHE_FOLDER)
        self.code_limiter = RateLimiter(self.engine, settings.secret, "code")
        self.sign_in_limiter = RateLimiter(self.engine, settings.secret, "sign-in")
        self.api_limiter = ApiRateLimiter(take_shared=self._take_shared_tokens)
        self.address_limiter = ApiRateLimiter()
        self.oidc_provider: OidcProvider | None = None
        if settings.oidc is not None:
            self.oidc_provider = OidcProvider(settings.oidc, settings.public_url, settings.secret)
        self.template_engine = templates.create_template_engine(settings, self.assets)
        self.request_metrics = metrics.make_request_metrics()
        self.saved_fragments = SavedFragments(self.template_engine.engine)
        self.section_pages = SectionPages(self.template_engine.engine, PageReads(self.read_connection, self.engine))
        self.answer_pages = AnswerPages(self.template_engine.engine)
        self.start_pages = StartPages(self.template_engine.engine)
        self.rendered_results = RenderedResultsCache(self.template_engine.engine)
        self.direct_results = DirectResults(
            self.template_engine.engine, ResultPageReads(self.read_connection, self.engine), self.rendered_results
        )
        self.identify_key = key_identification.make_key_identifier(self.read_connection, self.engine, settings, clock)

    async def _take_shared_tokens(self, key_id: str, wanted: TokenRequest) -> TokenBucket | None:
        return await to_thread.run_sync(token_buckets.take_shared_tokens, self.engine, key_id, wanted)


@asynccontextmanager
async def _run_lifespan(app: Litestar) -> AsyncIterator[None]:
    """Lifespan: run the answer writer and scheduled work; at shutdown, write all queued answers."""
    components: Components = app.components  # type: ignore[attr-defined]
    components.writer.start()
    ending, stopping = threading.Event(), asyncio.Event()
    try:
        async with create_task_group() as tasks:
            tasks.start_soon(_clean_up_remains, components, ending, stopping)
            tasks.start_soon(_close_due_assessments, components, stopping)
            if components.outbox_worker is not None:
                tasks.start_soon(components.outbox_worker.run, stopping)
            if components.webhook_worker is not None:
                tasks.start_soon(components.webhook_worker.run, stopping)
            if components.bulk_worker is not None:
                tasks.start_soon(components.bulk_worker.run, stopping)
            try:
                yield
            finally:
                ending.set()
                stopping.set()
    finally:
        await to_thread.run_sync(components.writer.stop)
        await to_thread.run_sync(components.render_pool.close)
        components.read_connection.close()
        components.engine.dispose()


async def _clean_up_remains(components: Components, ending: threading.Event, stopping: asyncio.Event) -> None:
    """Finish or delete what interrupted work has left, at the start and every hour."""
    while not stopping.is_set():
        await to_thread.run_sync(remains.clean_up_or_log, components.engine, components.clock(), ending.is_set)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), remains.INTERVAL_SECONDS)


async def _close_due_assessments(components: Components, stopping: asyncio.Event) -> None:
    """Close due assessments, first those that became due while no server ran, and take hourly counts of open ones.

    A running close is completed.
    """
    evict_reports = components.render_pool.evict_reports
    while not stopping.is_set():
        await to_thread.run_sync(close_due_or_log, components.engine, components.clock(), evict_reports)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), CHECK_INTERVAL_SECONDS)
            return
        await to_thread.run_sync(count_open_or_log, components.engine, components.clock())
        await to_thread.run_sync(forget_tries_or_log, components.engine, components.clock())


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
                await transport.serve_request(self._serve_api, scope, receive, send, self._read_address_state)  # type: ignore[arg-type]
            elif "method" not in scope or not await self._serve_directly(scope, receive, send):
                await super().__call__(scope, receive, send)
        finally:
            await database_sessions.roll_back_open_sessions(scope)

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
        components = app.components
        if caller is not None:
            limiter, key = components.api_limiter, caller.key_id
        else:
            limiter, key = components.address_limiter, get_client_address(connection, components.settings)
        request_state = connection.scope["state"]
        if request_state.get(COUNTED_KEY) == (limiter, key):
            return  # a direct read that was left to the framework
        request_state[transport.RATE_STATE_KEY] = limiter.describe_empty()
        request_state[transport.RATE_STATE_KEY] = await limiter.count_request(key, read_clock())
        request_state[COUNTED_KEY] = limiter, key

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
        lifespan=[_run_lifespan],
        openapi_config=None,
        logging_config=None,
    )
    struct_types.build_type_information()
    if unguarded := list(access_policies.find_undeclared(app)):
        msg = "; ".join(unguarded)
        raise RuntimeError(msg)
    return app
