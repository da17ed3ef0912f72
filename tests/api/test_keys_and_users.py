"""Keys and users of a workspace, managed by a program with the scope `admin:workspace`."""

import pytest

from assessment.services.auth import members, users
from assessment.storage import database
from tests.api.conftest import HOME, NOON
from tests.api.response_checks import check_problem, list_pointers

READER = {"name": "Reader", "scopes": ["read:assessments"]}
DORA = {"email": "Dora@Consult.example", "role": "editor"}


async def test_key_is_created_used_and_revoked(alice, visit):
    made = await alice.post("/keys", json=READER)
    client = visit()
    client.headers["Authorization"] = f"Bearer {made.json()['text']}"

    used = await client.get("/organisations")
    refused = await client.post("/organisations", json={"name": "x"})
    gone = await alice.delete(f"/keys/{made.json()['id']}")
    again = await alice.delete(f"/keys/{made.json()['id']}")
    ended = await client.get("/organisations")

    assert (made.status_code, used.status_code) == (201, 200)
    assert check_problem(refused, 403)["type"] == "/api/docs#missing-scope"
    assert gone.status_code == 204
    check_problem(again, 404)
    assert check_problem(ended, 401)["type"] == "/api/docs#invalid-key"


async def test_text_of_a_key_is_returned_once(alice):
    made = await alice.post("/keys", json=READER | {"expires_at": "2026-12-01T00:00:00Z"})

    read = await alice.get(f"{HOME}{made.headers['location']}")
    listed = await alice.get("/keys")

    assert made.json()["text"].startswith(f"asr_{made.json()['id']}_")
    assert "text" not in read.json()
    assert "text" not in listed.json()["data"][0]
    assert read.json()["expires_at"] == "2026-12-01T00:00:00Z"
    assert read.headers["etag"] == made.headers["etag"]


async def test_rotated_key_works_with_the_earlier_one(alice, clock):
    first = (await alice.post("/keys", json=READER)).json()

    second = await alice.post(f"/keys/{first['id']}/rotate", json={"overlap_hours": 1})

    assert second.json()["scopes"] == first["scopes"]
    assert (await alice.get(f"/keys/{first['id']}")).json()["state"] == "valid"
    clock.pass_by(hours=1)
    assert (await alice.get(f"/keys/{first['id']}")).json()["state"] == "expired"
    late = await alice.post(f"/keys/{first['id']}/rotate", json={})
    assert check_problem(late, 409)["type"] == "/api/docs#key-ended"


async def test_keys_grant_no_admin_scope(alice, new_key):
    admin = new_key("alices")

    made = await alice.post("/keys", json=READER | {"scopes": ["admin:workspace"]})
    rotated = await alice.post(f"/keys/{admin.id}/rotate", json={})

    assert check_problem(made, 403)["type"] == "/api/docs#person-needed"
    assert check_problem(rotated, 403)["type"] == "/api/docs#person-needed"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"name": ""}, "/name"),
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["read:minds"]}, "/scopes/0"),
        ({"expires_at": "2026-11-02T11:00:00Z"}, "/expires_at"),
        ({"expires_at": "2028-01-01T00:00:00Z"}, "/expires_at"),
        ({"expires_at": "2026-12-01T00:00:00"}, "/expires_at"),
        ({"colour": "red"}, "/colour"),
    ],
)
async def test_invalid_key_is_refused_with_place(alice, change, place):
    assert list_pointers(await alice.post("/keys", json=READER | change)) == {place}


async def test_changed_key_keeps_its_text_and_loses_scopes_at_once(alice, visit, new_key):
    key = new_key("alices", "read:assessments", "write:assessments")
    client = visit(key)

    changed = await alice.patch(
        f"/keys/{key.id}",
        json={"name": "Narrow", "scopes": ["read:assessments"], "expires_at": "2026-12-01T00:00:00Z"},
    )
    read = await alice.get(f"/keys/{key.id}")

    assert changed.status_code == 200
    assert (changed.json()["name"], changed.json()["expires_at"]) == ("Narrow", "2026-12-01T00:00:00Z")
    assert read.headers["etag"] == changed.headers["etag"]
    assert (await client.get("/organisations")).status_code == 200
    check_problem(await client.post("/organisations", json={"name": "x"}), 403)


async def test_key_change_honours_if_match_and_idempotency_key(alice, new_key):
    key = new_key("alices", "read:assessments")
    path, tag = f"/keys/{key.id}", (await alice.get(f"/keys/{key.id}")).headers["etag"]
    once = {"If-Match": tag, "Idempotency-Key": "narrow"}

    first = await alice.patch(path, json={"name": "A"}, headers=once)
    again = await alice.patch(path, json={"name": "A"}, headers=once)
    late = await alice.patch(path, json={"name": "B"}, headers={"If-Match": tag})

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["idempotency-replayed"] == "true"
    check_problem(late, 412)


