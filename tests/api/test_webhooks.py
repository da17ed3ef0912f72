"""/webhooks: subscriptions, secrets, delivery log and replays."""

from sqlalchemy import update

from assessment.services.webhooks import subscriptions
from assessment.storage import database, tables
from tests.api.api_steps import create_open_assessment
from tests.api.conftest import NOON
from tests.api.response_checks import check_problem, list_pointers

NEW = {"url": "https://hooks.example.org/assessment", "events": ["assessment.opened", "report.ready"]}


async def add_webhook(client, **fields):
    answer = await client.post("/webhooks", json=NEW | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_webhook_is_listed_and_read_without_its_secret(alice):
    made = await add_webhook(alice)

    listed = (await alice.get("/webhooks")).json()
    read = await alice.get(f"/webhooks/{made['id']}")

    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert listed == {"data": [made], "next_cursor": None}
    assert read.json() == made
    assert (made["url"], made["events"], made["ended_at"]) == (NEW["url"], NEW["events"], None)


async def test_every_invalid_field_is_named(alice):
    answer = await alice.post("/webhooks", json={"url": "http://10.0.0.1/", "events": ["nothing"]})

    assert list_pointers(answer) == {"/url", "/events"}


async def test_repeated_request_adds_one_webhook(alice):
    headers = {"Idempotency-Key": "a webhook"}

    first = await alice.post("/webhooks", json=NEW, headers=headers)
    again = await alice.post("/webhooks", json=NEW, headers=headers)

    assert first.json() == again.json()
    assert len((await alice.get("/webhooks")).json()["data"]) == 1


async def test_changed_webhook_keeps_its_secret(alice, engine):
    made = await add_webhook(alice)

    changed = await alice.patch(
        f"/webhooks/{made['id']}", json={"url": "https://new.example.org/x", "events": ["assessment.closed"]}
    )

    assert (changed.status_code, "secret" in changed.json()) == (200, False)
    assert (changed.json()["url"], changed.json()["events"]) == ("https://new.example.org/x", ["assessment.closed"])
    assert (await alice.get(f"/webhooks/{made['id']}")).headers["etag"] == changed.headers["etag"]


async def test_switched_off_webhook_receives_nothing_until_it_is_on(alice):
    made = await add_webhook(alice)
    path = f"/webhooks/{made['id']}"
    await create_open_assessment(alice)

    off = await alice.patch(path, json={"enabled": False})
    await create_open_assessment(alice)
    cancelled = (await alice.get(f"{path}/deliveries")).json()["data"]
    on = await alice.patch(path, json={"enabled": True})
    await create_open_assessment(alice)
    delivered = (await alice.get(f"{path}/deliveries")).json()["data"]

    replayed = await alice.post(f"{path}/deliveries/{cancelled[0]['id']}/replay")
    assert (off.json()["enabled"], on.json()["enabled"], replayed.status_code) == (False, True, 202)
    assert [delivery["state"] for delivery in cancelled] == ["cancelled"]
    assert len(delivered) == 2


async def test_webhook_change_honours_if_match_idempotency_key_and_workspace(alice, charlie, bob):
    made = await add_webhook(alice)
    path = f"/webhooks/{made['id']}"
    tag = (await alice.get(path)).headers["etag"]
    once = {"If-Match": tag, "Idempotency-Key": "off"}

    first = await alice.patch(path, json={"enabled": False}, headers=once)
    again = await alice.patch(path, json={"enabled": False}, headers=once)
    late = await alice.patch(path, json={"enabled": True}, headers={"If-Match": tag})

    assert (first.status_code, again.headers["idempotency-replayed"]) == (200, "true")
    check_problem(late, 412)
    check_problem(await charlie.patch(path, json={"enabled": True}), 404)
    check_problem(await bob("admin:workspace").patch(path, json={"enabled": True}), 403)


async def test_wrong_change_of_a_webhook_names_every_field(alice):
    made = await add_webhook(alice)

    answer = await alice.patch(f"/webhooks/{made['id']}", json={"url": "https://10.0.0.1/", "events": []})

    assert list_pointers(answer) == {"/url", "/events"}


async def test_webhook_whose_receiver_is_gone_is_not_changed(alice, engine):
    made = await add_webhook(alice)
    with database.write_session(engine) as session:
        session.execute(update(tables.webhook).values(ended_at=NOON))

    answer = await alice.patch(f"/webhooks/{made['id']}", json={"enabled": True})

    assert check_problem(answer, 409)["type"] == "/api/docs#webhook-ended"


async def test_deleted_webhook_is_gone(alice):
    made = await add_webhook(alice)

    deleted = await alice.delete(f"/webhooks/{made['id']}")

    assert deleted.status_code == 204
    check_problem(await alice.get(f"/webhooks/{made['id']}"), 404)
    check_problem(await alice.delete(f"/webhooks/{made['id']}"), 404)


async def test_rotated_secret_is_new_and_the_previous_one_ends_later(alice):
    made = await add_webhook(alice)

    rotated = await alice.post(f"/webhooks/{made['id']}/rotate", json={"overlap_hours": 2})

    assert rotated.status_code == 200
    assert rotated.json()["secret"] != made["secret"]
    assert rotated.json()["previous_secret_until"] == "2026-11-02T14:00:00Z"
    assert list_pointers(await alice.post(f"/webhooks/{made['id']}/rotate", json={"overlap_hours": 200})) == {
        "/overlap_hours"
    }


async def test_opened_assessment_is_in_the_delivery_log_and_can_be_replayed(alice):
    made = await add_webhook(alice)
    assessment = await create_open_assessment(alice)
    path = f"/webhooks/{made['id']}/deliveries"

    (first,) = (await alice.get(path)).json()["data"]
    replayed = await alice.post(f"{path}/{first['id']}/replay")

    assert (first["event"], first["payload"]["data"]) == ("assessment.opened", {"assessment": assessment})
    assert (first["state"], first["attempts"], first["next_attempt_at"]) == ("queued", 0, first["created_at"])
    assert replayed.status_code == 202
    assert replayed.json()["event_id"] == first["event_id"]
    assert {each["id"] for each in (await alice.get(path)).json()["data"]} == {first["id"], replayed.json()["id"]}


async def test_webhook_that_has_ended_replays_nothing(alice, engine, clock):
    made = await add_webhook(alice)
    await create_open_assessment(alice)
    (first,) = (await alice.get(f"/webhooks/{made['id']}/deliveries")).json()["data"]
    with database.write_session(engine) as session:
        session.execute(update(tables.webhook).values(ended_at=clock()))

    answer = await alice.post(f"/webhooks/{made['id']}/deliveries/{first['id']}/replay")

    assert check_problem(answer, 409)["type"] == "/api/docs#webhook-ended"


async def test_other_workspace_and_missing_scope_get_nothing(alice, bob, charlie):
    made = await add_webhook(alice)

    check_problem(await bob("admin:workspace").get("/webhooks"), 403)
    check_problem(await charlie.get(f"/webhooks/{made['id']}"), 404)
    check_problem(await charlie.get(f"/webhooks/{made['id']}/deliveries"), 404)
    assert (await charlie.get("/webhooks")).json()["data"] == []


async def test_number_of_webhooks_is_limited(alice):
    for number in range(subscriptions.MAX_WEBHOOKS):
        await add_webhook(alice, url=f"https://hooks.example.org/{number}")

    answer = await alice.post("/webhooks", json=NEW)

    assert check_problem(answer, 409)["type"] == "/api/docs#too-many-webhooks"


async def test_faults_are_named_whatever_if_match_names(alice):
    made = await add_webhook(alice)
    path, old = f"/webhooks/{made['id']}", {"If-Match": '"old"'}
    long = {"url": "https://example.org/" + "x" * 1000, "events": []}

    answers = [await alice.post("/webhooks", json=long, headers=old), await alice.patch(path, json=long, headers=old)]
    stale = [
        await alice.post("/webhooks", json=NEW, headers=old),
        await alice.patch(path, json={"enabled": False}, headers=old | {"Idempotency-Key": "stale"}),
    ]

    assert [check_problem(answer, 422)["errors"][0]["pointer"] for answer in answers] == ["/url"] * 2
    assert [list_pointers(answer) for answer in answers] == [{"/url", "/events"}] * 2
    assert [check_problem(answer, 412)["type"] for answer in stale] == ["/api/docs#changed"] * 2
    assert (await alice.get(path)).json()["enabled"] is True
    assert len((await alice.get("/webhooks")).json()["data"]) == 1
