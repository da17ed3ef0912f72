"""Filters and order of lists: only those of an allow-list, each with what it leaves."""

from datetime import timedelta

import pytest

from tests.api import api_steps
from tests.api.conftest import NOON
from tests.api.response_checks import list_pointers

OPENED, CLOSED, READY = "assessment.opened", "assessment.closed", "report.ready"


async def list_values(client, path: str, field: str) -> list[object]:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return [row[field] for row in answer.json()["data"]]


async def test_keys_are_filtered_by_state_and_scope(alice, clock):
    own = await list_values(alice, "/keys", "name")
    soon = (NOON + timedelta(hours=1)).isoformat()
    body = {"name": "reader", "scopes": ["read:scores", "read:reports"]}
    await alice.post("/keys", json=body)
    await alice.post("/keys", json={"name": "short", "scopes": ["read:scores"], "expires_at": soon})
    revoked = (
        await alice.post("/keys", json={"name": "revoked", "scopes": ["read:scores"], "expires_at": soon})
    ).json()
    await alice.delete(f"/keys/{revoked['id']}")
    clock.now = NOON + timedelta(hours=2)

    assert await list_values(alice, "/keys?state=expired", "name") == ["short"]
    assert await list_values(alice, "/keys?state=revoked", "name") == ["revoked"]
    assert sorted(await list_values(alice, "/keys?state=valid", "name")) == sorted(["reader", *own])
    assert sorted(await list_values(alice, "/keys?scope=read:reports&state=valid&sort=name", "name")) == sorted(
        ["reader", *own]
    )
    assert "short" not in await list_values(alice, "/keys?scope=read:reports", "name")


@pytest.mark.parametrize(("sort", "field"), [("name", "name"), ("expires_at", "expires_at"), ("created_at", "id")])
async def test_keys_are_sorted_page_by_page(alice, sort, field):
    for days in (30, 10, 20):
        expires_at = (NOON + timedelta(days=days)).isoformat()
        await alice.post("/keys", json={"name": f"k{days}", "scopes": ["read:scores"], "expires_at": expires_at})

    forwards = await list_pages(alice, f"/keys?limit=1&sort={sort}", field)
    backwards = await list_pages(alice, f"/keys?limit=1&sort=-{sort}", field)

    assert len(forwards) >= 4
    assert forwards == backwards[::-1]
    if sort != "created_at":
        assert forwards == sorted(forwards)


async def list_pages(client, path: str, field: str) -> list[str]:
    values: list[str] = []
    page = (await client.get(path)).json()
    values += [row[field] for row in page["data"]]
    while page["next_cursor"]:
        page = (await client.get(path, params={**dict_of_query(path), "cursor": page["next_cursor"]})).json()
        values += [row[field] for row in page["data"]]
    return values


def dict_of_query(path: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in path.partition("?")[2].split("&"))


async def test_users_are_filtered_and_sorted(alice):
    for name, role in (("cleo", "viewer"), ("anna", "editor"), ("ben", "viewer")):
        await alice.post("/users", json={"email": f"{name}@consult.example", "role": role})
    ben = (await alice.get("/users?email=BEN@Consult.example")).json()["data"][0]["id"]
    await alice.patch(f"/users/{ben}", json={"is_disabled": True})

    addresses = ["anna@consult.example", "ben@consult.example", "cleo@consult.example"]
    assert await list_values(alice, "/users?email=BEN@Consult.example", "email") == addresses[1:2]
    assert await list_values(alice, "/users?role=viewer", "email") == addresses[1:]
    assert await list_values(alice, "/users?state=disabled", "email") == addresses[1:2]
    assert await list_values(alice, "/users?state=invited&role=viewer", "email") == addresses[2:]
    assert await list_pages(alice, "/users?limit=1&sort=-email", "email") == addresses[::-1]
    assert await list_pages(alice, "/users?limit=1&sort=email", "email") == addresses


async def test_webhooks_are_filtered_and_sorted(alice, clock):
    for number, events in enumerate(([OPENED], [OPENED, READY], [CLOSED])):
        clock.now = NOON + timedelta(minutes=number)
        await alice.post("/webhooks", json={"url": f"https://hooks.example.org/{number}", "events": events})
    first = (await alice.get("/webhooks?sort=created_at")).json()["data"]
    await alice.patch(f"/webhooks/{first[0]['id']}", json={"enabled": False})
    off = first[0]["url"]

    assert await list_values(alice, "/webhooks?enabled=false", "url") == [off]
    assert off not in await list_values(alice, "/webhooks?enabled=true", "url")
    assert await list_values(alice, f"/webhooks?event={READY}", "events") == [[OPENED, READY]]
    assert await list_values(alice, f"/webhooks?event={CLOSED}&enabled=true", "events") == [[CLOSED]]
    assert len(await list_values(alice, f"/webhooks?event={OPENED}", "url")) == 2
    forwards = await list_pages(alice, "/webhooks?limit=1&sort=created_at", "url")
    assert forwards == (await list_pages(alice, "/webhooks?limit=1&sort=-created_at", "url"))[::-1]


async def test_archived_clients_and_assessments_are_filtered(alice):
    draft = await api_steps.create_draft(alice)
    own = (await api_steps.create_draft(alice, title="stays"))["id"]
    await alice.post(f"/organisations/{draft['organisation']}/archive")

    assert await list_values(alice, "/organisations?archived=true", "id") == [draft["organisation"]]
    assert draft["organisation"] not in await list_values(alice, "/organisations?archived=false", "id")
    assert len(await list_values(alice, "/organisations", "id")) == 2
    assert await list_values(alice, "/assessments?archived=true", "id") == [draft["id"]]
    assert await list_values(alice, "/assessments?archived=false", "id") == [own]


@pytest.mark.parametrize(
    "path",
    [
        "/keys?sort=scopes&state=lost&scope=all",
        "/users?sort=role&state=lost&role=boss",
        "/webhooks?sort=url&event=none&enabled=2",
        "/organisations?sort=id&archived=maybe",
    ],
)
async def test_what_is_not_offered_is_refused(alice, path):
    assert list_pointers(await alice.get(path)) == set(dict_of_query(path))


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("/keys?limit=1&sort=name", "/keys?limit=1&sort=-name"),
        ("/keys?limit=1", "/keys?limit=1&state=valid"),
        ("/users?limit=1", "/users?limit=1&role=viewer"),
        ("/webhooks?limit=1", "/webhooks?limit=1&enabled=true"),
        ("/organisations?limit=1", "/organisations?limit=1&archived=false"),
        ("/assessments?limit=1", "/assessments?limit=1&archived=false"),
    ],
)
async def test_cursor_belongs_to_filters_and_order(alice, path, other):
    for number in range(2):
        await api_steps.create_draft(alice, title=f"{number}")
        await alice.post("/keys", json={"name": f"{number}", "scopes": ["read:scores"]})
        await alice.post("/users", json={"email": f"u{number}@consult.example", "role": "viewer"})
        await alice.post("/webhooks", json={"url": f"https://hooks.example.org/{number}", "events": [OPENED]})
    cursor = (await alice.get(path)).json()["next_cursor"]
    assert cursor

    assert (await alice.get(f"{path}&cursor={cursor}")).status_code == 200
    assert list_pointers(await alice.get(f"{other}&cursor={cursor}")) == {"cursor"}
