"""The roadmap through the API: read it, and change one action."""

from tests.api import api_steps

OWNER = {"owner": "Marta Reyes", "due": "2099-03-31", "status": "under-way"}


async def read_actions(client, assessment):
    return (await client.get(f"/assessments/{assessment}/roadmap")).json()["actions"]


async def test_changed_action_stands_in_roadmap_and_comments(alice):
    assessment = await api_steps.create_closed_assessment(alice)
    first = (await read_actions(alice, assessment))[0]["advice"]

    answer = await alice.patch(f"/assessments/{assessment}/roadmap/{first}", json=OWNER)

    comments = (await alice.get(f"/assessments/{assessment}/comments")).json()
    assert answer.status_code == 200
    assert answer.json()["revision"] == comments["revision"] == 1
    assert {name: answer.json()["actions"][0][name] for name in OWNER} == OWNER
    assert comments["saved_by"]["kind"] == "key"
    assert comments["comments"]["actions"][first]["owner"] == "Marta Reyes"


async def test_patch_leaves_other_fields_and_empty_text_brings_the_computed_value_back(alice):
    assessment = await api_steps.create_closed_assessment(alice)
    computed = (await read_actions(alice, assessment))[0]
    path = f"/assessments/{assessment}/roadmap/{computed['advice']}"
    await alice.patch(path, json=OWNER)

    answer = await alice.patch(path, json={"owner": ""})

    action = answer.json()["actions"][0]
    assert (action["owner"], action["due"]) == (computed["owner"], OWNER["due"])


async def test_change_after_someone_elses_is_refused_with_if_match(alice):
    assessment = await api_steps.create_closed_assessment(alice)
    seen = (await alice.get(f"/assessments/{assessment}/roadmap")).headers["etag"]
    first, second = (action["advice"] for action in (await read_actions(alice, assessment))[:2])
    await alice.patch(f"/assessments/{assessment}/roadmap/{first}", json=OWNER)

    answer = await alice.patch(f"/assessments/{assessment}/roadmap/{second}", json=OWNER, headers={"If-Match": seen})

    assert answer.status_code == 412


async def test_unknown_advice_open_assessment_and_wrong_dates_are_refused(alice, charlie):
    assessment = await api_steps.create_closed_assessment(alice)
    draft = (await api_steps.create_draft(alice))["id"]
    first = (await read_actions(alice, assessment))[0]["advice"]
    path = f"/assessments/{assessment}/roadmap"

    wrong = await alice.patch(f"{path}/{first}", json={"start": "2027-05-01", "due": "2027-04-01"})

    assert (await alice.patch(f"{path}/nothing", json=OWNER)).status_code == 404
    assert (await charlie.patch(f"{path}/{first}", json=OWNER)).status_code == 404
    assert (await alice.get(f"/assessments/{draft}/roadmap")).status_code == 409
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["pointer"].endswith("/due")
