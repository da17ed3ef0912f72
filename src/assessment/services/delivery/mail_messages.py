"""Build the bytes of a mail: text and HTML, one recipient, no header from user text without encoding."""

import re
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from msgspec import Struct

from assessment.domain.mail_template import clean_value
from assessment.services.delivery.mail_rendering import RenderedMail

# Longer header lines than 78, since folding breaks the address in List-Unsubscribe.
MESSAGE_POLICY = policy.SMTP.clone(max_line_length=998)
MAX_DISPLAY_NAME_LENGTH = 100
MAX_SUBJECT_LENGTH = 300
MAX_ADDRESS_LENGTH, MAX_LOCAL_LENGTH = 254, 64
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
MAILABLE = re.compile(rf"({ATOM}(?:\.{ATOM})*)@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]+")


class MailEnvelope(Struct, frozen=True, kw_only=True):
    """Header fields of a mail except its content; `unsubscribe` is a URL or empty."""

    message_id: str
    sender: str
    sender_name: str
    recipient: str
    reply_to: str | None = None
    unsubscribe: str = ""


def is_mailable_address(address: str) -> bool:
    """Return whether an address can be one recipient of a mail: plain ASCII, no quotes, no list, no comment."""
    match = MAILABLE.fullmatch(address)
    return match is not None and len(address) <= MAX_ADDRESS_LENGTH and len(match.group(1)) <= MAX_LOCAL_LENGTH


def build_message(envelope: MailEnvelope, content: RenderedMail, now: datetime) -> bytes:
    """Build a mail; raises ValueError unless the recipient is exactly one address."""
    if not is_mailable_address(envelope.recipient):
        raise ValueError("not one recipient")
    message = EmailMessage(policy=MESSAGE_POLICY)
    name = clean_value(envelope.sender_name)[:MAX_DISPLAY_NAME_LENGTH]
    message["From"] = Address(name, addr_spec=envelope.sender)
    message["To"] = Address(addr_spec=envelope.recipient)
    message["Subject"] = clean_value(content.subject)[:MAX_SUBJECT_LENGTH]
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{envelope.message_id}@{envelope.sender.rpartition('@')[2]}>"
    if envelope.reply_to and is_mailable_address(envelope.reply_to):
        message["Reply-To"] = Address(addr_spec=envelope.reply_to)
    # Both keep out-of-office replies away: they would show who reads.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if envelope.unsubscribe:
        message["List-Unsubscribe"] = f"<{envelope.unsubscribe}>"
    message.set_content(content.text, cte="quoted-printable")
    message.add_alternative(content.html, subtype="html", cte="quoted-printable")
    return message.as_bytes()
