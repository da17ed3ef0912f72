"""Rows that an import or a list of people leaves if it ends in the middle."""

import pytest
from sqlalchemy import select

from assessment.domain.assessment import AssessmentKey
from assessment.domain.survey.closing_time import make_closing_mark
from assessment.errors import ClosedError
from assessment.services.bulk import bulk_requests, bulk_worker, invitation_job
from assessment.services.people import response_import
from assessment.storage import assessments, database, tables
from tests.api.api_steps import CSV, STAFF, create_draft, create_open_assessment
from tests.api.bulk_steps import SOON, count_rows, list_csv, list_people, post_csv, post_people, read_job
from tests.api.response_checks import check_problem


def find_key(engine, assessment):
    with database.read_session(engine) as session:
        column = tables.assessment.c
        return AssessmentKey(session.scalar(select(column.workspace_id).where(column.id == assessment)), assessment)


@pytest.fixture
async def crashed(alice, engine, clock):
    """An open assessment with 20 responses of an import whose server was killed."""
    assessment = await create_open_assessment(alice)
    with database.read_session(engine) as session:
        key = find_key(engine, assessment)
        incoming = response_import.prepare_import(session, key, list_csv(25).decode(), clock())
    with database.write_session(engine) as session:
        response_import.stage_batch(session, incoming, 0, clock())
    return assessment


async def test_job_after_a_crashed_import_of_the_same_file_takes_it_in(worker, alice, engine, clock, crashed):
    clock.pass_by(hours=2)

    answer = await post_csv(alice, crashed, list_csv(25))
    worker.work_once()

    assert (await read_job(alice, answer))["state"] == "done"
    assert count_rows(engine, tables.response) == 25


async def test_job_soon_after_a_crashed_import_is_refused_at_once(alice, clock, crashed):
    clock.pass_by(minutes=2)

    answer = await alice.post(f"/assessments/{crashed}/responses", content=list_csv(25), headers=SOON | CSV)

    assert check_problem(answer, 409)["type"] == "/api/docs#import-in-progress"


async def test_small_file_after_a_crashed_import_is_taken_in(alice, engine, clock, crashed):
    path = f"/assessments/{crashed}/responses"
    clock.pass_by(minutes=2)
    early = await alice.post(path, content=list_csv(10), headers=CSV)
    clock.pass_by(hours=2)
    late = await alice.post(path, content=list_csv(10), headers=CSV)

    assert check_problem(early, 409)["type"] == "/api/docs#import-in-progress"
    assert late.status_code == 201, late.text
    assert count_rows(engine, tables.response) == 10


async def test_people_are_invited_after_a_crashed_import_but_not_during_one(alice, clock, crashed):
    path = f"/assessments/{crashed}/invitations"
    clock.pass_by(minutes=2)
    early = await alice.post(path, json=[STAFF])
    clock.pass_by(hours=2)
    late = await alice.post(path, json=[STAFF])

    assert check_problem(early, 409)["type"] == "/api/docs#mixed-sources"
    assert late.status_code == 201, late.text


async def test_job_stores_nothing_more_once_a_close_has_begun(worker, alice, engine, clock, monkeypatch):
    monkeypatch.setattr(response_import, "BATCH_SIZE", 10)
    assessment = await create_open_assessment(alice)
    answer = await post_csv(alice, assessment, list_csv(40))
    key = find_key(engine, assessment)
    looks = []

    def close_before_third_batch():
        looks.append(None)
        if len(looks) == 3:
            with database.write_session(engine) as session:
                assessments.save_closing_time(session, key, make_closing_mark(clock()))

    worker.work_once(close_before_third_batch)

    job = await read_job(alice, answer)
    assert (job["state"], job["problem"]["type"], job["done"]) == ("failed", "/api/docs#closed", 20)
    assert count_rows(engine, tables.response) == 0


@pytest.fixture
async def failed_job(worker, alice, monkeypatch):
    """An open anonymous assessment, to which a job has invited two of four people before it failed."""
    for module in (bulk_requests, invitation_job):
        monkeypatch.setattr(module, "PEOPLE_IN_PART", 2)
    assessment = (await create_draft(alice, confidentiality="anonymous"))["id"]
    await alice.post(f"/assessments/{assessment}/invitations", json=list_people(12))
    await alice.post(f"/assessments/{assessment}/open")
    late = [STAFF | {"email": f"late{number}@example.org"} for number in range(4)]
    answer = await post_people(alice, assessment, late)

    async def run_job():
        stops = iter([False] * 3 + [True])  # two looks while people are checked, then before each batch
        worker.work_once(lambda: next(stops))
        with monkeypatch.context() as patched:
            patched.setattr(invitation_job, "_invite_batch", refuse)
            worker.work_once()
        return await read_job(alice, answer)

    return run_job


def refuse(*_):
    raise ClosedError


def load_groups_and_people(engine):
    entry = tables.audit_entry.c
    invited = select(entry.details).where(entry.action == "invitations.created").order_by(entry.number)
    with database.read_session(engine) as session:
        groups = session.scalar(select(tables.assessment.c.uncounted_groups))
        return groups, [details["people"] for details in session.scalars(invited)]


async def test_failed_job_records_the_people_whom_it_has_invited(engine, failed_job):
    job = await failed_job()

    assert (job["state"], job["done"]) == ("failed", 2)
    assert load_groups_and_people(engine) == (["staff:hr"], [12, 2])


async def test_mutant_whose_failed_job_records_nobody_counts_a_group_that_grew(engine, failed_job, monkeypatch):
    monkeypatch.setattr(bulk_worker, "record_invited", lambda *_: None)

    await failed_job()

    assert load_groups_and_people(engine) == ([], [12])


async def test_job_that_invited_nobody_records_nobody(worker, alice, engine):
    assessment = (await create_draft(alice))["id"]
    await post_people(alice, assessment, [STAFF | {"role": "pirate"}])

    worker.work_once()

    assert load_groups_and_people(engine)[1] == []
