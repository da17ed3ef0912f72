"""Erase again, after a restore, what was erased after the backup was made."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import Connection, Engine, inspect, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import ErasureKind, ResponseState
from assessment.services.assessments import client_erasure
from assessment.services.operations import audit_trail
from assessment.services.people import respondent_data
from assessment.services.people.respondent_data import PersonInvitation
from assessment.storage import assessments, database, erasures, tables
from assessment.storage.assessment_deletion import ErasedClient
from assessment.storage.backup.backup_file import BackupReader
from assessment.storage.erasures import Erasure
from assessment.storage.people import personal_data
from assessment.storage.survey import respondent_sessions, responses


def load_erasures(engine: Engine) -> list[Erasure]:
    """Return the erasures of a database; none if it is absent, older, or too damaged to be read."""
    if database.is_sqlite(engine) and not Path(str(engine.url.database)).exists():
        return []
    try:
        if not inspect(engine).has_table(tables.erasure.name):
            return []
        with Session(engine) as session:
            return erasures.list_erasures(session)
    except DatabaseError:
        return []
    finally:
        engine.dispose()  # a SQLite file is replaced only if nobody has it open


def read_erasures(path: Path, key: str | None) -> list[Erasure]:
    """Return the erasures in a backup; raises `BackupError`."""
    with path.open("rb") as file:
        return [
            msgspec.convert(dict(zip(chunk.columns, row, strict=True)), Erasure)
            for chunk in BackupReader(file, key).read_chunks()
            if chunk.table == tables.erasure.name
            for row in chunk.rows
        ]


def replay_erasures(connection: Connection, erased: Iterable[Erasure], now: datetime, secret: str) -> int:
    """Erase again; return how many of them were in the database. The transaction is the caller's."""
    count = 0
    with Session(connection, join_transaction_mode="create_savepoint") as session, session.begin():
        audit_trail.set_actor(session, audit_trail.OPERATOR_ACTOR)
        for erasure in erased:
            if erasure.kind == ErasureKind.INVITATION:
                count += _erase_invitation(session, erasure, now, secret)
            elif erasure.kind == ErasureKind.RESPONSE:
                count += _erase_response(session, erasure)
            elif erasure.kind == ErasureKind.ORGANISATION:
                client = ErasedClient(erasure.workspace_id, erasure.subject)
                count += client_erasure.erase_again(session, client, now)
            erasures.record_erasure(session, erasure)
    return count


def _erase_invitation(session: Session, erasure: Erasure, now: datetime, secret: str) -> bool:
    row = tables.invitation
    invited = session.execute(
        select(row.c.assessment_id, row.c.email, row.c.name).where(
            row.c.workspace_id == erasure.workspace_id, row.c.id == erasure.subject
        )
    ).one_or_none()
    if invited is None:
        return False
    is_erased = (
        (invited.email, invited.name) == (None, None)
        and not personal_data.list_links(session, erasure.workspace_id, erasure.subject)
        and not _has_answers(session, erasure)  # retention erases names and links long before answers
    )
    if is_erased:
        return False
    assessment = assessments.find_assessment(session, AssessmentKey(erasure.workspace_id, invited.assessment_id))
    respondent_data.erase_person(session, [PersonInvitation(erasure.subject, assessment)], now, secret)
    return True


def _has_answers(session: Session, erasure: Erasure) -> bool:
    row = tables.response
    own = row.c.workspace_id == erasure.workspace_id, row.c.invitation_id == erasure.subject
    return session.scalar(select(row.c.id).where(*own, row.c.state != ResponseState.WITHDRAWN).limit(1)) is not None


def _erase_response(session: Session, erasure: Erasure) -> bool:
    response = responses.lock_response(session, erasure.workspace_id, erasure.subject)
    if response is None or response.state == ResponseState.WITHDRAWN:
        return False
    responses.erase_response(session, erasure.workspace_id, erasure.subject)
    respondent_sessions.delete_sessions(session, erasure.workspace_id, erasure.subject)
    return True
