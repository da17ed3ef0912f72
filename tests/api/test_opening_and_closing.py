"""POST /assessments/{id}/open and /close."""

import pytest
from sqlalchemy import select

from assessment.services.operations import audit_trail
from assessment.storage import database, tables
from tests.api import api_steps
from tests.api.response_checks import check_problem, check_same_response
from tests.failing_commits import fail_commit_of_close

KEY = {"Idempotency-Key": "close-1"}


async def test_opening_fixes_the_questionnaire_and_second_one_is_refused(alice):
    made = await api_steps.create_draft(alice)

    first = await alice.post(f"/assessments/{made['id']}/open")
    second = await alice.post(f"/assessments/{made['id']}/open")

    assert first.json()["state"] == "open"
    assert first.json()["questionnaire"]["digest"]
    assert first.json()["opened_on"] == "2026-11-02"
    check_problem(second, 409)


async def test_opening_incomplete_draft_names_what_is_missing(alice, clock):
    made = await api_steps.create_draft(alice, closes_on="2026-11-03")
    clock.pass_by(days=3)

    answer = await alice.post(f"/assessments/{made['id']}/open")

    assert [each["pointer"] for each in check_problem(answer, 422)["errors"]] == ["/closes_on"]


async def test_close_of_draft_is_refused(alice):
    made = await api_steps.create_draft(alice)

    check_problem(await alice.post(f"/assessments/{made['id']}/close"), 409)


async def test_closed_assessment_can_be_neither_closed_nor_changed(alice):
    assessment = await api_steps.create_closed_assessment(alice)

    found = (await alice.get(f"/assessments/{assessment}")).json()

    assert (found["state"], found["closed_on"], found["release"]) == ("closed", "2026-11-02", 1)
    check_problem(await alice.post(f"/assessments/{assessment}/close"), 409)
    check_problem(await alice.patch(f"/assessments/{assessment}", json={"title": "x"}), 409)


async def test_reopened_assessment_keeps_its_scores(alice):
    assessment = await api_steps.create_closed_assessment(alice)
    before = await alice.get(f"/assessments/{assessment}/scores")

    opened = await alice.post(f"/assessments/{assessment}/open")

    assert opened.status_code == 200
    assert (opened.json()["state"], opened.json()["closed_on"], opened.json()["release"]) == ("open", None, 1)
    check_problem(await alice.post(f"/assessments/{assessment}/open"), 409)
    assert (await alice.get(f"/assessments/{assessment}/scores")).content == before.content


async def test_anonymous_assessment_can_not_be_reopened(alice):
    assessment = await api_steps.create_closed_assessment(alice, confidentiality="anonymous")

    refused = check_problem(await alice.post(f"/assessments/{assessment}/open"), 409)

    assert "Begin a new wave" in refused["detail"]


async def test_few_late_answers_publish_nothing_and_figures_are_named(alice):
    assessment = await api_steps.create_closed_assessment(alice)
    before = await alice.get(f"/assessments/{assessment}/scores")
    await alice.post(f"/assessments/{assessment}/open")
    await api_steps.import_responses(alice, assessment, make_late_responses(3))

    closed = (await alice.post(f"/assessments/{assessment}/close")).json()

    assert (closed["state"], closed["release"]) == ("closed", 1)
    assert "functions.customer-service" in [each["figures"] for each in closed["held_back"]]
    assert not any(letter.isdigit() for each in closed["held_back"] for letter in each["reason"])
    after = await alice.get(f"/assessments/{assessment}/scores")
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])


async def test_enough_late_answers_become_second_release(alice):
    assessment = await api_steps.create_closed_assessment(alice, "contested-60")
    paths = [f"/assessments/{assessment}/{what}" for what in ("scores", "report.pdf", "export?format=csv")]
    before = [await alice.get(path) for path in paths]
    await alice.post(f"/assessments/{assessment}/open")
    await api_steps.import_responses(alice, assessment, make_late_responses(60, "contested-60"))

    closed = (await alice.post(f"/assessments/{assessment}/close")).json()

    assert (closed["release"], closed["held_back"]) == (2, [])
    for path, old in zip(paths, before, strict=True):
        new = await alice.get(path, headers={"If-None-Match": old.headers["etag"]})
        assert new.status_code == 200
        assert new.content != old.content


async def test_repeated_reopening_under_same_key_has_no_effect(alice):
    assessment = await api_steps.create_closed_assessment(alice)
    headers = {"Idempotency-Key": "again"}

    first, second = [await alice.post(f"/assessments/{assessment}/open", headers=headers) for _ in range(2)]

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content == second.content


async def test_weights_stay_locked_after_reopening(alice):
    assessment = await api_steps.create_closed_assessment(alice)
    await alice.post(f"/assessments/{assessment}/open")

    refused = await alice.patch(f"/assessments/{assessment}", json={"weights": {"marketing": 2}})
    mended = await alice.patch(f"/assessments/{assessment}", json={"title": "Once more"})

    assert [each["pointer"] for each in check_problem(refused, 409)["errors"]] == ["/weights"]
    assert mended.json()["title"] == "Once more"


def make_late_responses(people, case="plain-24"):
    """The first rows of a golden file, as people who come later."""
    head, *rows = (api_steps.GOLDEN / f"{case}.csv").read_text("utf-8").splitlines()
    return "\n".join([head, *(f"late-{row}" for row in rows[:people])]) + "\n"


@pytest.mark.parametrize("act", ["open", "close"])
async def test_open_and_close_without_permission_are_refused(alice, bob, charlie, act):
    made = await api_steps.create_draft(alice)

    foreign = await charlie.post(f"/assessments/{made['id']}/{act}")

    check_problem(foreign, 404)
    check_same_response(foreign, await charlie.post(f"/assessments/{'a' * len(made['id'])}/{act}"))
    check_problem(await bob("write:assessments").post(f"/assessments/{made['id']}/{act}"), 403)
    assert (await alice.get(f"/assessments/{made['id']}")).json()["state"] == "draft"


@pytest.mark.parametrize("act", ["open", "close"])
async def test_open_and_close_with_outdated_etag_are_refused(alice, act):
    made = await api_steps.create_draft(alice)

    check_problem(await alice.post(f"/assessments/{made['id']}/{act}", headers={"If-Match": '"old"'}), 412)


async def test_close_whose_commit_fails_leaves_the_assessment_open(alice, monkeypatch):
    assessment = await api_steps.create_open_assessment(alice)
    path = f"/assessments/{assessment}"
    before = (await alice.get(path)).json()

    with monkeypatch.context() as patched:
        fail_commit_of_close(patched)
        failed = await alice.post(f"{path}/close?without_results=true", headers=KEY)
    after = (await alice.get(path)).json()
    repeated = await alice.post(f"{path}/close?without_results=true", headers=KEY)

    assert (failed.status_code, after) == (500, before)
    assert (repeated.status_code, repeated.json()["state"]) == (200, "closed")


async def test_close_is_recorded_as_the_act_of_the_key(alice, engine):
    assessment = await api_steps.create_closed_assessment(alice)

    entry = tables.audit_entry
    with database.read_session(engine) as session:
        closed = (entry.c.subject == assessment, entry.c.action == audit_trail.ASSESSMENT_CLOSED)
        actors = list(session.scalars(select(entry.c.actor).where(*closed)))

    assert actors == [f"{audit_trail.KEY_ACTOR}test"]
