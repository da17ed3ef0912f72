"""A person with a link reports the right role and functions; the consultant sees the report and decides.

The report changes nothing by itself: role and functions are fixed once the survey is open, so the correction is a
replacement of the invitation (method 6.7).
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from assessment.domain.closed_sets import AssessmentState, Mode
from assessment.domain.survey.closing_time import get_workspace_day
from assessment.errors import InvalidError, Problem
from assessment.i18n.messages import N_
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.survey.survey_links import SurveyLink, lock_link
from assessment.storage.people import role_reports
from assessment.storage.people.role_reports import RoleReport

NOT_STORED = "There is no such role or function."


def can_report_role(link: SurveyLink, now: datetime | None) -> bool:
    """Return whether the link takes reports: while the survey is open, except where a group answers together."""
    row = link.row
    return row.mode != Mode.CONSENSUS and row.revoked_on is None and link.state(now) == AssessmentState.OPEN


def report_role(session: Session, token: str, role: str, functions: Collection[str], now: datetime) -> None:
    """Store a report; one with the role and functions of the invitation withdraws an earlier report.

    Raises `NotFoundError` for an unknown link and `InvalidError` for a role or functions that don't exist. A link that
    takes no reports is left as it is.
    """
    link = lock_link(session, token)
    if not can_report_role(link, now):
        return
    row = link.row
    questionnaire = load_questionnaire(session, row)
    chosen = tuple(function.id for function in questionnaire.functions if function.id in functions)
    if role not in {known.id for known in questionnaire.roles}:
        raise InvalidError(NOT_STORED, [Problem(N_("Choose a role."), pointer="/role")])
    if not chosen:
        raise InvalidError(NOT_STORED, [Problem(N_("Choose at least one function."), pointer="/functions")])
    if (role, set(chosen)) == (row.role, set(row.functions.split(";"))):
        role_reports.delete_role_report(session, row.workspace_id, row.id)
        return
    today = get_workspace_day(now, row.time_zone)
    role_reports.replace_role_report(session, row.workspace_id, row.id, RoleReport(role, chosen, today))
