"""POST /assessments/{id}/open and /close."""

import pytest

from tests.api import steps
from tests.api.checks import alike, problem


async def test_an_assessment_opens_once_and_says_what_it_asks(alice):
    made = await steps.draft(alice)

    first = await alice.post(f"/assessments/{made['id']}/open")
    second = await alice.post(f"/assessments/{made['id']}/open")

    assert first.json()["state"] == "open"
    assert first.json()["questionnaire"]["digest"]
    assert first.json()["opened_on"] == "2026-11-02"
    problem(second, 409)


async def test_what_is_missing_for_the_opening_is_named(alice, clock):
    made = await steps.draft(alice, closes_on="2026-11-03")
    clock.pass_by(days=3)

    answer = await alice.post(f"/assessments/{made['id']}/open")

    assert [each["pointer"] for each in problem(answer, 422)["errors"]] == ["/closes_on"]


async def test_only_what_is_open_can_be_closed(alice):
    made = await steps.draft(alice)

    problem(await alice.post(f"/assessments/{made['id']}/close"), 409)


async def test_closing_is_for_good(alice):
    assessment = await steps.closed(alice)

    found = (await alice.get(f"/assessments/{assessment}")).json()

    assert (found["state"], found["closed_on"]) == ("closed", "2026-11-02")
    problem(await alice.post(f"/assessments/{assessment}/close"), 409)
    problem(await alice.post(f"/assessments/{assessment}/open"), 409)
    problem(await alice.patch(f"/assessments/{assessment}", json={"title": "x"}), 409)


@pytest.mark.parametrize("act", ["open", "close"])
async def test_neither_charlie_nor_bob_gets_in(alice, bob, charlie, act):
    made = await steps.draft(alice)

    foreign = await charlie.post(f"/assessments/{made['id']}/{act}")

    problem(foreign, 404)
    alike(foreign, await charlie.post(f"/assessments/{'a' * len(made['id'])}/{act}"))
    problem(await bob("write:assessments").post(f"/assessments/{made['id']}/{act}"), 403)
    assert (await alice.get(f"/assessments/{made['id']}")).json()["state"] == "draft"


@pytest.mark.parametrize("act", ["open", "close"])
async def test_an_act_on_what_changed_meanwhile_is_refused(alice, act):
    made = await steps.draft(alice)

    problem(await alice.post(f"/assessments/{made['id']}/{act}", headers={"If-Match": '"old"'}), 412)
