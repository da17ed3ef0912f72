"""Validate answers against their items before they are queued for the answer writer."""

from msgspec import Struct

from assessment.domain.answers import EVIDENCE
from assessment.domain.questionnaire import Item, Kind, Questionnaire
from assessment.domain.routing import asked_items
from assessment.errors import InvalidError, Problem, with_values
from assessment.services.principals import Respondent

RUNGS = ("0", "1", "2", "3", "4")
DONT_KNOW = "dk"
NOT_APPLICABLE = "na"
EVIDENCE_FROM = ("3", "4")
REASON_MOST = 1000
SEQUENCE_MOST = 2**53  # largest integer that JavaScript represents exactly


class Given(Struct, frozen=True):
    """Unvalidated answer; an empty `value` clears it. `base` is the sequence number the page was rendered with."""

    value: str
    reason: str = ""
    evidence: str = ""
    sequence: int | None = None
    base: int | None = None


def allowed(item: Item) -> tuple[str, ...]:
    """Return every value the item accepts, except the empty one."""
    choices = item.options if item.kind is Kind.CHOICE else RUNGS
    return (*choices, DONT_KNOW, NOT_APPLICABLE)


def asked(questionnaire: Questionnaire, respondent: Respondent) -> dict[str, Item]:
    """Map the ids of the items this respondent is asked to the items."""
    return {item.id: item for item in asked_items(questionnaire, respondent.role, respondent.functions)}


def checked(items: dict[str, Item], answers: dict[str, Given]) -> dict[str, Given]:
    """Return the answers as they will be stored; `InvalidError` lists every invalid one."""
    problems = [problem for item, given in answers.items() for problem in _problems(items.get(item), item, given)]
    if problems:
        raise InvalidError("Some answers can't be kept.", problems)
    return {item: _trimmed(given) for item, given in answers.items()}


def _problems(item: Item | None, name: str, given: Given) -> list[Problem]:
    place = f"/{name}"
    if item is None:
        return [Problem("This is not asked of you.", pointer=place)]
    problems = []
    if given.value and given.value not in allowed(item):
        problems.append(Problem("This is not one of the answers.", pointer=place))
    if given.evidence and given.evidence not in EVIDENCE:
        problems.append(Problem("This is not one of the kinds of evidence.", pointer=f"{place}/evidence"))
    if len(given.reason) > REASON_MOST:
        problems.append(
            Problem(with_values("This is longer than {most} characters.", most=REASON_MOST), pointer=f"{place}/reason")
        )
    if not is_writable(given.reason):
        problems.append(Problem("This holds a character that can't be kept.", pointer=f"{place}/reason"))
    if given.sequence is not None and not 0 <= given.sequence <= SEQUENCE_MOST:
        problems.append(Problem("This is not a sequence number.", pointer=f"{place}/sequence"))
    return problems


def _trimmed(given: Given) -> Given:
    """Drop a reason given without "does not apply", and evidence given for a rating that does not ask for it."""
    return Given(
        given.value,
        given.reason.strip() if given.value == NOT_APPLICABLE else "",
        given.evidence if given.value in EVIDENCE_FROM else "",
        given.sequence,
        given.base,
    )


def is_writable(text: str) -> bool:
    """Return whether SQLite and PostgreSQL can store the text: no NUL, no lone surrogate."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
