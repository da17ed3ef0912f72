"""Count who was invited and who counts towards k + 1, and what of it is stored with anonymous answers (method 6.9)."""

from collections.abc import Collection

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.answers import CONSENSUS
from assessment.domain.invited_people import (
    MAIL,
    count_counting,
    count_invited,
    find_counting,
    find_uncounted_groups,
    group_name,
    summarize_invited,
)
from assessment.domain.result import InvitedNumbers, WhoWasInvited
from assessment.errors import MailNotAvailableError, Problem
from assessment.storage import assessments, counting_responses
from assessment.storage.assessments import Assessment
from assessment.wording.sentences import N_


class Counting(Struct, frozen=True):
    """Preview of the counting for the opening page.

    `with_domains` are those who count if the client's mail domains are set, `without_domains` if they are not.
    """

    invited: int
    with_domains: int
    without_domains: int
    domains: tuple[str, ...]
    is_anonymous: bool


def is_counted(held: Assessment) -> bool:
    """Return whether figures of this assessment need k + 1 people."""
    return held.confidentiality != "attributable" and held.mode != CONSENSUS


def summarize(session: Session, held: Assessment) -> WhoWasInvited | None:
    """Count the invited in total and by function; None if nobody was invited, as with imported responses."""
    people = counting_responses.load_invited(session, held.workspace_id, held.id)
    return summarize_invited(people, held.domains) if people else None


def count_within(session: Session, held: Assessment, functions: Collection[str]) -> InvitedNumbers:
    """Count the invited in any of the functions, as shown to a respondent about their own area."""
    people = counting_responses.load_invited(session, held.workspace_id, held.id)
    return count_invited(people, held.domains, functions)


def preview_counting(session: Session, held: Assessment) -> Counting | None:
    """Count who would count if it opened now; None if figures need no k + 1."""
    if not is_counted(held):
        return None
    people = counting_responses.load_invited(session, held.workspace_id, held.id)
    return Counting(
        invited=count_invited(people, held.domains).invited,
        with_domains=count_counting(people, held.domains) if held.domains else 0,
        without_domains=count_counting(people, ()),
        domains=tuple(held.domains),
        is_anonymous=held.confidentiality == "anonymous",
    )


def refuse_domains_without_mail(session: Session, held: Assessment) -> None:
    """Raise `MailNotAvailableError` where domains are named, and the server has mailed nobody an invitation.

    Only mailed people count at a domain, so every figure would stay hidden, and the domains are locked by the opening.
    """
    if not (held.domains and is_counted(held)):
        return
    people = counting_responses.load_invited(session, held.workspace_id, held.id)
    if not any(person.deliver == MAIL for person in people):
        reason = N_("This server can't mail invitations: with mail domains named, nobody would count.")
        remedy = N_("Remove the mail domains in the settings, then open it.")
        raise MailNotAvailableError(reason, [Problem(reason, remedy, pointer="/domains")])


def note_uncounted_groups(session: Session, workspace_id: str, assessment_id: str) -> None:
    """Add to the stored list of anonymous groups that don't count. Call it after opening, inviting and replacing.

    The assessment must be locked. Groups are determined by invitations alone, so the list reveals nothing about what
    respondents did.
    """
    held = assessments.find(session, workspace_id, assessment_id)
    if held.confidentiality != "anonymous" or held.state != "open" or not is_counted(held):
        return
    people = counting_responses.load_invited(session, workspace_id, assessment_id)
    found = {*held.uncounted_groups} | find_uncounted_groups(people, held.domains, held.minimum_group)
    if found != {*held.uncounted_groups}:
        counting_responses.store_uncounted_groups(session, workspace_id, assessment_id, found)


def decide_counts(session: Session, workspace_id: str, assessment_id: str, invitation_id: str) -> bool | None:
    """Return the value of `counts` for an anonymous draft; None if it would single people out.

    None for other drafts too: there it follows from the invitation.
    """
    held = assessments.find(session, workspace_id, assessment_id)
    if held.confidentiality != "anonymous" or not is_counted(held):
        return None
    people = counting_responses.load_invited(session, workspace_id, assessment_id)
    person = next(person for person in people if person.id == invitation_id)
    uncounted = find_uncounted_groups(people, held.domains, held.minimum_group)
    if group_name(person.role, person.functions) in {*held.uncounted_groups, *uncounted}:
        return None
    return person.id in find_counting(people, held.domains)
