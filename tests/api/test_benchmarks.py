"""GET /benchmarks: ranks among the organisations that share their scores."""

from tests.api import steps
from tests.api.checks import problem


async def test_there_are_no_ranks_among_too_few_and_the_reason_is_told(alice):
    assessment = await steps.closed(alice)
    await alice.patch(f"/assessments/{assessment}", json={"in_benchmarks": True})

    found = (await alice.get("/benchmarks")).json()

    (only,) = found["data"]
    scores = (await alice.get(f"/assessments/{assessment}/scores")).json()
    assert found["next_cursor"] is None
    assert (only["assessment"], only["organisations"]) == (assessment, 0)
    assert only["overall"]["score"] == scores["overall"]["score"]
    assert only["overall"]["rank"] is None
    assert only["overall"]["reason"] == "fewer than 10 organisations share their scores"


async def test_without_results_the_list_is_empty(alice):
    await steps.opened(alice)

    assert (await alice.get("/benchmarks")).json() == {"data": [], "next_cursor": None}


async def test_neither_charlie_nor_bob_nor_nobody_gets_anything(alice, bob, charlie, nobody):
    await steps.closed(alice)

    assert (await charlie.get("/benchmarks")).json()["data"] == []
    problem(await bob("read:scores").get("/benchmarks"), 403)
    problem(await nobody.get("/benchmarks"), 401)


async def test_ranks_come_page_by_page(alice):
    for _ in range(2):
        await steps.closed(alice)

    first = (await alice.get("/benchmarks", params={"limit": 1})).json()
    second = (await alice.get("/benchmarks", params={"limit": 1, "cursor": first["next_cursor"]})).json()

    assert len({page["data"][0]["organisation"] for page in (first, second)}) == 2
    assert second["next_cursor"] is None
