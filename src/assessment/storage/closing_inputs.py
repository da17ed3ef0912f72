"""Digest of what a close computes its figures from, to notice that it has changed since."""

import hashlib
from typing import Any

from sqlalchemy import Column, Select, func, not_, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from assessment.domain.assessment import AssessmentKey
from assessment.storage import tables
from assessment.storage.assessments import Assessment
from assessment.storage.columns import match_assessment
from assessment.storage.people.counting_people import INVITATION_COLUMNS
from assessment.storage.results import releases
from assessment.storage.survey import response_imports

response = tables.response
invitation = tables.invitation

# Without times and codes, which no figure depends on. Answers and comments change only together with one of these: a
# response that accepts no answers can only be withdrawn, set aside, erased or moved to another person.
RESPONSE_COLUMNS = ("id", "invitation_id", "draft_number", "label", "role", "functions", "state", "counts", "seconds")


def digest_inputs(session: Session, assessment: Assessment) -> bytes:
    """Return a SHA-256 of the settings, people, responses and earlier releases, those of the earlier wave too.

    It reads one row for each person and none of their answers, so it takes a fraction of the computation.
    """
    digest = hashlib.sha256(repr(assessment).encode())
    statements = [*_select_people(assessment.key)]
    keys = [assessment.key]
    if assessment.wave_of is not None:
        earlier = AssessmentKey(assessment.workspace_id, assessment.wave_of)
        statements += _count_people(earlier)
        keys.append(earlier)
    for key in keys:
        digest.update(repr(releases.list_bases(session, key)).encode())
    for statement in statements:
        rows = session.execute(statement).all()
        digest.update(repr([*map(tuple, rows)]).encode())
    return digest.digest()


def _select_people(key: AssessmentKey) -> tuple[Select[Any], ...]:
    responses = (_as_stored(response.c[name]) for name in RESPONSE_COLUMNS)
    invitations = (_as_stored(invitation.c[name]) for name in (*INVITATION_COLUMNS, "revoked_on"))
    return (
        select(*responses)
        .where(*match_assessment(response, key), not_(response_imports.is_incomplete_import()))
        .order_by(response.c.id),
        select(*invitations).where(*match_assessment(invitation, key)).order_by(invitation.c.id),
    )


def _count_people(key: AssessmentKey) -> tuple[Select[Any], ...]:
    """Count the responses and invitations of a closed wave: from then on, they can only be withdrawn or erased."""
    state = tables.assessment.c.state
    return (
        select(_as_stored(state)).where(
            tables.assessment.c.workspace_id == key.workspace_id, tables.assessment.c.id == key.assessment_id
        ),
        select(_as_stored(response.c.state), func.count())
        .where(*match_assessment(response, key))
        .group_by(response.c.state)
        .order_by(response.c.state),
        select(func.count()).where(*match_assessment(invitation, key)),
    )


def _as_stored(column: Column[Any]) -> Any:  # noqa: ANN401  # an SQL expression without a type
    """Select a column as the driver returns it: converting it would cost more than reading it."""
    return type_coerce(column, NullType()).label(column.name)
