"""Connection of an event loop to PostgreSQL, for prepared selects."""

import asyncio
from collections.abc import Mapping
from typing import Any

import psycopg
from sqlalchemy import Engine

from assessment.errors import UnavailableError
from assessment.storage.database import make_postgres_arguments

READ_TIMEOUT_SECONDS = 10


class PostgresLoopConnection:
    """Connection of one event loop, in autocommit mode: a select is one round trip. Opened at the first one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = asyncio.Lock()
        self._connection: psycopg.AsyncConnection[Any] | None = None

    async def fetch_rows(self, statement: str, parameters: Mapping[str, Any]) -> list[Any]:
        """Run a select, one at a time; a connection that was lost is opened again once."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self.close()
            self._loop, self._lock = loop, asyncio.Lock()
        try:
            async with asyncio.timeout(READ_TIMEOUT_SECONDS), self._lock:
                if self._connection is not None:
                    try:
                        return await self._execute(self._connection, statement, parameters)
                    except (psycopg.OperationalError, psycopg.InterfaceError):
                        self.close()
                self._connection = await self._connect()
                return await self._execute(self._connection, statement, parameters)
        except (psycopg.Error, TimeoutError) as error:
            self.close()
            raise UnavailableError from error

    def close(self) -> None:
        """Close the connection at once, whatever it is doing."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.pgconn.finish()

    async def _connect(self) -> "psycopg.AsyncConnection[Any]":
        return await psycopg.AsyncConnection.connect(
            **make_postgres_arguments(self._engine), autocommit=True, prepare_threshold=0
        )

    async def _execute(
        self, connection: "psycopg.AsyncConnection[Any]", statement: str, parameters: Mapping[str, Any]
    ) -> list[Any]:
        cursor = await connection.execute(statement.encode(), parameters)
        return await cursor.fetchall()
