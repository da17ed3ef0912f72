"""Connection of an event loop to PostgreSQL, for prepared selects."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import pq
from sqlalchemy import Engine

from assessment.errors import UnavailableError
from assessment.storage.database import make_postgres_arguments
from assessment.storage.postgres_statements import PostgresStatements

READ_TIMEOUT_SECONDS = 10


class PostgresLoopConnection:
    """Connection of one event loop, in autocommit mode: a select is one round trip. Opened at the first one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = asyncio.Lock()
        self._socket: LoopSocket | None = None

    async def fetch_rows(self, statement: str, parameters: Mapping[str, Any]) -> list[Any]:
        """Run a select, one at a time; a connection that was lost is opened again once."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self.close()
            self._loop, self._lock = loop, asyncio.Lock()
        try:
            async with asyncio.timeout(READ_TIMEOUT_SECONDS), self._lock:
                if self._socket is not None:
                    try:
                        return await self._socket.fetch_rows(statement, parameters)
                    except (psycopg.OperationalError, psycopg.InterfaceError):
                        self.close()
                self._socket = LoopSocket(loop, await self._connect())
                return await self._socket.fetch_rows(statement, parameters)
        except (psycopg.Error, TimeoutError) as error:
            self.close()
            raise UnavailableError from error

    def close(self) -> None:
        """Close the connection at once, whatever it is doing."""
        open_socket, self._socket = self._socket, None
        if open_socket is not None:
            open_socket.close()

    async def _connect(self) -> "psycopg.AsyncConnection[Any]":
        return await psycopg.AsyncConnection.connect(**make_postgres_arguments(self._engine), autocommit=True)


class LoopSocket:
    """Socket of a connection that an event loop reads; it sends one statement at a time."""

    def __init__(self, loop: asyncio.AbstractEventLoop, connection: "psycopg.AsyncConnection[Any]") -> None:
        self._loop = loop
        self._connection = connection  # garbage collection of it would close the socket
        self._pgconn = connection.pgconn
        self._statements = PostgresStatements(connection)
        self._waiting: asyncio.Future[pq.abc.PGresult] | None = None
        self._number = self._pgconn.socket
        loop.add_reader(self._number, self._read_results)

    async def fetch_rows(self, statement: str, parameters: Mapping[str, Any]) -> list[Any]:
        statements = self._statements
        try:
            prepared = statements.find(statement)
            if prepared is None:
                prepared = statements.parse(statement)
                name, text = prepared.name, prepared.text
                statements.read_rows(await self._send(lambda: self._pgconn.send_prepare(name, text)))
                statements.add(prepared)
            name, values = prepared.name, statements.dump_values(prepared, parameters)
            return statements.read_rows(await self._send(lambda: self._pgconn.send_query_prepared(name, values)))
        except asyncio.CancelledError:
            self._fail(psycopg.OperationalError("given up"))  # a late result must not be read as that of the next one
            raise

    def close(self) -> None:
        """Close the socket; a pending read fails."""
        self._fail(psycopg.OperationalError("closed"))

    async def _send(self, send: Callable[[], None]) -> pq.abc.PGresult:
        if self._pgconn.status == pq.ConnStatus.BAD:
            message = "the connection is lost"
            raise psycopg.OperationalError(message)
        self._waiting = self._loop.create_future()
        send()
        if self._pgconn.flush():
            message = "a statement did not fit into the socket's buffer"
            raise psycopg.OperationalError(message)
        return await self._waiting

    def _read_results(self) -> None:
        """Read the results that have arrived; the statement is complete when none follows."""
        try:
            self._pgconn.consume_input()
            if self._pgconn.is_busy():
                return
            results = list(iter(self._pgconn.get_result, None))
        except psycopg.Error as error:
            self._fail(error)
            return
        waiting, self._waiting = self._waiting, None
        if waiting is None or waiting.done():
            return
        if results:
            waiting.set_result(results[0])
        else:  # a notice
            self._waiting = waiting

    def _fail(self, error: psycopg.Error) -> None:
        waiting, self._waiting = self._waiting, None
        with suppress(RuntimeError):  # the loop is closed
            self._loop.remove_reader(self._number)
        self._pgconn.finish()
        if waiting is not None and not waiting.done():
            with suppress(RuntimeError):
                waiting.set_exception(error)
