"""Graceful stop of server processes without resetting a connection.

The kernel resets a connection in the accept queue when the last listening socket is closed. So the supervisor closes
its own socket before the workers do, and each process accepts the queue right before it closes.
"""

import asyncio
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from multiprocessing import forkserver
from typing import Any

import uvicorn
from uvicorn._subprocess import subprocess_started
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import multiprocess

from assessment.cli.server.connections import Connection

PRELOAD_MODULE = "assessment.cli.server.preload"
ORPHAN_CHECK_SECONDS = 1.0
PROTOCOL_CLASS = f"{Connection.__module__}:{Connection.__name__}"


def can_fork() -> bool:
    """Return whether this system has fork servers: not Windows."""
    return "forkserver" in multiprocessing.get_all_start_methods()


def begin_loading() -> None:
    """Load the application in the process that workers are forked from, while this one checks other things."""
    if can_fork():
        multiprocessing.get_context("forkserver").set_forkserver_preload([PRELOAD_MODULE])
        forkserver.ensure_running()


class GracefulServer(uvicorn.Server):
    """Uvicorn's server that accepts the queue before it stops."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept the connections in the queue, then stop."""
        listeners = [listener.dup() for listener in sockets or []]  # the event loop closes its own sockets later
        for server in self.servers:
            server.close()
        await asyncio.sleep(0)
        accepted = [connection for listener in listeners for connection in _accept_waiting(listener)]
        for connection in accepted:
            await asyncio.get_running_loop().connect_accepted_socket(self._create_connection, connection)
        await super().shutdown(sockets)

    def _create_connection(self) -> asyncio.Protocol:
        protocol: Any = self.config.http_protocol_class
        connection: asyncio.Protocol = protocol(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return connection


def _accept_waiting(listener: socket.socket) -> list[socket.socket]:
    """Accept all connections in the queue and close the listener before another one arrives."""
    accepted = []
    listener.setblocking(False)  # noqa: FBT003 - the standard library's signature
    try:
        while True:
            accepted.append(listener.accept()[0])
    except BlockingIOError:
        listener.close()
    for connection in accepted:
        connection.setblocking(False)  # noqa: FBT003 - the standard library's signature
    return accepted


class WorkerProcess(multiprocess.Process):
    """One of several server processes, forked from one that has loaded the application."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self._environment = dict(os.environ)  # the fork server began earlier, before the folder of metrics was made
        if can_fork():
            context = multiprocessing.get_context("forkserver")
            # Uvicorn would start a new interpreter, which loads everything again.
            settings = {"config": config, "target": self.target, "sockets": sockets, "stdin_fileno": None}
            self.process = context.Process(  # type: ignore[assignment]  # used like uvicorn's
                target=subprocess_started, kwargs=settings
            )

    def target(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until stopped, or until one of the processes that this one needs has died."""
        os.environ.update(self._environment)
        threading.Thread(target=_stop_when_orphaned, args=[os.getppid()], daemon=True).start()
        super().target(sockets)

    @property
    def server(self) -> GracefulServer:
        if not isinstance(self._server, GracefulServer):
            self._server = GracefulServer(config=self.config)
        return self._server


def _stop_when_orphaned(parent_id: int) -> None:
    """Stop gracefully when the supervisor or the fork server has died.

    A process that nobody can stop any more would go on serving on the port, next to the one that replaces it.
    """
    supervisor = multiprocessing.parent_process()
    while os.getppid() == parent_id and (supervisor is None or supervisor.is_alive()):
        time.sleep(ORPHAN_CHECK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


class Supervisor(multiprocess.Multiprocess):
    """Restarts and stops the worker processes."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        # Uvicorn instantiates this module attribute in several methods.
        multiprocess.Process = WorkerProcess  # type: ignore[misc]
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def _stop(self, _number: int, _frame: object) -> None:
        """Stop listening at once: a worker accepts new connections, or they are refused."""
        for listener in self.sockets:
            listener.close()
        self.should_exit.set()


def run_processes(config: uvicorn.Config) -> None:
    """Serve with one process or several until stopped; exits with STARTUP_FAILURE if it did not start."""
    listener = config.bind_socket()
    if config.workers > 1:
        Supervisor(config, [listener]).run()
    else:
        server = GracefulServer(config)
        with suppress(KeyboardInterrupt):
            server.run([listener])
        if not server.started:
            sys.exit(STARTUP_FAILURE)
