"""Clients, and questionnaires."""

from datetime import date, datetime

from sqlalchemy import (
    ForeignKeyConstraint,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from assessment.domain.closed_sets import (
    WordKind,
)
from assessment.storage.columns import make_value_check, make_workspace_field


class OrganisationRow(SQLModel, table=True):
    """A client; `erased_at`: it is being erased, its name and contact are gone, and no query returns it."""

    __tablename__ = "organisation"

    workspace_id: str = make_workspace_field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str
    created_at: datetime
    contact_name: str = ""
    contact_email: str = ""
    archived_on: date | None = None
    erased_at: datetime | None = None
    revision: int = 1


class ListWordRow(SQLModel, table=True):
    """A word for a role or a function that was mapped once, for the lists of a client; `word` is folded.

    `choice` is an id of the questionnaire, or `*` for all functions; `-` leaves the lines out.
    """

    __tablename__ = "list_word"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "organisation_id"], ["organisation.workspace_id", "organisation.id"], ondelete="CASCADE"
        ),
        make_value_check("kind", *WordKind),
    )

    workspace_id: str = Field(primary_key=True)
    organisation_id: str = Field(primary_key=True)
    questionnaire_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    word: str = Field(primary_key=True)
    spelling: str
    choice: str


class PublishedQuestionnaireRow(SQLModel, table=True):
    """The questionnaire of opened assessments: its content is never updated."""

    __tablename__ = "published_questionnaire"
    __table_args__ = (UniqueConstraint("id", "version", "digest"),)

    id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    digest: str
    content: bytes


class WorkspaceQuestionnaireRow(SQLModel, table=True):
    """A questionnaire that a workspace has uploaded: replaced by the next upload until it is published.

    `id` ends with a tag of the workspace, so that no other workspace can have the same.
    """

    __tablename__ = "workspace_questionnaire"

    workspace_id: str = make_workspace_field(primary_key=True)
    id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    digest: str
    content: bytes
    uploaded_at: datetime
    published_at: datetime | None = None
