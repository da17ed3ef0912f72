"""Words for roles and functions that a consultant mapped once: remembered for the client, used for its next list."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from assessment.services.people.list_import.list_reading import SKIP_CHOICE, ListWord
from assessment.storage import list_words
from assessment.storage.assessments import Assessment
from assessment.storage.list_words import ListWordKey, RememberedWord

MAX_REMEMBERED = 200
MAX_WORD_LENGTH = 100


def list_remembered_words(session: Session, assessment: Assessment) -> tuple[RememberedWord, ...]:
    """Return the words remembered for the assessment's client."""
    return list_words.list_words(session, _make_key(assessment))


def load_remembered_words(session: Session, assessment: Assessment) -> Mapping[tuple[str, str], str]:
    """Return the remembered choices by kind and folded word."""
    return {(word.kind, word.word): word.choice for word in list_remembered_words(session, assessment)}


def remember_words(session: Session, assessment: Assessment, words: Sequence[ListWord]) -> None:
    """Store what the words of a list mean, for the client's next list.

    Words that were left out and choices for lines without a word are not stored: both depend on the list.
    """
    key = _make_key(assessment)
    chosen = {
        (word.kind, word.key): RememberedWord(word.kind, word.key, word.text, word.choice)
        for word in words
        if word.text and word.choice not in ("", SKIP_CHOICE) and len(word.text) <= MAX_WORD_LENGTH
    }
    remembered = {(word.kind, word.word) for word in list_words.list_words(session, key)}
    changed = [word for place, word in chosen.items() if place in remembered]
    added = [word for place, word in chosen.items() if place not in remembered]
    list_words.save_words(session, key, changed + added[: max(0, MAX_REMEMBERED - len(remembered))])


def forget_word(session: Session, assessment: Assessment, kind: str, word: str) -> None:
    """Delete a word; the next list with it asks again."""
    list_words.delete_word(session, _make_key(assessment), kind, word)


def _make_key(assessment: Assessment) -> ListWordKey:
    return ListWordKey(assessment.workspace_id, assessment.organisation_id, assessment.questionnaire_id)
