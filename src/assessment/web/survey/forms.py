"""What a form of the survey brings: fields are named as columns of the CSV (`ITEM`, `ITEM:reason`)."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import ConflictError, InvalidError, Problem
from assessment.services import answering
from assessment.services.answering import Given
from assessment.services.principals import Respondent
from assessment.storage.writer import WINDOWS
from assessment.web.survey.sections import Held

Form: TypeAlias = Mapping[str, str]

DIGITS_MOST = 16
SECONDS_DIGITS_MOST = 11
RESPONSE = "response"
WINDOW_LEAST = WINDOWS // 2  # numbers from before there were windows are smaller
CHANGES_MOST = 10**6
VERSION_PARTS = 3


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
    return check({item: _given(form, item) for item in items}, questionnaire, who)


def check(given: dict[str, Given], questionnaire: Questionnaire, who: Respondent) -> dict[str, Given]:
    """Return answers as they are kept; `InvalidError` for those that are not asked or not possible."""
    return answering.checked(answering.asked(questionnaire, who), given)


def with_version(form: Form, item: str, given: Given) -> Given:
    """Number an answer after the one that the form shows."""
    base, sequence = _version(form, item)
    return Given(given.value, given.reason, given.evidence, sequence, base)


def moment(form: Form, name: str) -> datetime | None:
    """Read seconds since 1970; nothing where our own pages would have written something else."""
    text = form.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= SECONDS_DIGITS_MOST):
        return None
    return datetime.fromtimestamp(int(text), UTC)


def new_window() -> int:
    """Return the random number by which answers of one page are told from those of another."""
    return WINDOW_LEAST + secrets.randbelow(WINDOWS - WINDOW_LEAST)


def differs(given: Given, held: Held) -> bool:
    """Tell whether an answer says something else than what is held."""
    return (given.value, given.reason, given.evidence) != (held.value, held.reason, held.evidence)


def touched(form: Form, given: Mapping[str, Given]) -> dict[str, Given]:
    """Return what the person may have changed on this page: scripts count changes, plain forms can't.

    What a page shows as unanswered was never chosen there, for radio buttons can't be taken back.
    """
    return {item: each for item, each in given.items() if each.value and _changes(form, item) != "0"}


def _changes(form: Form, item: str) -> str:
    parts = form.get(f"{item}:sequence", "").split(".")
    return parts[-1] if len(parts) == VERSION_PARTS else ""


def _given(form: Form, item: str) -> Given:
    base, sequence = _version(form, item)
    return Given(
        value=form.get(item, ""),
        reason=form.get(f"{item}:reason", ""),
        evidence=form.get(f"{item}:evidence", ""),
        sequence=sequence,
        base=base,
    )


def _version(form: Form, item: str) -> tuple[int, int]:
    """Read `BASE.WINDOW.CHANGES`; return the number that the page was made with, and that of the answer it sends.

    Without a script there are no CHANGES; a page without a window is taken for one that nobody has seen before.
    """
    parts = form.get(f"{item}:sequence", "0").split(".")
    if not all(part.isascii() and part.isdecimal() and len(part) <= DIGITS_MOST for part in parts):
        raise _damaged(item)
    numbers = [int(part) for part in parts]
    base, window, changes = (*numbers, *(new_window(), 0)[len(numbers) - 1 :])[:VERSION_PARTS]
    if len(numbers) > VERSION_PARTS or not WINDOW_LEAST <= window < WINDOWS or changes > CHANGES_MOST:
        raise _damaged(item)
    return base, (base // WINDOWS + 1 + changes) * WINDOWS + window


def _damaged(item: str) -> InvalidError:
    return InvalidError("This form is damaged.", [Problem("This is not a sequence number.", pointer=f"/{item}")])
