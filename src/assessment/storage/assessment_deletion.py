"""Delete assessments with everything that belongs to them, and clients with all their assessments."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.storage import tables
from assessment.storage.auth import removed_users
from assessment.storage.columns import match_assessment

assessment = tables.assessment
organisation = tables.organisation
response = tables.response
answer = tables.answer


class ErasedClient(Struct, frozen=True):
    """A client whose erasure has begun."""

    workspace_id: str
    organisation_id: str


class DeletionCounts(Struct, frozen=True):
    """Numbers of rows that are deleted with a client."""

    assessments: int
    people: int
    results: int


def count_deleted_rows(session: Session, workspace_id: str, organisation_id: str) -> DeletionCounts:
    """Count what is deleted with a client."""
    of_client = select(assessment.c.id).where(
        assessment.c.workspace_id == workspace_id, assessment.c.organisation_id == organisation_id
    )
    counts = [
        session.scalar(select(func.count()).select_from(of_client.subquery())),
        *(
            session.scalar(
                select(func.count()).where(table.c.workspace_id == workspace_id, table.c.assessment_id.in_(of_client))
            )
            for table in (tables.invitation, tables.release)
        ),
    ]
    return DeletionCounts(*(int(count or 0) for count in counts))


def list_assessment_keys(session: Session, workspace_id: str, organisation_id: str) -> list[AssessmentKey]:
    """Return the keys of a client's assessments, of later waves before earlier ones."""
    rows = session.execute(
        select(assessment.c.workspace_id, assessment.c.id)
        .where(assessment.c.workspace_id == workspace_id, assessment.c.organisation_id == organisation_id)
        .order_by(assessment.c.created_at.desc(), assessment.c.id)
    )
    return [AssessmentKey(*row) for row in rows]


def list_response_ids(session: Session, keys: Collection[AssessmentKey], limit: int) -> Sequence[str]:
    """Return up to `limit` ids of responses of assessments of one workspace."""
    ids = [key.assessment_id for key in keys]
    workspaces = {key.workspace_id for key in keys}
    return session.scalars(
        select(response.c.id)
        .where(response.c.workspace_id.in_(workspaces), response.c.assessment_id.in_(ids))
        .limit(limit)
    ).all()


def delete_responses(session: Session, workspace_id: str, ids: Sequence[str]) -> None:
    """Delete responses with answers, copies and comments; the rest of them cascades."""
    for table in (tables.voice, tables.basis, answer):
        session.execute(delete(table).where(table.c.workspace_id == workspace_id, table.c.response_id.in_(ids)))
    session.execute(delete(response).where(response.c.workspace_id == workspace_id, response.c.id.in_(ids)))


def delete_assessment(session: Session, key: AssessmentKey) -> None:
    """Delete an assessment whose responses are deleted; rows of tables without a cascade are deleted first."""
    for table in (tables.voice, tables.basis, tables.comments, tables.invitation):
        session.execute(delete(table).where(*match_assessment(table, key)))
    session.execute(
        delete(assessment).where(assessment.c.workspace_id == key.workspace_id, assessment.c.id == key.assessment_id)
    )
    removed_users.delete_former_authors(session)


def unlink_later_drafts(session: Session, key: AssessmentKey) -> None:
    """Remove the reference to an assessment from the drafts that were set up as its next wave."""
    session.execute(
        update(assessment)
        .where(
            assessment.c.workspace_id == key.workspace_id,
            assessment.c.wave_of == key.assessment_id,
            assessment.c.state == AssessmentState.DRAFT,
        )
        .values(wave_of=None, revision=assessment.c.revision + 1)
    )


def has_later_wave(session: Session, key: AssessmentKey) -> bool:
    """Return whether an assessment that was opened repeats this one."""
    later = select(assessment.c.id).where(
        assessment.c.workspace_id == key.workspace_id,
        assessment.c.wave_of == key.assessment_id,
        assessment.c.state != AssessmentState.DRAFT,
    )
    return session.scalar(later.limit(1)) is not None


def unlink_waves(session: Session, workspace_id: str, organisation_id: str) -> None:
    """Remove all references from a client's assessments to their earlier waves."""
    session.execute(
        update(assessment)
        .where(assessment.c.workspace_id == workspace_id, assessment.c.organisation_id == organisation_id)
        .values(wave_of=None)
    )


def has_organisation(session: Session, client: ErasedClient) -> bool:
    """Return whether the row of a client is there, even with its erasure begun."""
    row = select(organisation.c.id).where(
        organisation.c.workspace_id == client.workspace_id, organisation.c.id == client.organisation_id
    )
    return session.scalar(row) is not None


def begin_erasure(session: Session, client: ErasedClient, now: datetime) -> None:
    """Clear a client's name and contact; from now on no query returns it or its assessments."""
    session.execute(
        update(organisation)
        .where(organisation.c.workspace_id == client.workspace_id, organisation.c.id == client.organisation_id)
        .values(name="", contact_name="", contact_email="", erased_at=now)
    )


def list_begun_erasures(session: Session) -> list[ErasedClient]:
    """Return the clients whose erasure has begun and not ended."""
    rows = session.execute(
        select(organisation.c.workspace_id, organisation.c.id).where(organisation.c.erased_at.is_not(None))
    )
    return [ErasedClient(*row) for row in rows]


def delete_organisation(session: Session, client: ErasedClient) -> None:
    """Delete a client that has no assessments any more."""
    session.execute(
        delete(organisation).where(
            organisation.c.workspace_id == client.workspace_id, organisation.c.id == client.organisation_id
        )
    )
