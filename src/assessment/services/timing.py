"""Estimate the minutes of a survey: from sent responses if there are enough, otherwise by the formula."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from assessment.domain.duration import observed_range, survey_of
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.routing import sections
from assessment.storage import times


def estimate_minutes(
    session: Session,
    workspace_id: str,
    questionnaire: Questionnaire,
    role: str,
    functions: Collection[str],
    language: str = "",
) -> tuple[int, int]:
    """Return the range in whole minutes (fast, slow) for a role and functions."""
    pages = [page[0].id for page in sections(questionnaire, role, functions)]
    version = (questionnaire.id, questionnaire.version)
    seconds = times.seconds_of_sent(session, workspace_id, version, role, functions, pages)
    return observed_range(seconds) or survey_of(questionnaire, role, functions, language).minutes
