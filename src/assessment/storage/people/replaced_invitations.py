"""Queries on invitations that correct an earlier one of the same person."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, Select, String, bindparam, literal, select
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.storage import tables
from assessment.storage.columns import match_assessment
from assessment.storage.session_statements import SessionStatement

invitation = tables.invitation


def select_replaced(workspace_id: str | BindParameter[str]) -> Select[Any]:
    """Select the ids of replaced invitations: few, so the database reads them once instead of once for each row."""
    later = invitation.alias("later")
    return select(later.c.replaces).where(later.c.workspace_id == workspace_id, later.c.replaces.is_not(None))


def find_replacement(session: Session, workspace_id: str, invitation_id: str) -> str | None:
    """Return the id of the invitation that replaces this one, if any."""
    replacement_id: str | None = session.scalar(
        select(invitation.c.id).where(invitation.c.workspace_id == workspace_id, invitation.c.replaces == invitation_id)
    )
    return replacement_id


def find_replaced_invitations(session: Session, workspace_id: str, invitation_ids: Collection[str]) -> set[str]:
    """Return those of the ids whose invitation was replaced."""
    replaced = session.scalars(
        select(invitation.c.replaces).where(
            invitation.c.workspace_id == workspace_id, invitation.c.replaces.in_(invitation_ids)
        )
    )
    return {id_ for id_ in replaced if id_ is not None}


def find_replacements(session: Session, workspace_id: str, invitation_ids: Collection[str]) -> set[str]:
    """Return those of the ids whose invitation replaces another one."""
    of_workspace = invitation.c.workspace_id == workspace_id
    replacements = session.scalars(select(invitation.c.id).where(of_workspace, invitation.c.replaces.is_not(None)))
    return {*replacements} & {*invitation_ids}  # few are replacements, and the ids may be thousands


def find_replacement_chain(session: Session, key: AssessmentKey, invitation_id: str) -> tuple[str, ...]:
    """Return the ids of all invitations of one person, the first one first; each one replaces the one before."""
    if not _has_replacement(session, key, invitation_id):
        return (invitation_id,)
    rows = session.execute(
        select(invitation.c.id, invitation.c.replaces).where(
            *match_assessment(invitation, key),
            invitation.c.replaces.is_not(None),
        )
    ).all()
    before = {row.id: row.replaces for row in rows}
    first = invitation_id
    while first in before:
        first = before[first]
    after: dict[str, list[str]] = {}
    for id_, replaced in sorted(before.items()):
        after.setdefault(replaced, []).append(id_)
    ids = [first]
    for id_ in ids:  # appended to while iterating
        ids += after.get(id_, [])
    return tuple(ids)


def _has_replacement(session: Session, key: AssessmentKey, invitation_id: str) -> bool:
    """Return whether an invitation replaces another one, or is replaced: few are, and looking up one costs less."""
    return _select_replacement.find_value(session, {**key._asdict(), "of_invitation": invitation_id}) is not None


@SessionStatement
def _select_replacement() -> CompoundSelect[int]:
    here = (
        invitation.c.workspace_id == bindparam("workspace_id", type_=String()),
        invitation.c.assessment_id == bindparam("assessment_id", type_=String()),
    )
    this = bindparam("of_invitation", type_=String())
    replaces = select(literal(1)).where(*here, invitation.c.id == this, invitation.c.replaces.is_not(None))
    is_replaced = select(literal(1)).where(*here, invitation.c.replaces == this)
    return replaces.union_all(is_replaced).limit(1)
