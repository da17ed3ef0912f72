"""GET /assessments/{id}/comparison: two closed waves, side by side."""

import csv
import io
from datetime import timedelta

import pytest

from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder
from tests.api import api_steps
from tests.api.response_checks import check_problem, check_same_response, list_pointers

ABSENT = "a" * 24
PULSE = "social-media-pulse"


async def create_second_wave(client, clock, case="contested-60", first=None, **fields):
    """Another wave of the same organisation some days later, closed."""
    first = first or await api_steps.create_closed_assessment(client, "plain-24")
    organisation = (await client.get(f"/assessments/{first}")).json()["organisation"]
    clock.now += timedelta(days=10)
    fields = {"organisation": organisation, "wave_of": first} | fields
    return first, await api_steps.create_closed_assessment(client, case, **fields)


async def get_comparison(client, later, **query):
    answer = await client.get(f"/assessments/{later}/comparison", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_comparison_defaults_to_previous_wave(alice, clock):
    first, second = await create_second_wave(alice, clock)
    _, third = await create_second_wave(alice, clock, "plain-24", second)

    assert (await get_comparison(alice, third))["earlier"]["assessment"] == second
    found = await get_comparison(alice, third, **{"with": first})

    assert (found["earlier"]["assessment"], found["later"]["assessment"]) == (first, third)
    assert found["overall"]["change"] == 0
    assert {part["changed"] for part in found["functions"].values()} <= {False, None}


async def test_comparison_figures_equal_both_releases(alice, clock):
    first, second = await create_second_wave(alice, clock)

    found = await get_comparison(alice, second)

    one, two = [(await alice.get(f"/assessments/{each}/scores")).json() for each in (first, second)]
    assert found["common_items"]["overall"] == {"common": 1.0, "needed": 0.7}
    assert found["weights"] == {name: part["weight"] for name, part in two["functions"].items()}
    for name, item in found["items"].items():
        before, after = (find_score(each, name) for each in (one, two))
        assert (item["before"], item["after"], item["change"]) == (before, after, after - before)
    for index in ("independence", "readiness"):
        shown = [each["indices"]["outlook"][index] for each in (one, two)]
        moved = found["indices"][index]
        assert (moved and [moved["before"], moved["after"]]) == (None if None in shown else shown)
    for part in [found["overall"], *found["functions"].values()]:
        assert part["change"] == pytest.approx(part["after"] - part["before"])
        assert (part["changed"] is None) == (part["reason"] is not None)


def find_score(result, name):
    return next(
        items[name]["score"]
        for function in result["functions"].values()
        for items in (
            function["hand_off"]["rows"],
            *(dimension["items"] for dimension in function["dimensions"].values()),
        )
        if name in items
    )


async def test_comparison_before_both_closed_is_refused(alice, clock):
    first, _ = await create_second_wave(alice, clock)
    organisation = (await alice.get(f"/assessments/{first}")).json()["organisation"]
    still = await api_steps.create_open_assessment(alice, organisation=organisation, wave_of=first)
    _, later = await create_second_wave(alice, clock, "plain-24", first)

    check_problem(await alice.get(f"/assessments/{still}/comparison"), 409)
    check_problem(await alice.get(f"/assessments/{later}/comparison", params={"with": still}), 409)


async def test_incomparable_assessments_are_refused_with_reason(alice, clock):
    first, second = await create_second_wave(alice, clock)
    elsewhere = await api_steps.create_closed_assessment(alice)

    async def told(later, **query):
        answer = await alice.get(f"/assessments/{later}/comparison", params=query)
        check_problem(answer, 422)
        assert list_pointers(answer) == {"with"}
        return answer.text

    assert "first wave" in await told(first)
    assert "itself" in await told(first, **{"with": first})
    assert "different organisations" in await told(second, **{"with": elsewhere})
    assert "closed after this" in await told(first, **{"with": second})


async def test_pulse_and_full_wave_are_compared_on_shared_items(alice, clock):
    pulse = QuestionnaireCatalogue([find_shipped_folder()]).get(PULSE)
    first = await api_steps.create_closed_assessment(alice, "plain-24")
    organisation = (await alice.get(f"/assessments/{first}")).json()["organisation"]
    second = await api_steps.create_open_assessment(
        alice, organisation=organisation, wave_of=first, questionnaire=PULSE
    )
    await api_steps.import_responses(
        alice, second, select_columns(pulse, (api_steps.GOLDEN / "plain-24.csv").read_text("utf-8"))
    )
    await alice.post(f"/assessments/{second}/close")

    found = await get_comparison(alice, second)

    assert found["breaks"] == []
    assert found["earlier"]["questionnaire"]["id"] != found["later"]["questionnaire"]["id"]
    assert found["items"].keys() <= {item.id for item in pulse.items}
    assert {item["change"] for item in found["items"].values()} == {0}


def select_columns(questionnaire, text):
    """Problems of a file that was made for another questionnaire."""
    rows = list(csv.DictReader(io.StringIO(text)))
    kept = [name for name in rows[0] if name in {"respondent", "role", "functions"} | questionnaire.item.keys()]
    out = io.StringIO()
    writer = csv.DictWriter(out, kept, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("place", ["path", "query"])
async def test_comparison_without_permission_is_refused(alice, bob, charlie, clock, place):
    _, second = await create_second_wave(alice, clock)
    _, own = await create_second_wave(charlie, clock)

    async def ask(client, assessment):
        path, other = (assessment, None) if place == "path" else (own, assessment)
        return await client.get(f"/assessments/{path}/comparison", params={"with": other} if other else {})

    foreign = await ask(charlie, second)
    check_problem(foreign, 404)
    check_same_response(foreign, await ask(charlie, ABSENT))
    check_problem(await bob("read:scores").get(f"/assessments/{second}/comparison"), 403)


async def test_unchanged_comparison_returns_304(alice, clock):
    _, second = await create_second_wave(alice, clock)
    path = f"/assessments/{second}/comparison"
    first = await alice.get(path)

    again = await alice.get(path, headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
