"""Invited people, and which of them count towards the k + 1 that a released figure needs (method 6.9).

The person who invites can invent people, so only invitations that are hard to fake count. Everything here depends on
invitations only, never on the behaviour of respondents.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from assessment.domain.closed_sets import DeliveryMode
from assessment.domain.invited_numbers import InvitedNumbers, WhoWasInvited
from assessment.domain.text_normalisation import normalize_address


class InvitedPerson(Struct, frozen=True):
    """One invitation; `is_late`: created after the opening; `replaces`: id of the invitation that it corrects.

    `counts`: the stored decision of the time when an address was erased; None where it follows from the addresses.
    Sequences of these are in the order of invitation.
    """

    id: str
    role: str
    functions: tuple[str, ...]
    email: str | None = None
    deliver: DeliveryMode = DeliveryMode.LINK
    replaces: str | None = None
    is_late: bool = False
    is_revoked: bool = False
    counts: bool | None = None

    @property
    def group(self) -> str:
        """Role and functions as one text, independent of the order of functions."""
        return format_group(self.role, self.functions)


def format_group(role: str, functions: Collection[str]) -> str:
    """Return ROLE:FUNCTION;FUNCTION."""
    return f"{role}:{';'.join(sorted(functions))}"


def find_counting_invitations(people: Sequence[InvitedPerson], domains: Collection[str]) -> frozenset[str]:
    """Return the ids of the invitations that count.

    With mail domains: those that the server mails to an address there, one person per mailbox. Without: those created
    before the opening. An erased address changes nothing about those invited before (`counts`). Those invited later do
    not count where responses without an address are left: one of them could have the same mailbox.
    """
    if not domains:
        return frozenset(person.id for person in people if not person.is_late)
    first = _find_first_invitations(people)
    owner: dict[str, str] = {}
    counting = {person.id for person in people if person.counts}
    if _are_all_decided(people):
        return frozenset(counting | _find_same_mailboxes(people, counting))
    for person in people:
        mailbox = get_mailbox(person.email)
        if person.counts is not None:
            continue
        if person.deliver != DeliveryMode.MAIL or mailbox is None or mailbox.rpartition("@")[2] not in domains:
            continue
        if owner.setdefault(mailbox, first[person.id]) == first[person.id]:
            counting.add(person.id)
    return frozenset(counting)


def _are_all_decided(people: Sequence[InvitedPerson]) -> bool:
    """Return whether the decision was stored for everyone invited up to an erasure, not for erased people alone."""
    return any(person.counts is not None for person in people) and all(
        person.is_late or person.counts is not None for person in people
    )


def _find_same_mailboxes(people: Sequence[InvitedPerson], counting: Collection[str]) -> set[str]:
    """Return the later invitations that correct a counting one and go to the same mailbox."""
    same = {id_: get_mailbox(person.email) for person in people if (id_ := person.id) in counting}
    for person in people:
        mailbox = get_mailbox(person.email)
        if (
            person.counts is None
            and person.deliver == DeliveryMode.MAIL
            and mailbox is not None
            and same.get(person.replaces or "") == mailbox
        ):
            same[person.id] = mailbox
    return set(same)


def count_counting_people(people: Sequence[InvitedPerson], domains: Collection[str]) -> int:
    """Count the people who count towards k + 1; a chain of replaced invitations is one person."""
    return count_people_behind(people, find_counting_invitations(people, domains))


def count_people_behind(people: Sequence[InvitedPerson], ids: Iterable[str]) -> int:
    """Count the people to whom these invitations were made; a chain of replaced invitations is one person."""
    first = _find_first_invitations(people)
    return len({first[id_] for id_ in ids})


def get_mailbox(email: str | None) -> str | None:
    """Return the mailbox of an address: lower case, without +tag, domain in ASCII as in DNS; None if invalid."""
    if not email:
        return None
    local, _, domain = normalize_address(email).rpartition("@")
    if not domain.isascii():
        return None
    return f"{local.partition('+')[0]}@{domain}"


def find_uncounted_groups(
    people: Sequence[InvitedPerson], domains: Collection[str], minimum_group: int
) -> frozenset[str]:
    """Return the groups in which a mark "counts" on an anonymous response would single people out.

    In these groups (same role and functions) either the counting or the other invitations are those of k people or
    fewer.
    """
    counting = find_counting_invitations(people, domains)
    sides: dict[str, dict[bool, set[str]]] = {}
    first = _find_first_invitations(people)
    for person in people:
        group = sides.setdefault(person.group, {True: set(), False: set()})
        group[person.id in counting].add(first[person.id])
    return frozenset(
        name for name, side in sides.items() if all(side.values()) and min(map(len, side.values())) <= minimum_group
    )


def summarize_invited_people(people: Sequence[InvitedPerson], domains: Collection[str]) -> WhoWasInvited:
    """Count the invited people, overall, by function and by role."""
    current_by_function: dict[str, list[InvitedPerson]] = {}
    for person in select_current_invitations(people):
        for name in person.functions:
            current_by_function.setdefault(name, []).append(person)
    functions = {name for person in people for name in person.functions}
    replaced, counting = count_replaced_invitations(people, domains)
    roles = Counter(person.role for person in select_one_per_mailbox(select_current_invitations(people))[0])
    return WhoWasInvited(
        domains=tuple(sorted(domains)),
        total=count_invited_people(people, domains),
        by_function={
            name: count_invited_people(current_by_function.get(name, ()), domains) for name in sorted(functions)
        },
        replaced=replaced,
        replaced_counting=counting,
        by_role=dict(sorted(roles.items())),
    )


def count_replaced_invitations(people: Sequence[InvitedPerson], domains: Collection[str]) -> tuple[int, int]:
    """Count the replaced invitations, and those of them that counted towards k + 1."""
    replaced = {person.replaces for person in people if person.replaces is not None}
    return len(replaced), len(replaced & find_counting_invitations(people, domains))


def count_invited_people(
    people: Iterable[InvitedPerson], domains: Collection[str], functions: Collection[str] | None = None
) -> InvitedNumbers:
    """Count the people invited in any of these functions (default: all), each once by their latest invitation.

    Mailed invitations to one mailbox are one person. The further ones are counted apart, since they can be answered.
    """
    current, same_mailbox = select_one_per_mailbox(select_current_invitations(people, functions))
    mailed = [person for person in current if person.deliver == DeliveryMode.MAIL]
    mailed_to_domains = [person for person in mailed if _is_mailed_to(person, domains)]
    return InvitedNumbers(
        invited=len(current),
        mailed_to_domains=len(mailed_to_domains),
        mailed=len(mailed),
        by_hand=len(current) - len(mailed),
        since_start=sum(person.is_late for person in current),
        revoked=sum(person.is_revoked for person in current),
        same_mailbox=same_mailbox,
    )


def select_current_invitations(
    people: Iterable[InvitedPerson], functions: Collection[str] | None = None
) -> list[InvitedPerson]:
    """Return invitations that no other one replaces, in any of these functions (default: all)."""
    everyone = tuple(people)
    replaced = {person.replaces for person in everyone}
    return [
        person
        for person in everyone
        if person.id not in replaced and (functions is None or not set(functions).isdisjoint(person.functions))
    ]


def select_one_per_mailbox(people: Sequence[InvitedPerson]) -> tuple[list[InvitedPerson], int]:
    """Return invitations without further mailed ones to the same mailbox, and the number of those."""
    mailboxes: set[str] = set()
    firsts = []
    for person in people:
        mailbox = get_mailbox(person.email) if person.deliver == DeliveryMode.MAIL else None
        if mailbox is None or mailbox not in mailboxes:
            firsts.append(person)
            mailboxes |= {mailbox} if mailbox else set()
    return firsts, len(people) - len(firsts)


def _is_mailed_to(person: InvitedPerson, domains: Collection[str]) -> bool:
    """Return whether the mail went to one of these domains; of an erased address, only that it counted is known."""
    return get_mail_domain(person) in domains or (person.email is None and bool(person.counts) and bool(domains))


def get_mail_domain(person: InvitedPerson) -> str:
    """Return the domain of a person's mailbox; empty without a valid address."""
    return (get_mailbox(person.email) or "").rpartition("@")[2]


def _find_first_invitations(people: Sequence[InvitedPerson]) -> dict[str, str]:
    """Map each invitation to the first of its chain of replacements; a chain is one person."""
    before = {person.id: person.replaces for person in people}
    first_ids = {}
    for person in people:
        id_ = person.id
        while (earlier := before.get(id_)) is not None and earlier in before:
            id_ = earlier
        first_ids[person.id] = id_
    return first_ids
