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
from litestar.datastructures import State
from litestar.di import Provide
from litestar.template import TemplateConfig
from litestar.types import Receive, Scope, Send
from sqlalchemy import Engine

from assessment import access_policies
from assessment.api import routes as api
from assessment.api.http import authentication, problems
from assessment.domain import struct_types
from assessment.errors import UnavailableError
from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder
from assessment.services.assessments import order_erasure
from assessment.services.assessments.closing_schedule import CHECK_INTERVAL_SECONDS, close_due_or_log
from assessment.services.auth import api_keys
from assessment.services.auth.principals import KeyHolder
from assessment.services.auth.sign_in_limit import RateLimiter
from assessment.services.delivery import mail_settings
from assessment.services.delivery.outbox_worker import OutboxWorker
from assessment.services.operations import audit_trail
from assessment.services.reports.render_pool import CACHE_FOLDER, RenderPool
from assessment.services.results.release_reader import ReleaseReader
from assessment.settings import Settings
from assessment.storage import database
from assessment.storage.answer_writer import AnswerWriter
from assessment.storage.auth.api_keys import StoredApiKey, select_api_key
from assessment.storage.prepared_reads import EventLoopConnection, PreparedRead
from assessment.storage.survey import responses
from assessment.storage.survey.responses import SessionResponse
from assessment.web import console, survey
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
    templates,
)
from assessment.web.http.form_request import FormRequest

Clock = Callable[[], datetime]

MAX_BODY_BYTES = 1024 * 1024
MIN_COMPRESSED_BYTES = 1000


def utc_now() -> datetime:
    """Return the current time, timezone-aware."""
    return datetime.now(UTC)


def handle_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Render an error as a problem document for API paths, otherwise as a page; also for unknown routes."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    is_api = request.scope["path"].startswith(f"{api.PREFIX}/")
    return problems.render_problem(request, error) if is_api else error_pages.render_error(request, error)


def make_key_identifier(
    connection: EventLoopConnection, engine: Engine, settings: Settings, clock: Clock
) -> authentication.IdentifyKey:
    """Make the function that authenticates an API key, before the body of the request is read."""
    key_read = PreparedRead(connection, engine, select_api_key(), StoredApiKey)

    async def identify(bearer: str) -> KeyHolder:
        now = clock()
        key_id, _ = api_keys.split_key(bearer)
        row = await key_read.find_row(key_id=key_id) if key_id else None
        holder = api_keys.check_key(row, bearer, now, secret=settings.secret)
        if api_keys.is_use_due(holder, now):
            await to_thread.run_sync(_record_key_use, engine, holder, now)
        return holder

    return identify


def _record_key_use(engine: Engine, holder: KeyHolder, now: datetime) -> None:
    """Record the use of a key; a read-only database must not block reading, so failures are only logged."""
    try:
        with database.write_session(engine) as session:
            api_keys.record_use(session, holder, now)
    except UnavailableError:
        json_logs.error_logger.warning("the last use of an API key could not be stored")


@asynccontextmanager
async def _run_lifespan(
    engine: Engine, writer: AnswerWriter, render_pool: RenderPool, clock: Clock, outbox_worker: OutboxWorker | None
) -> AsyncIterator[None]:
    """Lifespan: run the answer writer and scheduled work; at shutdown, write all queued answers."""
    writer.start()
    ending, stopping = threading.Event(), asyncio.Event()
    try:
        async with create_task_group() as tasks:
            tasks.start_soon(to_thread.run_sync, _resume_erasures, engine, ending)
            tasks.start_soon(_close_due_assessments, engine, render_pool, clock, stopping)
            if outbox_worker is not None:
                tasks.start_soon(outbox_worker.run, stopping)
            try:
                yield
            finally:
                ending.set()
                stopping.set()
    finally:
        await to_thread.run_sync(writer.stop)
        await to_thread.run_sync(render_pool.close)
        engine.dispose()


def _resume_erasures(engine: Engine, ending: threading.Event) -> None:
    """Resume erasures of a crashed server; without a working database the next start tries again."""
    try:
        order_erasure.resume_erasures(engine, ending.is_set)
    except UnavailableError:
        json_logs.error_logger.warning("closed assessments were not looked through for work that was left")


