"""Responses that count towards the k + 1 people that a released figure needs (method 6.9)."""

from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from assessment.domain.answers import BoolArray
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, Confidentiality
from assessment.domain.disclosure.invited_people import (
    InvitedPerson,
    find_counting_invitations,
    find_uncounted_groups,
    format_group,
)
from assessment.domain.survey.promises import are_answers_private
from assessment.storage import tables
from assessment.storage.columns import match_assessment
from assessment.storage.people import people_summaries

assessment = tables.assessment
invitation = tables.invitation
response = tables.response

INVITATION_COLUMNS = ("id", "role", "functions", "email", "deliver", "replaces", "is_late", "counts")


def load_invited_people(session: Session, key: AssessmentKey) -> tuple[InvitedPerson, ...]:
    """Return everyone who was ever invited, by position."""
    rows = session.execute(
        select(*(invitation.c[name] for name in INVITATION_COLUMNS), invitation.c.revoked_on.is_not(None))
        .where(*match_assessment(invitation, key))
        .order_by(invitation.c.position)
    ).all()
    functions_by_text = {text: tuple(text.split(";")) for text in {row.functions for row in rows}}
    # By position: a close of thousands of people holds SQLite's write lock meanwhile.
    return tuple(
        InvitedPerson(id_, role, functions_by_text[functions], email, deliver, replaces, is_late, is_revoked, counts)
        for id_, role, functions, email, deliver, replaces, is_late, counts, is_revoked in map(tuple, rows)
    )


def load_count_flags(session: Session, key: AssessmentKey, ids: Sequence[str]) -> BoolArray | None:
    """Return which of these responses count, in their order; None if all do or the rule does not apply.

    Responses from a file always count.
    """
    row = session.execute(
        select(
            assessment.c.confidentiality,
            assessment.c.mode,
            assessment.c.minimum_group,
            assessment.c.domains,
            assessment.c.uncounted_groups,
        ).where(assessment.c.workspace_id == key.workspace_id, assessment.c.id == key.assessment_id)
    ).one()
    if not are_answers_private(row.confidentiality, row.mode):
        return None
    people = load_invited_people(session, key)
    uncounted_ids: Iterable[str]
    if row.confidentiality == Confidentiality.ANONYMOUS:
        uncounted = {*row.uncounted_groups} | find_uncounted_groups(people, row.domains, row.minimum_group)
        uncounted_ids = _find_uncounted_anonymous(session, key, _AnonymousGroups(people, row.domains, uncounted))
    else:
        counting = find_counting_invitations(people, row.domains)
        others = {person.id for person in people} - counting
        uncounted_ids = _find_responses_of_invitations(session, key, others) if others else iter(())
    left_out = set(uncounted_ids)
    return np.asarray([id_ not in left_out for id_ in ids], dtype=np.bool_) if left_out else None


def store_decisions(session: Session, key: AssessmentKey, erased: Collection[str] | None = None) -> None:
    """Store who counts, before addresses are erased: `erased` are the invitations, None all. The assessment is locked.

    Only where it follows from addresses. Where responses stay without an address, it is stored for everyone invited so
    far: otherwise a second invitation to an erased mailbox would count as another person.
    """
    row = session.execute(
        select(assessment.c.confidentiality, assessment.c.mode, assessment.c.state, assessment.c.domains).where(
            assessment.c.workspace_id == key.workspace_id, assessment.c.id == key.assessment_id
        )
    ).one()
    if not row.domains or not are_answers_private(row.confidentiality, row.mode):
        return
    people = load_invited_people(session, key)
    counting = find_counting_invitations(people, row.domains)
    stays = row.state != AssessmentState.DRAFT and row.confidentiality == Confidentiality.ANONYMOUS
    decisions = [
        {"decided_id": person.id, "decision": person.id in counting}
        for person in people
        if person.counts is None and (erased is None or stays or person.id in erased)
    ]
    if decisions:
        session.execute(
            update(invitation)
            .where(invitation.c.workspace_id == key.workspace_id, invitation.c.id == bindparam("decided_id"))
            .values(counts=bindparam("decision")),
            decisions,
        )


def save_uncounted_groups(session: Session, key: AssessmentKey, groups: Collection[str]) -> None:
    """Store the groups that do not count; the assessment must be locked."""
    session.execute(
        update(assessment)
        .where(assessment.c.workspace_id == key.workspace_id, assessment.c.id == key.assessment_id)
        .values(uncounted_groups=sorted(groups))
    )
    people_summaries.mark_outdated(session, key)


class _AnonymousGroups:
    """Rule for anonymous responses, of which only role and functions are known."""

    def __init__(self, people: Sequence[InvitedPerson], domains: Collection[str], uncounted: Collection[str]) -> None:
        counting = find_counting_invitations(people, domains)
        self._uncounted = uncounted
        self._mixed = {person.group for person in people if person.id not in counting}

    def counts(self, group: str, *, stored: bool | None) -> bool:
        """Return whether a response counts; one without a stored flag counts if everyone of its group does."""
        if group in self._uncounted:
            return False
        return group not in self._mixed if stored is None else stored


def _find_uncounted_anonymous(session: Session, key: AssessmentKey, groups: _AnonymousGroups) -> list[str]:
    """List responses that do not count: select the few combinations of role and functions first, then their rows."""
    kind = (response.c.role, response.c.functions, response.c.counts)
    own = (*match_assessment(response, key), response.c.label.is_(None))
    kinds = {tuple(row) for row in session.execute(select(*kind).where(*own).distinct())}
    uncounted = {
        (role, functions, stored)
        for role, functions, stored in kinds
        if not groups.counts(format_group(role, functions.split(";")), stored=stored)
    }
    if not uncounted:
        return []
    rows = session.execute(select(response.c.id, *kind).where(*own)).all()
    return [response_id for response_id, *own_kind in map(tuple, rows) if tuple(own_kind) in uncounted]


def _find_responses_of_invitations(session: Session, key: AssessmentKey, invitations: Collection[str]) -> Iterator[str]:
    """Yield responses of these invitations; filtered here, since a statement limits the number of parameters."""
    rows = session.execute(
        select(response.c.id, response.c.invitation_id).where(
            *match_assessment(response, key),
            response.c.invitation_id.is_not(None),
        )
    )
    return (row.id for row in rows if row.invitation_id in invitations)
