"""Count people invited and those who count towards k + 1; decide what anonymous answers store of it (method 6.9)."""

from typing import TypeAlias
from weakref import WeakKeyDictionary

from msgspec import Struct
from sqlalchemy import Pool
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, Confidentiality, DeliveryMode
from assessment.domain.disclosure.invited_people import (
    count_counting_people,
    find_counting_invitations,
    find_uncounted_groups,
    select_current_invitations,
    summarize_invited_people,
)
from assessment.domain.invited_numbers import WhoWasInvited
from assessment.domain.survey.promises import are_answers_private
from assessment.errors import MailNotAvailableError, NobodyCountsError, Problem
from assessment.i18n.messages import N_
from assessment.services.delivery.mail_settings import find_mail
from assessment.services.lru_cache import LruCache
from assessment.storage import assessments
from assessment.storage.assessments import Assessment
from assessment.storage.people import counting_people, people_summaries

NOBODY_BY_MAIL = N_("Nobody is invited by mail: with mail domains named, nobody would count.")
INVITE_BY_MAIL = N_("Invite people by mail, or remove the mail domains in the settings.")
MAX_CACHED_PEOPLE = 16  # assessments; 10,000 invitations are about 1 MB

RevisionKey: TypeAlias = tuple[AssessmentKey, int | None]


class CountedPeople(Struct, frozen=True):
    """Ids of the invitations that count, and groups in which a mark "counts" would single people out."""

    counting: frozenset[str]
    uncounted_groups: frozenset[str]


# By pool of connections: one for each database, which all engines of it share.
_people_by_pool: WeakKeyDictionary[Pool, LruCache[RevisionKey, CountedPeople]] = WeakKeyDictionary()


class CountingPreview(Struct, frozen=True):
    """Preview of the counting for the opening page.

    `with_domains` are those who count if the client's mail domains are set, `without_domains` if they are not.
    """

    invited: int
    with_domains: int
    without_domains: int
    domains: tuple[str, ...]
    is_anonymous: bool


def has_stricter_minimum(assessment: Assessment) -> bool:
    """Return whether figures of this assessment need k + 1 people."""
    return are_answers_private(assessment.confidentiality, assessment.mode)


def load_invited_summary(session: Session, assessment: Assessment) -> WhoWasInvited | None:
    """Count the invited in total and by function; None if nobody was invited, as with imported responses."""
    people = counting_people.load_invited_people(session, assessment.key)
    return summarize_invited_people(people, assessment.domains) if people else None


def preview_counting_people(session: Session, assessment: Assessment) -> CountingPreview | None:
    """Count who would count if it opened now; None if figures need no k + 1."""
    if not has_stricter_minimum(assessment):
        return None
    people = counting_people.load_invited_people(session, assessment.key)
    return CountingPreview(
        invited=len(select_current_invitations(people)),
        with_domains=count_counting_people(people, assessment.domains) if assessment.domains else 0,
        without_domains=count_counting_people(people, ()),
        domains=tuple(assessment.domains),
        is_anonymous=assessment.confidentiality == Confidentiality.ANONYMOUS,
    )


def refuse_domains_without_mail(session: Session, assessment: Assessment) -> None:
    """Raise `NobodyCountsError` where domains are named, and no invitation is mailed by the server.

    It is a `MailNotAvailableError` if the server can't send mail.

    Only mailed people count at a domain, so every figure would stay hidden, and the domains are locked by the opening.
    """
    if not (assessment.domains and has_stricter_minimum(assessment)):
        return
    people = counting_people.load_invited_people(session, assessment.key)
    if not any(person.deliver == DeliveryMode.MAIL for person in people):
        if find_mail(session) is not None:
            raise NobodyCountsError(
                NOBODY_BY_MAIL, [Problem(NOBODY_BY_MAIL, INVITE_BY_MAIL, pointer="/domains", code="locked")]
            )
        reason = N_("This server can’t mail invitations: with mail domains named, nobody would count.")
        remedy = N_("Remove the mail domains in the settings, then open it.")
        raise MailNotAvailableError(reason, [Problem(reason, remedy, pointer="/domains", code="locked")])


def update_uncounted_groups(session: Session, key: AssessmentKey) -> None:
    """Add to the stored list of anonymous groups that don't count. Call it after opening, inviting and replacing.

    The assessment must be locked. Groups are determined by invitations alone, so the list reveals nothing about what
    respondents did.
    """
    assessment = assessments.find_assessment(session, key)
    if (
        assessment.confidentiality != Confidentiality.ANONYMOUS
        or assessment.state != AssessmentState.OPEN
        or not has_stricter_minimum(assessment)
    ):
        return
    people = counting_people.load_invited_people(session, key)
    groups = {*assessment.uncounted_groups} | find_uncounted_groups(
        people, assessment.domains, assessment.minimum_group
    )
    if groups != {*assessment.uncounted_groups}:
        counting_people.save_uncounted_groups(session, key, groups)


def decide_counts(session: Session, key: AssessmentKey, invitation_id: str, group: str) -> bool | None:
    """Return the value of `counts` for an anonymous draft of an invitation to a group; None if it singles people out.

    None for other drafts too: there it follows from the invitation. The transaction must not change invitations.
    """
    assessment = assessments.find_assessment(session, key)
    if assessment.confidentiality != Confidentiality.ANONYMOUS or not has_stricter_minimum(assessment):
        return None
    people = _load_counted_people(session, assessment)
    if group in assessment.uncounted_groups or group in people.uncounted_groups:
        return None
    return invitation_id in people.counting


def _load_counted_people(session: Session, assessment: Assessment) -> CountedPeople:
    """Return who counts; determined once for each change of invitations: each start of a draft needs it.

    The revision is read first: if another transaction commits meanwhile, its own revision is determined again.
    """
    cache = _people_by_pool.setdefault(session.get_bind().engine.pool, LruCache(MAX_CACHED_PEOPLE))
    revision = (assessment.key, people_summaries.find_revision(session, assessment.key))
    cached = cache.find_value(revision)
    if cached is not None:
        return cached
    people = counting_people.load_invited_people(session, assessment.key)
    uncounted = find_uncounted_groups(people, assessment.domains, assessment.minimum_group)
    return cache.add_value(revision, CountedPeople(find_counting_invitations(people, assessment.domains), uncounted))
