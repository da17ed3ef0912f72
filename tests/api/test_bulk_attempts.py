"""Large requests whose worker ends: killed at ten points, given up after three attempts, stopped in time."""

import os
import signal
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from assessment.domain.assessment import AssessmentKey
from assessment.services.assessments import interrupted_work
from assessment.services.bulk import bulk_lease, bulk_worker
from assessment.services.bulk.bulk_worker import BulkWorker
from assessment.services.operations import audit_trail
from assessment.services.people import response_file_reader, response_import
from assessment.storage import bulk_jobs, database, tables
from tests.api.api_steps import create_draft, create_open_assessment
from tests.api.bulk_steps import count_rows, list_csv, list_people, post_csv, post_people, read_job
from tests.api.conftest import SECRET

RESPONSES = 25
BATCH_SIZE = 10  # so an import has five commits: the claim, three batches and the end
POINTS = 10  # before and after each commit


def work_until_killed(app, clock, point):
    """Work in a process of its own, which kills itself at a point; return whether it got there."""
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    try:
        points = iter(range(1, POINTS + 1))
        transaction = database.write_session

        @contextmanager
        def write_session(engine):
            with transaction(engine) as session:
                yield session
                kill_at(next(points), point)
            kill_at(next(points), point)

        database.write_session = write_session
        engine = database.make_engine(app.components.settings.database_url)
        audit_trail.attach_secret(engine, SECRET)
        BulkWorker(engine, app.components.catalogue, SECRET, clock).work_once()
    finally:
        os._exit(0)


def kill_at(number, point):
    if number == point:
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_import_whose_worker_is_killed_at_ten_points_counts_once(app, worker, alice, engine, clock, monkeypatch):
    monkeypatch.setattr(response_import, "BATCH_SIZE", BATCH_SIZE)
    killed, outcomes = 0, []
    for point in range(1, POINTS + 1):
        assessment = await create_open_assessment(alice)
        answer = await post_csv(alice, assessment, list_csv(RESPONSES))
        before = count_rows(engine, tables.response)

        killed += work_until_killed(app, clock, point)
        clock.pass_by(minutes=3)
        worker.work_once()

        outcomes.append(((await read_job(alice, answer))["state"], count_rows(engine, tables.response) - before))
    assert killed == POINTS
    assert outcomes == [("done", RESPONSES)] * POINTS


def claim_and_die(engine, clock):
    """Leave the state of a worker killed at once whose lease has ended."""
    with database.write_session(engine) as session:
        job = bulk_jobs.claim_job(session, "dead", clock(), bulk_lease.LEASE)
    clock.pass_by(minutes=3)
    return job


async def test_file_that_ends_three_workers_fails_and_leaves_nothing(worker, alice, engine, clock, monkeypatch):
    monkeypatch.setattr(response_import, "BATCH_SIZE", BATCH_SIZE)
    answer = await post_csv(alice, await create_open_assessment(alice), list_csv(RESPONSES))
    stops = iter([False] * 2 + [True])
    worker.work_once(lambda: next(stops))
    begun = count_rows(engine, tables.response)
    for _ in range(3):
        claim_and_die(engine, clock)

    worker.work_once()

    job = await read_job(alice, answer)
    assert begun > 0
    assert (job["state"], job["problem"]["detail"]) == ("failed", bulk_worker.GIVEN_UP)
    assert count_rows(engine, tables.response) == 0
    assert not worker.work_once()


async def test_list_that_ends_two_workers_is_invited_by_the_third(worker, alice, engine, clock):
    answer = await post_people(alice, (await create_draft(alice))["id"], list_people(3))
    for _ in range(2):
        claim_and_die(engine, clock)

    worker.work_once()

    assert (await read_job(alice, answer))["state"] == "done"


