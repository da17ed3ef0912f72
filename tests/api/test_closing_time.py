"""Locks, closing dates, closing without results and raw answers, as programs meet them."""

import csv
import io

import pytest

from tests.api import api_steps
from tests.api.response_checks import check_problem


def get_problem_type(answer):
    return check_problem(answer, 409)["type"].rpartition("#")[2]


async def test_close_without_figures_needs_confirmation(alice):
    assessment = await api_steps.create_open_assessment(alice)

    refused = await alice.post(f"/assessments/{assessment}/close")
    closed = await alice.post(f"/assessments/{assessment}/close?without_results=true")

    assert get_problem_type(refused) == "nothing-to-show"
    assert (closed.json()["state"], closed.json()["release"]) == ("closed", None)


@pytest.mark.parametrize("end", ["scores", "report.pdf", "export", "comparison?with={other}"])
async def test_result_routes_without_release_return_no_results_problem(alice, end):
    other = await api_steps.create_closed_assessment(alice)
    whose = (await alice.get(f"/assessments/{other}")).json()["organisation"]
    made = await alice.post(
        "/assessments", json={"organisation": whose, "questionnaire": api_steps.QUESTIONNAIRE, "title": "Empty"}
    )
    empty = made.json()["id"]
    await alice.post(f"/assessments/{empty}/open")

    before = await alice.get(f"/assessments/{empty}/{end.format(other=other)}")
    await alice.post(f"/assessments/{empty}/close?without_results=true")
    after = await alice.get(f"/assessments/{empty}/{end.format(other=other)}")

    assert (get_problem_type(before), get_problem_type(after)) == ("not-closed", "no-results")


async def test_comparison_with_wave_without_results_is_refused(alice):
    later = await api_steps.create_closed_assessment(alice)
    whose = (await alice.get(f"/assessments/{later}")).json()["organisation"]
    body = {"organisation": whose, "questionnaire": api_steps.QUESTIONNAIRE, "title": "Empty"}
    empty = (await alice.post("/assessments", json=body)).json()["id"]
    await alice.post(f"/assessments/{empty}/open")
    await alice.post(f"/assessments/{empty}/close?without_results=true")

    answer = await alice.get(f"/assessments/{later}/comparison?with={empty}")

    assert get_problem_type(answer) == "no-results"
    assert "earlier assessment" in answer.json()["detail"]


async def test_benchmarks_exclude_assessments_without_results(alice):
    assessment = await api_steps.create_open_assessment(alice, in_benchmarks=True)
    await alice.post(f"/assessments/{assessment}/close?without_results=true")

    assert (await alice.get("/benchmarks")).json()["data"] == []


async def test_promised_settings_lock_at_opening(alice):
    assessment = await api_steps.create_open_assessment(alice)

    answer = await alice.patch(
        f"/assessments/{assessment}",
        json={"minimum_group": 3, "confidentiality": "attributable", "domains": ["a.example"]},
    )

    assert get_problem_type(answer) == "locked"
    assert {each["pointer"] for each in answer.json()["errors"]} == {"/minimum_group", "/confidentiality", "/domains"}


async def test_second_opening_has_its_own_problem_type(alice):
    assessment = await api_steps.create_open_assessment(alice)

    assert get_problem_type(await alice.post(f"/assessments/{assessment}/open")) == "already-open"


async def test_closing_date_of_open_assessment_moves_only_to_the_future(alice):
    assessment = await api_steps.create_open_assessment(alice, closes_on="2026-11-20")

    moved = await alice.patch(f"/assessments/{assessment}", json={"closes_on": "2026-11-30"})
    past = await alice.patch(f"/assessments/{assessment}", json={"closes_on": "2026-11-01"})

    assert (moved.json()["closes_on"], moved.json()["closes_at"]) == ("2026-11-30", "2026-12-01T00:00:00Z")
    assert [each["pointer"] for each in check_problem(past, 422)["errors"]] == ["/closes_on"]


async def test_import_after_closing_time_is_refused(alice, clock):
    assessment = await api_steps.create_open_assessment(alice, closes_on="2026-11-02")
    clock.pass_by(hours=12)

    answer = await alice.post(
        f"/assessments/{assessment}/responses",
        content=(api_steps.GOLDEN / "plain-24.csv").read_bytes(),
        headers=api_steps.CSV,
    )

    assert get_problem_type(answer) == "closed"


async def test_domains_are_normalized_and_invalid_ones_named(alice):
    made = await api_steps.create_draft(alice, domains=["Müller.example", "northwind.example"])

    answer = await alice.patch(f"/assessments/{made['id']}", json={"domains": ["northwind.example", "gmail.com"]})

    assert made["domains"] == ["northwind.example", "xn--mller-kva.example"]
    assert [each["pointer"] for each in check_problem(answer, 422)["errors"]] == ["/domains/1"]


async def test_domains_without_mail_keep_an_assessment_from_opening(alice):
    made = await api_steps.create_draft(alice, domains=["northwind.example"])

    answer = await alice.post(f"/assessments/{made['id']}/open")

    assert get_problem_type(answer) == "mail-not-available"
    assert [each["pointer"] for each in check_problem(answer, 409)["errors"]] == ["/domains"]


async def test_raw_answers_contain_only_counted_responses(alice):
    assessment = await api_steps.create_closed_assessment(alice, "contested-60", confidentiality="attributable")
    counted = (await alice.get(f"/assessments/{assessment}/scores")).json()["respondents"]["counted"]

    answer = await alice.get(f"/assessments/{assessment}/responses.csv")

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(list(csv.DictReader(io.StringIO(answer.text)))) == counted


async def test_raw_answers_confidential_or_open_have_problem_types(alice):
    confidential = await api_steps.create_closed_assessment(alice)
    running = await api_steps.create_open_assessment(alice, confidentiality="attributable")

    answers = [await alice.get(f"/assessments/{each}/responses.csv") for each in (confidential, running)]

    assert [get_problem_type(each) for each in answers] == ["not-attributable", "not-closed"]


async def test_raw_answers_of_another_workspace_are_not_found(alice, charlie, bob):
    assessment = await api_steps.create_closed_assessment(alice, confidentiality="attributable")

    check_problem(await charlie.get(f"/assessments/{assessment}/responses.csv"), 404)
    check_problem(await bob("read:scores").get(f"/assessments/{assessment}/responses.csv"), 403)
