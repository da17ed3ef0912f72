"""A POST with an `Idempotency-Key` is done once, however often it is sent."""

import pytest
from sqlalchemy import select

from assessment.errors import ConflictError
from assessment.services import idempotency
from assessment.services.idempotency import Attempt, Given
from assessment.storage import database, tables
from tests.api import steps
from tests.api.checks import problem

KEY = {"Idempotency-Key": "order-1"}
ANNA = {"name": "Anna"}


async def test_a_repetition_gets_the_first_answer_and_does_nothing(alice):
    first = await alice.post("/organisations", json=ANNA, headers=KEY)

    second = await alice.post("/organisations", json=ANNA, headers=KEY)

    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["idempotency-replayed"] == "true"
    assert len((await alice.get("/organisations")).json()["data"]) == 1


async def test_links_come_back_the_same(alice):
    assessment = await steps.opened(alice)
    path = f"/assessments/{assessment}/invitations"
    first = await alice.post(path, json=[steps.STAFF], headers=KEY)

    second = await alice.post(path, json=[steps.STAFF], headers=KEY)

    assert second.json() == first.json()
    assert len((await alice.get(path)).json()["data"]) == 1


async def test_opening_and_closing_can_be_repeated(alice):
    made = await steps.draft(alice)
    first = await alice.post(f"/assessments/{made['id']}/open", headers=KEY)

    second = await alice.post(f"/assessments/{made['id']}/open", headers=KEY)

    assert (second.status_code, second.json()) == (200, first.json())


async def test_the_same_key_with_another_body_or_address_is_refused(alice):
    await alice.post("/organisations", json=ANNA, headers=KEY)

    body = await alice.post("/organisations", json={"name": "Berta"}, headers=KEY)
    address = await alice.post(
        "/assessments", json={"organisation": "x", "questionnaire": "y", "title": "z"}, headers=KEY
    )

    problem(body, 422)
    problem(address, 422)


async def test_a_refused_request_can_be_mended_under_the_same_key(alice):
    problem(await alice.post("/organisations", json={"name": " "}, headers=KEY), 422)

    answer = await alice.post("/organisations", json=ANNA, headers=KEY)

    assert answer.status_code == 201


async def test_after_a_day_the_key_is_free_again(alice, clock):
    await alice.post("/organisations", json=ANNA, headers=KEY)
    clock.pass_by(hours=24)

    answer = await alice.post("/organisations", json={"name": "Berta"}, headers=KEY)

    assert answer.json()["name"] == "Berta"


async def test_the_same_key_of_another_program_is_another_key(alice, charlie, bob):
    await alice.post("/organisations", json=ANNA, headers=KEY)

    charlies = await charlie.post("/organisations", json={"name": "Clara"}, headers=KEY)
    bobs = await bob("read:scores").post("/organisations", json={"name": "Dora"}, headers=KEY)

    assert (charlies.status_code, bobs.status_code) == (201, 201)


async def test_nothing_that_is_kept_can_be_read_in_the_database(alice, engine):
    assessment = await steps.opened(alice)
    made = await alice.post(f"/assessments/{assessment}/invitations", json=[steps.STAFF], headers=KEY)
    token = made.json()["data"][0]["link"].rpartition("/")[2]

    with database.reading(engine) as session:
        bodies = session.scalars(select(tables.replay.c.body)).all()

    assert bodies
    assert all(token.encode() not in bytes(body) for body in bodies)


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
async def test_a_key_that_is_none_is_refused(alice, key):
    answer = await alice.post("/organisations", json=ANNA, headers={"Idempotency-Key": key})

    assert problem(answer, 422)["errors"][0]["header"] == "Idempotency-Key"


async def test_of_two_at_the_same_time_one_is_told_to_wait(alice, engine, clock):
    await alice.post("/organisations", json=ANNA, headers=KEY)
    with database.reading(engine) as session:
        row = session.execute(select(tables.replay)).one()
    late = Attempt(row.workspace_id, row.key_id, "order-1", b"the same moment")

    with pytest.raises(ConflictError), database.writing(engine) as session:
        idempotency.keep(session, "secret", late, Given(201, b"{}"), clock())


async def test_an_answer_is_only_kept_if_the_change_is(alice, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(idempotency.replays, "add", fail)

    problem(await alice.post("/organisations", json=ANNA, headers=KEY), 500)

    assert (await alice.get("/organisations")).json()["data"] == []
