"""Whom a report is for: the same figures, more or less of them."""

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import Result

FULL, BOARD, RESPONDENTS = "full", "board", "respondents"
FUNCTION = "function:"


def audiences(questionnaire: Questionnaire, result: Result) -> tuple[str, ...]:
    """Name every edition there is of a result: one playbook for each function that it knows."""
    functions = [function.id for function in questionnaire.functions if function.id in result.functions]
    return (FULL, BOARD, *(FUNCTION + function for function in functions), RESPONDENTS)