async def test_workers_killed_after_some_progress_do_not_count(worker, alice, engine, clock, monkeypatch):
    monkeypatch.setattr(response_import, "BATCH_SIZE", 5)
    answer = await post_csv(alice, await create_open_assessment(alice), list_csv(RESPONSES))
    for done in range(5, RESPONSES, 5):
        job = claim_and_die(engine, clock)
        with database.write_session(engine) as session:
            incoming = response_import.prepare_import(
                session, job.assessment_key, list_csv(RESPONSES).decode(), clock()
            )
            response_import.stage_batch(session, incoming, job.done, job.created_at)
            bulk_jobs.update_claimed_job(session, job, "dead", done=done, attempts=1)

    worker.work_once()

    assert (await read_job(alice, answer))["state"] == "done"


async def test_stopped_worker_does_not_count_as_an_attempt(worker, alice):
    answer = await post_people(alice, (await create_draft(alice))["id"], list_people(3))

    for _ in range(5):
        worker.work_once(lambda: True)
    worker.work_once()

    assert (await read_job(alice, answer))["state"] == "done"


async def test_worker_stops_while_a_large_file_is_read(worker, alice, monkeypatch):
    monkeypatch.setattr(response_file_reader, "LARGE_TEXT", 10)
    monkeypatch.setattr(response_file_reader, "CHILD_MODULE", "tests.api.endless_child")
    monkeypatch.setattr(response_file_reader, "CHILD_SECONDS", 3)  # then the file would be refused
    answer = await post_csv(alice, await create_open_assessment(alice), list_csv(3))

    worker.work_once(lambda: True)

    assert (await read_job(alice, answer))["state"] == "queued"


async def test_lease_is_renewed_while_a_large_file_is_read(worker, alice, engine, clock, monkeypatch):
    monkeypatch.setattr(response_file_reader, "LARGE_TEXT", 10)
    monkeypatch.setattr(response_file_reader, "CHILD_MODULE", "tests.api.endless_child")
    monkeypatch.setattr(response_file_reader, "CHILD_SECONDS", 2)
    monkeypatch.setattr(response_file_reader, "POLL_SECONDS", 0.1)
    monkeypatch.setattr(bulk_lease, "RENEWAL_SECONDS", 0)
    await post_csv(alice, await create_open_assessment(alice), list_csv(3))
    looks = []

    def look():
        clock.pass_by(seconds=20)
        with database.read_session(engine) as session:
            looks.append(bulk_jobs.has_due_job(session, clock()))
        return False

    worker.work_once(look)

    assert len(looks) > 3
    assert not any(looks)


@pytest.fixture
async def interrupted(alice, engine, clock):
    """An assessment with 20 responses of an import without a job, whose server was killed."""
    assessment = await create_open_assessment(alice)
    with database.write_session(engine) as session:
        key = AssessmentKey(find_workspace(session, assessment), assessment)
        incoming = response_import.prepare_import(session, key, list_csv(RESPONSES).decode(), clock())
        response_import.stage_batch(session, incoming, 0, clock())
    return assessment


def find_workspace(session, assessment):
    column = tables.assessment.c
    return session.scalar(select(column.workspace_id).where(column.id == assessment))


async def test_hourly_cleanup_deletes_what_an_interrupted_import_has_left(engine, clock, interrupted):
    interrupted_work.delete_interrupted_imports(engine, clock() + timedelta(minutes=9))
    early = count_rows(engine, tables.response)
    interrupted_work.delete_interrupted_imports(engine, clock() + timedelta(minutes=11))

    assert (early, count_rows(engine, tables.response), count_rows(engine, tables.answer)) == (RESPONSES, 0, 0)


async def test_hourly_cleanup_leaves_what_a_job_has_stored_so_far(worker, alice, engine, clock, monkeypatch):
    monkeypatch.setattr(response_import, "BATCH_SIZE", BATCH_SIZE)
    answer = await post_csv(alice, await create_open_assessment(alice), list_csv(RESPONSES))
    stops = iter([False] * 2 + [True])
    worker.work_once(lambda: next(stops))

    interrupted_work.delete_interrupted_imports(engine, clock() + timedelta(hours=2))
    worker.work_once()

    assert (await read_job(alice, answer))["state"] == "done"
    assert count_rows(engine, tables.response) == RESPONSES
