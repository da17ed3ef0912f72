"""Large requests: taken at once, carried out in the background, with progress, errors by line and links."""

import msgspec
import pytest
from sqlalchemy import func, select

from assessment.api.resources import responses
from assessment.services.bulk import bulk_lease
from assessment.services.bulk.bulk_worker import BulkWorker
from assessment.services.bulk.invitation_job import run_invitation_job
from assessment.storage import bulk_jobs, database, tables
from tests.api.api_steps import CSV, STAFF, create_draft, create_open_assessment, invite_people
from tests.api.bulk_steps import SOON, count_rows, list_csv, list_links, list_people, post_csv, post_people, read_job
from tests.api.conftest import HOME, SECRET
from tests.api.response_checks import check_problem, list_pointers


async def test_large_list_is_invited_in_the_background_with_links(worker, alice, nobody):
    assessment = (await create_draft(alice))["id"]
    answer = await alice.post(f"/assessments/{assessment}/invitations", json=list_people(1001))

    before = await read_job(alice, answer)
    worked = worker.work_once()
    after = await read_job(alice, answer)
    links = await list_links(alice, answer, limit=150)

    assert answer.status_code == 202
    assert (before["state"], before["total"], before["done"]) == ("queued", 1001, 0)
    assert worked
    assert (after["state"], after["done"], after["problem"]) == ("done", 1001, None)
    assert [link["email"] for link in links] == [f"p{number}@example.org" for number in range(1001)]
    await alice.post(f"/assessments/{assessment}/open")
    start = await nobody.get(links[1000]["link"])
    assert (start.status_code, len({link["link"] for link in links})) == (200, 1001)


async def test_list_over_one_megabyte_is_taken_and_checked_by_entry(worker, alice):
    assessment = (await create_draft(alice))["id"]
    people = list_people(7000, name="x" * 150)
    wrong = [*people, STAFF | {"nmae": "x"}, STAFF, STAFF | {"role": 5}]

    taken = await alice.post(f"/assessments/{assessment}/invitations", json=people)
    refused = await alice.post(f"/assessments/{assessment}/invitations", json=wrong)

    assert len(msgspec.json.encode(people)) > 1024 * 1024
    assert taken.status_code == 202, taken.text
    assert list_pointers(refused) == {"/7000/nmae", "/7002/role"}


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b'{"a": [' + b" " * 1_100_000 + b"]}", "not a JSON list"),
        (b"[" + b" " * 1_100_000 + b"1 2]", "after entry 0"),
        (b'[{"role": "' + b"x" * 1_100_000 + b'"}]', "Entry 0 of the list is too long"),
        (b"[" + b" " * 1_100_000 + b"[" * 200 + b"]" * 200 + b"]", "nested more than"),
        (b"[" + b" " * 1_100_000 + b'{"a": 1, "a": 2}]', "stands twice"),
        (b"[" + b" " * 1_100_000 + b"\xff]", "not UTF-8"),
        (b"[1]" + b" " * 1_100_000 + b"[", "goes on after the end"),
        (b"[" + b" " * 1_100_000, "Entry 0 of the list is not JSON"),
    ],
)
async def test_unreadable_list_is_refused_with_its_place(alice, body, detail):
    assessment = (await create_draft(alice))["id"]

    answer = await alice.post(
        f"/assessments/{assessment}/invitations", content=body, headers={"Content-Type": "application/json"}
    )

    assert detail in check_problem(answer, 400)["detail"]


async def test_more_than_a_hundred_thousand_people_are_refused(alice):
    assessment = (await create_draft(alice))["id"]
    body = b"[" + b",".join([msgspec.json.encode(STAFF)] * 100_001) + b"]"

    answer = await alice.post(
        f"/assessments/{assessment}/invitations", content=body, headers={"Content-Type": "application/json"}
    )

    assert check_problem(answer, 422)["errors"][0]["code"] == "too-many"


async def test_wrong_people_are_named_by_index_and_nobody_is_invited(worker, alice, engine):
    assessment = (await create_draft(alice))["id"]
    people = [*list_people(300), STAFF | {"role": "pirate"}, STAFF | {"email": "p7@example.org"}]
    answer = await post_people(alice, assessment, people)

    worker.work_once()

    job = await read_job(alice, answer)
    assert (job["state"], job["done"]) == ("failed", 0)
    assert {error["pointer"] for error in job["problem"]["errors"]} == {"/300/role", "/301/email"}
    assert job["problem"]["type"] == "/api/docs#invalid"
    assert count_rows(engine, tables.invitation) == 0
    assert count_rows(engine, tables.bulk_job_part) == 1  # the reasons; what was sent is deleted


