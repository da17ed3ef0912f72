"""GET and POST /organisations."""

import pytest

from tests.api.checks import pointers, problem


async def test_alice_adds_an_organisation_and_finds_it(alice):
    made = await alice.post("/organisations", json={"name": "Northwind"})

    found = (await alice.get("/organisations")).json()

    assert made.status_code == 201
    assert found == {"data": [made.json()], "next_cursor": None}
    assert made.json()["name"] == "Northwind"


async def test_charlie_sees_none_of_alices(alice, charlie):
    await alice.post("/organisations", json={"name": "Northwind"})

    assert (await charlie.get("/organisations")).json() == {"data": [], "next_cursor": None}


async def test_bob_may_only_do_what_his_key_says(bob):
    read = await bob("read:assessments").get("/organisations")
    written = await bob("write:assessments").post("/organisations", json={"name": "Northwind"})

    assert "read:assessments" in problem(read, 403)["detail"]
    assert 'scope="write:assessments"' in written.headers["www-authenticate"]
    problem(written, 403)


async def test_every_wrong_field_is_named(alice):
    answer = await alice.post("/organisations", json={"name": " ", "nmae": "x"})

    assert pointers(answer) == {"/name", "/nmae"}


async def test_the_list_comes_in_pages(alice, clock):
    for name in "abcde":
        clock.pass_by(seconds=1)
        await alice.post("/organisations", json={"name": name})

    names, cursor = [], ""
    while cursor is not None:
        page = (await alice.get("/organisations", params={"limit": 2, "cursor": cursor})).json()
        names += [each["name"] for each in page["data"]]
        cursor = page["next_cursor"]

    assert names == ["e", "d", "c", "b", "a"]


async def test_a_wrong_cursor_or_limit_is_named(alice):
    forged = "WyIyMDI2LTExLTAyVDEyOjAwOjAwIiwgIngiXQ"  # a moment without its zone

    assert pointers(await alice.get("/organisations", params={"cursor": "x"})) == {"cursor"}
    assert pointers(await alice.get("/organisations", params={"cursor": forged})) == {"cursor"}
    assert pointers(await alice.get("/organisations", params={"limit": 0})) == {"limit"}
    assert pointers(await alice.get("/organisations", params={"limit": "many"})) == {"limit"}
    assert pointers(await alice.get("/organisations", params={"offset": 1})) == {"offset"}
    assert pointers(await alice.get("/organisations?limit=1&limit=2")) == {"limit"}


async def test_adding_to_a_list_that_grew_meanwhile_is_refused(alice):
    seen = (await alice.get("/organisations")).headers["etag"]
    first = await alice.post("/organisations", json={"name": "one"}, headers={"If-Match": seen})

    second = await alice.post("/organisations", json={"name": "two"}, headers={"If-Match": seen})

    assert first.status_code == 201
    problem(second, 412)
    assert len((await alice.get("/organisations")).json()["data"]) == 1


@pytest.mark.parametrize("text", [r'"\ud800"', r'"a\u0000b"', "3", "null", "[]", "{}"])
async def test_a_name_that_cannot_be_kept(alice, text):
    answer = await alice.post(
        "/organisations", content=f'{{"name": {text}}}'.encode(), headers={"Content-Type": "application/json"}
    )

    assert pointers(answer) == {"/name"}


async def test_text_of_any_language_comes_back_as_it_was(alice):
    name = "Ægir 🦊 שלום \u202ereversed\u202c <script>&amp; ' OR 1=1 --"

    made = await alice.post("/organisations", json={"name": name})

    assert made.json()["name"] == name
    assert (await alice.get("/organisations")).json()["data"][0]["name"] == name
