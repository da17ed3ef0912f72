"""Whom a report is for: the same figures, more or less of them."""

from collections.abc import Iterable

from assessment.domain.questionnaire import Questionnaire

FULL, BOARD, RESPONDENTS = "full", "board", "respondents"
FUNCTION = "function:"


def audiences(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Name every edition that a questionnaire allows for."""
    return of_functions(function.id for function in questionnaire.functions)


def of_functions(functions: Iterable[str]) -> tuple[str, ...]:
    """Name every edition, one playbook for each of the functions."""
    return (FULL, BOARD, *(FUNCTION + function for function in functions), RESPONDENTS)
