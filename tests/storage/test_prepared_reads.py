"""Prepared reads on PostgreSQL: one connection of the event loop, which is opened again when it was lost."""

import asyncio
from datetime import UTC, datetime

import pytest
from msgspec import Struct
from sqlalchemy import String, bindparam, select, text

from assessment.errors import InvalidError
from assessment.storage import database, tables
from assessment.storage.prepared_reads import EventLoopConnection, PreparedRead
from tests.storage import rows

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
FIND_CONNECTIONS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


class NamedWorkspace(Struct, frozen=True):
    name: str


@pytest.fixture
def engine(migrated_postgres_url):
    engine = database.make_engine(migrated_postgres_url)
    with database.write_session(engine) as session:
        session.execute(tables.workspace.insert().values(id=rows.WORKSPACE, name="Berg", created_at=NOW))
    engine.dispose()
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine):
    connection = EventLoopConnection(engine)
    yield connection
    connection.close()


@pytest.fixture
def read(engine, connection):
    named = select(tables.workspace.c.name).where(tables.workspace.c.id == bindparam("id", type_=String()))
    return PreparedRead(connection, engine, named, NamedWorkspace)


def run_alone(engine, statement):
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        return connection.execute(text(statement)).scalars().all()


async def test_concurrent_reads_share_one_connection(engine, read):
    found = await asyncio.gather(*(read.find_row(id=rows.WORKSPACE) for _ in range(20)))

    assert {row.name for row in found} == {"Berg"}
    assert run_alone(engine, f"SELECT count(*) {FIND_CONNECTIONS}") == [1]


async def test_change_of_another_process_is_read_at_once(engine, read):
    before = await read.find_row(id=rows.WORKSPACE)
    run_alone(engine, "UPDATE workspace SET name = 'Tal' RETURNING name")
    after = await read.find_row(id=rows.WORKSPACE)

    assert (before.name, after.name) == ("Berg", "Tal")


async def test_lost_connection_is_opened_again(engine, read):
    await read.find_row(id=rows.WORKSPACE)
    run_alone(engine, f"SELECT pg_terminate_backend(pid) {FIND_CONNECTIONS}")

    found = await read.find_row(id=rows.WORKSPACE)

    assert found.name == "Berg"


async def test_cancelled_read_leaves_the_next_one_unharmed(read):
    cancelled = asyncio.create_task(read.find_row(id=rows.WORKSPACE))
    await asyncio.sleep(0)
    cancelled.cancel()

    assert (await read.find_row(id=rows.WORKSPACE)).name == "Berg"


async def test_value_that_cannot_be_stored_is_invalid(read):
    with pytest.raises(InvalidError):
        await read.find_row(id="\0")
