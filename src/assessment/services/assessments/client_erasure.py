"""Erase a client with all its assessments, people, answers and results.

The first transaction clears the name, so that no page or call returns the client any more. The rows follow in
transactions of limited size, since a long one would hold SQLite's only write lock; a server that starts resumes them.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import ErasureKind
from assessment.domain.text_normalisation import fold_name
from assessment.errors import InvalidError, Problem
from assessment.i18n.messages import N_
from assessment.services.assessments.client_organisations import require_no_open_assessment
from assessment.services.operations import audit_trail
from assessment.storage import assessment_deletion, database, erasures, organisations
from assessment.storage.assessment_deletion import DeletionCounts, ErasedClient
from assessment.storage.erasures import Erasure

BATCH_SIZE = 200  # responses in one transaction, as in `order_erasure`
WRONG_NAME = N_("This is not the name of the client. Type it as it stands above.")

ShouldStop = Callable[[], bool]


def count_erased(session: Session, workspace_id: str, organisation_id: str) -> DeletionCounts:
    """Count what would be erased; `NotFoundError` for a client of another workspace."""
    organisations.find_organisation(session, workspace_id, organisation_id)
    return assessment_deletion.count_deleted_rows(session, workspace_id, organisation_id)


def erase_client(
    session: Session, workspace_id: str, organisation_id: str, now: datetime, *, typed_name: str | None = None
) -> tuple[str, ...]:
    """Erase a client, and return the ids of its assessments, whose cached reports the caller evicts after the commit.

    `ConflictError` while an assessment is open, `InvalidError` if `typed_name` is not the client's name.
    """
    stored = organisations.find_organisation(session, workspace_id, organisation_id, lock=True)
    if typed_name is not None and fold_name(typed_name) != fold_name(stored.name):
        raise InvalidError(WRONG_NAME, [Problem(WRONG_NAME, pointer="/typed_name", code="not-allowed")])
    require_no_open_assessment(session, workspace_id, organisation_id)
    client = ErasedClient(workspace_id, organisation_id)
    keys = assessment_deletion.list_assessment_keys(session, workspace_id, organisation_id)
    counts = assessment_deletion.count_deleted_rows(session, workspace_id, organisation_id)
    details = {"assessments": counts.assessments, "people": counts.people}
    audit_trail.record_event(session, workspace_id, now, audit_trail.CLIENT_ERASED, organisation_id, **details)
    assessment_deletion.begin_erasure(session, client, now)
    erasures.record_erasure(session, Erasure(workspace_id, ErasureKind.ORGANISATION, organisation_id, now.date()))
    if len(assessment_deletion.list_response_ids(session, keys, BATCH_SIZE + 1)) <= BATCH_SIZE:
        _delete_batch(session, client)
        _finish_erasure(session, client)
    else:
        database.run_after_commit(session, partial(_erase_in_batches, client=client))
    return tuple(key.assessment_id for key in keys)


def erase_again(session: Session, client: ErasedClient, now: datetime) -> bool:
    """Erase a client that a restored backup brought back, in one transaction; return whether it was there."""
    if not assessment_deletion.has_organisation(session, client):
        return False
    assessment_deletion.begin_erasure(session, client, now)
    while _delete_batch(session, client):
        pass
    _finish_erasure(session, client)
    return True


def resume_erasures(engine: Engine, should_stop: ShouldStop = lambda: False) -> None:
    """Resume erasures that a crashed server did not finish."""
    with database.read_session(engine) as session:
        begun = assessment_deletion.list_begun_erasures(session)
    for client in begun:
        _erase_in_batches(engine, client, should_stop)


def _erase_in_batches(engine: Engine, client: ErasedClient, should_stop: ShouldStop = lambda: False) -> None:
    is_left = True
    while is_left and not should_stop():
        with database.write_session(engine) as session:
            is_left = _delete_batch(session, client)
        database.pause_between_writes(engine)
    if not is_left:
        with database.write_session(engine) as session:
            _finish_erasure(session, client)


def _delete_batch(session: Session, client: ErasedClient) -> bool:
    """Delete up to `BATCH_SIZE` responses, and return whether any was left."""
    keys = assessment_deletion.list_assessment_keys(session, client.workspace_id, client.organisation_id)
    ids = assessment_deletion.list_response_ids(session, keys, BATCH_SIZE)
    assessment_deletion.delete_responses(session, client.workspace_id, ids)
    return bool(ids)


def _finish_erasure(session: Session, client: ErasedClient) -> None:
    assessment_deletion.unlink_waves(session, client.workspace_id, client.organisation_id)
    for key in assessment_deletion.list_assessment_keys(session, client.workspace_id, client.organisation_id):
        assessment_deletion.delete_assessment(session, key)
    assessment_deletion.delete_organisation(session, client)
    database.truncate_wal_after_commit(session)
