"""Invite the people of a large request: all are checked, then invited in batches with a link each.

Nobody sees a link before the job has finished. A person who can't be invited any more ends it: `done` says how many are
invited.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count

import msgspec
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import BulkPartKind, DeliveryMode
from assessment.errors import InvalidError, Problem
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments.published_questionnaires import find_questionnaire
from assessment.services.auth.tokens import RANDOM
from assessment.services.bulk.bulk_lease import BulkLease
from assessment.services.bulk.bulk_requests import PEOPLE_IN_PART, StoredLink, encrypt_part, iterate_parts
from assessment.services.operations import audit_trail
from assessment.services.people import invited_people, invitee_checks, people_invitations
from assessment.services.people.invitee_checks import Invitee
from assessment.storage import assessments, bulk_jobs, database
from assessment.storage.bulk_jobs import BulkJob
from assessment.storage.people import invitations

MAX_PROBLEMS = 2000
REFUSED = "Nobody was invited."


def run_invitation_job(
    engine: Engine, job: BulkJob, lease: BulkLease, catalogue: QuestionnaireCatalogue, *, secret: str
) -> None:
    """Invite from where an earlier worker stopped. Raises AppError if the job fails."""
    if job.done == 0:
        _check_people(engine, job, lease, catalogue, secret)
    for part in iterate_parts(engine, job, secret=secret, first=job.done // PEOPLE_IN_PART):
        people = msgspec.msgpack.decode(part.content, type=tuple[Invitee, ...])
        start = part.number * PEOPLE_IN_PART
        with lease.write_step(done=start + len(people)) as session:
            links = _invite_batch(session, job, people, start, lease.read_clock())
            content = encrypt_part(secret, msgspec.msgpack.encode(links))
            bulk_jobs.add_part(session, job, BulkPartKind.LINKS, part.number, content)
        database.pause_between_writes(engine)
    with lease.finish_step() as session:
        record_invited(session, job, lease.read_clock())


def record_invited(session: Session, job: BulkJob, now: datetime) -> None:
    """Record the people that the job has invited, once it has ended: also if it failed after some batches.

    Not for each batch: `update_uncounted_groups` removes no group, and a batch may end in the middle of one.
    """
    invited = bulk_jobs.find_job(session, job.workspace_id, job.id).done
    if invited == 0:
        return
    assessments.find_assessment(session, job.assessment_key, lock=True)
    invited_people.update_uncounted_groups(session, job.assessment_key)
    audit_trail.record_event(
        session, job.workspace_id, now, audit_trail.PEOPLE_INVITED, job.assessment_id, people=invited
    )


def _check_people(
    engine: Engine, job: BulkJob, lease: BulkLease, catalogue: QuestionnaireCatalogue, secret: str
) -> None:
    """Raise `InvalidError` with the problems of all people, by their index in the request."""
    with database.read_session(engine) as session:
        assessment = assessments.find_assessment(session, job.assessment_key)
        questionnaire = find_questionnaire(session, assessment, catalogue)
        taken = people_invitations.load_invited_addresses(session, assessment)
    problems: list[Problem] = []
    first_lines: dict[str, int] = {}
    for index, person in zip(count(), _iterate_people(engine, job, secret)):
        if index % PEOPLE_IN_PART == 0:
            lease.renew_if_due()
        problems += invitee_checks.find_invitee_problems(index, person, questionnaire, assessment.mode)
        problems += invitee_checks.find_duplicate_address(index, person, taken, first_lines)
        if len(problems) >= MAX_PROBLEMS:
            break
    if problems:
        raise InvalidError(REFUSED, problems)


def _iterate_people(engine: Engine, job: BulkJob, secret: str) -> Iterator[Invitee]:
    for part in iterate_parts(engine, job, secret=secret):
        yield from msgspec.msgpack.decode(part.content, type=tuple[Invitee, ...])


def _invite_batch(
    session: Session, job: BulkJob, people: Sequence[Invitee], start: int, now: datetime
) -> list[StoredLink]:
    """Invite these people; what changed since they were checked raises."""
    key = job.assessment_key
    assessment = people_invitations.lock_unless_closed(session, key, now)
    people_invitations.refuse_imported_responses(session, assessment, now)
    people_invitations.refuse_mail_delivery(session, people)
    addresses = {address for person in people if (address := invitee_checks.normalize_invitee_address(person))}
    taken = invitations.find_invited_addresses(session, key, addresses)
    first_lines: dict[str, int] = {}
    problems = [
        problem
        for index, person in enumerate(people, start)
        for problem in invitee_checks.find_duplicate_address(index, person, taken, first_lines)
    ]
    if problems:
        raise InvalidError("Some people were invited by someone else meanwhile.", problems)
    first = invitations.find_next_position(session, key)
    rows = [
        people_invitations.make_invitation_row(assessment, person, position, now, RANDOM)
        for position, person in enumerate(people, start=first)
    ]
    invitations.add_invitations(session, rows)
    invited = [people_invitations.make_invitation(row) for row in rows]
    to_hand_out = [invitation for invitation in invited if invitation.deliver == DeliveryMode.LINK]
    linked = people_invitations.add_links(session, to_hand_out, job.workspace_id, now, RANDOM)
    by_id = {link.invitation.id: link.token for link in linked}
    return [StoredLink(invitation.id, by_id.get(invitation.id, "")) for invitation in invited]
