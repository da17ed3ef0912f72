"""GET /assessments/{id}/feasibility: the figures, the expected response, and who may read it."""

import pytest

from tests.api import api_steps
from tests.api.response_checks import check_problem

MARKETING = {"role": "practitioner", "functions": ["marketing"]}


async def create_draft_with_people(client, people=8):
    assessment = (await api_steps.create_draft(client))["id"]
    await api_steps.invite_people(client, assessment, *[MARKETING] * people)
    return assessment


def find_figure(body, path):
    return next(figure for figure in body["without_domains"]["figures"] if figure["path"] == path)


async def test_feasibility_says_what_is_hidden_and_what_would_show_it(alice):
    assessment = await create_draft_with_people(alice)

    body = (await alice.get(f"/assessments/{assessment}/feasibility")).json()

    assert (body["response_percent"], body["needed"], body["enough"], body["invited"]) == (60, 6, 10, 8)
    assert body["is_consensus_offered"]
    assert body["with_domains"] is None
    figure = find_figure(body, "functions.marketing")
    assert (figure["is_shown"], figure["is_shown_if_all_answer"]) == (False, True)
    assert figure["needs"] == [
        {"roles": ["practitioner"], "functions": ["marketing"], "counting": 8, "expected": 4, "enough": 10}
    ]


async def test_expected_response_changes_the_forecast(alice):
    assessment = await create_draft_with_people(alice)

    body = (await alice.get(f"/assessments/{assessment}/feasibility", params={"response_percent": 80})).json()

    assert find_figure(body, "functions.marketing")["is_shown"]


@pytest.mark.parametrize("percent", ["0", "101", "many"])
async def test_impossible_response_is_refused(alice, percent):
    assessment = await create_draft_with_people(alice)

    answer = await alice.get(f"/assessments/{assessment}/feasibility", params={"response_percent": percent})

    check_problem(answer, 422)


async def test_feasibility_is_cached_by_etag_until_someone_is_invited(alice):
    assessment = await create_draft_with_people(alice)
    path = f"/assessments/{assessment}/feasibility"
    tag = (await alice.get(path)).headers["etag"]

    same = await alice.get(path, headers={"If-None-Match": tag})
    await api_steps.invite_people(alice, assessment, MARKETING)
    changed = await alice.get(path, headers={"If-None-Match": tag})

    assert (same.status_code, changed.status_code) == (304, 200)


async def test_feasibility_of_another_workspace_is_not_found(alice, charlie, bob):
    assessment = await create_draft_with_people(alice)
    path = f"/assessments/{assessment}/feasibility"

    check_problem(await charlie.get(path), 404)
    check_problem(await bob("read:assessments").get(path), 403)


async def test_answering_does_not_change_feasibility(alice):
    """It is computed from invitations alone (method 6.11)."""
    assessment = await api_steps.create_open_assessment(alice)
    before = (await alice.get(f"/assessments/{assessment}/feasibility")).content
    await api_steps.import_responses(alice, assessment, (api_steps.GOLDEN / "plain-24.csv").read_text("utf-8"))

    assert (await alice.get(f"/assessments/{assessment}/feasibility")).content == before
