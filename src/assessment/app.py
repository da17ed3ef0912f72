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

from assessment import policies
from assessment.api import callers, problems
from assessment.api import routes as api
from assessment.domain.questionnaire import Questionnaire
from assessment.errors import UnavailableError
from assessment.library import Library, shipped
from assessment.services import auditing, hiding_order, keys
from assessment.services.closing_schedule import CHECK_SECONDS, close_due_or_log
from assessment.services.limiting import Limiter
from assessment.services.press import FOLDER, Press
from assessment.services.principals import KeyHolder
from assessment.settings import Settings
from assessment.storage import database
from assessment.storage.writer import Writer
from assessment.web import (
    assets,
    console,
    cookies,
    failures,
    guards,
    headers,
    health,
    languages,
    log,
    sessions,
    survey,
    templates,
)
from assessment.web.requests import FormRequest

Clock = Callable[[], datetime]

BODY_MOST = 1024 * 1024
COMPRESSED_FROM = 1000


def utc_now() -> datetime:
    """Return the current time, timezone-aware."""
    return datetime.now(UTC)


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Render an error as a problem document for API paths, otherwise as a page; also for unknown routes."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    is_api = request.scope["path"].startswith(f"{api.PREFIX}/")
    return problems.answer(request, error) if is_api else failures.answer(request, error)


def key_holders(engine: Engine, settings: Settings, clock: Clock) -> callers.Identify:
    """Make the function that authenticates an API key, before the body of the request is read."""

    def identify(bearer: str) -> KeyHolder:
        now = clock()
        with database.reading(engine) as session:
            holder = keys.key_holder(session, bearer, now, secret=settings.secret)
        if keys.is_use_due(holder, now):
            _note_use(engine, holder, now)
        return holder

    return identify


def _note_use(engine: Engine, holder: KeyHolder, now: datetime) -> None:
    """Record the use of a key; a read-only database must not block reading, so failures are only logged."""
    try:
        with database.writing(engine) as session:
            keys.note_use(session, holder, now)
    except UnavailableError:
        log.failures.warning("the last use of an API key could not be stored")


@asynccontextmanager
async def _running(engine: Engine, writer: Writer, press: Press, clock: Clock) -> AsyncIterator[None]:
    """Lifespan: run the answer writer and scheduled work; at shutdown, write all queued answers."""
    writer.start()
    ending, stopping = threading.Event(), asyncio.Event()
    try:
        async with create_task_group() as tasks:
            tasks.start_soon(to_thread.run_sync, _go_on, engine, ending)
            tasks.start_soon(_close_on_time, engine, press, clock, stopping)
            try:
                yield
            finally:
                ending.set()
                stopping.set()
    finally:
        await to_thread.run_sync(writer.stop)
        await to_thread.run_sync(press.close)
        engine.dispose()


def _go_on(engine: Engine, ending: threading.Event) -> None:
    """Resume erasures of a crashed server; without a working database the next start tries again."""
    try:
        hiding_order.go_on(engine, ending.is_set)
    except UnavailableError:
        log.failures.warning("closed assessments were not looked through for work that was left")


async def _close_on_time(engine: Engine, press: Press, clock: Clock, stopping: asyncio.Event) -> None:
    """Close due assessments, first those that became due while no server ran; a running close is completed."""
    while not stopping.is_set():
        await to_thread.run_sync(close_due_or_log, engine, clock(), press.outdate)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), CHECK_SECONDS)


class Application(Litestar):
    """Litestar application that stores the start time and id of each request, and closes sessions left open."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # type: ignore[override]
        if "method" in scope:
            scope.setdefault("state", {})["began"] = time.perf_counter()
            headers.request_id(scope)
            cookies.join_fields(scope)
        try:
            await super().__call__(scope, receive, send)
        finally:
            await sessions.close_left_open(scope)


def create_app(settings: Settings, clock: Clock = utc_now) -> Litestar:
    """Create the application; `clock` is the only source of time. `RuntimeError` for a route without access policy."""
    files = assets.read()
    engine = database.connect(settings.database_url)
    auditing.attach_secret(engine, settings.secret)
    library = Library([folder for folder in (settings.questionnaires, shipped()) if folder])
    writer = Writer(engine, clock)
    press = Press(settings.data / FOLDER)
    published: dict[str, Questionnaire] = {}
    code_limiter = Limiter()
    programs = api.router(key_holders(engine, settings, clock), clock)
    app = Application(
        route_handlers=[assets.static, health.live, health.ready, programs, survey.router, console.router()],
        request_class=FormRequest,
        guards=[guards.enforce],
        dependencies={
            "settings": Provide(lambda: settings, sync_to_thread=False),
            "library": Provide(lambda: library, sync_to_thread=False),
            "reading": Provide(sessions.provide(engine, database.reading)),
            "writing": Provide(sessions.provide(engine, database.writing)),
            "writer": Provide(lambda: writer, sync_to_thread=False),
            "press": Provide(lambda: press, sync_to_thread=False),
            "engine": Provide(lambda: engine, sync_to_thread=False),
            "code_limiter": Provide(lambda: code_limiter, sync_to_thread=False),
            "published": Provide(lambda: published, sync_to_thread=False),
            "now": Provide(clock, sync_to_thread=False, use_cache=False),
        },
        before_send=[headers.secure, languages.remember, log.write_access],
        exception_handlers={
            Exception: on_error,
        },
        template_config=TemplateConfig(instance=templates.engine(settings, files)),
        compression_config=CompressionConfig(backend="gzip", minimum_size=COMPRESSED_FROM, exclude=r"^/(static|api)/"),
        request_max_body_size=BODY_MOST,
        state=State({"settings": settings, "assets": files, "engine": engine}),
        lifespan=[lambda _: _running(engine, writer, press, clock)],
        openapi_config=None,
        logging_config=None,
    )
    if unguarded := list(policies.undeclared(app)):
        msg = "; ".join(unguarded)
        raise RuntimeError(msg)
    return app
