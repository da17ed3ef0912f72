"""Voices: released comments of respondents, in the order drawn at their release (method 6.10)."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.survey.promises import are_answers_private
from assessment.storage import tables
from assessment.storage.columns import match_assessment
from assessment.storage.results import published_reports

voice = tables.voice
assessment = tables.assessment
response = tables.response


class Voice(Struct, frozen=True):
    """One released comment; `pool` is the id of a function, or empty for the whole."""

    id: str
    pool: str
    text: str
    is_chosen: bool


class NewVoice(Struct, frozen=True):
    """Comment to release; `response_id` None: anonymous."""

    id: str
    response_id: str | None
    pool: str
    text: str


def list_voices(session: Session, key: AssessmentKey) -> list[Voice]:
    """Return the released comments in their order."""
    rows = session.execute(
        select(voice.c.id, voice.c.pool, voice.c.text, voice.c.is_chosen)
        .where(*match_assessment(voice, key))
        .order_by(voice.c.position)
    )
    return [Voice(*row) for row in rows]


def list_authors(session: Session, key: AssessmentKey) -> dict[str, set[str]]:
    """Return the responses whose comments are released, by pool."""
    rows = session.execute(
        select(voice.c.pool, voice.c.response_id)
        .where(*match_assessment(voice, key), voice.c.response_id.is_not(None))
        .distinct()
    )
    authors: defaultdict[str, set[str]] = defaultdict(set)
    for pool, response_id in rows:
        authors[pool].add(response_id)
    return authors


def add_voices(session: Session, key: AssessmentKey, release: int, voices: Sequence[NewVoice]) -> None:
    """Insert comments after those of earlier releases; the assessment must be locked."""
    last = session.scalar(select(func.max(voice.c.position)).where(*match_assessment(voice, key)))
    rows = [
        {
            "id": new.id,
            "workspace_id": key.workspace_id,
            "assessment_id": key.assessment_id,
            "release": release,
            "response_id": new.response_id,
            "pool": new.pool,
            "position": position,
            "text": new.text,
            "is_chosen": False,
            "is_withdrawn": False,
        }
        for position, new in enumerate(voices, start=(last or 0) + 1)
    ]
    if rows:
        session.execute(insert(voice), rows)


def choose_voices(session: Session, key: AssessmentKey, chosen_ids: Collection[str]) -> None:
    """Mark the comments that reports show; unknown ids are ignored."""
    here = match_assessment(voice, key)
    session.execute(update(voice).where(*here).values(is_chosen=voice.c.id.in_(chosen_ids)))


def has_withdrawn_voices(session: Session, key: AssessmentKey) -> bool:
    """Return whether released comments were deleted because their authors withdrew them."""
    return bool(
        session.scalar(
            select(assessment.c.has_withdrawn_voices).where(
                assessment.c.workspace_id == key.workspace_id, assessment.c.id == key.assessment_id
            )
        )
    )


def withdraw_voices(session: Session, workspace_id: str, response_id: str) -> None:
    """Withdraw the released comments of an erased response.

    They are deleted once k + 1 authors have withdrawn theirs: a single missing comment would show whose it was. Where
    answers are not confidential they are deleted at once.
    """
    own = (voice.c.workspace_id == workspace_id, voice.c.response_id == response_id)
    assessment_id = session.scalar(select(voice.c.assessment_id).where(*own).limit(1))
    if assessment_id is None:
        return
    session.execute(update(voice).where(*own).values(is_withdrawn=True))
    key = AssessmentKey(workspace_id, assessment_id)
    here = match_assessment(voice, key)
    authors = session.scalar(select(func.count(voice.c.response_id.distinct())).where(*here, voice.c.is_withdrawn))
    rules = session.execute(
        select(assessment.c.confidentiality, assessment.c.mode, assessment.c.minimum_group).where(
            assessment.c.workspace_id == workspace_id, assessment.c.id == assessment_id
        )
    ).one()
    if not are_answers_private(rules.confidentiality, rules.mode) or (authors or 0) > rules.minimum_group:
        delete_withdrawn_voices(session, key)


def delete_withdrawn_voices(session: Session, key: AssessmentKey) -> None:
    """Delete the withdrawn comments, and record it if there are any; the caller has decided that it is safe."""
    _delete_voices(session, key, voice.c.is_withdrawn)


def delete_all_voices(session: Session, key: AssessmentKey) -> None:
    """Delete all comments, those of anonymous authors too: where none is left, nobody can tell whose is missing."""
    _delete_voices(session, key)


def _delete_voices(session: Session, key: AssessmentKey, *which: ColumnElement[bool]) -> None:
    here = (*match_assessment(voice, key), *which)
    if session.scalar(select(voice.c.id).where(*here).limit(1)) is None:
        return
    session.execute(delete(voice).where(*here))
    published_reports.remove_deleted_quotes(session, key)
    session.execute(
        update(assessment)
        .where(assessment.c.workspace_id == key.workspace_id, assessment.c.id == key.assessment_id)
        .values(has_withdrawn_voices=True)
    )
