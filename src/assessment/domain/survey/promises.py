"""Promises to respondents, derived from an assessment's settings; templates turn them into text."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from assessment.domain.closed_sets import Confidentiality, Mode


class Audience(StrEnum):
    """Readers of single answers."""

    TEAM = "team"
    NAMED = "named"
    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"


MASKED_LETTERS = "•••"


class InvitedCount(Struct, frozen=True):
    """Invitations in the respondent's own functions, without replaced but with revoked ones.

    `by_mail` counts the mailboxes that the server mails, by mail domain of the assessment; "" stands for all other
    domains. `same_mailbox`: further invitations to the same mailboxes, which are not among the others.
    """

    invited: int
    by_mail: Mapping[str, int]
    late: int
    revoked: int
    same_mailbox: int = 0

    @property
    def by_hand(self) -> int:
        """Number of people who received their link from a person instead of by mail."""
        return self.invited - sum(self.by_mail.values())


class Promises(Struct, frozen=True, kw_only=True):
    """`people` is the smallest group that figures are shown for (k + 1); `invited` is None if names are attached.

    `earlier` is the audience of the previous wave if it differed.
    """

    audience: Audience
    people: int
    shares_results: bool
    invited: InvitedCount | None = None
    has_domains: bool = False
    is_late: bool = False
    earlier: Audience | None = None

    @property
    def is_private(self) -> bool:
        """Return whether a person's answers are visible to nobody else."""
        return is_private(self.audience)

    @property
    def counts_unsent(self) -> bool:
        """Return whether saved but unsent answers count at the close, if at least half of the items are answered."""
        return self.audience != Audience.ANONYMOUS

    @property
    def leaves_out_careless(self) -> bool:
        """Return whether responses with several careless flags are excluded (method 3)."""
        return self.audience != Audience.TEAM


def get_audience(confidentiality: Confidentiality, mode: Mode) -> Audience:
    """Return who sees single answers: the team, readers with names attached, or nobody."""
    if mode == Mode.CONSENSUS:
        return Audience.TEAM
    if confidentiality == Confidentiality.ATTRIBUTABLE:
        return Audience.NAMED
    return Audience.ANONYMOUS if confidentiality == Confidentiality.ANONYMOUS else Audience.CONFIDENTIAL


def is_private(audience: Audience) -> bool:
    """Return whether nobody else sees a person's answers; a draft is then tied to one browser."""
    return audience in (Audience.CONFIDENTIAL, Audience.ANONYMOUS)


def are_answers_private(confidentiality: Confidentiality, mode: Mode) -> bool:
    """Return whether single answers must not be revealed (method 6.8): not in attributable and consensus mode."""
    return is_private(get_audience(confidentiality, mode))


def mask_address(address: str) -> str:
    """Mask all but the first letter and the domain of a mail address."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}{MASKED_LETTERS}@{domain}"
