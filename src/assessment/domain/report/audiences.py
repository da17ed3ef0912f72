"""Editions of a report for different audiences; all contain the same figures in different selections."""

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import Result

FULL_EDITION, BOARD_EDITION, RESPONDENT_EDITION = "full", "board", "respondents"
FUNCTION_EDITION_PREFIX = "function:"


def list_audiences(questionnaire: Questionnaire, result: Result) -> tuple[str, ...]:
    """List the editions of a result; each of its functions has a playbook."""
    functions = [function.id for function in questionnaire.functions if function.id in result.functions]
    return (
        FULL_EDITION,
        BOARD_EDITION,
        *(FUNCTION_EDITION_PREFIX + function for function in functions),
        RESPONDENT_EDITION,
    )
