"""Published questionnaires: one content for each id and version."""

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Questionnaire
from assessment.storage import tables

published_questionnaire = tables.published_questionnaire


def find_content(session: Session, questionnaire_id: str, version: str) -> bytes | None:
    """Return the stored JSON."""
    content: bytes | None = session.scalar(
        select(published_questionnaire.c.content).where(
            published_questionnaire.c.id == questionnaire_id, published_questionnaire.c.version == version
        )
    )
    return content


def lock_digest(session: Session, questionnaire_id: str, version: str) -> str | None:
    """Return the published digest, locked so that no other transaction publishes another one meanwhile."""
    digest: str | None = session.scalar(
        select(published_questionnaire.c.digest)
        .where(published_questionnaire.c.id == questionnaire_id, published_questionnaire.c.version == version)
        .with_for_update(read=True)
    )
    return digest


def add_questionnaire(session: Session, questionnaire: Questionnaire, content: bytes) -> None:
    session.execute(
        insert(published_questionnaire).values(
            id=questionnaire.id, version=questionnaire.version, digest=questionnaire.digest, content=content
        )
    )
