"""Totals of an assessment's people by what was done to deliver their link; never by what they did with it."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.services.delivery.mail_settings import find_mail
from assessment.services.delivery.mail_states import DeliveryTotals
from assessment.services.people import people_summary


def load_delivery_totals(session: Session, key: AssessmentKey) -> DeliveryTotals:
    """Count the people of an assessment by the state of their invitation."""
    return people_summary.load_summary(session, key).totals


def count_unmailed(session: Session, workspace_id: str, assessment_ids: Collection[str]) -> dict[str, int]:
    """Count those who wait for their first mail, by assessment; empty if the server can't send mail."""
    if find_mail(session) is None or not assessment_ids:
        return {}
    summaries = people_summary.load_summaries(session, workspace_id, assessment_ids)
    return {id_: summary.to_mail for id_, summary in summaries.items() if summary.to_mail}
