"""HTTP connections with deadlines, a maximum number, and a graceful close.

Uvicorn waits without limit for the rest of a request, and accepts as many connections as there are file descriptors: a
few hundred slow or idle ones would block the service (slowloris).
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LINGER_SECONDS = 1.5
HEADER_SECONDS = 10  # from connecting, or from a later request's first byte, to the end of the headers
BODY_SECONDS = 20  # plus the time a body takes at this rate:
BODY_BYTES_PER_SECOND = 50_000
WRITE_SECONDS = 20  # within which a client must read part of the response
MAX_HEADER_BYTES = 64 * 1024
MAX_CONNECTIONS = 2000
FRESH_SECONDS = 2  # in which a new connection sends its request
RESERVED_FILES = 200  # descriptors for the database, files and log
CLOSE_HEADER = (b"connection", b"close")


def find_connection_limit() -> int:
    """Return the maximum number of connections, limited by the process's open files."""
    try:
        import resource
    except ImportError:
        return MAX_CONNECTIONS
    files, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MAX_CONNECTIONS if files < 0 else max(50, min(MAX_CONNECTIONS, files - RESERVED_FILES))


class Connection(HttpToolsProtocol):
    """Uvicorn's HTTP protocol with deadlines, a connection limit and a graceful shutdown."""

    max_connections = find_connection_limit()

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*arguments, **named)
        self._deadline: asyncio.TimerHandle | None = None
        self._reading = False  # a request is incomplete
        self._header_bytes = 0
        self._body_bytes = 0
        self._body_began = 0.0
        self._headers_complete = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Accept the connection; above the limit, close the longest idle one, or that of the oldest unfinished request.

        Closing the newcomer instead would let half-sent requests end all service, and so would closing those who have
        just connected: next to many half-sent requests, they are the only idle ones.
        """
        super().connection_made(transport)
        if len(self.connections) > self.max_connections:
            self._choose_victim().close_now()
        self._list_connections("idle")[self] = self.loop.time()
        self._set_deadline(HEADER_SECONDS, self.close_now)

    def connection_lost(self, exc: Exception | None) -> None:
        self._remove_from_lists()
        self._clear_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Receive part of a request; too large headers get status 431."""
        if not self._reading:
            is_answering = bool(self.cycle) and not self.cycle.response_complete
            if self._deadline is None and not is_answering:
                self._set_deadline(HEADER_SECONDS, self.close_now)
            self._header_bytes = 0
        self._header_bytes += len(data)
        super().data_received(data)
        if self._reading and not self._headers_complete and self._header_bytes > MAX_HEADER_BYTES:
            self._refuse(b"431 Request Header Fields Too Large")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._list_connections("idle").pop(self, None)
        self._list_connections("reading")[self] = self.loop.time()
        self._reading, self._headers_complete, self._body_bytes = True, False, 0

    def on_headers_complete(self) -> None:
        """Set the deadline of the body."""
        self._headers_complete, self._body_began = True, self.loop.time()
        self._set_deadline(BODY_SECONDS, self._check_body)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Clear the deadline: from now on the server, not the client, takes the time."""
        self._reading = False
        self._list_connections("reading").pop(self, None)
        self._clear_deadline()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Mark the connection as idle; uvicorn sets the keep-alive timeout."""
        super().on_response_complete()
        if not self.transport.is_closing() and not self._reading:
            self._list_connections("idle")[self] = self.loop.time()

    def pause_writing(self) -> None:
        """Set a deadline for a client that does not read the response."""
        super().pause_writing()
        self._set_deadline(WRITE_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._clear_deadline()

    def shutdown(self) -> None:
        """Send `Connection: close` with the next response; close idle connections after LINGER_SECONDS.

        Closing at once would reset a request that is already on its way.
        """
        if CLOSE_HEADER not in self.server_state.default_headers:
            self.server_state.default_headers.append(CLOSE_HEADER)
        is_answering = bool(self.cycle) and not self.cycle.response_complete
        if is_answering:
            super().shutdown()
        else:
            self.loop.call_later(LINGER_SECONDS, super().shutdown)

    def close_now(self) -> None:
        """Close a connection without a response under way; an incomplete request gets status 408."""
        self._remove_from_lists()
        if self._reading:
            self._refuse(b"408 Request Timeout")
        else:
            self.transport.close()

    def _check_body(self) -> None:
        left = self._body_began + BODY_SECONDS + self._body_bytes / BODY_BYTES_PER_SECOND - self.loop.time()
        if left > 0:
            self._set_deadline(left, self._check_body)
        else:
            self._refuse(b"408 Request Timeout")

    def _refuse(self, status: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            self.transport.close()

    def _choose_victim(self) -> "Connection":
        """Return the connection to close: idle for more than a moment, otherwise with the oldest unfinished request."""
        idle, reading = self._list_connections("idle"), self._list_connections("reading")
        longest = next(iter(idle), None)
        if longest is not None and (not reading or self.loop.time() - idle[longest] > FRESH_SECONDS):
            return longest
        return next(iter(reading), self)

    def _list_connections(self, kind: str) -> "dict[Connection, float]":
        """Connections of this server that are `idle`, or `reading` a request, and since when; the oldest first."""
        connections: dict[Connection, float] = self.server_state.__dict__.setdefault(f"{kind}_connections", {})
        return connections

    def _remove_from_lists(self) -> None:
        for kind in ("idle", "reading"):
            self._list_connections(kind).pop(self, None)

    def _set_deadline(self, seconds: float, callback: Any) -> None:  # noqa: ANN401 - a method without arguments
        self._clear_deadline()
        self._deadline = self.loop.call_later(seconds, callback)

    def _clear_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
