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


async def test_what_is_closed_is_neither_closed_again_nor_changed(alice):
    assessment = await steps.closed(alice)

    found = (await alice.get(f"/assessments/{assessment}")).json()

    assert (found["state"], found["closed_on"], found["release"]) == ("closed", "2026-11-02", 1)
    problem(await alice.post(f"/assessments/{assessment}/close"), 409)
    problem(await alice.patch(f"/assessments/{assessment}", json={"title": "x"}), 409)


async def test_a_closed_assessment_opens_again_and_its_scores_stay(alice):
    assessment = await steps.closed(alice)
    before = await alice.get(f"/assessments/{assessment}/scores")

    opened = await alice.post(f"/assessments/{assessment}/open")

    assert opened.status_code == 200
    assert (opened.json()["state"], opened.json()["closed_on"], opened.json()["release"]) == ("open", None, 1)
    problem(await alice.post(f"/assessments/{assessment}/open"), 409)
    assert (await alice.get(f"/assessments/{assessment}/scores")).content == before.content


async def test_an_anonymous_assessment_does_not_open_again(alice):
    assessment = await steps.closed(alice, confidentiality="anonymous")

    refused = problem(await alice.post(f"/assessments/{assessment}/open"), 409)

    assert "Begin a new wave" in refused["detail"]


async def test_a_late_handful_publishes_nothing_and_the_figures_are_named(alice):
    assessment = await steps.closed(alice)
    before = await alice.get(f"/assessments/{assessment}/scores")
    await alice.post(f"/assessments/{assessment}/open")
    await steps.take_in(alice, assessment, late(3))

    closed = (await alice.post(f"/assessments/{assessment}/close")).json()

    assert (closed["state"], closed["release"]) == ("closed", 1)
    assert "functions.customer-service" in [each["figures"] for each in closed["held_back"]]
    assert not any(letter.isdigit() for each in closed["held_back"] for letter in each["reason"])
    after = await alice.get(f"/assessments/{assessment}/scores")
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])


async def test_enough_late_answers_are_published_as_the_second_release_everywhere(alice):
    assessment = await steps.closed(alice, "contested-60")
    paths = [f"/assessments/{assessment}/{what}" for what in ("scores", "report.pdf", "export?format=csv")]
    before = [await alice.get(path) for path in paths]
    await alice.post(f"/assessments/{assessment}/open")
    await steps.take_in(alice, assessment, late(60, "contested-60"))

    closed = (await alice.post(f"/assessments/{assessment}/close")).json()

    assert (closed["release"], closed["held_back"]) == (2, [])
    for path, old in zip(paths, before, strict=True):
        new = await alice.get(path, headers={"If-None-Match": old.headers["etag"]})
        assert new.status_code == 200
        assert new.content != old.content


async def test_opening_again_is_done_once_under_one_key(alice):
    assessment = await steps.closed(alice)
    headers = {"Idempotency-Key": "again"}

    first, second = [await alice.post(f"/assessments/{assessment}/open", headers=headers) for _ in range(2)]

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content == second.content


async def test_weights_stay_as_they_were_at_the_first_close(alice):
    assessment = await steps.closed(alice)
    await alice.post(f"/assessments/{assessment}/open")

    refused = await alice.patch(f"/assessments/{assessment}", json={"weights": {"marketing": 2}})
    mended = await alice.patch(f"/assessments/{assessment}", json={"title": "Once more"})

    assert [each["pointer"] for each in problem(refused, 409)["errors"]] == ["/weights"]
    assert mended.json()["title"] == "Once more"


def late(people, case="plain-24"):
    """The first rows of a golden file, as people who come later."""
    head, *rows = (steps.GOLDEN / f"{case}.csv").read_text("utf-8").splitlines()
    return "\n".join([head, *(f"late-{row}" for row in rows[:people])]) + "\n"


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