async def test_key_change_grants_no_admin_scope_and_no_second_year(alice, charlie, new_key, clock):
    key, admin = new_key("alices", "read:assessments"), new_key("alices")

    granted = await alice.patch(f"/keys/{key.id}", json={"scopes": ["admin:workspace"]})
    lengthened = await alice.patch(f"/keys/{admin.id}", json={"expires_at": "2027-01-01T00:00:00Z"})
    renamed = await alice.patch(f"/keys/{admin.id}", json={"name": "Chief"})
    clock.pass_by(days=10)
    second_year = await alice.patch(f"/keys/{key.id}", json={"expires_at": "2027-11-05T00:00:00Z"})
    past = await alice.patch(f"/keys/{key.id}", json={"expires_at": "2026-11-05T00:00:00Z"})
    foreign = await charlie.patch(f"/keys/{key.id}", json={"name": "x"})

    for answer in (granted, lengthened):
        assert check_problem(answer, 403)["type"] == "/api/docs#person-needed"
    assert renamed.status_code == 200
    assert list_pointers(second_year) == list_pointers(past) == {"/expires_at"}
    check_problem(foreign, 404)


async def test_ended_key_is_not_changed(alice, new_key):
    key = new_key("alices", "read:assessments")
    await alice.delete(f"/keys/{key.id}")

    answer = await alice.patch(f"/keys/{key.id}", json={"expires_at": "2027-01-01T00:00:00Z"})

    assert check_problem(answer, 409)["type"] == "/api/docs#key-ended"


async def test_user_is_invited_changed_and_removed(alice):
    made = await alice.post("/users", json=DORA)
    path = f"/users/{made.json()['id']}"

    read = await alice.get(path)
    demoted = await alice.patch(path, json={"role": "viewer"})
    disabled = await alice.patch(path, json={"is_disabled": True})
    link = await alice.post(f"{path}/link")
    enabled = await alice.patch(path, json={"is_disabled": False})
    renewed = await alice.post(f"{path}/link")
    gone = [(await alice.delete(path)).status_code for _ in range(2)]

    assert made.json()["link"].startswith(f"{HOME}/console/password/")
    assert (read.json()["email"], read.json()["state"], read.headers["etag"]) == (
        "dora@consult.example",
        "invited",
        made.headers["etag"],
    )
    assert (demoted.json()["role"], disabled.json()["state"], enabled.json()["state"]) == (
        "viewer",
        "disabled",
        "invited",
    )
    assert check_problem(link, 409)["type"] == "/api/docs#user-disabled"
    assert renewed.json()["link"] != made.json()["link"]
    assert gone == [204, 404]


async def test_keys_make_no_owners(alice):
    made = await alice.post("/users", json=DORA)

    owner = await alice.post("/users", json={"email": "eve@consult.example", "role": "owner"})
    promoted = await alice.patch(f"/users/{made.json()['id']}", json={"role": "owner"})

    assert check_problem(owner, 403)["type"] == "/api/docs#person-needed"
    assert check_problem(promoted, 403)["type"] == "/api/docs#person-needed"


async def test_link_of_an_invited_owner_is_made_by_people_only(alice, engine):
    with database.write_session(engine) as session:
        home = users.find_or_create_workspace(session, "alices", NOON)
        link = members.add_member(session, home, "owner@consult.example", "owner", NOON)
    owner = next(user for user in (await alice.get("/users")).json()["data"] if user["email"] == link.email)

    answer = await alice.post(f"/users/{owner['id']}/link")

    assert check_problem(answer, 403)["type"] == "/api/docs#person-needed"


async def test_keys_and_users_without_scope_or_of_others_are_refused(alice, bob, charlie):
    key, user = (await alice.post("/keys", json=READER)).json(), (await alice.post("/users", json=DORA)).json()

    for path in ("/keys", "/users", f"/keys/{key['id']}", f"/users/{user['id']}"):
        check_problem(await bob("admin:workspace").get(path), 403)
    for path in (f"/keys/{key['id']}", f"/users/{user['id']}"):
        check_problem(await charlie.get(path), 404)
        check_problem(await charlie.delete(path), 404)


async def test_address_in_use_is_refused(alice):
    await alice.post("/users", json=DORA)

    again = await alice.post("/users", json=DORA)

    assert check_problem(again, 422)["errors"][0]["code"] == "duplicate"
