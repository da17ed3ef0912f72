"""A POST with an `Idempotency-Key` is done once, however often it is sent."""

import pytest
from sqlalchemy import select

from assessment.errors import ConflictError
from assessment.services.operations import idempotency
from assessment.services.operations.idempotency import KeyedRequest, StoredHttpResponse
from assessment.storage import database, tables
from tests.api import api_steps
from tests.api.response_checks import check_problem

KEY = {"Idempotency-Key": "order-1"}
ANNA = {"name": "Anna"}


async def test_repetition_returns_first_response_without_effect(alice):
    first = await alice.post("/organisations", json=ANNA, headers=KEY)

    second = await alice.post("/organisations", json=ANNA, headers=KEY)

    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["idempotency-replayed"] == "true"
    assert len((await alice.get("/organisations")).json()["data"]) == 1


async def test_repeated_invitation_returns_same_links(alice):
    assessment = await api_steps.create_open_assessment(alice)
    path = f"/assessments/{assessment}/invitations"
    first = await alice.post(path, json=[api_steps.STAFF], headers=KEY)

    second = await alice.post(path, json=[api_steps.STAFF], headers=KEY)

    assert second.json() == first.json()
    assert len((await alice.get(path)).json()["data"]) == 1


async def test_repeated_open_and_close_return_first_response(alice):
    made = await api_steps.create_draft(alice)
    first = await alice.post(f"/assessments/{made['id']}/open", headers=KEY)

    second = await alice.post(f"/assessments/{made['id']}/open", headers=KEY)

    assert (second.status_code, second.json()) == (200, first.json())


async def test_same_key_with_other_body_or_path_is_refused(alice):
    await alice.post("/organisations", json=ANNA, headers=KEY)

    body = await alice.post("/organisations", json={"name": "Berta"}, headers=KEY)
    address = await alice.post(
        "/assessments", json={"organisation": "x", "questionnaire": "y", "title": "z"}, headers=KEY
    )

    check_problem(body, 422)
    check_problem(address, 422)


async def test_refused_request_can_be_corrected_under_same_key(alice):
    check_problem(await alice.post("/organisations", json={"name": " "}, headers=KEY), 422)

    answer = await alice.post("/organisations", json=ANNA, headers=KEY)

    assert answer.status_code == 201


async def test_key_is_free_after_a_day(alice, clock):
    await alice.post("/organisations", json=ANNA, headers=KEY)
    clock.pass_by(hours=24)

    answer = await alice.post("/organisations", json={"name": "Berta"}, headers=KEY)

    assert answer.json()["name"] == "Berta"


async def test_same_key_of_another_api_key_is_independent(alice, charlie, bob):
    await alice.post("/organisations", json=ANNA, headers=KEY)

    charlies = await charlie.post("/organisations", json={"name": "Clara"}, headers=KEY)
    bobs = await bob("read:scores").post("/organisations", json={"name": "Dora"}, headers=KEY)

    assert (charlies.status_code, bobs.status_code) == (201, 201)


async def test_stored_response_is_unreadable_in_database(alice, engine):
    assessment = await api_steps.create_open_assessment(alice)
    made = await alice.post(f"/assessments/{assessment}/invitations", json=[api_steps.STAFF], headers=KEY)
    token = made.json()["data"][0]["link"].rpartition("/")[2]

    with database.read_session(engine) as session:
        bodies = session.scalars(select(tables.replay.c.body)).all()

    assert bodies
    assert all(token.encode() not in bytes(body) for body in bodies)


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
async def test_invalid_key_is_refused(alice, key):
    answer = await alice.post("/organisations", json=ANNA, headers={"Idempotency-Key": key})

    assert check_problem(answer, 422)["errors"][0]["header"] == "Idempotency-Key"


async def test_concurrent_repetition_gets_conflict(alice, engine, clock):
    await alice.post("/organisations", json=ANNA, headers=KEY)
    with database.read_session(engine) as session:
        row = session.execute(select(tables.replay)).one()
    late = KeyedRequest(row.workspace_id, row.key_id, "order-1", b"the same moment")

    with pytest.raises(ConflictError), database.write_session(engine) as session:
        idempotency.store_response(session, "secret", late, StoredHttpResponse(201, b"{}"), clock())


async def test_response_of_rolled_back_change_is_not_stored(alice, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(idempotency.idempotent_requests, "add_idempotent_request", fail)

    check_problem(await alice.post("/organisations", json=ANNA, headers=KEY), 500)

    assert (await alice.get("/organisations")).json()["data"] == []
