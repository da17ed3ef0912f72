"""Reports of invited people about their own role and functions; at most one for an invitation."""

from collections.abc import Collection
from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, delete, exists, func, insert, select
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.storage import tables
from assessment.storage.columns import match_assessment, match_in_workspace
from assessment.storage.session_statements import SessionStatement

invitation = tables.invitation
report = tables.role_report

SELECT_REPORT = SessionStatement(
    lambda: select(report.c.role, report.c.functions, report.c.reported_on).where(
        report.c.workspace_id == bindparam("of_workspace"), report.c.invitation_id == bindparam("of_invitation")
    )
)


class RoleReport(Struct, frozen=True):
    """Role and functions that are right by the person's own word, and the day of the report."""

    role: str
    functions: tuple[str, ...]
    reported_on: date


def find_role_report(session: Session, workspace_id: str, invitation_id: str) -> RoleReport | None:
    parameters = {"of_workspace": workspace_id, "of_invitation": invitation_id}
    row = SELECT_REPORT.find_row(session, parameters)
    return None if row is None else _make_report(**row)


def load_role_reports(session: Session, workspace_id: str, invitation_ids: Collection[str]) -> dict[str, RoleReport]:
    """Load the reports of these invitations, by id."""
    rows = session.execute(
        select(report).where(report.c.workspace_id == workspace_id, report.c.invitation_id.in_(invitation_ids))
    )
    return {row.invitation_id: _make_report(row.role, row.functions, row.reported_on) for row in rows}


def count_role_reports(session: Session, key: AssessmentKey) -> int:
    """Count the reports of invitations that are not revoked; a replacement revokes the one before."""
    # Not a join: SQLite would look for a report of each invitation, and there are few reports and many invitations.
    is_current = exists().where(
        match_in_workspace(invitation.c.id, report.c.invitation_id),
        *match_assessment(invitation, key),
        invitation.c.revoked_on.is_(None),
    )
    return (
        session.scalar(
            select(func.count()).select_from(report).where(report.c.workspace_id == key.workspace_id, is_current)
        )
        or 0
    )


def replace_role_report(session: Session, workspace_id: str, invitation_id: str, reported: RoleReport) -> None:
    """Store a report in place of an earlier one."""
    delete_role_report(session, workspace_id, invitation_id)
    session.execute(
        insert(report).values(
            workspace_id=workspace_id,
            invitation_id=invitation_id,
            role=reported.role,
            functions=";".join(reported.functions),
            reported_on=reported.reported_on,
        )
    )


def delete_role_report(session: Session, workspace_id: str, invitation_id: str) -> None:
    session.execute(
        delete(report).where(report.c.workspace_id == workspace_id, report.c.invitation_id == invitation_id)
    )


def _make_report(role: str, functions: str, reported_on: date) -> RoleReport:
    return RoleReport(role, tuple(functions.split(";")), reported_on)
