"""Load the promises to respondents: they depend on settings and on who was invited in their functions (method 6.9)."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from assessment.domain.promises import InvitedCount, Promises, audience_of, is_private
from assessment.services.principals import Respondent
from assessment.services.survey_links import SurveyLink
from assessment.storage import assessments, counting


def promises_of_link(session: Session, link: SurveyLink) -> Promises:
    """Return the promises of the start page."""
    row = link.row
    audience = audience_of(row.confidentiality, row.mode)
    earlier = audience_of(row.earlier_confidentiality, row.earlier_mode) if row.earlier_confidentiality else None
    return Promises(
        audience=audience,
        people=row.minimum_group + 1,
        shares_results=row.share_results,
        invited=_invited(session, row.workspace_id, row.assessment_id, row.functions.split(";"), row.domains)
        if is_private(audience)
        else None,
        has_domains=bool(row.domains),
        is_late=row.is_late,
        earlier=earlier if earlier != audience else None,
    )


def promises_of_respondent(session: Session, who: Respondent) -> Promises:
    """Return the promises of the check page and the sent page."""
    audience = audience_of(who.confidentiality, who.mode)
    domains = assessments.find(session, who.workspace_id, who.assessment_id).domains
    return Promises(
        audience=audience,
        people=who.minimum_group + 1,
        shares_results=who.share_results,
        invited=_invited(session, who.workspace_id, who.assessment_id, who.functions, domains)
        if is_private(audience)
        else None,
        has_domains=bool(domains),
    )


def _invited(
    session: Session, workspace_id: str, assessment_id: str, functions: Sequence[str], domains: Sequence[str]
) -> InvitedCount:
    """Count the people invited in any of the functions, each once."""
    groups = [
        group
        for group in counting.invited_groups(session, workspace_id, assessment_id, domains)
        if set(group.functions.split(";")) & set(functions)
    ]
    by_mail: dict[str, int] = {}
    for group in groups:
        if group.is_mailed:
            by_mail[group.domain] = by_mail.get(group.domain, 0) + group.people
    return InvitedCount(
        invited=sum(group.people for group in groups),
        by_mail=by_mail,
        late=sum(group.people for group in groups if group.is_late),
        revoked=sum(group.people for group in groups if group.is_revoked),
    )
