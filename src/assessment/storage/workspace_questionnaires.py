"""Questionnaires that workspaces have uploaded."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from assessment.errors import NotFoundError
from assessment.storage import tables

workspace_questionnaire = tables.workspace_questionnaire


class WorkspaceQuestionnaire(Struct, frozen=True):
    """An uploaded questionnaire; `content` as in `published_questionnaire`."""

    id: str
    version: str
    workspace_id: str
    digest: str
    content: bytes
    uploaded_at: datetime
    published_at: datetime | None


COLUMNS = tuple(workspace_questionnaire.c[name] for name in WorkspaceQuestionnaire.__struct_fields__)


def _read_row(row: Any) -> WorkspaceQuestionnaire:  # noqa: ANN401  # a row
    return WorkspaceQuestionnaire(*row)


def list_workspace_questionnaires(session: Session, workspace_id: str) -> tuple[WorkspaceQuestionnaire, ...]:
    """Return the questionnaires of a workspace, by id, the newest upload first."""
    rows = session.execute(
        select(*COLUMNS)
        .where(workspace_questionnaire.c.workspace_id == workspace_id)
        .order_by(
            workspace_questionnaire.c.id,
            workspace_questionnaire.c.uploaded_at.desc(),
            workspace_questionnaire.c.version,
        )
    )
    return tuple(map(_read_row, rows))


def find_workspace_questionnaire(
    session: Session, workspace_id: str, questionnaire_id: str, version: str, *, lock: bool = False
) -> WorkspaceQuestionnaire:
    """Return a version of a questionnaire; raises NotFoundError."""
    statement = select(*COLUMNS).where(
        workspace_questionnaire.c.workspace_id == workspace_id,
        workspace_questionnaire.c.id == questionnaire_id,
        workspace_questionnaire.c.version == version,
    )
    row = session.execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFoundError
    return _read_row(row)


def replace_workspace_questionnaire(session: Session, new: WorkspaceQuestionnaire) -> None:
    """Insert a version in place of an unpublished upload of the same version."""
    session.execute(
        delete(workspace_questionnaire).where(
            workspace_questionnaire.c.workspace_id == new.workspace_id,
            workspace_questionnaire.c.id == new.id,
            workspace_questionnaire.c.version == new.version,
            workspace_questionnaire.c.published_at.is_(None),
        )
    )
    values = {name: getattr(new, name) for name in WorkspaceQuestionnaire.__struct_fields__}
    session.execute(insert(workspace_questionnaire).values(**values))


def set_published(session: Session, stored: WorkspaceQuestionnaire, now: datetime) -> None:
    session.execute(
        update(workspace_questionnaire)
        .where(
            workspace_questionnaire.c.workspace_id == stored.workspace_id,
            workspace_questionnaire.c.id == stored.id,
            workspace_questionnaire.c.version == stored.version,
        )
        .values(published_at=now)
    )


def delete_unpublished(session: Session, workspace_id: str, questionnaire_id: str, version: str) -> bool:
    """Delete an unpublished version; False if there is none."""
    gone = session.execute(
        delete(workspace_questionnaire)
        .where(
            workspace_questionnaire.c.workspace_id == workspace_id,
            workspace_questionnaire.c.id == questionnaire_id,
            workspace_questionnaire.c.version == version,
            workspace_questionnaire.c.published_at.is_(None),
        )
        .returning(workspace_questionnaire.c.id)
    )
    return gone.one_or_none() is not None