async def _close_due_assessments(
    engine: Engine, render_pool: RenderPool, clock: Clock, stopping: asyncio.Event
) -> None:
    """Close due assessments, first those that became due while no server ran; a running close is completed."""
    while not stopping.is_set():
        await to_thread.run_sync(close_due_or_log, engine, clock(), render_pool.evict_reports)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), CHECK_INTERVAL_SECONDS)


class Application(Litestar):
    """Litestar application that stores the start time and id of each request, and closes sessions left open."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # type: ignore[override]
        if "method" in scope:
            scope.setdefault("state", {})["began"] = time.perf_counter()
            headers.get_request_id(scope)
            cookies.join_cookie_headers(scope)
        try:
            await super().__call__(scope, receive, send)
        finally:
            await database_sessions.roll_back_open_sessions(scope)


def create_app(settings: Settings, clock: Clock = utc_now) -> Litestar:
    """Create the application; `clock` is the only source of time. `RuntimeError` for a route without access policy."""
    files = assets.load_assets()
    engine = database.make_engine(settings.database_url)
    audit_trail.attach_secret(engine, settings.secret)
    mail = mail_settings.make_mail_settings(settings)
    mail_settings.attach_mail(engine, mail)
    # With PostgreSQL, `assessment work` sends the mails: any number of servers and workers.
    outbox_worker = OutboxWorker(engine, mail, clock) if mail is not None and database.is_sqlite(engine) else None
    catalogue = QuestionnaireCatalogue(
        [folder for folder in (settings.questionnaires, find_shipped_folder()) if folder]
    )
    writer = AnswerWriter(engine, clock)
    read_connection = EventLoopConnection(engine)
    render_pool = RenderPool(settings.data / CACHE_FOLDER)
    code_limiter = RateLimiter()
    programs = api.create_router(make_key_identifier(read_connection, engine, settings, clock), clock)
    app = Application(
        route_handlers=[
            assets.serve_static,
            health.check_liveness,
            health.check_readiness,
            programs,
            survey.router,
            console.create_router(),
        ],
        request_class=FormRequest,
        guards=[guards.enforce_policy],
        dependencies={
            "settings": Provide(lambda: settings, sync_to_thread=False),
            "catalogue": Provide(lambda: catalogue, sync_to_thread=False),
            "read_session": Provide(database_sessions.make_session_provider(engine, database.read_session)),
            "write_session": Provide(database_sessions.make_session_provider(engine, database.write_session)),
            "writer": Provide(lambda: writer, sync_to_thread=False),
            "render_pool": Provide(lambda: render_pool, sync_to_thread=False),
            "engine": Provide(lambda: engine, sync_to_thread=False),
            "code_limiter": Provide(lambda: code_limiter, sync_to_thread=False),
            "now": Provide(clock, sync_to_thread=False, use_cache=False),
        },
        before_send=[headers.add_security_headers, languages.set_language_cookie, json_logs.log_request],
        exception_handlers={
            Exception: handle_error,
        },
        template_config=TemplateConfig(instance=templates.create_template_engine(settings, files)),
        compression_config=CompressionConfig(
            backend="gzip", minimum_size=MIN_COMPRESSED_BYTES, exclude=r"^/(static|api)/"
        ),
        request_max_body_size=MAX_BODY_BYTES,
        state=State(
            {
                "settings": settings,
                "assets": files,
                "engine": engine,
                "writer": writer,
                "release_reader": ReleaseReader(read_connection, engine),
                "respondent_read": PreparedRead(
                    read_connection, engine, responses.select_session_response(), SessionResponse
                ),
            }
        ),
        lifespan=[lambda _: _run_lifespan(engine, writer, render_pool, clock, outbox_worker)],
        on_shutdown=[read_connection.close],
        openapi_config=None,
        logging_config=None,
    )
    struct_types.build_type_information()
    if unguarded := list(access_policies.find_undeclared(app)):
        msg = "; ".join(unguarded)
        raise RuntimeError(msg)
    return app
