"""Parse survey forms; fields are named like the CSV columns (`ITEM`, `ITEM:reason`, `ITEM:evidence`)."""

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
WINDOW_LEAST = WINDOWS // 2  # sequence numbers of versions without windows are smaller
CHANGES_MOST = 10**6
VERSION_PARTS = 3


class MisfiledError(ConflictError):
    """Raised if form and cookie belong to different responses: two links were used in one browser."""

    slug = "misfiled"
    title = "Another survey link was opened in this browser"


def belongs(form: Form, who: Respondent) -> None:
    """Refuse a form of another response, so that answers are never saved for the wrong person."""
    if form.get(RESPONSE) != who.response_id:
        raise MisfiledError(
            "Nothing was saved, so that nobody's answers are mixed up. Open your own link again; "
            "what you saved before is still there."
        )


def answers(form: Form, items: Iterable[str], questionnaire: Questionnaire, who: Respondent) -> dict[str, Given]:
    """Read and validate the answers to `items`; raises `InvalidError` for values that our pages never send."""
    return check({item: _given(form, item) for item in items}, questionnaire, who)


def check(given: dict[str, Given], questionnaire: Questionnaire, who: Respondent) -> dict[str, Given]:
    """Return validated answers; raises `InvalidError` for items not asked and values not possible."""
    return answering.checked(answering.asked(questionnaire, who), given)


def with_version(form: Form, item: str, given: Given) -> Given:
    """Set base and sequence of an answer from the form."""
    base, sequence = _version(form, item)
    return Given(given.value, given.reason, given.evidence, sequence, base)


def moment(form: Form, name: str) -> datetime | None:
    """Parse a Unix timestamp in seconds; None if malformed."""
    text = form.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= SECONDS_DIGITS_MOST):
        return None
    return datetime.fromtimestamp(int(text), UTC)


def new_window() -> int:
    """Return a random number that distinguishes the answers of this page from those of other windows."""
    return WINDOW_LEAST + secrets.randbelow(WINDOWS - WINDOW_LEAST)


def differs(given: Given, held: Held) -> bool:
    """Compare value, reason and evidence with the saved answer."""
    return (given.value, given.reason, given.evidence) != (held.value, held.reason, held.evidence)


def touched(form: Form, given: Mapping[str, Given]) -> dict[str, Given]:
    """Select the answers that may have been changed on this page: those with changes, or all without JavaScript.

    Empty values are left out: a radio button can't be unset, so an empty one was never answered on this page.
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
    """Parse `BASE.WINDOW.CHANGES` into the sequence number that the page was rendered with, and the answer's own.

    Without JavaScript there are no CHANGES. A page without WINDOW (of an old version) gets a new window.
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
