"""Validate answers against their items before they are queued for the answer writer."""

import re
from collections.abc import Mapping

from assessment.domain.answers import EVIDENCE_KINDS
from assessment.domain.questionnaire import Item, Kind, Questionnaire
from assessment.domain.survey import routing
from assessment.domain.survey.answer import Answer
from assessment.domain.survey.comment_fields import MAX_COMMENT_LENGTH, WRITTEN, is_comment, list_comment_keys
from assessment.errors import InvalidError, Problem, with_values
from assessment.services.auth.principals import Respondent

RUNG_VALUES = ("0", "1", "2", "3", "4")
DONT_KNOW = "dk"
NOT_APPLICABLE = "na"
UNSTORABLE_CHARACTERS = re.compile("[\0\ud800-\udfff]")
MAX_SEQUENCE = 2**53  # largest integer that JavaScript represents exactly


class ValidAnswer(Answer, frozen=True):
    """Answer as it will be stored; only `validate_answers` makes them, and only they can be saved."""


def list_allowed_values(item: Item) -> tuple[str, ...]:
    """Return every value the item accepts, except the empty one."""
    choices = item.options if item.kind is Kind.CHOICE else RUNG_VALUES
    return (*choices, DONT_KNOW, NOT_APPLICABLE)


def map_asked_items(questionnaire: Questionnaire, respondent: Respondent) -> Mapping[str, Item]:
    """Map the ids of the items this respondent is asked to the items."""
    return routing.map_asked_items(questionnaire, respondent.role, respondent.functions)


def validate_answers(
    questionnaire: Questionnaire, respondent: Respondent, answers: Mapping[str, Answer]
) -> dict[str, ValidAnswer]:
    """Return answers and comments as they will be stored; `InvalidError` lists every invalid one."""
    items = map_asked_items(questionnaire, respondent)
    values = {key: list_allowed_values(items[key]) for key in answers if key in items}
    if any(is_comment(key) for key in answers):
        comment_keys = list_comment_keys(questionnaire, respondent.role, respondent.functions)
        values |= dict.fromkeys(comment_keys, (WRITTEN,))
    problems = [
        problem for key, answer in answers.items() for problem in _find_answer_problems(values.get(key), key, answer)
    ]
    if problems:
        raise InvalidError("Some answers can’t be kept.", problems)
    return {key: _clear_unused_fields(items.get(key), answer) for key, answer in answers.items()}


def _find_answer_problems(values: tuple[str, ...] | None, name: str, answer: Answer) -> list[Problem]:
    place = f"/{name}"
    if values is None:
        return [Problem("This is not asked of you.", pointer=place)]
    problems = []
    if answer.value and answer.value not in values:
        problems.append(Problem("This is not one of the answers.", pointer=place))
    if answer.evidence and answer.evidence not in EVIDENCE_KINDS:
        problems.append(Problem("This is not one of the kinds of evidence.", pointer=f"{place}/evidence"))
    if len(answer.reason) > MAX_COMMENT_LENGTH:
        problems.append(
            Problem(
                with_values("This is longer than {most} characters.", most=MAX_COMMENT_LENGTH),
                pointer=f"{place}/reason",
            )
        )
    if not is_storable(answer.reason):
        problems.append(Problem("This holds a character that can’t be kept.", pointer=f"{place}/reason"))
    if answer.sequence is not None and not 0 <= answer.sequence <= MAX_SEQUENCE:
        problems.append(Problem("This is not a sequence number.", pointer=f"{place}/sequence"))
    return problems


def _clear_unused_fields(item: Item | None, answer: Answer) -> ValidAnswer:
    """Drop a reason given without "does not apply", and evidence given without a rating; `item` None: a comment."""
    if item is None:
        return ValidAnswer(answer.value, answer.reason, "", answer.sequence, answer.base)
    return ValidAnswer(
        answer.value,
        answer.reason.strip() if answer.value == NOT_APPLICABLE else "",
        answer.evidence if answer.value in RUNG_VALUES and item.kind is not Kind.CHOICE else "",
        answer.sequence,
        answer.base,
    )


def is_storable(text: str) -> bool:
    """Return whether SQLite and PostgreSQL can store the text: no NUL, no lone surrogate."""
    return UNSTORABLE_CHARACTERS.search(text) is None
