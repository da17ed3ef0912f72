"""How many were invited, have begun and have sent: counts, never who."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from assessment.storage import tables


class Counted(NamedTuple):
    """Those in one assessment who have this role in these functions."""

    assessment_id: str
    role: str
    functions: str
    invited: int
    begun: int
    sent: int


def counts(session: Session, workspace_id: str, assessment_ids: Collection[str]) -> list[Counted]:
    """Count each combination that occurs, of all these assessments with two statements."""
    invitation, response = tables.invitation, tables.response
    standing = invitation.c.revoked_on.is_(None) | (response.c.state == "sent")
    keys = invitation.c.assessment_id, invitation.c.role, invitation.c.functions
    invited: Any = select(*keys, *_sums(func.count())).join(
        response, response.c.invitation_id == invitation.c.id, isouter=True
    )
    invited = invited.where(
        invitation.c.workspace_id == workspace_id, invitation.c.assessment_id.in_(assessment_ids), standing
    ).group_by(*keys)
    # Those from a file count as invited; anonymous ones are among the invitations already, nobody knows where.
    keys = response.c.assessment_id, response.c.role, response.c.functions
    without = (
        select(*keys, *_sums(func.count(response.c.label)))
        .where(
            response.c.workspace_id == workspace_id,
            response.c.assessment_id.in_(assessment_ids),
            response.c.invitation_id.is_(None),
        )
        .group_by(*keys)
    )
    return [Counted(*row) for statement in (invited, without) for row in session.execute(statement)]


def _sums(people: Any) -> tuple[Any, ...]:  # noqa: ANN401  # an aggregate
    state = tables.response.c.state
    begun = func.coalesce(func.sum(case((state.in_(("started", "sent")), 1), else_=0)), 0)
    sent = func.coalesce(func.sum(case((state == "sent", 1), else_=0)), 0)
    return people, begun, sent
