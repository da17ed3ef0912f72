"""Edit single parts of the consultant's comments, undo a save, and list the saves with what each changed."""

from datetime import datetime
from itertools import pairwise

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.report.comment_parts import PartValue, list_changed_parts, read_part, write_part
from assessment.errors import ChangedError
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.results import consultant_comments
from assessment.services.results.consultant_comments import CommentsRevision, ConsultantComments, LogoImage
from assessment.storage import assessments

MAX_LISTED_SAVES = 30


class PartEdit(Struct, frozen=True):
    """New value of a part, by a user or an API key that saw the comments as of `revision`."""

    part: str
    value: PartValue
    revision: int
    saved_at: datetime
    user_id: str | None = None
    key_id: str | None = None


class Undo(Struct, frozen=True):
    """Revision to restore, by a user who saw the comments as of `revision`."""

    number: int
    revision: int
    user_id: str
    saved_at: datetime


class PartConflictError(ChangedError):
    """Raised if someone else changed the same part; `stored` is what they saved, `newest` the save itself."""

    def __init__(self, stored: PartValue, newest: ConsultantComments) -> None:
        super().__init__()
        self.stored = stored
        self.newest = newest


class SavedChange(Struct, frozen=True):
    """A save, and the names of the parts that it changed; `changed_logo`: the logo too."""

    save: ConsultantComments
    parts: tuple[str, ...]
    changed_logo: bool = False


def save_part(
    session: Session, key: AssessmentKey, edit: PartEdit, catalogue: QuestionnaireCatalogue
) -> ConsultantComments:
    """Save a part; changes of others to other parts stay. `PartConflictError` if they changed this one.

    `InvalidError` lists the problems of the new comments.
    """
    assessments.find_assessment(session, key, lock=True)
    newest = consultant_comments.load_comments(session, key)
    if edit.revision != newest.revision:
        seen = consultant_comments.load_revision(session, key, edit.revision)
        stored = read_part(newest.comments, edit.part)
        if stored not in (read_part(seen.comments, edit.part), edit.value):
            raise PartConflictError(stored, newest)
    new = CommentsRevision(
        comments=write_part(newest.comments, edit.part, edit.value),
        logo=LogoImage(newest.logo),
        user_id=edit.user_id,
        key_id=edit.key_id,
        saved_at=edit.saved_at,
    )
    return consultant_comments.save_comments(session, key, new, catalogue, newest.revision)


def restore_revision(
    session: Session,
    key: AssessmentKey,
    undo: Undo,
    catalogue: QuestionnaireCatalogue,
) -> ConsultantComments:
    """Save an earlier revision again as the newest; `ChangedError` if `undo.revision` is not the newest."""
    assessments.find_assessment(session, key, lock=True)
    earlier = consultant_comments.load_revision(session, key, undo.number)
    new = CommentsRevision(
        comments=earlier.comments, logo=LogoImage(earlier.logo), user_id=undo.user_id, saved_at=undo.saved_at
    )
    return consultant_comments.save_comments(session, key, new, catalogue, undo.revision)


def list_saves(session: Session, key: AssessmentKey) -> list[SavedChange]:
    """List the newest saves with what each changed, the newest first."""
    saves = consultant_comments.list_revisions(session, key, MAX_LISTED_SAVES + 1)
    if len(saves) <= MAX_LISTED_SAVES:
        saves.append(ConsultantComments())
    return [
        SavedChange(
            after, tuple(list_changed_parts(before.comments, after.comments)), after.logo_number != before.logo_number
        )
        for after, before in pairwise(saves)
    ]
