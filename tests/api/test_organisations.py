"""GET and POST /organisations."""

import pytest

from tests.api.response_checks import check_problem, list_pointers


async def test_created_organisation_is_listed(alice):
    made = await alice.post("/organisations", json={"name": "Northwind"})

    found = (await alice.get("/organisations")).json()

    assert made.status_code == 201
    assert found == {"data": [made.json()], "next_cursor": None}
    assert made.json()["name"] == "Northwind"


async def test_other_workspace_sees_no_organisations(alice, charlie):
    await alice.post("/organisations", json={"name": "Northwind"})

    assert (await charlie.get("/organisations")).json() == {"data": [], "next_cursor": None}


async def test_key_without_scope_is_refused(bob):
    read = await bob("read:assessments").get("/organisations")
    written = await bob("write:assessments").post("/organisations", json={"name": "Northwind"})

    assert "read:assessments" in check_problem(read, 403)["detail"]
    assert 'scope="write:assessments"' in written.headers["www-authenticate"]
    check_problem(written, 403)


async def test_several_invalid_fields_are_all_named(alice):
    answer = await alice.post("/organisations", json={"name": " ", "nmae": "x"})

    assert list_pointers(answer) == {"/name", "/nmae"}


async def test_list_is_paginated(alice, clock):
    for name in "abcde":
        clock.pass_by(seconds=1)
        await alice.post("/organisations", json={"name": name})

    names, cursor = [], ""
    while cursor is not None:
        page = (await alice.get("/organisations", params={"limit": 2, "cursor": cursor})).json()
        names += [each["name"] for each in page["data"]]
        cursor = page["next_cursor"]

    assert names == ["e", "d", "c", "b", "a"]


async def test_invalid_cursor_or_limit_is_named(alice):
    forged = "WyIyMDI2LTExLTAyVDEyOjAwOjAwIiwgIngiXQ"  # a moment without its zone

    assert list_pointers(await alice.get("/organisations", params={"cursor": "x"})) == {"cursor"}
    assert list_pointers(await alice.get("/organisations", params={"cursor": forged})) == {"cursor"}
    assert list_pointers(await alice.get("/organisations", params={"limit": 0})) == {"limit"}
    assert list_pointers(await alice.get("/organisations", params={"limit": "many"})) == {"limit"}
    assert list_pointers(await alice.get("/organisations", params={"offset": 1})) == {"offset"}
    assert list_pointers(await alice.get("/organisations?limit=1&limit=2")) == {"limit"}


async def test_create_with_outdated_etag_is_refused(alice):
    seen = (await alice.get("/organisations")).headers["etag"]
    first = await alice.post("/organisations", json={"name": "one"}, headers={"If-Match": seen})

    second = await alice.post("/organisations", json={"name": "two"}, headers={"If-Match": seen})

    assert first.status_code == 201
    check_problem(second, 412)
    assert len((await alice.get("/organisations")).json()["data"]) == 1


@pytest.mark.parametrize("text", [r'"\ud800"', r'"a\u0000b"', "3", "null", "[]", "{}"])
async def test_unstorable_name_is_refused(alice, text):
    answer = await alice.post(
        "/organisations", content=f'{{"name": {text}}}'.encode(), headers={"Content-Type": "application/json"}
    )

    assert list_pointers(answer) == {"/name"}


async def test_name_in_any_script_round_trips(alice):
    name = "Ægir 🦊 שלום \u202ereversed\u202c <script>&amp; ' OR 1=1 --"

    made = await alice.post("/organisations", json={"name": name})

    assert made.json()["name"] == name
    assert (await alice.get("/organisations")).json()["data"][0]["name"] == name
