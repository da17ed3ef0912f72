"""A real SMTP server on loopback that records what it accepts, and can be told to refuse or to stall."""

import email
import email.policy
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.containers import find_free_port


class ReceivedMail:
    """One accepted mail: envelope and content."""

    def __init__(self, sender: str, recipients: list[str], content: bytes) -> None:
        self.sender, self.recipients, self.content = sender, recipients, content

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.content, policy=email.policy.default)

    @property
    def text(self) -> str:
        return self.message.get_body(("plain",)).get_content().replace("\r\n", "\n")

    @property
    def html(self) -> str:
        return self.message.get_body(("html",)).get_content()


class Mailbox:
    """Handler of the server: `refuse_recipient`, `refuse_sender` and `refuse_data` return a reply or None."""

    def __init__(self) -> None:
        self.received: list[ReceivedMail] = []
        self.attempts: list[str] = []
        self.refuse_recipient: Callable[[str], str | None] = lambda _: None
        self.refuse_sender: Callable[[str], str | None] = lambda _: None
        self.refuse_data: Callable[[str], str | None] = lambda _: None
        self.before_reply: Callable[[], None] = lambda: None
        self.port = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def find(self, address: str) -> list[ReceivedMail]:
        return [each for each in self.received if each.recipients == [address]]

    @property
    def addresses(self) -> list[str]:
        return sorted(address for each in self.received for address in each.recipients)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := self.refuse_sender(address):
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.attempts.append(address)
        if refusal := self.refuse_recipient(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if refusal := self.refuse_data(envelope.rcpt_tos[0]):
            return refusal
        self.received.append(ReceivedMail(envelope.mail_from, list(envelope.rcpt_tos), bytes(envelope.content)))
        self.before_reply()
        return "250 Accepted"


@contextmanager
def run_smtp_server(**options: object) -> Iterator[Mailbox]:
    """Run the server in a thread, on a free port."""
    mailbox = Mailbox()
    mailbox.port = find_free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port, ready_timeout=30, **options)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something that another thread or process does."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        pause.wait(0.05)
