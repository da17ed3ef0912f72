"""Opening a closed assessment again, and why a second close may leave the first results standing."""

from html import unescape

import pytest

from assessment.services import importing
from assessment.storage import bases, database
from tests.web import people
from tests.web.console.conftest import GOLDEN


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


def late(world, count):
    """The first of those who have answered, as people who come later."""
    head, *rows = GOLDEN.read_text().splitlines()
    text = "\n".join([head, *(f"late-{row}" for row in rows[:count])]) + "\n"
    with database.writing(world.engine) as session:
        importing.take_in(session, world.home, world.closed, text, people.NOW)


async def read(visitor, path):
    return unescape((await visitor.get(path)).text)


async def test_the_page_names_the_act_and_says_what_will_happen(world, running):
    base = f"/console/assessments/{world.closed}"

    async with running() as come:
        alice = come("alice")
        offered = await read(alice, base)
        asked = await read(alice, f"{base}/reopen")

    assert f'href="{base}/reopen"' in offered
    assert "Open “Closed wave” again" in asked
    assert "at least 6 people" in asked
    assert "copied" in asked
    assert f'action="{base}/reopen"' in asked
    assert world.held(world.closed).state == "closed"


async def test_opening_again_leads_back_and_the_results_stay(world, running):
    base = f"/console/assessments/{world.closed}"

    async with running() as come:
        alice = come("alice")
        before = await alice.get(f"{base}/figures/json")
        response = await alice.post(f"{base}/reopen")
        page = await read(alice, response.headers["location"])
        results = await read(alice, f"{base}/results")
        after = await alice.get(f"{base}/figures/json")

    assert response.headers["location"] == f"{base}?done=reopened"
    assert "The assessment is open again." in page
    assert "What was published stands" in page
    assert "What was published stands" in results
    assert f'href="{base}/close"' in page
    assert after.content == before.content


async def test_what_is_not_closed_is_not_offered_and_refused(world, running):
    base = f"/console/assessments/{world.open}"

    async with running() as come:
        alice = come("alice")
        page = await read(alice, base)
        asked = await alice.get(f"{base}/reopen")
        done = await alice.post(f"{base}/reopen")

    assert "/reopen" not in page
    assert (asked.status_code, done.status_code) == (409, 409)


async def test_an_anonymous_assessment_is_not_offered_and_says_why(world, running):
    made = world.opened("Anonymous wave", confidentiality="anonymous")
    base = f"/console/assessments/{made}"

    async with running() as come:
        alice = come("alice")
        warned = await read(alice, f"{base}/close")
        world.close(made)
        page = await read(alice, base)
        refused = await alice.get(f"{base}/reopen")

    assert "A closed anonymous survey can’t be opened again." in warned
    assert f"{base}/reopen" not in page
    assert "nothing tells any more which links were used" in page
    assert refused.status_code == 409
    assert "Begin a new wave" in refused.text


async def test_the_closing_page_is_honest_before_the_first_and_before_a_second_close(world, running):
    async with running() as come:
        alice = come("alice")
        first = await read(alice, f"/console/assessments/{world.open}/close")
        await alice.post(f"/console/assessments/{world.closed}/reopen")
        second = await read(alice, f"/console/assessments/{world.closed}/close")

    assert "You can open it again." in first
    assert "can’t be opened again" not in first
    assert "New results are published only if they tell nothing of a few people" in second
    assert "nobody’s answers or those of at least 6 people" in second


async def test_a_late_handful_leaves_the_first_results_and_the_page_says_in_which_figures(world, running):
    base = f"/console/assessments/{world.closed}"

    async with running() as come:
        alice = come("alice")
        before = await alice.get(f"{base}/figures/json")
        await alice.post(f"{base}/reopen")
        late(world, 3)
        closed = await alice.post(f"{base}/close", {"sure": "yes"})
        results = await read(alice, closed.headers["location"])
        page = await read(alice, base)
        after = await alice.get(f"{base}/figures/json")

    for text in (results, page):
        notice = text.split("The earlier results stand.")[1].split("</div>")[0]
        assert "too few people’s answers are new, changed or gone" in notice
        assert "<li>Customer service</li>" in notice
        assert "<li>Leaders and practitioners</li>" in notice
        assert not any(letter.isdigit() for letter in notice)
    assert after.content == before.content


async def test_withdrawn_answers_are_told_from_the_next_close_on(world, running):
    base = f"/console/assessments/{world.closed}"

    async with running() as come:
        alice = come("alice")
        await alice.post(f"{base}/reopen")
        with database.writing(world.engine) as session:
            bases.forget(session, world.home, world.closed)
        meanwhile = [await read(alice, f"{base}{end}") for end in ("", "/close", "/results")]
        await alice.post(f"{base}/close", {"sure": "yes"})
        after = await read(alice, base)
        refused = await alice.get(f"{base}/reopen")

    # Not at once: the pages would show that someone has just withdrawn.
    assert not any("were withdrawn" in text for text in meanwhile)
    assert "Answers that they rest on were withdrawn" in after
    assert "New results are published only if" not in after
    assert "/reopen" not in after
    assert refused.status_code == 409


async def test_enough_late_answers_are_on_the_page_and_in_the_report(world, running):
    base = f"/console/assessments/{world.closed}"

    async with running() as come:
        alice = come("alice")
        old = await alice.get(f"{base}/report.pdf")
        await alice.post(f"{base}/reopen")
        late(world, 60)
        closed = await alice.post(f"{base}/close", {"sure": "yes"})
        results = await read(alice, closed.headers["location"])
        page = await read(alice, base)
        new = await alice.get(f"{base}/report.pdf")

    assert "The earlier results stand." not in results
    assert "These are number 2; earlier ones stay stored." in page
    assert new.content != old.content


async def test_settings_that_figures_rest_on_are_shown_as_fixed_and_stay(world, running):
    base = f"/console/assessments/{world.closed}"

    async with running() as come:
        alice = come("alice")
        await alice.post(f"{base}/reopen")
        text = await read(alice, f"{base}/settings")
        form = {"title": "Once more", "weights:marketing": "3", "revision": str(world.held(world.closed).revision)}
        saved = await alice.post(f"{base}/settings", form)

    held = world.held(world.closed)
    assert "Fixed by the first close" in text
    assert 'name="weights:marketing"' not in text
    assert 'name="targets:marketing"' not in text
    assert saved.status_code == 303
    assert (held.title, held.weights) == ("Once more", {})
