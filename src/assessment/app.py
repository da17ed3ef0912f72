"""The one place where everything is wired."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.plugins.htmx import HTMXRequest
from litestar.template import TemplateConfig
from litestar.types import Receive, Scope, Send

from assessment import policies
from assessment.errors import AssessmentError
from assessment.settings import Settings
from assessment.web import assets, failures, guards, headers, health, log, templates

Clock = Callable[[], datetime]

BODY_MOST = 1024 * 1024
COMPRESSED_FROM = 1000


def utc_now() -> datetime:
    """Return the time, aware."""
    return datetime.now(UTC)


class Application(Litestar):
    """Litestar that refuses to start with a route nobody guards, and notes when a request began."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # type: ignore[override]
        """Serve one connection."""
        if "method" in scope:
            scope.setdefault("state", {})["began"] = time.perf_counter()
            headers.request_id(scope)
        await super().__call__(scope, receive, send)


def create_app(settings: Settings, clock: Clock = utc_now) -> Litestar:
    """Make the application; `clock` is the only source of time."""
    files = assets.read()
    app = Application(
        route_handlers=[assets.static, health.live],
        request_class=HTMXRequest,
        guards=[guards.enforce],
        dependencies={
            "settings": Provide(lambda: settings, sync_to_thread=False),
            "now": Provide(clock, sync_to_thread=False, use_cache=False),
        },
        before_send=[headers.secure, log.write_access],
        exception_handlers={
            AssessmentError: failures.expected,
            HTTPException: failures.framework,
            Exception: failures.unexpected,
        },
        template_config=TemplateConfig(instance=templates.engine(settings, files)),
        compression_config=CompressionConfig(backend="gzip", minimum_size=COMPRESSED_FROM, exclude="^/static/"),
        request_max_body_size=BODY_MOST,
        state=State({"settings": settings, "assets": files}),
        openapi_config=None,
        logging_config=None,
    )
    if unguarded := list(policies.undeclared(app)):
        msg = "; ".join(unguarded)
        raise RuntimeError(msg)
    return app
