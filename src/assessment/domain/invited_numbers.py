"""Numbers of invited people that a release states, by the way their links were sent."""

from msgspec import Struct


class InvitedNumbers(Struct, frozen=True, omit_defaults=True):
    """Numbers of invited people: `mailed` by the server, `mailed_to_domains` of them at the client's mail domains.

    `by_hand`: received a link from a person. `since_start`: invited after the opening. All include `revoked` ones.
    `same_mailbox`: further invitations mailed to mailboxes counted already. Left out of JSON if 0, as in results from
    before it was counted.
    """

    invited: int
    mailed_to_domains: int
    mailed: int
    by_hand: int
    since_start: int
    revoked: int
    same_mailbox: int = 0


class WhoWasInvited(Struct, frozen=True, omit_defaults=True):
    """Invited people at the time of the release (method 6.9); `domains` are the client's mail domains.

    `replaced`: number of invitations replaced by another one; `replaced_counting`: those of them that counted
    towards k + 1. `by_role`: numbers of people, left out of JSON if empty, as in results from before it was counted.
    """

    domains: tuple[str, ...]
    total: InvitedNumbers
    by_function: dict[str, InvitedNumbers]
    replaced: int
    replaced_counting: int
    by_role: dict[str, int] = {}
