"""A worker killed (SIGKILL) at each step of a mail: none lost, and doubled only if the server had accepted it."""

import asyncio
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from assessment.services.delivery import mail_queue, mailings
from assessment.services.delivery.outbox_worker import OutboxWorker
from assessment.storage import database, tables
from tests.services.conftest import SECRET
from tests.smtp_server import wait_until

PROGRAM = "from assessment.cli import main; main()"
# Runs the same command, and kills it right before or after one call of a function.
DYING_PROGRAM = """
import importlib, os, signal, sys
from assessment.services.delivery import mail_queue

mail_queue.BATCH_SIZE = 2
_, module, path, moment, number = sys.argv
owner = importlib.import_module(module)
*parents, name = path.split(".")
for parent in parents:
    owner = getattr(owner, parent)
original, calls = getattr(owner, name), []

def die_at_call(*values, **options):
    calls.append(name)
    is_last = len(calls) == int(number)
    if is_last and moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = original(*values, **options)
    if is_last:
        os.kill(os.getpid(), signal.SIGKILL)
    return result

setattr(owner, name, die_at_call)
sys.argv = ["assessment", "work"]
from assessment.cli import main
main()
"""
QUEUE, STORAGE = "assessment.services.delivery.mail_queue", "assessment.storage.delivery.outbox"
WORKER, SMTP = "assessment.services.delivery.outbox_worker", "assessment.services.delivery.smtp_client"
# Function, moment, number of the call, and how many mails come twice: the one that the server had accepted.
STEPS = {
    "mails made, not committed": (QUEUE, "_add_mails", "after", 2, 0),
    "mails made": (QUEUE, "_queue_batch", "after", 2, 0),
    "claimed, not committed": (STORAGE, "claim_mails", "after", 1, 0),
    "claimed": (WORKER, "OutboxWorker._claim", "after", 1, 0),
    "rendered": (WORKER, "OutboxWorker._prepare", "after", 1, 0),
    "connected": (SMTP, "SmtpConnection.send_message", "before", 1, 0),
    "between two mails": (SMTP, "SmtpConnection.send_message", "before", 3, 0),
    "outcome not committed": (STORAGE, "finish_mail", "after", 3, 1),
    "outcome stored": (WORKER, "OutboxWorker._finish", "after", 3, 0),
}
SMALL_BATCH = 2
ADDRESSES = [f"person-{number}@example.org" for number in range(6)]
VICTIM = ADDRESSES[2]


@pytest.fixture
def start_worker(mailbox, database_url, tmp_path):
    """Start `assessment work` in a process of its own."""
    running = []

    def start(program=PROGRAM, arguments=("work",)):
        environment = os.environ | {
            "ASSESSMENT_DATA": str(tmp_path),
            "ASSESSMENT_DATABASE_URL": database_url,
            "ASSESSMENT_PUBLIC_URL": "https://survey.example.org",
            "ASSESSMENT_SECRET": SECRET,
            "ASSESSMENT_SMTP_URL": mailbox.url,
        }
        running.append(subprocess.Popen([sys.executable, "-c", program, *arguments], env=environment))
        return running[-1]

    yield start
    for each in running:
        each.kill()
        each.wait()


def expire_leases(engine):
    """Let time pass for the leases only, instead of waiting."""
    with database.write_session(engine) as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        session.execute(update(tables.outbox).where(tables.outbox.c.state == "sending").values(lease_until=past))


class Killer:
    """Kills the worker once, at the moment it is asked to."""

    def __init__(self):
        self.process, self.is_done = None, False

    def kill(self, address=VICTIM):
        if not self.is_done and address == VICTIM:
            self.is_done = True
            self.process.kill()
            self.process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("step", ["recipient", "data", "accepted"])
def test_killed_worker_loses_no_mail(delivery, start_worker, mailbox, clock, step):
    killer = Killer()

    def refuse_recipient(address):
        killer.kill(address)

    def refuse_data(address):
        was_done = killer.is_done
        killer.kill(address)
        return "451 Not accepted" if killer.is_done and not was_done else None

    if step == "recipient":
        mailbox.refuse_recipient = refuse_recipient
    elif step == "data":
        mailbox.refuse_data = refuse_data
    else:
        mailbox.before_reply = lambda: killer.kill(mailbox.received[-1].recipients[0])
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, clock.now)

    killer.process = start_worker()
    wait_until(lambda: killer.is_done, 60)
    expire_leases(delivery.engine)
    start_worker()
    wait_until(lambda: delivery.states() == ["sent"] * len(ADDRESSES), 60)

    doubled = [VICTIM] if step == "accepted" else []
    assert mailbox.addresses == sorted([*ADDRESSES, *doubled])
    assert [row.payload for row in delivery.rows()] == [None] * len(ADDRESSES)


async def send_rest(engine, mail):
    """Let another worker send what is left."""
    worker = OutboxWorker(engine, mail, lambda: datetime.now(UTC))
    while await worker.work_once():
        pass


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_worker_killed_inside_a_step_loses_no_mail(delivery, start_worker, mail, mailbox, clock, monkeypatch, step):
    module, function, moment, number, doubled = STEPS[step]
    monkeypatch.setattr(mail_queue, "BATCH_SIZE", SMALL_BATCH)  # so that the worker makes the mails, in batches
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, clock.now)

    process = start_worker(DYING_PROGRAM, (module, function, moment, str(number)))
    exit_code = process.wait(60)
    expire_leases(delivery.engine)
    asyncio.run(send_rest(delivery.engine, mail))

    assert exit_code == -signal.SIGKILL
    assert len(mailbox.received) == len(ADDRESSES) + doubled
    assert set(mailbox.addresses) == set(ADDRESSES)
    assert delivery.states() == ["sent"] * len(ADDRESSES)


@pytest.mark.slow
def test_worker_stops_on_signal_without_losing_mail(delivery, start_worker, mailbox, clock):
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, clock.now)
    process = start_worker()
    wait_until(lambda: len(mailbox.received) > 0, 60)

    process.terminate()

    assert process.wait(15) == 0
    assert mailbox.addresses == sorted(set(mailbox.addresses))
    assert delivery.states().count("sent") == len(mailbox.received)
    assert "sending" not in delivery.states()
