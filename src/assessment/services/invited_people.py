"""Who was invited, who counts towards k + 1, and what is stored of it with anonymous answers (method 6.9)."""

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
    """What the opening page says beforehand; None where nothing is hidden, so that nobody has to count.

    `invited` is everyone, `with_domains` those who count where the client's mail domains are named, `without_domains`
    those who count where they are not.
    """

    invited: int
    with_domains: int
    without_domains: int
    domains: tuple[str, ...]
    is_anonymous: bool


def is_counted(held: Assessment) -> bool:
    """Tell whether figures of this assessment need k + 1 people."""
    return held.confidentiality != "attributable" and held.mode != CONSENSUS


def summarize(session: Session, held: Assessment) -> WhoWasInvited | None:
    """Count who was invited, in all and by function; None where nobody was, as with responses from a file."""
    people = counting_responses.load_invited(session, held.workspace_id, held.id)
    return summarize_invited(people, held.domains) if people else None


def count_within(session: Session, held: Assessment, functions: Collection[str]) -> InvitedNumbers:
    """Count who was invited in any of these functions: what a respondent reads of their own area."""
    people = counting_responses.load_invited(session, held.workspace_id, held.id)
    return count_invited(people, held.domains, functions)


def preview_counting(session: Session, held: Assessment) -> Counting | None:
    """Count who would count if it opened now, with the domains named and without any."""
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
    """Store for good which anonymous groups don't count; call it at the opening, after inviting and after replacing.

    The assessment must be locked. Groups are judged by their invitations alone, so that the list says nothing of what
    a respondent did.
    """
    held = assessments.find(session, workspace_id, assessment_id)
    if held.confidentiality != "anonymous" or held.state != "open" or not is_counted(held):
        return
    people = counting_responses.load_invited(session, workspace_id, assessment_id)
    found = {*held.uncounted_groups} | find_uncounted_groups(people, held.domains, held.minimum_group)
    if found != {*held.uncounted_groups}:
        counting_responses.store_uncounted_groups(session, workspace_id, assessment_id, found)


def decide_counts(session: Session, workspace_id: str, assessment_id: str, invitation_id: str) -> bool | None:
    """Return what to store as `counts` of an anonymous draft; None where that would single people out.

    Nothing is stored of other drafts: their invitation is known.
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
