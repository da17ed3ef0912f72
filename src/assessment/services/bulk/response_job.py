"""Import the responses of a large file: they are stored in batches that no figure counts, then all count at once."""

from sqlalchemy import Engine

from assessment.errors import NotFoundError, UnavailableError
from assessment.services.bulk.bulk_lease import BulkLease
from assessment.services.bulk.bulk_requests import iterate_parts
from assessment.services.people import response_import
from assessment.storage import assessments, database
from assessment.storage.bulk_jobs import BulkJob


def run_response_job(engine: Engine, job: BulkJob, lease: BulkLease, *, secret: str) -> None:
    """Take in from where an earlier worker stopped. Raises AppError if the job fails, with nothing taken in.

    All responses have the time of the request: by it, `finish_import` finds those of this job.
    """
    try:
        _import_responses(engine, job, lease, secret)
    except UnavailableError:
        raise  # the job goes on later
    except Exception:
        delete_staged_responses(engine, job, lease)
        raise


def _import_responses(engine: Engine, job: BulkJob, lease: BulkLease, secret: str) -> None:
    text = b"".join(part.content for part in iterate_parts(engine, job, secret=secret)).decode()
    with database.read_session(engine) as session:
        batch = response_import.prepare_import(
            session, job.assessment_key, text, job.created_at, on_wait=lease.renew_if_due
        )
    if job.done == 0:
        response_import.delete_abandoned(engine, batch.assessment, lease.read_clock(), lease.renew_if_due)
    total = len(batch.ids)
    start = job.done
    while start < total:
        end = min(start + response_import.BATCH_SIZE, total)
        with lease.write_step(done=end, total=total) as session:
            assessment = assessments.find_assessment(session, job.assessment_key)
            response_import.check_importable(session, assessment, lease.read_clock())  # a close may have begun
            start = response_import.stage_batch(session, batch, start, job.created_at)
        database.pause_between_writes(engine)
    with lease.finish_step() as session:
        assessment = assessments.find_assessment(session, job.assessment_key)
        response_import.check_importable(session, assessment, lease.read_clock())
        staged = response_import.mark_stored(batch)
        response_import.finish_import(session, staged, job.created_at)


def delete_staged_responses(engine: Engine, job: BulkJob, lease: BulkLease) -> None:
    """Delete what a job has stored, a batch in a transaction. Raises `LeaseLostError` if the worker is to stop."""
    try:
        with database.read_session(engine) as session:
            assessment = assessments.find_assessment(session, job.assessment_key)
    except NotFoundError:
        return  # deleted, with its responses
    response_import.delete_staged(engine, assessment, job.created_at, lease.renew_if_due)
