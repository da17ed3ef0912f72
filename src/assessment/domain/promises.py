"""What respondents are promised, derived from an assessment's settings: templates only put it into words."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from assessment.domain.answers import CONSENSUS

Audience: TypeAlias = Literal["team", "named", "confidential", "anonymous"]

MASK = "•••"


class InvitedCount(Struct, frozen=True):
    """Who was invited in a person's own functions; replaced invitations are left out, revoked ones are not.

    `by_mail` counts those the server mailed, by the assessment's mail domains; "" is every other domain.
    """

    invited: int
    by_mail: Mapping[str, int]
    late: int
    revoked: int

    @property
    def by_hand(self) -> int:
        """How many were given their link by a person."""
        return self.invited - sum(self.by_mail.values())


class Promises(Struct, frozen=True, kw_only=True):
    """`people` is the smallest group that a figure is shown for (k + 1), `invited` None where names are attached.

    `earlier` is the audience of the wave before where that was another one.
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
        """Whether nobody else sees a single person's answers."""
        return is_private(self.audience)

    @property
    def counts_unsent(self) -> bool:
        """Whether saved answers count at the close without being sent, if half are given."""
        return self.audience != "anonymous"

    @property
    def leaves_out_careless(self) -> bool:
        """Whether responses with several signs of careless answering are left out (method 3)."""
        return self.audience != "team"


def audience_of(confidentiality: str, mode: str) -> Audience:
    """Return who sees single answers: everyone in a team, people with names, or nobody."""
    if mode == CONSENSUS:
        return "team"
    if confidentiality == "attributable":
        return "named"
    return "anonymous" if confidentiality == "anonymous" else "confidential"


def is_private(audience: Audience) -> bool:
    """Return whether a draft belongs to one browser alone."""
    return audience in ("confidential", "anonymous")


def mask_address(address: str) -> str:
    """Return a mail address with its first letter and its domain."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}{MASK}@{domain}"
