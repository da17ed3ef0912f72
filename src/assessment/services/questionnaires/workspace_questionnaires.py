"""Questionnaires of a workspace: uploaded until they are right, then published as a version that never changes.

They are available next to those of the server. The id gets a tag of the workspace at its end, so that nobody can
publish a version that another workspace works with.
"""

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import (
    InvalidError,
    LimitReachedError,
    LockedError,
    NotFoundError,
    Problem,
    QuestionnaireChangedError,
    with_values,
)
from assessment.i18n.messages import N_
from assessment.questionnaires import (
    QuestionnaireCatalogue,
    compute_questionnaire_digest,
    decode_questionnaire,
    encode_questionnaire,
    find_differing_items,
    find_differing_parts,
)
from assessment.questionnaires.file_formats import STRUCTURE_FILE
from assessment.services.assessments.published_questionnaires import publish_questionnaire
from assessment.services.operations import audit_trail
from assessment.services.questionnaires.upload_files import load_files
from assessment.services.survey.answer_validation import is_storable
from assessment.storage import workspace_questionnaires
from assessment.storage.workspace_questionnaires import WorkspaceQuestionnaire

MAX_ID_LENGTH = 64
MAX_UPLOADS = 100
TAG_LENGTH = 6
QUESTIONNAIRE_UPLOADED, QUESTIONNAIRE_PUBLISHED = "questionnaire.uploaded", "questionnaire.published"
QUESTIONNAIRE_DELETED = "questionnaire.deleted"
IS_PUBLISHED = N_("This version is published, and never changes. Give the changed one a new version.")


def upload_questionnaire(
    session: Session, workspace_id: str, files: Mapping[str, bytes], now: datetime
) -> WorkspaceQuestionnaire:
    """Check files and store them as an unpublished questionnaire, in place of an earlier upload of this version.

    `InvalidError` lists every mistake by file and line; `QuestionnaireChangedError` if the version is published, unless
    the files are the same: that is a no-op.
    """
    questionnaire = _add_tag(load_files(files), workspace_id)
    earlier = workspace_questionnaires.list_workspace_questionnaires(session, workspace_id)
    before = next((row for row in earlier if (row.id, row.version) == (questionnaire.id, questionnaire.version)), None)
    if before is not None and before.published_at is not None:
        if before.content == encode_questionnaire(questionnaire):
            return before
        raise _make_conflict(decode_questionnaire(before.content), questionnaire)
    if before is None and len(earlier) >= MAX_UPLOADS:
        raise LimitReachedError(with_values("A workspace has at most {most} questionnaires.", most=MAX_UPLOADS))
    new = WorkspaceQuestionnaire(
        id=questionnaire.id,
        version=questionnaire.version,
        workspace_id=workspace_id,
        digest=questionnaire.digest,
        content=encode_questionnaire(questionnaire),
        uploaded_at=now,
        published_at=None,
    )
    workspace_questionnaires.replace_workspace_questionnaire(session, new)
    _record(session, new, QUESTIONNAIRE_UPLOADED, now)
    return new


def publish_upload(
    session: Session, workspace_id: str, questionnaire_id: str, version: str, now: datetime
) -> WorkspaceQuestionnaire:
    """Publish an uploaded questionnaire, which never changes from then on. No-op if it is published."""
    stored = get_upload(session, workspace_id, questionnaire_id, version, lock=True)
    if stored.published_at is not None:
        return stored
    publish_questionnaire(session, decode_questionnaire(stored.content))
    workspace_questionnaires.set_published(session, stored, now)
    _record(session, stored, QUESTIONNAIRE_PUBLISHED, now)
    return replace(stored, published_at=now)


def delete_upload(session: Session, workspace_id: str, questionnaire_id: str, version: str, now: datetime) -> None:
    """Delete an upload that is not published; `LockedError` for a published one."""
    stored = get_upload(session, workspace_id, questionnaire_id, version, lock=True)
    if not workspace_questionnaires.delete_unpublished(session, workspace_id, questionnaire_id, version):
        raise LockedError(IS_PUBLISHED)
    _record(session, stored, QUESTIONNAIRE_DELETED, now)


def list_uploads(session: Session, workspace_id: str) -> tuple[WorkspaceQuestionnaire, ...]:
    return workspace_questionnaires.list_workspace_questionnaires(session, workspace_id)


def get_upload(
    session: Session, workspace_id: str, questionnaire_id: str, version: str, *, lock: bool = False
) -> WorkspaceQuestionnaire:
    """Return an upload; `NotFoundError` for one of another workspace."""
    if not is_storable(questionnaire_id) or not is_storable(version):
        raise NotFoundError
    return workspace_questionnaires.find_workspace_questionnaire(
        session, workspace_id, questionnaire_id, version, lock=lock
    )


def list_available(session: Session, workspace_id: str, catalogue: QuestionnaireCatalogue) -> tuple[Questionnaire, ...]:
    """Return what an assessment can be made with: the server's questionnaires, then the workspace's published ones."""
    own = [decode_questionnaire(row.content) for row in list_uploads(session, workspace_id) if row.published_at]
    return (*catalogue.list(), *own)


def find_available(
    session: Session,
    workspace_id: str,
    catalogue: QuestionnaireCatalogue,
    questionnaire_id: str,
    version: str | None = None,
) -> Questionnaire:
    """Return a questionnaire of the server or the workspace, in its newest version unless one is named.

    Raises NotFoundError.
    """
    try:
        return catalogue.get(questionnaire_id, version)
    except NotFoundError:
        matches = [
            row
            for row in list_uploads(session, workspace_id)
            if row.published_at and row.id == questionnaire_id and version in (None, row.version)
        ]
        if not matches:
            raise
        return decode_questionnaire(max(matches, key=lambda row: _parse_version(row.version)).content)


def make_tag(workspace_id: str) -> str:
    """Return the tag at the end of the ids of a workspace's questionnaires."""
    return base64.b32encode(hashlib.sha256(workspace_id.encode()).digest()).decode().lower()[:TAG_LENGTH]


def _add_tag(questionnaire: Questionnaire, workspace_id: str) -> Questionnaire:
    tag = f"-{make_tag(workspace_id)}"
    if questionnaire.id.endswith(tag):
        return questionnaire
    if len(questionnaire.id) > MAX_ID_LENGTH - len(tag):
        message = with_values("The id has more than {most} characters.", most=MAX_ID_LENGTH - len(tag))
        raise InvalidError(message, [Problem(message, file=STRUCTURE_FILE, column="id", code="too-long")])
    tagged = replace(questionnaire, id=f"{questionnaire.id}{tag}")
    return replace(tagged, digest=compute_questionnaire_digest(tagged))


def _make_conflict(published: Questionnaire, new: Questionnaire) -> QuestionnaireChangedError:
    """Name the items that differ from what was published."""
    items = find_differing_items(published, new)
    parts = items or find_differing_parts(published, new)
    remedy = N_("Give the file a new version.")
    problems = [Problem(N_("This differs from what was published."), remedy, column=part) for part in parts]
    return QuestionnaireChangedError(IS_PUBLISHED, problems)


def _parse_version(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _record(session: Session, stored: WorkspaceQuestionnaire, action: str, now: datetime) -> None:
    audit_trail.record_event(session, stored.workspace_id, now, action, stored.id, version=stored.version)
