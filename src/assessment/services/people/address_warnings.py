"""Point out addresses that several people may read, or that anyone could have created (method 6.9).

Nobody is refused for such an address: small clients use them. But someone who controls several mailboxes could answer
several times, and a link in a shared mailbox can be opened by all its readers.
"""

from collections.abc import Iterable
from importlib.resources import files

from msgspec import Struct

from assessment.domain.disclosure.invited_people import get_mailbox
from assessment.services.assessments.mail_domains import is_free_mail_domain

# Local parts of mailboxes of a function or team, by RFC 2142 and common use in four languages.
SHARED_MAILBOXES = frozenset((files(__package__) / "shared_mailboxes.txt").read_text("utf-8").split())

MAX_EXAMPLES = 10


class DoubtfulAddresses(Struct, frozen=True):
    """Addresses to look at, in the order of the list."""

    shared: tuple[str, ...] = ()
    free_mail: tuple[str, ...] = ()

    @property
    def shared_count(self) -> int:
        return len(self.shared)

    @property
    def free_mail_count(self) -> int:
        return len(self.free_mail)


class AddressWarnings(Struct, frozen=True):
    """Numbers of doubtful addresses, with the first ones as examples."""

    shared: tuple[str, ...]
    free_mail: tuple[str, ...]
    shared_count: int
    free_mail_count: int


def find_doubtful_addresses(addresses: Iterable[str | None]) -> DoubtfulAddresses:
    """Return the addresses of shared mailboxes, and those at free-mail domains; invalid ones are left out."""
    mailboxes = list(dict.fromkeys(mailbox for address in addresses if (mailbox := get_mailbox(address))))
    return DoubtfulAddresses(
        shared=tuple(mailbox for mailbox in mailboxes if mailbox.rpartition("@")[0] in SHARED_MAILBOXES),
        free_mail=tuple(mailbox for mailbox in mailboxes if is_free_mail_domain(mailbox.rpartition("@")[2])),
    )


def count_doubtful_addresses(addresses: Iterable[str | None]) -> AddressWarnings:
    """Count the doubtful addresses, and keep the first ones of each kind."""
    doubtful = find_doubtful_addresses(addresses)
    return AddressWarnings(
        doubtful.shared[:MAX_EXAMPLES],
        doubtful.free_mail[:MAX_EXAMPLES],
        doubtful.shared_count,
        doubtful.free_mail_count,
    )
