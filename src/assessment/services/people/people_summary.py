"""Counts of the people of an assessment, stored until something that they count changes.

A page that shows only numbers reads one row, however many people are invited. Nothing here depends on what invited
people have done; responses from files are the consultant's own.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date

import msgspec
from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import Confidentiality
from assessment.domain.disclosure.closing_forecast import CountedGroup
from assessment.domain.disclosure.invited_people import (
    InvitedPerson,
    find_counting_invitations,
    find_uncounted_groups,
)
from assessment.errors import NotFoundError
from assessment.services.delivery.mail_states import DeliveryTotals, FirstMailState, load_mail_states
from assessment.services.people.address_warnings import AddressWarnings, count_doubtful_addresses
from assessment.storage import assessments
from assessment.storage.assessments import Assessment
from assessment.storage.database import read_session, write_session
from assessment.storage.delivery import mail_counts, mailings
from assessment.storage.people import counting_people, invitation_counts, invitations, people_summaries
from assessment.storage.people.invitation_counts import GroupCount
from assessment.storage.people.people_summaries import StoredSummary


class PeopleSummary(Struct, frozen=True, kw_only=True):
    """Counts of one assessment.

    `invited` counts people by role and functions, with responses from files; `groups` all invitations, with how many
    of them count towards k + 1. `to_mail` are those who wait for their first mail, `mailed` those whose mail was
    accepted, revoked ones too.
    """

    invited: tuple[GroupCount, ...]
    groups: tuple[CountedGroup, ...]
    totals: DeliveryTotals
    to_mail: int
    mailed: int
    link_people: int
    addresses: AddressWarnings
    first_mailed_on: date | None


def load_summary(session: Session, key: AssessmentKey) -> PeopleSummary:
    """Return the stored counts, or count again if they are outdated; raises `NotFoundError`."""
    return load_summaries(session, key.workspace_id, [key.assessment_id])[key.assessment_id]


def load_summaries(session: Session, workspace_id: str, assessment_ids: Collection[str]) -> dict[str, PeopleSummary]:
    """Return the counts of several assessments; raises `NotFoundError`."""
    stored = people_summaries.find_summaries(session, workspace_id, assessment_ids)
    return {
        id_: _decode_summary(stored.get(id_)) or _count_people(session, AssessmentKey(workspace_id, id_))
        for id_ in assessment_ids
    }


def refresh_summaries(engine: Engine, workspace_id: str, assessment_ids: Collection[str]) -> None:
    """Count where the stored counts are outdated, and store them, each in a transaction of its own.

    Call it while the request's session has no connection, like `progress.refresh_counts`.
    """
    with read_session(engine) as session:
        stored = people_summaries.find_summaries(session, workspace_id, assessment_ids)
    for id_ in assessment_ids:
        before = stored.get(id_)
        if before is None or before.content is None:
            _refresh_summary(engine, AssessmentKey(workspace_id, id_))


def _refresh_summary(engine: Engine, key: AssessmentKey) -> None:
    with read_session(engine) as session:
        stored = people_summaries.find_summaries(session, key.workspace_id, [key.assessment_id]).get(key.assessment_id)
        try:  # after the revision was read: a change in between makes these counts outdated
            content = msgspec.json.encode(_count_people(session, key))
        except NotFoundError:
            return
    with write_session(engine) as session:
        revision = None if stored is None else stored.revision
        people_summaries.save_summary(session, key, content, revision)


def find_counting(assessment: Assessment, people: Sequence[InvitedPerson], domains: Collection[str]) -> set[str]:
    """Return the ids of the invitations that count; an anonymous group that would single people out does not."""
    counting = set(find_counting_invitations(people, domains))
    if assessment.confidentiality != Confidentiality.ANONYMOUS:
        return counting
    uncounted = {*assessment.uncounted_groups} | find_uncounted_groups(people, domains, assessment.minimum_group)
    return {person.id for person in people if person.id in counting and person.group not in uncounted}


def _count_people(session: Session, key: AssessmentKey) -> PeopleSummary:
    assessment = assessments.find_assessment(session, key)
    people = counting_people.load_invited_people(session, key)
    states = Counter(state.state for state in load_mail_states(session, key).values())
    link_people, without_link = invitations.count_link_invitations(session, key)
    here = [key.assessment_id]
    return PeopleSummary(
        invited=tuple(invitation_counts.count_invited(session, key.workspace_id, here)),
        groups=_group_invited(people, find_counting(assessment, people, assessment.domains)),
        totals=DeliveryTotals(
            unmailed=states[FirstMailState.UNMAILED],
            queued=states[FirstMailState.QUEUED],
            mailed=states[FirstMailState.MAILED],
            refused=states[FirstMailState.REFUSED],
            failed=states[FirstMailState.FAILED],
            handed_out=link_people - without_link,
            without_link=without_link,
            revoked=mail_counts.count_revoked(session, key),
        ),
        to_mail=mail_counts.count_unmailed(session, key.workspace_id, here).get(key.assessment_id, 0),
        mailed=mailings.count_mailed(session, key),
        link_people=link_people,
        addresses=count_doubtful_addresses(invitations.list_current_addresses(session, key)),
        first_mailed_on=mailings.find_first_mailing_day(session, key),
    )


def _group_invited(people: Sequence[InvitedPerson], counting: Collection[str]) -> tuple[CountedGroup, ...]:
    """Group all invitations, replaced and revoked ones too: their holders may have answered before."""
    invited = Counter((person.role, tuple(sorted(person.functions))) for person in people)
    behind = Counter((person.role, tuple(sorted(person.functions))) for person in people if person.id in counting)
    return tuple(CountedGroup(*group, number, behind[group]) for group, number in invited.items())


def decode_current(content: bytes | None) -> PeopleSummary | None:
    """Decode counts that were stored and are not outdated; None without any, or of another version of the program."""
    return _decode_summary(StoredSummary(0, content))


def _decode_summary(stored: StoredSummary | None) -> PeopleSummary | None:
    """Return the stored counts; None if they are outdated, or of another version of the program."""
    if stored is None or stored.content is None:
        return None
    try:
        return msgspec.json.decode(stored.content, type=PeopleSummary)
    except msgspec.ValidationError:
        return None
