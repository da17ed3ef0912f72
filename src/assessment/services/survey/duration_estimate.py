"""Estimate the minutes of a survey: from sent responses if there are enough, otherwise by the formula."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.duration import MIN_OBSERVED_TIMES, compute_observed_range, measure_survey
from assessment.domain.survey.routing import build_survey_pages
from assessment.storage.survey import answer_times


def estimate_minutes(
    session: Session,
    workspace_id: str,
    questionnaire: Questionnaire,
    role: str,
    functions: Collection[str],
    language: str = "",
) -> tuple[int, int]:
    """Return the range in whole minutes (fast, slow) for a role and functions."""
    pages = [page[0].id for page in build_survey_pages(questionnaire, role, functions)]
    version = (questionnaire.id, questionnaire.version)
    seconds = answer_times.load_response_seconds(
        session, workspace_id, version, role, functions, pages, MIN_OBSERVED_TIMES
    )
    return compute_observed_range(seconds) or measure_survey(questionnaire, role, functions, language).minutes
