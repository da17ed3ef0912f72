"""Load the promises to respondents: they depend on settings and on who was invited in their functions (method 6.9)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary

from sqlalchemy import Pool
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import DeliveryMode
from assessment.domain.disclosure.invited_people import (
    get_mail_domain,
    select_current_invitations,
    select_one_per_mailbox,
)
from assessment.domain.survey.promises import InvitedCount, Promises, get_audience, is_private
from assessment.services.auth.principals import Respondent
from assessment.services.survey.survey_links import SurveyLink
from assessment.storage import assessments
from assessment.storage.database import is_writing
from assessment.storage.people import counting_people, invitation_counts, people_summaries

MAX_CACHED_COUNTS = 1000

# By pool of connections: one for each database, which all engines of it share.
_counts_by_pool: WeakKeyDictionary[Pool, dict[tuple[object, ...], InvitedCount]] = WeakKeyDictionary()


def load_link_promises(session: Session, link: SurveyLink) -> Promises:
    """Return the promises of the start page."""
    row = link.row
    audience = get_audience(row.confidentiality, row.mode)
    earlier = None
    if row.earlier_confidentiality and row.earlier_mode:
        earlier = get_audience(row.earlier_confidentiality, row.earlier_mode)
    return Promises(
        audience=audience,
        people=row.minimum_group + 1,
        shares_results=row.share_results,
        invited=_find_invited(session, row.assessment_key, row.functions.split(";"), row.domains)
        if is_private(audience)
        else None,
        has_domains=bool(row.domains),
        is_late=row.is_late,
        earlier=earlier if earlier != audience else None,
    )


def load_respondent_promises(session: Session, respondent: Respondent) -> Promises:
    """Return the promises of the check page and the sent page."""
    audience = get_audience(respondent.confidentiality, respondent.mode)
    domains = assessments.load_domains(session, respondent.assessment_key)
    return Promises(
        audience=audience,
        people=respondent.minimum_group + 1,
        shares_results=respondent.share_results,
        invited=_find_invited(session, respondent.assessment_key, respondent.functions, domains)
        if is_private(audience)
        else None,
        has_domains=bool(domains),
    )


def _find_invited(
    session: Session, key: AssessmentKey, functions: Sequence[str], domains: Sequence[str]
) -> InvitedCount:
    """Return the people invited in any of the functions; counted again in each process after each change.

    The revision is read before counting: if another transaction commits meanwhile, its own revision is counted again.
    A transaction that writes counts by itself: its revision may be rolled back, and then given to another change.
    """
    if is_writing(session):
        return _count_invited(session, key, functions, domains)
    counts = _counts_by_pool.setdefault(session.get_bind().engine.pool, {})
    counted = (key, people_summaries.find_revision(session, key), tuple(functions), tuple(domains))
    invited = counts.get(counted)
    if invited is None:
        invited = _count_invited(session, key, functions, domains)
        if len(counts) >= MAX_CACHED_COUNTS:
            counts.clear()
        counts[counted] = invited
    return invited


def _count_invited(
    session: Session, key: AssessmentKey, functions: Sequence[str], domains: Sequence[str]
) -> InvitedCount:
    """Count the people invited in any of the functions, each mailbox once."""
    groups = [
        group
        for group in invitation_counts.count_invited_groups(session, key, domains)
        if set(group.functions.split(";")) & set(functions)
    ]
    if any(group.is_mailed and (group.has_tag or group.is_revoked) for group in groups):
        # Only then can several invitations have been mailed to one mailbox.
        return _count_mailboxes(session, key, functions, domains)
    by_mail: Counter[str] = Counter()
    for group in groups:
        if group.is_mailed:
            by_mail[group.domain] += group.people
    return InvitedCount(
        invited=sum(group.people for group in groups),
        by_mail=_sort_domains(by_mail),
        late=sum(group.people for group in groups if group.is_late),
        revoked=sum(group.people for group in groups if group.is_revoked),
    )


def _count_mailboxes(
    session: Session, key: AssessmentKey, functions: Sequence[str], domains: Sequence[str]
) -> InvitedCount:
    """Count each mailbox once; loads every invitation."""
    invitations = counting_people.load_invited_people(session, key)
    people, same_mailbox = select_one_per_mailbox(select_current_invitations(invitations, functions))
    mailed_domains = [get_mail_domain(person) for person in people if person.deliver == DeliveryMode.MAIL]
    return InvitedCount(
        invited=len(people),
        by_mail=_sort_domains(Counter(domain if domain in domains else "" for domain in mailed_domains)),
        late=sum(person.is_late for person in people),
        revoked=sum(person.is_revoked for person in people),
        same_mailbox=same_mailbox,
    )


def _sort_domains(by_mail: Mapping[str, int]) -> dict[str, int]:
    """Return the counts by domain in alphabetical order, all other domains last."""
    return dict(sorted(by_mail.items(), key=lambda entry: (not entry[0], entry[0])))
