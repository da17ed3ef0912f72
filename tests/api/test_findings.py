"""Computed findings through the API: read them, change words and comment, order them and leave some out."""

from tests.api import api_steps

OWN = {"text": "Two towns, two rules", "note": "Since May."}


async def test_changed_finding_stands_in_findings_and_comments(alice):
    assessment = await api_steps.create_closed_assessment(alice)
    path = f"/assessments/{assessment}/findings"
    first = (await alice.get(path)).json()["findings"][0]

    answer = await alice.patch(f"{path}/{first['id']}", json=OWN)

    comments = (await alice.get(f"/assessments/{assessment}/comments")).json()
    assert answer.status_code == 200
    assert answer.headers["etag"] == (await alice.get(path)).headers["etag"]
    assert answer.json()["revision"] == comments["revision"] == 1
    assert answer.json()["findings"][0] == first | OWN
    assert comments["comments"]["finding_edits"] == {first["id"]: OWN}


async def test_order_and_findings_left_out_follow_the_comments(alice):
    assessment = await api_steps.create_closed_assessment(alice)
    path = f"/assessments/{assessment}/findings"
    first, second, *_ = (await alice.get(path)).json()["findings"]

    await alice.put(
        f"/assessments/{assessment}/comments",
        json={"finding_order": [second["id"]], "dropped_findings": {first["id"]: "Known."}},
    )

    answer = (await alice.get(path)).json()
    assert answer["findings"][0] == second | {"place": 1}
    assert answer["dropped"] == [{"id": first["id"], "computed_text": first["computed_text"], "reason": "Known."}]


async def test_change_of_a_finding_after_someone_elses_is_refused_with_if_match(alice):
    assessment = await api_steps.create_closed_assessment(alice)
    path = f"/assessments/{assessment}/findings"
    seen = await alice.get(path)
    first, second, *_ = (finding["id"] for finding in seen.json()["findings"])
    await alice.patch(f"{path}/{first}", json=OWN)

    answer = await alice.patch(f"{path}/{second}", json=OWN, headers={"If-Match": seen.headers["etag"]})

    assert answer.status_code == 412


async def test_unknown_finding_foreign_assessment_and_wrong_ids_are_refused(alice, charlie):
    assessment = await api_steps.create_closed_assessment(alice)
    path = f"/assessments/{assessment}/findings"
    first = (await alice.get(path)).json()["findings"][0]["id"]

    wrong = await alice.put(
        f"/assessments/{assessment}/comments",
        json={"finding_edits": {"nothing": OWN}, "dropped_findings": {first: " "}, "finding_order": [first, first]},
    )

    assert (await alice.patch(f"{path}/nothing", json=OWN)).status_code == 404
    assert (await charlie.patch(f"{path}/{first}", json=OWN)).status_code == 404
    assert (await charlie.get(path)).status_code == 404
    assert {(error["pointer"], error["code"]) for error in wrong.json()["errors"]} == {
        ("/finding_edits/nothing", "unknown-value"),
        (f"/dropped_findings/{first}", "missing"),
        ("/finding_order", "duplicate"),
    }
