"""`assessment serve`: run the server, configured by the environment."""

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from assessment.cli.support import environment
from assessment.cli.support.exit_codes import CommandError
from assessment.cli.support.lazy_groups import CommandWithExamples
from assessment.cli.support.messages import print_note, print_warning
from assessment.cli.support.messages import translate_text as _
from assessment.errors import Problem
from assessment.setting_values import is_loopback

if TYPE_CHECKING:
    from litestar import Litestar
    from sqlalchemy import Engine

    from assessment.settings import Settings

PUBLIC_URL_VARIABLE = "ASSESSMENT_PUBLIC_URL"
GRACE_SECONDS = 8  # for requests under way; it exits within 10 s, and compose.yaml waits a little longer
STARTUP_SECONDS = 60  # a worker may load slowly on a busy machine
HIGHEST_PORT = 65_535
PORT_RANGE = click.IntRange(1, HIGHEST_PORT)


def create_application() -> "Litestar":
    """Application factory for a server process, configured by the environment."""
    from assessment.cli.server import garbage_collection

    with garbage_collection.exempt_loaded_objects():
        from assessment.app import create_app

        return create_app(environment.load_settings())


@click.command(
    cls=CommandWithExamples,
    examples=("assessment serve", "assessment serve --host 0.0.0.0 --port 8000 --workers 2"),
)
@click.option("--host", default="127.0.0.1", show_default=True, help=_("The address to listen on."))
@click.option("--port", default=8000, show_default=True, type=PORT_RANGE, help=_("The port to listen on."))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help=_("How many processes."))
def serve_application(host: str, port: int, workers: int) -> None:
    """Serve surveys, console and API until stopped; requests under way are finished first."""
    set_default_public_url(host, port)
    if workers > 1:
        from assessment.cli.server import graceful_stop

        graceful_stop.begin_loading()
    with environment.open_database() as (current_settings, engine):
        check_port(host, port)
        has_users = _has_any_user(engine)
    if problem := environment.find_proxy_problem(current_settings):
        print_warning(str(problem))
    if not has_users:
        print_warning(_("Nobody can sign in yet. Make the first account, in another terminal on this machine:"))
        print_note("  assessment user add you@example.org --admin --workspace 'YOUR FIRM'")
    print_note(_("Serving {url}. Ctrl-C ends it.").format(url=make_url(host, port)))
    with _run_metrics(current_settings):
        run_server(host, port, workers=workers)


@contextmanager
def _run_metrics(current_settings: "Settings") -> Iterator[None]:
    """Serve metrics; raises CommandError if their port is taken."""
    from assessment.cli.server import metrics_server

    if current_settings.metrics_address is not None:
        check_port(*current_settings.metrics_address, option="ASSESSMENT_METRICS_ADDRESS")
        print_note(
            _("Metrics: http://{host}:{port}/metrics").format(
                host=current_settings.metrics_address[0], port=current_settings.metrics_address[1]
            )
        )
    with metrics_server.run_metrics_server(current_settings):
        yield


def _has_any_user(engine: "Engine") -> bool:
    from assessment.storage import database
    from assessment.storage.auth import users

    with database.read_session(engine) as session:
        return users.has_any_user(session)


def run_server(host: str, port: int, *, workers: int = 1, level: str = "INFO") -> None:
    """Serve until stopped. Proxy headers and access logs are handled by the application, not by uvicorn."""
    import uvicorn

    from assessment.cli.server import graceful_stop

    config = uvicorn.Config(
        f"{__name__}:create_application",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        http=graceful_stop.PROTOCOL_CLASS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=STARTUP_SECONDS,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        log_config=_make_log_config(level),
    )
    graceful_stop.run_processes(config)


def set_default_public_url(host: str, port: int) -> None:
    """Set the public URL to the listening address on this machine; workers read it from the environment."""
    if (
        is_loopback(host)
        and not os.environ.get(PUBLIC_URL_VARIABLE)
        and not os.environ.get("ASSESSMENT_DATABASE_URL", "").startswith("postgresql")
    ):
        os.environ[PUBLIC_URL_VARIABLE] = make_url(host, port)


def make_url(host: str, port: int) -> str:
    """Return the URL of the listening address."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def check_port(host: str, port: int, *, option: str = "--host") -> None:
    """Fail early if the port is not free, or the host no address of this machine; `option` names it."""
    try:
        family, kind, protocol, _name, place_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise _make_host_error(host, option) from error
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(place_)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise _make_host_error(host, option) from error
            remedy = _("Stop that, or choose another: --port {port}").format(port=min(port + 1, HIGHEST_PORT))
            why = _("Port {port} is taken: something listens on {host} already.").format(port=port, host=host)
            if error.errno == errno.EACCES:
                why = _("Port {port} may not be used by you.").format(port=port)
            raise CommandError(_("The server can’t start."), [Problem(why, remedy)]) from error


def _make_host_error(host: str, option: str) -> CommandError:
    why = _("This machine has no address “{host}”.").format(host=host)
    remedy = _("Use 127.0.0.1 for this machine alone, or 0.0.0.0 for all of its networks.")
    return CommandError(_("The server can’t start."), [Problem(why, remedy, file=option)])


def _make_log_config(level: str) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "assessment.web.http.json_logs.JsonFormatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
        "root": {"handlers": ["stderr"], "level": level},
    }
