"""GET and POST /assessments, GET and PATCH /assessments/{id}."""

import pytest
from sqlalchemy import update

from assessment.storage import database, tables
from tests.api import api_steps
from tests.api.response_checks import check_problem, check_same_response, list_pointers


async def test_created_assessment_can_be_read(alice):
    made = await api_steps.create_draft(alice, targets={"hr": 80}, closes_on="2026-12-18", asker="Kim")

    found = (await alice.get(f"/assessments/{made['id']}")).json()

    assert found == made
    assert found["state"] == "draft"
    assert found["questionnaire"] == {"id": api_steps.QUESTIONNAIRE, "version": "1.1.0", "digest": None}
    assert found["targets"] == {"hr": 80}
    assert found["minimum_group"] == 5


@pytest.mark.parametrize(
    "questionnaire",
    [
        f"{api_steps.QUESTIONNAIRE}@1.1.0",
        {"id": api_steps.QUESTIONNAIRE},
        {"id": api_steps.QUESTIONNAIRE, "version": "1.1.0"},
    ],
)
async def test_questionnaire_is_accepted_in_every_notation(alice, questionnaire):
    made = await api_steps.create_draft(alice, questionnaire=questionnaire)

    assert made["questionnaire"]["version"] == "1.1.0"


async def test_several_invalid_fields_are_all_named(alice):
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

    assert list_pointers(answer) == {
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


async def test_fields_invalid_for_the_questionnaire_are_named(alice):
    organisation = await api_steps.create_organisation(alice)
    body = {"organisation": organisation, "questionnaire": api_steps.QUESTIONNAIRE, "title": "x"}

    answer = await alice.post("/assessments", json=body | {"weights": {"sales": 1}, "importance": {"nothing": 3}})

    assert list_pointers(answer) == {"/weights/sales", "/importance/nothing"}


async def test_past_date_is_reported_with_every_other_problem(alice):
    body = {"organisation": "none", "questionnaire": api_steps.QUESTIONNAIRE, "title": "T", "closes_on": "2026-11-01"}

    answer = await alice.post("/assessments", json=body | {"targets": {"nowhere": 50}})

    codes = {fault["pointer"]: fault["code"] for fault in check_problem(answer, 422)["errors"]}
    assert codes == {"/organisation": "not-found", "/closes_on": "date-past", "/targets/nowhere": "unknown-value"}


async def test_other_workspace_gets_404_for_assessment(alice, charlie):
    made = await api_steps.create_draft(alice)
    body = {"questionnaire": api_steps.QUESTIONNAIRE, "title": "x"}

    foreign = await charlie.get(f"/assessments/{made['id']}")
    absent = await charlie.get(f"/assessments/{'a' * len(made['id'])}")
    used = await charlie.post("/assessments", json=body | {"organisation": made["organisation"]})

    check_problem(foreign, 404)
    check_same_response(foreign, absent)
    assert list_pointers(used) == {"/organisation"}
    assert (await charlie.get("/assessments")).json()["data"] == []
    check_same_response(
        await charlie.patch(f"/assessments/{made['id']}", json={"title": "x"}),
        await charlie.patch(f"/assessments/{'a' * len(made['id'])}", json={"title": "x"}),
    )


async def test_wave_of_another_workspace_is_refused(alice, charlie):
    made = await api_steps.create_draft(alice)
    own = await api_steps.create_draft(charlie)

    answer = await charlie.patch(f"/assessments/{own['id']}", json={"wave_of": made["id"]})

    assert list_pointers(answer) == {"/wave_of"}


async def test_patch_keeps_fields_that_are_not_sent(alice):
    made = await api_steps.create_draft(alice, targets={"hr": 80})

    changed = (await alice.patch(f"/assessments/{made['id']}", json={"title": "new"})).json()

    assert changed == made | {"title": "new"}


async def test_patch_with_outdated_etag_is_refused(alice):
    made = await api_steps.create_draft(alice)
    path = f"/assessments/{made['id']}"
    seen = (await alice.get(path)).headers["etag"]
    first = await alice.patch(path, json={"title": "first"}, headers={"If-Match": seen})

    second = await alice.patch(path, json={"title": "second"}, headers={"If-Match": seen})
    third = await alice.patch(path, json={"title": "third"}, headers={"If-Match": first.headers["etag"]})

    check_problem(second, 412)
    assert third.json()["title"] == "third"


async def test_list_is_filtered_by_organisation(alice):
    one = await api_steps.create_draft(alice)
    other = await api_steps.create_draft(alice, organisation=await api_steps.create_organisation(alice, "Southwind"))

    found = (await alice.get("/assessments", params={"organisation": one["organisation"]})).json()["data"]

    assert [each["id"] for each in found] == [one["id"]]
    assert other["organisation"] != one["organisation"]


async def test_key_without_scope_is_refused(alice, bob):
    made = await api_steps.create_draft(alice)

    check_problem(await bob("read:assessments").get("/assessments"), 403)
    check_problem(await bob("read:assessments").get(f"/assessments/{made['id']}"), 403)
    check_problem(await bob("write:assessments").post("/assessments", json={}), 403)
    check_problem(await bob("write:assessments").patch(f"/assessments/{made['id']}", json={"title": "x"}), 403)


async def test_change_of_locked_field_names_the_conflict(alice):
    assessment = await api_steps.create_open_assessment(alice)
    content = (api_steps.GOLDEN / "plain-24.csv").read_bytes()
    await alice.post(f"/assessments/{assessment}/responses", content=content, headers=api_steps.CSV)

    answer = await alice.patch(f"/assessments/{assessment}", json={"minimum_group": 7, "title": "new"})

    assert [each["pointer"] for each in check_problem(answer, 409)["errors"]] == ["/minimum_group"]
    assert (await alice.get(f"/assessments/{assessment}")).json()["title"] == "2026"


@pytest.mark.parametrize("confidentiality", ["confidential", "anonymous", "attributable"])
async def test_every_confidentiality_is_accepted(alice, confidentiality):
    assert (await api_steps.create_draft(alice, confidentiality=confidentiality))["confidentiality"] == confidentiality


async def test_share_results_defaults_to_false_and_locks_at_close(alice):
    assessment = await api_steps.create_open_assessment(alice)
    await alice.post(f"/assessments/{assessment}/close?without_results=true")
    before = (await alice.get(f"/assessments/{assessment}")).json()

    answer = await alice.patch(f"/assessments/{assessment}", json={"share_results": True})

    assert before["share_results"] is False
    assert [each["pointer"] for each in check_problem(answer, 409)["errors"]] == ["/share_results"]
    check_problem(await alice.patch(f"/assessments/{assessment}", json={"title": "Another"}), 409)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "UTC", "Pacific/Auckland"])
async def test_closing_date_at_the_end_of_the_calendar_is_refused(alice, engine, zone):
    draft = await api_steps.create_draft(alice)
    with database.write_session(engine) as session:
        session.execute(update(tables.workspace).values(time_zone=zone))
    body = {"organisation": draft["organisation"], "questionnaire": api_steps.QUESTIONNAIRE, "title": "T"}

    created = await alice.post("/assessments", json=body | {"closes_on": "9999-12-31"})
    changed = await alice.patch(f"/assessments/{draft['id']}", json={"closes_on": "9999-12-31"})

    for answer in (created, changed):
        assert [(each["pointer"], each["code"]) for each in check_problem(answer, 422)["errors"]] == [
            ("/closes_on", "out-of-range")
        ]


async def test_refused_change_is_not_called_a_creation(alice):
    assessment = (await api_steps.create_draft(alice))["id"]

    answer = await alice.patch(f"/assessments/{assessment}", json={"closes_on": "2020-01-01"})

    problem = check_problem(answer, 422)
    assert problem["detail"] == "This assessment can’t be changed to these values."
    assert problem["errors"][0]["code"] == "date-past"
