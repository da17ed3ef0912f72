"""Graceful stop of server processes without resetting a connection.

The kernel resets a connection in the accept queue when the last listening socket is closed. So the supervisor closes
its own socket before the workers do, and each process accepts the queue right before it closes.
"""

import asyncio
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import multiprocess

from assessment.cli.server.connections import Connection

PROTOCOL_CLASS = f"{Connection.__module__}:{Connection.__name__}"


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
    """One of several server processes."""

    @property
    def server(self) -> GracefulServer:
        if not isinstance(self._server, GracefulServer):
            self._server = GracefulServer(config=self.config)
        return self._server


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
