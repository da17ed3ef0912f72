"""GET and POST /assessments/{id}/invitations; GET, PATCH and DELETE one."""

import pytest

from tests.api import steps
from tests.api.checks import alike, pointers, problem
from tests.api.conftest import HOME

KIM = {"email": "kim@example.org", "name": "Kim", "role": "leader", "functions": ["hr"]}


async def test_each_invited_person_gets_a_link_shown_once(alice):
    assessment = await steps.opened(alice)

    made = await steps.invited(alice, assessment, KIM, steps.STAFF)
    listed = (await alice.get(f"/assessments/{assessment}/invitations")).json()["data"]

    assert all(each["link"].startswith(f"{HOME}/s/") for each in made)
    assert len({each["link"] for each in made}) == 2
    assert listed == [{name: value for name, value in each.items() if name != "link"} for each in made]


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Original-Host"])
async def test_no_header_can_turn_a_link_elsewhere(alice, header):
    assessment = await steps.opened(alice)

    answer = await alice.post(
        f"/assessments/{assessment}/invitations", json=[steps.STAFF], headers={header: "evil.example"}
    )

    assert answer.json()["data"][0]["link"].startswith(f"{HOME}/s/")


async def test_a_link_opens_the_survey(alice, visit):
    assessment = await steps.opened(alice)
    link = (await steps.invited(alice, assessment))[0]["link"]

    page = await visit().get(link)

    assert page.status_code == 200


async def test_every_mistake_is_named_and_nobody_is_invited(alice):
    assessment = await steps.opened(alice)
    people = [KIM, KIM | {"role": "cook"}, {"role": "staff", "functions": []}, {"role": "staff", "functions": ["x"]}]

    by_kind = await alice.post(f"/assessments/{assessment}/invitations", json=[{"role": 1}, {"more": 1}])
    by_sense = await alice.post(f"/assessments/{assessment}/invitations", json=people)

    assert pointers(by_kind) == {"/0/role", "/0/functions", "/1/role", "/1/functions", "/1/more"}
    assert pointers(by_sense) == {"/1/role", "/1/email", "/2/functions", "/3/functions"}
    assert (await alice.get(f"/assessments/{assessment}/invitations")).json()["data"] == []


async def test_an_invitation_is_mended_and_revoked(alice):
    assessment = await steps.opened(alice)
    made = (await steps.invited(alice, assessment, KIM))[0]
    path = f"/assessments/{assessment}/invitations/{made['id']}"

    mended = await alice.patch(path, json={"role": "staff", "name": None})
    gone = await alice.delete(path)
    again = await alice.delete(path)

    assert (mended.json()["role"], mended.json()["name"], mended.json()["email"]) == ("staff", None, KIM["email"])
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await alice.get(path)).json()["revoked_on"] == "2026-11-02"
    problem(again, 409)


async def test_a_mend_of_what_another_mended_meanwhile_is_refused(alice):
    assessment = await steps.opened(alice)
    path = f"/assessments/{assessment}/invitations/{(await steps.invited(alice, assessment))[0]['id']}"
    seen = {"If-Match": (await alice.get(path)).headers["etag"]}
    await alice.patch(path, json={"role": "practitioner"}, headers=seen)

    problem(await alice.patch(path, json={"role": "leader"}, headers=seen), 412)
    problem(await alice.delete(path, headers=seen), 412)


async def test_charlie_finds_nobody(alice, charlie):
    assessment = await steps.opened(alice)
    mine = await steps.opened(charlie)
    made = (await steps.invited(alice, assessment))[0]["id"]
    nowhere = "a" * len(made)

    for foreign, absent in (
        (f"/assessments/{assessment}/invitations", f"/assessments/{nowhere}/invitations"),
        (f"/assessments/{assessment}/invitations/{made}", f"/assessments/{assessment}/invitations/{nowhere}"),
        (f"/assessments/{mine}/invitations/{made}", f"/assessments/{mine}/invitations/{nowhere}"),
    ):
        problem(await charlie.get(foreign), 404)
        alike(await charlie.get(foreign), await charlie.get(absent))
        if foreign.endswith("invitations"):
            alike(await charlie.post(foreign, json=[steps.STAFF]), await charlie.post(absent, json=[steps.STAFF]))
        else:
            alike(await charlie.patch(foreign, json={"name": "x"}), await charlie.patch(absent, json={"name": "x"}))
            alike(await charlie.delete(foreign), await charlie.delete(absent))
    assert len((await alice.get(f"/assessments/{assessment}/invitations")).json()["data"]) == 1


async def test_bobs_key_needs_the_scope(alice, bob):
    assessment = await steps.opened(alice)
    path = f"/assessments/{assessment}/invitations"
    one = f"{path}/{(await steps.invited(alice, assessment))[0]['id']}"

    problem(await bob("read:assessments").get(path), 403)
    problem(await bob("read:assessments").get(one), 403)
    problem(await bob("write:assessments").post(path, json=[steps.STAFF]), 403)
    problem(await bob("write:assessments").patch(one, json={"name": "x"}), 403)
    problem(await bob("write:assessments").delete(one), 403)


async def test_nobody_is_invited_to_what_is_closed(alice):
    assessment = await steps.closed(alice)

    problem(await alice.post(f"/assessments/{assessment}/invitations", json=[steps.STAFF]), 409)