async def test_job_of_a_dead_worker_goes_on_where_it_stopped(worker, alice, engine, clock, app):
    assessment = (await create_draft(alice))["id"]
    answer = await post_people(alice, assessment, list_people(500))
    stops = iter([False] * 5 + [True] * 99)  # three looks while people are checked, then before each batch
    with database.write_session(engine) as session:
        job = bulk_jobs.claim_job(session, "dead", clock(), bulk_lease.LEASE)
    dead = bulk_lease.BulkLease(engine, job, "dead", clock, lambda: next(stops))
    with pytest.raises(bulk_lease.LeaseLostError):
        run_invitation_job(engine, job, dead, app.components.catalogue, secret=SECRET)
    half = await read_job(alice, answer)

    too_early = worker.work_once()
    clock.pass_by(minutes=3)
    worker.work_once()

    assert (half["state"], half["done"], too_early) == ("running", 400, False)
    assert (await read_job(alice, answer))["state"] == "done"
    assert len({link["email"] for link in await list_links(alice, answer)}) == 500
    assert count_rows(engine, tables.invitation) == 500
    with pytest.raises(bulk_lease.LeaseLostError):
        dead.finish_step().__enter__()


async def test_stopped_worker_queues_its_job_again(worker, alice):
    answer = await post_people(alice, (await create_draft(alice))["id"], list_people(3))

    worker.work_once(lambda: True)
    stopped = await read_job(alice, answer)
    worker.work_once()

    assert stopped["state"] == "queued"
    assert (await read_job(alice, answer))["state"] == "done"


async def test_repeated_request_makes_one_job(worker, alice, engine):
    assessment = (await create_draft(alice))["id"]

    first = await post_people(alice, assessment, list_people(3), **{"Idempotency-Key": "bulk"})
    again = await post_people(alice, assessment, list_people(3), **{"Idempotency-Key": "bulk"})
    worker.work_once()

    assert first.headers["location"] == again.headers["location"]
    assert again.headers["idempotency-replayed"] == "true"
    assert not worker.work_once()
    assert count_rows(engine, tables.invitation) == 3


async def test_job_is_hidden_from_other_workspaces_and_readers(worker, alice, bob, charlie):
    answer = await post_people(alice, (await create_draft(alice))["id"], list_people(3))
    path = answer.headers["location"].removeprefix("/api/v1")

    for place in (path, f"{path}/invitations"):
        check_problem(await charlie.get(place), 404)
        check_problem(await bob("write:assessments").get(place), 403)


async def test_someone_invited_meanwhile_ends_the_job_with_the_rest_invited(worker, alice, engine, clock, app):
    assessment = (await create_draft(alice))["id"]
    answer = await post_people(alice, assessment, list_people(450))
    stops = iter([False] * 4 + [True] * 99)
    with database.write_session(engine) as session:
        job = bulk_jobs.claim_job(session, "first", clock(), bulk_lease.LEASE)
    lease = bulk_lease.BulkLease(engine, job, "first", clock, lambda: next(stops))
    worker._run_job(job, lease)  # checks all, invites the first batch, and is stopped
    await invite_people(alice, assessment, STAFF | {"email": "P430@example.org"})

    worker.work_once()

    failed = await read_job(alice, answer)
    assert (failed["state"], failed["done"]) == ("failed", 400)
    assert [error["pointer"] for error in failed["problem"]["errors"]] == ["/430/email"]
    assert len(await list_links(alice, answer)) == 400


async def test_assessment_opens_only_after_its_people_are_invited(worker, alice):
    assessment = (await create_draft(alice))["id"]
    await post_people(alice, assessment, list_people(3))

    early = await alice.post(f"/assessments/{assessment}/open")
    worker.work_once()
    late = await alice.post(f"/assessments/{assessment}/open")

    assert check_problem(early, 409)["type"] == "/api/docs#import-in-progress"
    assert late.status_code == 200


async def test_links_are_readable_for_a_day_and_the_job_for_a_week(worker, alice, app, engine, clock):
    answer = await post_people(alice, (await create_draft(alice))["id"], list_people(3))
    worker.work_once()

    clock.pass_by(hours=25)
    BulkWorker(engine, app.components.catalogue, SECRET, clock).work_once()
    links = await list_links(alice, answer)
    clock.pass_by(days=7)
    BulkWorker(engine, app.components.catalogue, SECRET, clock).work_once()

    assert links == []
    check_problem(await alice.get(f"{HOME}{answer.headers['location']}"), 404)


