"""How many were invited, have begun and have sent: counts, never who."""

from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from assessment.storage import tables


def counts(session: Session, workspace_id: str, assessment_id: str) -> list[tuple[str, str, int, int, int]]:
    """Return role, functions, invited, begun, sent for each combination that occurs."""
    invitation, response = tables.invitation, tables.response
    standing = invitation.c.revoked_on.is_(None) | (response.c.state == "sent")
    invited: Any = select(invitation.c.role, invitation.c.functions, *_sums(func.count())).join(
        response, response.c.invitation_id == invitation.c.id, isouter=True
    )
    invited = invited.where(
        invitation.c.workspace_id == workspace_id, invitation.c.assessment_id == assessment_id, standing
    ).group_by(invitation.c.role, invitation.c.functions)
    # Those from a file count as invited; anonymous ones are among the invitations already, nobody knows where.
    without = (
        select(response.c.role, response.c.functions, *_sums(func.count(response.c.label)))
        .where(
            response.c.workspace_id == workspace_id,
            response.c.assessment_id == assessment_id,
            response.c.invitation_id.is_(None),
        )
        .group_by(response.c.role, response.c.functions)
    )
    return [tuple(row) for statement in (invited, without) for row in session.execute(statement)]


def _sums(people: Any) -> tuple[Any, ...]:  # noqa: ANN401  # an aggregate
    state = tables.response.c.state
    begun = func.coalesce(func.sum(case((state.in_(("started", "sent")), 1), else_=0)), 0)
    sent = func.coalesce(func.sum(case((state == "sent", 1), else_=0)), 0)
    return people, begun, sent
