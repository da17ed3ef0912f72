"""What a form of the survey brings: fields are named as columns of the CSV (`ITEM`, `ITEM:reason`)."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import ConflictError, InvalidError, Problem
from assessment.services import answering
from assessment.services.answering import Given
from assessment.services.principals import Respondent
from assessment.web.survey.sections import Held

Form: TypeAlias = Mapping[str, str]

DIGITS_MOST = 15
SECONDS_DIGITS_MOST = 11
RESPONSE = "response"


class MisfiledError(ConflictError):
    """The form belongs to another response than the browser's cookie: two links in one browser."""

    slug = "misfiled"
    title = "Another survey link was opened in this browser"


def belongs(form: Form, who: Respondent) -> None:
    """Refuse a form of another response; nothing is ever filed under somebody else."""
    if form.get(RESPONSE) != who.response_id:
        raise MisfiledError(
            "Nothing was saved, so that nobody's answers are mixed up. Open your own link again; "
            "what you saved before is still there."
        )


def answers(form: Form, items: Iterable[str], questionnaire: Questionnaire, who: Respondent) -> dict[str, Given]:
    """Read the answers to `items`; `InvalidError` for what our own pages never send."""
    given = {item: _given(form, item) for item in items}
    return answering.checked(answering.asked(questionnaire, who), given)


def moment(form: Form, name: str) -> datetime | None:
    """Read seconds since 1970; nothing where our own pages would have written something else."""
    text = form.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= SECONDS_DIGITS_MOST):
        return None
    return datetime.fromtimestamp(int(text), UTC)


def differs(given: Given, held: Held) -> bool:
    """Tell whether an answer says something else than what is held."""
    return (given.value, given.reason, given.evidence) != (held.value, held.reason, held.evidence)


def _given(form: Form, item: str) -> Given:
    return Given(
        value=form.get(item, ""),
        reason=form.get(f"{item}:reason", ""),
        evidence=form.get(f"{item}:evidence", ""),
        sequence=_sequence(form, item),
    )


def _sequence(form: Form, item: str) -> int:
    text = form.get(f"{item}:sequence", "0")
    if not (text.isascii() and text.isdecimal() and len(text) <= DIGITS_MOST):
        raise InvalidError("This form is damaged.", [Problem("This is not a sequence number.", pointer=f"/{item}")])
    return int(text)
