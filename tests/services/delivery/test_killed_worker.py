"""A worker killed (SIGKILL) at each step of a mail: none lost, and doubled only if the server had accepted it."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from assessment.services.delivery import mailings
from assessment.storage import database, tables
from tests.services.conftest import SECRET
from tests.smtp_server import wait_until

PROGRAM = "from assessment.cli import main; main()"
ADDRESSES = [f"person-{number}@example.org" for number in range(6)]
VICTIM = ADDRESSES[2]


@pytest.fixture
def start_worker(mailbox, database_url, tmp_path):
    """Start `assessment work` in a process of its own."""
    running = []

    def start():
        environment = os.environ | {
            "ASSESSMENT_DATA": str(tmp_path),
            "ASSESSMENT_DATABASE_URL": database_url,
            "ASSESSMENT_PUBLIC_URL": "https://survey.example.org",
            "ASSESSMENT_SECRET": SECRET,
            "ASSESSMENT_SMTP_URL": mailbox.url,
        }
        running.append(subprocess.Popen([sys.executable, "-c", PROGRAM, "work"], env=environment))
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
