"""Locks, closing dates, closing without results and raw answers, as programs meet them."""

import csv
import io

import pytest

from tests.api import steps
from tests.api.checks import problem


def kind(answer):
    return problem(answer, 409)["type"].rpartition("#")[2]


async def test_closing_with_nothing_to_show_takes_two_tries(alice):
    assessment = await steps.opened(alice)

    refused = await alice.post(f"/assessments/{assessment}/close")
    closed = await alice.post(f"/assessments/{assessment}/close?without_results=true")

    assert kind(refused) == "nothing-to-show"
    assert (closed.json()["state"], closed.json()["release"]) == ("closed", None)


@pytest.mark.parametrize("end", ["scores", "report.pdf", "export", "comparison?with={other}"])
async def test_call_that_reads_results_says_that_there_are_none(alice, end):
    other = await steps.closed(alice)
    whose = (await alice.get(f"/assessments/{other}")).json()["organisation"]
    made = await alice.post(
        "/assessments", json={"organisation": whose, "questionnaire": steps.QUESTIONNAIRE, "title": "Empty"}
    )
    empty = made.json()["id"]
    await alice.post(f"/assessments/{empty}/open")

    before = await alice.get(f"/assessments/{empty}/{end.format(other=other)}")
    await alice.post(f"/assessments/{empty}/close?without_results=true")
    after = await alice.get(f"/assessments/{empty}/{end.format(other=other)}")

    assert (kind(before), kind(after)) == ("not-closed", "no-results")


async def test_comparison_with_an_earlier_wave_without_results_says_so(alice):
    later = await steps.closed(alice)
    whose = (await alice.get(f"/assessments/{later}")).json()["organisation"]
    body = {"organisation": whose, "questionnaire": steps.QUESTIONNAIRE, "title": "Empty"}
    empty = (await alice.post("/assessments", json=body)).json()["id"]
    await alice.post(f"/assessments/{empty}/open")
    await alice.post(f"/assessments/{empty}/close?without_results=true")

    answer = await alice.get(f"/assessments/{later}/comparison?with={empty}")

    assert kind(answer) == "no-results"
    assert "earlier assessment" in answer.json()["detail"]


async def test_benchmarks_leave_out_what_was_closed_without_results(alice):
    assessment = await steps.opened(alice, in_benchmarks=True)
    await alice.post(f"/assessments/{assessment}/close?without_results=true")

    assert (await alice.get("/benchmarks")).json()["data"] == []


async def test_promises_are_locked_at_the_opening_and_named(alice):
    assessment = await steps.opened(alice)

    answer = await alice.patch(
        f"/assessments/{assessment}",
        json={"minimum_group": 3, "confidentiality": "attributable", "domains": ["a.example"]},
    )

    assert kind(answer) == "locked"
    assert {each["pointer"] for each in answer.json()["errors"]} == {"/minimum_group", "/confidentiality", "/domains"}


async def test_opening_twice_has_its_own_type(alice):
    assessment = await steps.opened(alice)

    assert kind(await alice.post(f"/assessments/{assessment}/open")) == "already-open"


async def test_closing_date_moves_while_open_and_never_to_the_past(alice):
    assessment = await steps.opened(alice, closes_on="2026-11-20")

    moved = await alice.patch(f"/assessments/{assessment}", json={"closes_on": "2026-11-30"})
    past = await alice.patch(f"/assessments/{assessment}", json={"closes_on": "2026-11-01"})

    assert (moved.json()["closes_on"], moved.json()["closes_at"]) == ("2026-11-30", "2026-12-01T00:00:00Z")
    assert [each["pointer"] for each in problem(past, 422)["errors"]] == ["/closes_on"]


async def test_responses_are_not_taken_in_from_the_closing_time_on(alice, clock):
    assessment = await steps.opened(alice, closes_on="2026-11-02")
    clock.pass_by(hours=12)

    answer = await alice.post(
        f"/assessments/{assessment}/responses",
        content=(steps.GOLDEN / "plain-24.csv").read_bytes(),
        headers=steps.CSV,
    )

    assert kind(answer) == "closed"


async def test_domains_are_normalized_and_wrong_ones_named_in_their_place(alice):
    made = await steps.draft(alice, domains=["Müller.example", "northwind.example"])

    answer = await alice.patch(f"/assessments/{made['id']}", json={"domains": ["northwind.example", "gmail.com"]})

    assert made["domains"] == ["northwind.example", "xn--mller-kva.example"]
    assert [each["pointer"] for each in problem(answer, 422)["errors"]] == ["/domains/1"]


async def test_domains_without_mail_keep_an_assessment_from_opening(alice):
    made = await steps.draft(alice, domains=["northwind.example"])

    answer = await alice.post(f"/assessments/{made['id']}/open")

    assert kind(answer) == "mail-not-available"
    assert [each["pointer"] for each in problem(answer, 409)["errors"]] == ["/domains"]


async def test_raw_answers_are_those_that_count(alice):
    assessment = await steps.closed(alice, "contested-60", confidentiality="attributable")
    counted = (await alice.get(f"/assessments/{assessment}/scores")).json()["respondents"]["counted"]

    answer = await alice.get(f"/assessments/{assessment}/responses.csv")

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(list(csv.DictReader(io.StringIO(answer.text)))) == counted


async def test_raw_answers_in_confidence_or_before_the_close_are_refused_by_type(alice):
    confidential = await steps.closed(alice)
    running = await steps.opened(alice, confidentiality="attributable")

    answers = [await alice.get(f"/assessments/{each}/responses.csv") for each in (confidential, running)]

    assert [kind(each) for each in answers] == ["not-attributable", "not-closed"]


async def test_raw_answers_of_another_workspace_are_not_there(alice, charlie, bob):
    assessment = await steps.closed(alice, confidentiality="attributable")

    problem(await charlie.get(f"/assessments/{assessment}/responses.csv"), 404)
    problem(await bob("read:scores").get(f"/assessments/{assessment}/responses.csv"), 403)
