"""GET /assessments/{id}/comparison: two closed waves, side by side."""

import csv
import io
from datetime import timedelta

import pytest

from assessment.library import Library, shipped
from tests.api import steps
from tests.api.checks import alike, pointers, problem

ABSENT = "a" * 24
PULSE = "social-media-pulse"


async def second_wave(client, clock, case="contested-60", first=None, **fields):
    """Another wave of the same organisation some days later, closed."""
    first = first or await steps.closed(client, "plain-24")
    organisation = (await client.get(f"/assessments/{first}")).json()["organisation"]
    clock.now += timedelta(days=10)
    fields = {"organisation": organisation, "wave_of": first} | fields
    return first, await steps.closed(client, case, **fields)


async def compared(client, later, **query):
    answer = await client.get(f"/assessments/{later}/comparison", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_wave_before_is_what_is_compared_unless_another_is_named(alice, clock):
    first, second = await second_wave(alice, clock)
    _, third = await second_wave(alice, clock, "plain-24", second)

    assert (await compared(alice, third))["earlier"]["assessment"] == second
    found = await compared(alice, third, **{"with": first})

    assert (found["earlier"]["assessment"], found["later"]["assessment"]) == (first, third)
    assert found["overall"]["change"] == 0
    assert {part["changed"] for part in found["functions"].values()} <= {False, None}


async def test_before_and_after_are_what_the_two_releases_say(alice, clock):
    first, second = await second_wave(alice, clock)

    found = await compared(alice, second)

    one, two = [(await alice.get(f"/assessments/{each}/scores")).json() for each in (first, second)]
    assert found["common_items"]["overall"] == {"common": 1.0, "needed": 0.7}
    assert found["weights"] == {name: part["weight"] for name, part in two["functions"].items()}
    for name, item in found["items"].items():
        before, after = (score_of(each, name) for each in (one, two))
        assert (item["before"], item["after"], item["change"]) == (before, after, after - before)
    for index in ("independence", "readiness"):
        shown = [each["indices"]["outlook"][index] for each in (one, two)]
        moved = found["indices"][index]
        assert (moved and [moved["before"], moved["after"]]) == (None if None in shown else shown)
    for part in [found["overall"], *found["functions"].values()]:
        assert part["change"] == pytest.approx(part["after"] - part["before"])
        assert (part["changed"] is None) == (part["reason"] is not None)


def score_of(result, name):
    return next(
        items[name]["score"]
        for function in result["functions"].values()
        for items in (
            function["hand_off"]["rows"],
            *(dimension["items"] for dimension in function["dimensions"].values()),
        )
        if name in items
    )


async def test_there_is_no_comparison_until_both_are_closed(alice, clock):
    first, _ = await second_wave(alice, clock)
    organisation = (await alice.get(f"/assessments/{first}")).json()["organisation"]
    still = await steps.opened(alice, organisation=organisation, wave_of=first)
    _, later = await second_wave(alice, clock, "plain-24", first)

    problem(await alice.get(f"/assessments/{still}/comparison"), 409)
    problem(await alice.get(f"/assessments/{later}/comparison", params={"with": still}), 409)


async def test_what_cannot_be_compared_is_refused_with_the_reason(alice, clock):
    first, second = await second_wave(alice, clock)
    elsewhere = await steps.closed(alice)

    async def told(later, **query):
        answer = await alice.get(f"/assessments/{later}/comparison", params=query)
        problem(answer, 422)
        assert pointers(answer) == {"with"}
        return answer.text

    assert "first wave" in await told(first)
    assert "itself" in await told(first, **{"with": first})
    assert "different organisations" in await told(second, **{"with": elsewhere})
    assert "closed after this" in await told(first, **{"with": second})


async def test_a_short_wave_is_compared_with_a_full_one_on_what_they_share(alice, clock):
    pulse = Library([shipped()]).get(PULSE)
    first = await steps.closed(alice, "plain-24")
    organisation = (await alice.get(f"/assessments/{first}")).json()["organisation"]
    second = await steps.opened(alice, organisation=organisation, wave_of=first, questionnaire=PULSE)
    await steps.take_in(alice, second, columns_of(pulse, (steps.GOLDEN / "plain-24.csv").read_text("utf-8")))
    await alice.post(f"/assessments/{second}/close")

    found = await compared(alice, second)

    assert found["breaks"] == []
    assert found["earlier"]["questionnaire"]["id"] != found["later"]["questionnaire"]["id"]
    assert found["items"].keys() <= {item.id for item in pulse.items}
    assert {item["change"] for item in found["items"].values()} == {0}


def columns_of(questionnaire, text):
    """What a file says to another questionnaire."""
    rows = list(csv.DictReader(io.StringIO(text)))
    kept = [name for name in rows[0] if name in {"respondent", "role", "functions"} | questionnaire.item.keys()]
    out = io.StringIO()
    writer = csv.DictWriter(out, kept, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("place", ["path", "query"])
async def test_neither_charlie_nor_bob_gets_anything(alice, bob, charlie, clock, place):
    _, second = await second_wave(alice, clock)
    _, own = await second_wave(charlie, clock)

    async def ask(client, assessment):
        path, other = (assessment, None) if place == "path" else (own, assessment)
        return await client.get(f"/assessments/{path}/comparison", params={"with": other} if other else {})

    foreign = await ask(charlie, second)
    problem(foreign, 404)
    alike(foreign, await ask(charlie, ABSENT))
    problem(await bob("read:scores").get(f"/assessments/{second}/comparison"), 403)


async def test_who_holds_it_already_is_told_that_nothing_changed(alice, clock):
    _, second = await second_wave(alice, clock)
    path = f"/assessments/{second}/comparison"
    first = await alice.get(path)

    again = await alice.get(path, headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
