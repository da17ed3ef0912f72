"""Published questionnaires: the version an assessment opened with, frozen in the database, and a cache of it."""

from typing import Protocol

from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import NotFoundError, Problem, QuestionnaireChangedError, with_values
from assessment.questionnaires import (
    QuestionnaireCatalogue,
    decode_questionnaire,
    encode_questionnaire,
    find_differing_items,
    find_differing_parts,
)
from assessment.storage import questionnaire_versions
from assessment.storage.assessments import Assessment

MAX_CACHED = 64

_cache: dict[tuple[str, str, str | None], Questionnaire] = {}


class QuestionnaireKey(Protocol):
    """Anything with the id, version and digest of a published questionnaire."""

    @property
    def questionnaire_id(self) -> str: ...
    @property
    def questionnaire_version(self) -> str: ...
    @property
    def questionnaire_digest(self) -> str | None: ...


def load_questionnaire(session: Session, subject: QuestionnaireKey) -> Questionnaire:
    """Return the questionnaire of an opened assessment; cached without invalidation, because it never changes."""
    key = _make_cache_key(subject)
    questionnaire = _cache.get(key)
    if questionnaire is None:
        content = questionnaire_versions.find_content(session, subject.questionnaire_id, subject.questionnaire_version)
        if content is None:
            raise NotFoundError
        if len(_cache) >= MAX_CACHED:
            _cache.clear()
        questionnaire = _cache[key] = decode_questionnaire(content)
    return questionnaire


def get_cached_questionnaire(subject: QuestionnaireKey) -> Questionnaire | None:
    """Return the questionnaire of an opened assessment if this process has loaded it."""
    return _cache.get(_make_cache_key(subject))


def _make_cache_key(subject: QuestionnaireKey) -> tuple[str, str, str | None]:
    return subject.questionnaire_id, subject.questionnaire_version, subject.questionnaire_digest


def find_questionnaire(session: Session, assessment: Assessment, catalogue: QuestionnaireCatalogue) -> Questionnaire:
    """Return the questionnaire of any assessment; for a draft by `find_draft_questionnaire`."""
    if assessment.questionnaire_digest is not None:
        return load_questionnaire(session, assessment)
    return find_draft_questionnaire(session, assessment.questionnaire_id, assessment.questionnaire_version, catalogue)


def find_draft_questionnaire(
    session: Session, questionnaire_id: str, version: str, catalogue: QuestionnaireCatalogue
) -> Questionnaire:
    """Return the version that a draft refers to, otherwise the newest; the caller compares `version`.

    Looks in the files, then among published ones: an upgrade replaces the files, and the pages of a draft that refers
    to the previous version must still work.
    """
    try:
        return catalogue.get(questionnaire_id, version)
    except NotFoundError:
        content = questionnaire_versions.find_content(session, questionnaire_id, version)
        return catalogue.get(questionnaire_id) if content is None else decode_questionnaire(content)


def publish_questionnaire(session: Session, questionnaire: Questionnaire) -> None:
    """Store a questionnaire at the opening; `QuestionnaireChangedError` if the version has other content."""
    digest = questionnaire_versions.lock_digest(session, questionnaire.id, questionnaire.version)
    if digest is None:
        questionnaire_versions.add_questionnaire(session, questionnaire, encode_questionnaire(questionnaire))
    elif digest != questionnaire.digest:
        raise _make_conflict(session, questionnaire)


def _make_conflict(session: Session, questionnaire: Questionnaire) -> QuestionnaireChangedError:
    content = questionnaire_versions.find_content(session, questionnaire.id, questionnaire.version)
    published = decode_questionnaire(content) if content else questionnaire
    items = find_differing_items(published, questionnaire)
    return QuestionnaireChangedError(
        with_values(
            "{questionnaire} {version} has been published with another content ({parts}).",
            questionnaire=questionnaire.id,
            version=questionnaire.version,
            parts=tuple(items or find_differing_parts(published, questionnaire)),
        ),
        [
            Problem("This differs from what was published.", "Give the file a new version.", column=item)
            for item in items
        ],
    )
