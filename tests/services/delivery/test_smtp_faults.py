"""A mail server that fails in a dozen ways: nothing is lost, nothing is sent twice, and it goes on by itself."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace

from assessment.services.delivery import mailings, smtp_client
from assessment.services.delivery.outbox_worker import OutboxWorker
from assessment.services.delivery.smtp_client import MailServerError, SendOutcome, SendResult
from tests.containers import find_free_port

ADDRESSES = ("ann@example.org", "ben@example.org", "cem@example.org")
CLOSE, HANG = "close", "hang"
ORDER = ("connect", "EHLO", "HELO", "MAIL", "RCPT", "DATA", "content", "RSET", "QUIT")
WORKING = {
    "connect": "220 mail.example.org",
    "EHLO": "250 mail.example.org",
    "HELO": "250 mail.example.org",
    "MAIL": "250 OK",
    "RCPT": "250 OK",
    "DATA": "354 Go on",
    "RSET": "250 OK",
    "QUIT": "221 Bye",
}
FAULTS = {
    "closes at once": {"connect": CLOSE},
    "too busy": {"connect": "421 Try again later"},
    "speaks no SMTP": {"connect": "HTTP/1.1 400 Bad Request"},
    "says nothing": {"connect": HANG},
    "refuses the greeting": {"EHLO": "554 No", "HELO": "554 No"},
    "refuses the sender": {"MAIL": "550 Not yours"},
    "hangs after the sender": {"MAIL": HANG},
    "defers recipients": {"RCPT": "451 Greylisted"},
    "closes at the recipient": {"RCPT": CLOSE},
    "is shut down": {"RCPT": "421 Shutting down"},
    "is full": {"content": "452 Full"},
    "closes at the content": {"content": CLOSE},
}


@asynccontextmanager
async def run_faulty_server(fault):
    """Serve SMTP with some replies replaced; accepts no mail."""
    replies = WORKING | {"content": "451 Not today"} | fault

    async def reply(writer, stage):
        text = replies[stage]
        if text == HANG:
            await asyncio.sleep(30)
        if text == CLOSE:
            raise ConnectionAbortedError
        writer.write(f"{text}\r\n".encode())
        await writer.drain()

    async def serve(reader, writer):
        try:
            await reply(writer, "connect")
            while line := await reader.readline():
                stage = line.split()[0].decode().upper()
                await reply(writer, stage)
                if stage == "DATA":
                    await reader.readuntil(b"\r\n.\r\n")
                    await reply(writer, "content")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    port = find_free_port()
    server = await asyncio.start_server(serve, "127.0.0.1", port)
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        server.close()


@pytest.fixture(autouse=True)
def _short_timeouts(monkeypatch):
    for name in ("CONNECT_SECONDS", "COMMAND_SECONDS", "DATA_SECONDS"):
        monkeypatch.setattr(smtp_client, name, 1)
    monkeypatch.setattr(smtp_client.SmtpConnection.__init__, "__defaults__", (1,))


async def work(worker):
    """One batch; whether the server could be used at all."""
    try:
        await worker.work_once()
    except MailServerError:
        return False
    return True


def test_there_are_ten_faults():
    assert len(FAULTS) >= 10


@pytest.mark.parametrize("fault", FAULTS)
async def test_mails_survive_a_faulty_server_and_are_sent_once(delivery, mail, clock, mailbox, fault):
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, clock.now)

    async with run_faulty_server(FAULTS[fault]) as url:
        for _ in range(2):
            await work(OutboxWorker(delivery.engine, replace(mail, smtp_url=url), clock))
            clock.pass_by(minutes=10)
    during = delivery.states()
    clock.pass_by(minutes=30)
    await work(OutboxWorker(delivery.engine, mail, clock))

    assert during == ["queued"] * 3
    assert mailbox.addresses == sorted(ADDRESSES)
    assert delivery.states() == ["sent"] * 3


async def test_mutant_that_counts_a_deferred_mail_as_sent_loses_it(delivery, mail, clock, mailbox, monkeypatch):
    async def accept_everything(_connection, code):
        return SendResult(SendOutcome.SENT, code)

    monkeypatch.setattr(smtp_client.SmtpConnection, "_classify_refusal", accept_everything)
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, clock.now)

    async with run_faulty_server(FAULTS["is full"]) as url:
        await work(OutboxWorker(delivery.engine, replace(mail, smtp_url=url), clock))
    clock.pass_by(minutes=30)
    await work(OutboxWorker(delivery.engine, mail, clock))

    assert mailbox.addresses != sorted(ADDRESSES)
