"""Point out addresses that several people may read, or that anyone could have created (method 6.9).

Nobody is refused for such an address: small clients use them. But someone who controls several mailboxes could answer
several times, and a link in a shared mailbox can be opened by all its readers.
"""

from collections.abc import Iterable
from importlib.resources import files

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.disclosure.invited_people import get_mailbox
from assessment.services.assessments.mail_domains import is_free_mail_domain
from assessment.storage.survey import invitations

# Local parts of mailboxes of a function or team, by RFC 2142 and common use in four languages.
SHARED_MAILBOXES = frozenset((files(__package__) / "shared_mailboxes.txt").read_text("utf-8").split())


class DoubtfulAddresses(Struct, frozen=True):
    """Addresses to look at, in the order of the list."""

    shared: tuple[str, ...] = ()
    free_mail: tuple[str, ...] = ()


def find_doubtful_addresses(addresses: Iterable[str | None]) -> DoubtfulAddresses:
    """Return the addresses of shared mailboxes, and those at free-mail domains; invalid ones are left out."""
    mailboxes = list(dict.fromkeys(mailbox for address in addresses if (mailbox := get_mailbox(address))))
    return DoubtfulAddresses(
        shared=tuple(mailbox for mailbox in mailboxes if mailbox.rpartition("@")[0] in SHARED_MAILBOXES),
        free_mail=tuple(mailbox for mailbox in mailboxes if is_free_mail_domain(mailbox.rpartition("@")[2])),
    )


def load_doubtful_addresses(session: Session, key: AssessmentKey) -> DoubtfulAddresses:
    """Return the doubtful addresses of an assessment; revoked and replaced invitations are left out."""
    return find_doubtful_addresses(invitations.list_current_addresses(session, key))
