"""GET /benchmarks: ranks among the organisations that share their scores."""

from tests.api import api_steps
from tests.api.response_checks import check_problem


async def test_rank_among_too_few_is_null_with_reason(alice):
    assessment = await api_steps.create_closed_assessment(alice)
    await alice.patch(f"/assessments/{assessment}", json={"in_benchmarks": True})

    found = (await alice.get("/benchmarks")).json()

    (only,) = found["data"]
    scores = (await alice.get(f"/assessments/{assessment}/scores")).json()
    assert found["next_cursor"] is None
    assert (only["assessment"], only["organisations"]) == (assessment, 0)
    assert only["overall"]["score"] == scores["overall"]["score"]
    assert only["overall"]["rank"] is None
    assert only["overall"]["reason"] == "fewer than 10 organisations share their scores"


async def test_list_without_results_is_empty(alice):
    await api_steps.create_open_assessment(alice)

    assert (await alice.get("/benchmarks")).json() == {"data": [], "next_cursor": None}


async def test_benchmarks_without_permission_are_refused(alice, bob, charlie, nobody):
    await api_steps.create_closed_assessment(alice)

    assert (await charlie.get("/benchmarks")).json()["data"] == []
    check_problem(await bob("read:scores").get("/benchmarks"), 403)
    check_problem(await nobody.get("/benchmarks"), 401)


async def test_ranks_are_paginated(alice):
    for _ in range(2):
        await api_steps.create_closed_assessment(alice)

    first = (await alice.get("/benchmarks", params={"limit": 1})).json()
    second = (await alice.get("/benchmarks", params={"limit": 1, "cursor": first["next_cursor"]})).json()

    assert len({page["data"][0]["organisation"] for page in (first, second)}) == 2
    assert second["next_cursor"] is None
