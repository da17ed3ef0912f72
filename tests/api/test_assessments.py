"""GET and POST /assessments, GET and PATCH /assessments/{id}."""

import pytest

from tests.api import steps
from tests.api.checks import alike, pointers, problem


async def test_alice_sets_up_an_assessment_and_reads_it(alice):
    made = await steps.draft(alice, targets={"hr": 80}, closes_on="2026-12-18", asker="Kim")

    found = (await alice.get(f"/assessments/{made['id']}")).json()

    assert found == made
    assert found["state"] == "draft"
    assert found["questionnaire"] == {"id": steps.QUESTIONNAIRE, "version": "1.1.0", "digest": None}
    assert found["targets"] == {"hr": 80}
    assert found["minimum_group"] == 5


@pytest.mark.parametrize(
    "questionnaire",
    [f"{steps.QUESTIONNAIRE}@1.1.0", {"id": steps.QUESTIONNAIRE}, {"id": steps.QUESTIONNAIRE, "version": "1.1.0"}],
)
async def test_the_questionnaire_can_be_named_in_each_way(alice, questionnaire):
    made = await steps.draft(alice, questionnaire=questionnaire)

    assert made["questionnaire"]["version"] == "1.1.0"


async def test_every_wrong_field_is_named_at_once(alice):
    body = {
        "questionnaire": 3,
        "title": "",
        "mode": "quiz",
        "minimum_group": 2,
        "weights": {"hr": -1},
        "contacts": {"hr": {"email": "much"}},
        "closes_on": "2026-02-30",
        "colour": "red",
    }

    answer = await alice.post("/assessments", json=body)

    assert pointers(answer) == {
        "/organisation",
        "/questionnaire",
        "/title",
        "/mode",
        "/minimum_group",
        "/weights/hr",
        "/contacts/hr/email",
        "/closes_on",
        "/colour",
    }


async def test_what_only_the_questionnaire_knows_is_named_too(alice):
    organisation = await steps.organisation(alice)
    body = {"organisation": organisation, "questionnaire": steps.QUESTIONNAIRE, "title": "x"}

    answer = await alice.post("/assessments", json=body | {"weights": {"sales": 1}, "importance": {"nothing": 3}})

    assert pointers(answer) == {"/weights/sales", "/importance/nothing"}


async def test_charlie_can_neither_see_nor_use_what_is_alices(alice, charlie):
    made = await steps.draft(alice)
    body = {"questionnaire": steps.QUESTIONNAIRE, "title": "x"}

    foreign = await charlie.get(f"/assessments/{made['id']}")
    absent = await charlie.get(f"/assessments/{'a' * len(made['id'])}")
    used = await charlie.post("/assessments", json=body | {"organisation": made["organisation"]})

    problem(foreign, 404)
    alike(foreign, absent)
    assert pointers(used) == {"/organisation"}
    assert (await charlie.get("/assessments")).json()["data"] == []
    alike(
        await charlie.patch(f"/assessments/{made['id']}", json={"title": "x"}),
        await charlie.patch(f"/assessments/{'a' * len(made['id'])}", json={"title": "x"}),
    )


async def test_charlie_cannot_follow_a_wave_of_alices(alice, charlie):
    made = await steps.draft(alice)
    own = await steps.draft(charlie)

    answer = await charlie.patch(f"/assessments/{own['id']}", json={"wave_of": made["id"]})

    assert pointers(answer) == {"/wave_of"}


async def test_a_change_keeps_what_is_not_sent(alice):
    made = await steps.draft(alice, targets={"hr": 80})

    changed = (await alice.patch(f"/assessments/{made['id']}", json={"title": "new"})).json()

    assert changed == made | {"title": "new"}


async def test_a_change_of_what_another_changed_meanwhile_is_refused(alice):
    made = await steps.draft(alice)
    path = f"/assessments/{made['id']}"
    seen = (await alice.get(path)).headers["etag"]
    first = await alice.patch(path, json={"title": "first"}, headers={"If-Match": seen})

    second = await alice.patch(path, json={"title": "second"}, headers={"If-Match": seen})
    third = await alice.patch(path, json={"title": "third"}, headers={"If-Match": first.headers["etag"]})

    problem(second, 412)
    assert third.json()["title"] == "third"


async def test_a_list_can_be_narrowed_to_an_organisation(alice):
    one = await steps.draft(alice)
    other = await steps.draft(alice, organisation=await steps.organisation(alice, "Southwind"))

    found = (await alice.get("/assessments", params={"organisation": one["organisation"]})).json()["data"]

    assert [each["id"] for each in found] == [one["id"]]
    assert other["organisation"] != one["organisation"]


async def test_bobs_key_needs_the_scope(alice, bob):
    made = await steps.draft(alice)

    problem(await bob("read:assessments").get("/assessments"), 403)
    problem(await bob("read:assessments").get(f"/assessments/{made['id']}"), 403)
    problem(await bob("write:assessments").post("/assessments", json={}), 403)
    problem(await bob("write:assessments").patch(f"/assessments/{made['id']}", json={"title": "x"}), 403)


async def test_what_answers_have_locked_is_a_conflict_that_names_it(alice):
    assessment = await steps.opened(alice)
    content = (steps.GOLDEN / "plain-24.csv").read_bytes()
    await alice.post(f"/assessments/{assessment}/responses", content=content, headers=steps.CSV)

    answer = await alice.patch(f"/assessments/{assessment}", json={"minimum_group": 7, "title": "new"})

    assert [each["pointer"] for each in problem(answer, 409)["errors"]] == ["/minimum_group"]
    assert (await alice.get(f"/assessments/{assessment}")).json()["title"] == "2026"


@pytest.mark.parametrize("confidentiality", ["confidential", "anonymous", "attributable"])
async def test_each_way_of_protecting_answers_can_be_chosen(alice, confidentiality):
    assert (await steps.draft(alice, confidentiality=confidentiality))["confidentiality"] == confidentiality


async def test_whether_results_are_shared_is_off_and_stands_after_the_close(alice):
    assessment = await steps.opened(alice)
    await alice.post(f"/assessments/{assessment}/close?without_results=true")
    before = (await alice.get(f"/assessments/{assessment}")).json()

    answer = await alice.patch(f"/assessments/{assessment}", json={"share_results": True})

    assert before["share_results"] is False
    assert [each["pointer"] for each in problem(answer, 409)["errors"]] == ["/share_results"]
    problem(await alice.patch(f"/assessments/{assessment}", json={"title": "Another"}), 409)