async def test_large_file_counts_as_a_whole_once_it_is_taken_in(worker, alice, engine):
    assessment = await create_open_assessment(alice)
    answer = await post_csv(alice, assessment, list_csv(450))

    second = await alice.post(f"/assessments/{assessment}/responses", content=list_csv(1), headers=CSV)
    worker.work_once()

    job = await read_job(alice, answer)
    assert check_problem(second, 409)["type"] == "/api/docs#import-in-progress"
    assert (job["kind"], job["state"], job["total"], job["done"]) == ("responses", "done", 450, 450)
    states = select(tables.response.c.state, func.count()).group_by(tables.response.c.state)
    with database.read_session(engine) as session:
        assert session.execute(states).all() == [("sent", 450)]


async def test_file_of_many_lines_is_a_job(worker, alice, monkeypatch):
    assessment = await create_open_assessment(alice)
    monkeypatch.setattr(responses, "MAX_LINES_AT_ONCE", 50)

    few = await alice.post(f"/assessments/{assessment}/responses", content=list_csv(40), headers=CSV)
    many = await alice.post(f"/assessments/{assessment}/responses", content=list_csv(51), headers=CSV)

    assert (few.status_code, many.status_code) == (201, 202)


async def test_wrong_file_fails_with_lines_and_leaves_nothing(worker, alice, engine):
    assessment = await create_open_assessment(alice)
    answer = await post_csv(
        alice, assessment, list_csv(300, "r300,staff,customer-service,,9\n", "r7,staff,customer-service,,3\n")
    )

    worker.work_once()

    job = await read_job(alice, answer)
    assert job["state"] == "failed"
    assert {(error["line"], error["column"]) for error in job["problem"]["errors"]} == {
        (302, "CS-P1"),
        (303, "respondent"),
    }
    assert count_rows(engine, tables.response) == 0


async def test_file_of_a_dead_worker_is_taken_in_once(worker, alice, engine, clock):
    assessment = await create_open_assessment(alice)
    answer = await post_csv(alice, assessment, list_csv(500))
    stops = iter([False, False, True])
    worker.work_once(lambda: next(stops))
    half = await read_job(alice, answer)

    worker.work_once()

    assert (half["state"], half["done"]) == ("queued", 400)
    assert (await read_job(alice, answer))["state"] == "done"
    assert count_rows(engine, tables.response) == 500


async def test_file_of_an_assessment_that_closed_meanwhile_leaves_nothing(worker, alice, engine, clock):
    assessment = await create_open_assessment(alice, closes_on="2026-11-02")
    answer = await post_csv(alice, assessment, list_csv(500))

    clock.pass_by(days=1)
    worker.work_once()

    job = await read_job(alice, answer)
    assert (job["state"], job["problem"]["type"]) == ("failed", "/api/docs#closed")
    assert count_rows(engine, tables.response) == 0


async def test_job_disappears_with_its_draft(worker, alice, engine):
    assessment = (await create_draft(alice))["id"]
    answer = await post_people(alice, assessment, list_people(3))

    deleted = await alice.delete(f"/assessments/{assessment}")

    assert deleted.status_code == 204
    check_problem(await alice.get(f"{HOME}{answer.headers['location']}"), 404)
    assert count_rows(engine, tables.bulk_job_part) == 0
    assert not worker.work_once()


async def test_sent_people_and_links_are_stored_encrypted(worker, alice, engine):
    answer = await post_people(alice, (await create_draft(alice))["id"], [STAFF | {"email": "canary@example.org"}])
    queued = _load_parts(engine)
    worker.work_once()

    link = (await list_links(alice, answer))[0]["link"]

    assert all(b"canary" not in content for content in queued)
    assert all(link.rpartition("/")[2].encode() not in content for content in _load_parts(engine))


async def test_sixth_large_request_waits_for_the_others(worker, alice):
    for _ in range(5):
        await post_people(alice, (await create_draft(alice))["id"], list_people(1))

    assessment = (await create_draft(alice))["id"]
    sixth = await alice.post(f"/assessments/{assessment}/invitations", json=list_people(1), headers=SOON)

    assert check_problem(sixth, 409)["type"] == "/api/docs#import-in-progress"
    assert sixth.headers["retry-after"]


def _load_parts(engine):
    with database.read_session(engine) as session:
        return session.scalars(select(tables.bulk_job_part.c.content)).all()
