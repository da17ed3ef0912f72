"""Words for roles and functions that were mapped once, by client and questionnaire."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.orm import Session

from assessment.storage import tables

list_word = tables.list_word


class ListWordKey(Struct, frozen=True):
    """Client and questionnaire that words belong to."""

    workspace_id: str
    organisation_id: str
    questionnaire_id: str


class RememberedWord(Struct, frozen=True):
    """One word: `kind` is role or functions, `word` is folded, `choice` an id or `*`."""

    kind: str
    word: str
    spelling: str
    choice: str


def list_words(session: Session, key: ListWordKey) -> tuple[RememberedWord, ...]:
    """Return the words of a client for a questionnaire, sorted."""
    columns = (list_word.c[name] for name in RememberedWord.__struct_fields__)
    rows = session.execute(select(*columns).where(*_match_key(key)).order_by(list_word.c.kind.desc(), list_word.c.word))
    return tuple(RememberedWord(*row) for row in rows)


def save_words(session: Session, key: ListWordKey, words: Sequence[RememberedWord]) -> None:
    """Store words; earlier choices for the same words are replaced."""
    for word in words:
        delete_word(session, key, word.kind, word.word)
    rows = [
        {
            "workspace_id": key.workspace_id,
            "organisation_id": key.organisation_id,
            "questionnaire_id": key.questionnaire_id,
            "kind": word.kind,
            "word": word.word,
            "spelling": word.spelling,
            "choice": word.choice,
        }
        for word in words
    ]
    if rows:
        session.execute(insert(list_word), rows)


def delete_word(session: Session, key: ListWordKey, kind: str, word: str) -> None:
    session.execute(delete(list_word).where(*_match_key(key), list_word.c.kind == kind, list_word.c.word == word))


def _match_key(key: ListWordKey) -> tuple[ColumnElement[bool], ...]:
    return (
        list_word.c.workspace_id == key.workspace_id,
        list_word.c.organisation_id == key.organisation_id,
        list_word.c.questionnaire_id == key.questionnaire_id,
    )
