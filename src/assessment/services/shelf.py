"""Published questionnaires: the version an assessment opened with, frozen in the database, and a cache of it."""

from typing import Protocol

from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import ConflictError, NotFoundError, Problem, with_values
from assessment.library import Library, differing_items, differing_parts, from_json, to_json
from assessment.storage import questionnaires
from assessment.storage.assessments import Assessment

READ_MOST = 64

_read: dict[tuple[str, str, str | None], Questionnaire] = {}


class Opened(Protocol):
    """Anything with the id, version and digest of a published questionnaire."""

    @property
    def questionnaire_id(self) -> str: ...
    @property
    def questionnaire_version(self) -> str: ...
    @property
    def questionnaire_digest(self) -> str | None: ...


def questionnaire_of(session: Session, subject: Opened) -> Questionnaire:
    """Return the questionnaire of an opened assessment; cached without invalidation, because it never changes."""
    key = (subject.questionnaire_id, subject.questionnaire_version, subject.questionnaire_digest)
    if key not in _read:
        content = questionnaires.content(session, subject.questionnaire_id, subject.questionnaire_version)
        if content is None:
            raise NotFoundError
        if len(_read) >= READ_MOST:
            _read.clear()
        _read[key] = from_json(content)
    return _read[key]


def questionnaire_for(session: Session, assessment: Assessment, library: Library) -> Questionnaire:
    """Return the questionnaire of any assessment; for a draft by `find_for_draft`."""
    if assessment.questionnaire_digest is not None:
        return questionnaire_of(session, assessment)
    return find_for_draft(session, assessment.questionnaire_id, assessment.questionnaire_version, library)


def find_for_draft(session: Session, questionnaire_id: str, version: str, library: Library) -> Questionnaire:
    """Return the version that a draft refers to, otherwise the newest; the caller compares `version`.

    Looks in the files, then among published ones: an upgrade replaces the files, and the pages of a draft that refers
    to the previous version must still work.
    """
    try:
        return library.get(questionnaire_id, version)
    except NotFoundError:
        content = questionnaires.content(session, questionnaire_id, version)
        return library.get(questionnaire_id) if content is None else from_json(content)


def publish(session: Session, questionnaire: Questionnaire) -> None:
    """Store a questionnaire at the opening; `ConflictError` if its version was published with other content."""
    held = questionnaires.digest(session, questionnaire.id, questionnaire.version)
    if held is None:
        questionnaires.insert_content(session, questionnaire, to_json(questionnaire))
    elif held != questionnaire.digest:
        raise _differing(session, questionnaire)


def _differing(session: Session, questionnaire: Questionnaire) -> ConflictError:
    content = questionnaires.content(session, questionnaire.id, questionnaire.version)
    published = from_json(content) if content else questionnaire
    found = differing_items(published, questionnaire)
    return ConflictError(
        with_values(
            "{questionnaire} {version} has been published with another content ({parts}).",
            questionnaire=questionnaire.id,
            version=questionnaire.version,
            parts=tuple(found or differing_parts(published, questionnaire)),
        ),
        [
            Problem("This differs from what was published.", "Give the file a new version.", column=item)
            for item in found
        ],
    )
