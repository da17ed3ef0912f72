"""Check of the mail server: connect, encrypt, sign in, name the sender; nothing is sent."""

import ssl
from typing import Literal, TypeAlias

import aiosmtplib
from msgspec import Struct

from assessment.services.delivery.mail_settings import MailSettings
from assessment.services.delivery.smtp_client import MailServerError, SmtpConnection

MailProblem: TypeAlias = Literal["unreachable", "unencrypted", "certificate", "sign-in", "sender"]


class MailCheck(Struct, frozen=True):
    """Result of the check; `problem` is None if mail can be sent, `detail` is the message of the server or system."""

    host: str
    problem: MailProblem | None = None
    detail: str = ""


async def check_mail_server(mail: MailSettings, seconds: float) -> MailCheck:
    """Check the server with a time limit in seconds for each step."""
    connection = SmtpConnection(mail.smtp_url, seconds)
    try:
        async with connection:
            await connection.check_sender(mail.sender)
    except MailServerError as error:
        return MailCheck(connection.host, _classify_error(error), str(error))
    return MailCheck(connection.host)


def _classify_error(error: MailServerError) -> MailProblem:
    cause = error.__cause__
    if isinstance(cause, aiosmtplib.SMTPSenderRefused):
        return "sender"
    if isinstance(cause, aiosmtplib.SMTPAuthenticationError):
        return "sign-in"
    if _has_cause(cause, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "certificate"
    if isinstance(cause, aiosmtplib.SMTPException) and "STARTTLS" in str(cause):
        return "unencrypted"
    return "unreachable"


def _has_cause(error: BaseException | None, kind: type[BaseException]) -> bool:
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False
