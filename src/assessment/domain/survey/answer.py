"""One respondent's answer to one item: the same two types from the form to the database and back."""

from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

AnswerContent: TypeAlias = tuple[str, str, str]


class Answer(Struct, frozen=True, omit_defaults=True):
    """Answer as a page sends or shows it; an empty `value` means unanswered, and clears a saved answer.

    `sequence` None takes the next number. `base` is the sequence number that the page last received: an answer saved
    by another page is replaced only if it has that number, so that no browser window overwrites what it has not
    shown. None compares sequence numbers alone.
    """

    value: str = ""
    reason: str = ""
    evidence: str = ""
    sequence: int | None = None
    base: int | None = None

    @property
    def content(self) -> AnswerContent:
        """Value, reason and evidence, without the version."""
        return self.value, self.reason, self.evidence


class SavedAnswer(Answer, frozen=True, kw_only=True):
    """Stored answer; `stale`: it is newer than the one just sent and differs, so that one was not stored."""

    item: str
    saved_at: datetime
    stale: bool = False


NO_ANSWER = Answer(sequence=0)
