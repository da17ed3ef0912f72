"""SMTP connection that sends one mail at a time and distinguishes refusals, retries and server problems."""

import ssl
from contextlib import suppress
from enum import StrEnum
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

import aiosmtplib
from msgspec import Struct

from assessment.setting_values import is_loopback

CONNECT_SECONDS = 30
COMMAND_SECONDS = 60
DATA_SECONDS = 600  # RFC 5321: giving up earlier would send a mail twice that the server accepts slowly
DEFAULT_PORTS = {"smtp": 587, "smtps": 465}
PERMANENT = 500
SERVER_CODES = (421, 530, 534, 535, 538)  # about this server or the sign-in, not about the recipient


class SendOutcome(StrEnum):
    """Outcome of one attempt: accepted, refused for good, or to be tried again."""

    SENT = "sent"
    REFUSED = "refused"
    RETRY = "retry"


class SendResult(Struct, frozen=True):
    """Outcome with the SMTP code, None without an answer. `is_connected`: the connection can send the next mail.

    `is_server_refusal`: the code is about the server or the sign-in, but came after the server accepted the sender.
    """

    outcome: SendOutcome
    code: int | None = None
    is_connected: bool = True
    is_server_refusal: bool = False


class MailServerError(Exception):
    """The server can't be used now, for any recipient; `code` is its SMTP code, if it answered."""

    def __init__(self, reason: str, code: int | None = None) -> None:
        super().__init__(reason)
        self.code = code


class SmtpConnection:
    """Connection to the server of an `smtp://` or `smtps://` URL; an async context manager.

    `smtp://` uses STARTTLS when offered, and requires it off loopback. Raises `MailServerError` if it can't connect,
    encrypt or sign in.
    """

    def __init__(self, url: str, connect_seconds: float = CONNECT_SECONDS) -> None:
        parts = urlsplit(url)
        self.host = parts.hostname or ""
        self._client = aiosmtplib.SMTP(
            hostname=self.host,
            port=parts.port or DEFAULT_PORTS[parts.scheme],
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=parts.scheme == "smtps",
            start_tls=_choose_starttls(parts.scheme, self.host),
            tls_context=ssl.create_default_context(),
            timeout=connect_seconds,
        )

    async def __aenter__(self) -> Self:
        try:
            await self._client.connect()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            self._client.close()
            raise MailServerError(_describe_error(error), getattr(error, "code", None)) from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._client.is_connected:
            with suppress(aiosmtplib.SMTPException, OSError):
                await self._client.quit(timeout=CONNECT_SECONDS)
        self._client.close()

    async def check_sender(self, sender: str) -> None:
        """Name the sender and take it back; raises `MailServerError` if the server refuses it."""
        try:
            await self._client.mail(sender, encoding="ascii")
            await self._client.rset()
        except aiosmtplib.SMTPSenderRefused as error:
            raise MailServerError(_describe_error(error), error.code) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailServerError(_describe_error(error)) from error

    async def send_message(self, sender: str, recipient: str, message: bytes) -> SendResult:
        """Send one mail to one recipient; raises `MailServerError` if the server refuses the sender."""
        try:
            await self._client.mail(sender, encoding="ascii", timeout=COMMAND_SECONDS)
            await self._client.rcpt(recipient, encoding="ascii", timeout=COMMAND_SECONDS)
            response = await self._client.data(message, timeout=DATA_SECONDS)
        except aiosmtplib.SMTPSenderRefused as error:
            raise MailServerError(_describe_error(error), error.code) from error
        except (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError) as error:
            return await self._classify_refusal(error.code)
        except (aiosmtplib.SMTPException, OSError) as error:
            self._client.close()
            return SendResult(SendOutcome.RETRY, getattr(error, "code", None), is_connected=False)
        return SendResult(SendOutcome.SENT, response.code, is_connected=self._client.is_connected)

    async def _classify_refusal(self, code: int) -> SendResult:
        if code in SERVER_CODES:
            # Not an error of the server as a whole: some relays answer so to addresses that they don't relay to, and
            # without a counted attempt one such address would keep all other mails back for ever.
            return SendResult(SendOutcome.RETRY, code, is_connected=False, is_server_refusal=True)
        is_connected = self._client.is_connected
        if is_connected:
            try:
                await self._client.rset(timeout=COMMAND_SECONDS)
            except (aiosmtplib.SMTPException, OSError):
                is_connected = False
        outcome = SendOutcome.REFUSED if code >= PERMANENT else SendOutcome.RETRY
        return SendResult(outcome, code, is_connected=is_connected)


def _choose_starttls(scheme: str, host: str) -> bool | None:
    """Return whether STARTTLS is required (True), used when offered (None), or not needed inside TLS (False)."""
    if scheme == "smtps":
        return False
    return None if is_loopback(host) else True


def _describe_error(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    cause = error.__cause__ or error
    return str(cause) or type(cause).__name__
