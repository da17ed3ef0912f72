"""How connections end when the server stops: whoever is connected is answered once more."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LINGER_SECONDS = 1.5
LAST = (b"connection", b"close")


class Lingering(HttpToolsProtocol):
    """Uvicorn's own, but that a request just on its way to an idle connection is not met by a closed door."""

    def shutdown(self) -> None:
        """Say at the next answer that it is the last; end what asks nothing for a while."""
        if LAST not in self.server_state.default_headers:
            self.server_state.default_headers.append(LAST)
        is_answering = bool(self.cycle) and not self.cycle.response_complete
        if is_answering:
            super().shutdown()
        else:
            self.loop.call_later(LINGER_SECONDS, super().shutdown)
