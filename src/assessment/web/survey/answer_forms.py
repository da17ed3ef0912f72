"""Parse survey forms; fields are named like the CSV columns (`ITEM`, `ITEM:reason`, `ITEM:evidence`)."""

import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from msgspec.structs import replace

from assessment.domain.survey.answer import Answer
from assessment.domain.survey.comment_fields import WRITTEN, is_comment, normalize_comment
from assessment.errors import ConflictError, InvalidError, Problem
from assessment.services.auth.principals import Respondent
from assessment.services.survey.answer_validation import ValidAnswer
from assessment.storage.answer_writer import SEQUENCE_STEP

FormFields: TypeAlias = Mapping[str, str]

MAX_DIGITS = 16
MAX_TIMESTAMP_DIGITS = 11
RESPONSE_FIELD = "response"
SHOWN_AT_FIELD = "shown"  # hidden field of anonymous pages: the server stores no time of showing for them
MIN_WINDOW = SEQUENCE_STEP // 2  # sequence numbers of versions without windows are smaller
MAX_CHANGES = 10**6
VERSION_PARTS = 3
TOKEN_PATTERN = re.compile(r"(?:^|/s/)(?P<token>[\w-]{16,64})(?:/code)?/?(?:[^\w/-].*)?$", re.ASCII | re.DOTALL)


class ResponseMismatchError(ConflictError):
    """Raised if form and cookie belong to different responses: two links were used in one browser."""

    slug = "misfiled"
    title = "Another survey link was opened in this browser"


def check_response_id(form: FormFields, respondent: Respondent) -> None:
    """Refuse a form of another response, so that answers are never saved for the wrong person."""
    if form.get(RESPONSE_FIELD) != respondent.response_id:
        raise ResponseMismatchError(
            "Nothing was saved, so that nobody’s answers are mixed up. Open your own link again; "
            "what you saved before is still there."
        )


def read_answers(form: FormFields, fields: Iterable[str]) -> dict[str, Answer]:
    """Parse the answers to items, and the comments that the form contains, by key."""
    return {field: read_answer(form, field) for field in fields if not is_comment(field) or field in form}


def read_answer(form: FormFields, item: str) -> Answer:
    """Parse an answer, which the service validates; raises `InvalidError` for a damaged sequence number."""
    if is_comment(item):
        text = normalize_comment(form.get(item, ""))
        return add_version(form, item, Answer(WRITTEN if text else "", text))
    answer = Answer(form.get(item, ""), form.get(f"{item}:reason", ""), form.get(f"{item}:evidence", ""))
    return add_version(form, item, answer)


def add_version(form: FormFields, item: str, answer: Answer) -> Answer:
    """Set base and sequence of an answer from the form."""
    base, sequence = _read_version(form, item)
    return replace(answer, sequence=sequence, base=base)


def read_timestamp(form: FormFields, name: str) -> datetime | None:
    """Parse a Unix timestamp in seconds; None if malformed."""
    text = form.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= MAX_TIMESTAMP_DIGITS):
        return None
    return datetime.fromtimestamp(int(text), UTC)


def read_token(text: str) -> str:
    """Return the token of a pasted link (its URL, only the token, or with text around it); empty if there is none."""
    match = TOKEN_PATTERN.search(text.strip())
    return match["token"] if match else ""


def make_window_number() -> int:
    """Return a random number that distinguishes the answers of this page from those of other windows."""
    return MIN_WINDOW + secrets.randbelow(SEQUENCE_STEP - MIN_WINDOW)


def select_changed_answers(form: FormFields, answers: Mapping[str, ValidAnswer]) -> dict[str, ValidAnswer]:
    """Select the answers that may have been changed on this page: those with changes, or all without JavaScript.

    Empty values are left out: a radio button can't be unset, so an empty one was never answered on this page. A
    comment can be deleted, but only on a page that was rendered with it.
    """
    return {
        item: answer
        for item, answer in answers.items()
        if (answer.value or (is_comment(item) and answer.base)) and _read_change_count(form, item) != "0"
    }


def _read_change_count(form: FormFields, item: str) -> str:
    parts = form.get(f"{item}:sequence", "").split(".")
    return parts[-1] if len(parts) == VERSION_PARTS else ""


def _read_version(form: FormFields, item: str) -> tuple[int, int]:
    """Parse `BASE.WINDOW.CHANGES` into the sequence number that the page was rendered with, and the answer's own.

    Without JavaScript there are no CHANGES. A page without WINDOW (of an old version) gets a new window.
    """
    parts = form.get(f"{item}:sequence", "0").split(".")
    if not all(part.isascii() and part.isdecimal() and len(part) <= MAX_DIGITS for part in parts):
        raise _make_damaged_error(item)
    numbers = [int(part) for part in parts]
    if len(numbers) == 1:
        numbers.append(make_window_number())
    base, window, changes = (*numbers, 0)[:VERSION_PARTS]
    if len(numbers) > VERSION_PARTS or not MIN_WINDOW <= window < SEQUENCE_STEP or changes > MAX_CHANGES:
        raise _make_damaged_error(item)
    return base, (base // SEQUENCE_STEP + 1 + changes) * SEQUENCE_STEP + window


def _make_damaged_error(item: str) -> InvalidError:
    return InvalidError("This form is damaged.", [Problem("This is not a sequence number.", pointer=f"/{item}")])
