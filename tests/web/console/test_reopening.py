"""Opening a closed assessment again, and why a second close may leave the first results standing."""

from html import unescape

import pytest

from assessment.domain.assessment import AssessmentKey
from assessment.services.people import response_import
from assessment.storage import database
from assessment.storage.results import release_snapshots
from tests.web import people
from tests.web.console.conftest import GOLDEN


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


def late(world, count):
    """The first of those who have answered, as people who come later."""
    head, *rows = GOLDEN.read_text().splitlines()
    text = "\n".join([head, *(f"late-{row}" for row in rows[:count])]) + "\n"
    with database.write_session(world.engine) as session:
        response_import.import_responses(session, AssessmentKey(world.home, world.closed), text, people.NOW)


async def read_page(visitor, path):
    return unescape((await visitor.get(path)).text)


async def test_reopen_form_explains_the_consequences(world, running):
    base = f"/console/assessments/{world.closed}"

    async with running() as come:
        alice = come("alice")
        offered = await read_page(alice, base)
        asked = await read_page(alice, f"{base}/reopen")

    assert f'href="{base}/reopen"' in offered
    assert "Open “Closed wave” again" in asked
    assert "at least 6 people" in asked
    assert "copied" in asked
    assert f'action="{base}/reopen"' in asked
    assert world.held(world.closed).state == "closed"


async def test_reopening_redirects_back_and_keeps_the_results(world, running):
    base = f"/console/assessments/{world.closed}"

    async with running() as come:
        alice = come("alice")
        before = await alice.get(f"{base}/figures/json")
        response = await alice.post(f"{base}/reopen")
        page = await read_page(alice, response.headers["location"])
        results = await read_page(alice, f"{base}/results")
        after = await alice.get(f"{base}/figures/json")

    assert (response.headers["location"], response.cookies["notice"]) == (base, "reopened")
    assert "The assessment is open again." in page
    assert "What was published stands" in page
    assert "What was published stands" in results
    assert f'href="{base}/close"' in page
    assert after.content == before.content


async def test_reopening_an_open_assessment_is_not_offered_and_refused(world, running):
    base = f"/console/assessments/{world.open}"

    async with running() as come:
        alice = come("alice")
        page = await read_page(alice, base)
        asked = await alice.get(f"{base}/reopen")
        done = await alice.post(f"{base}/reopen")

    assert "/reopen" not in page
    assert (asked.status_code, done.status_code) == (409, 409)


async def test_reopening_an_anonymous_assessment_is_refused_with_the_reason(world, running):
    made = world.opened("Anonymous wave", confidentiality="anonymous")
    base = f"/console/assessments/{made}"

    async with running() as come:
        alice = come("alice")
        warned = await read_page(alice, f"{base}/close")
        world.close(made)
        page = await read_page(alice, base)
        refused = await alice.get(f"{base}/reopen")

    assert "A closed anonymous survey can’t be opened again." in warned
    assert f"{base}/reopen" not in page
    assert "nothing tells any more which links were used" in page
    assert refused.status_code == 409
    assert "Begin a new wave" in refused.text


async def test_close_form_explains_first_and_second_close(world, running):
    async with running() as come:
        alice = come("alice")
        first = await read_page(alice, f"/console/assessments/{world.open}/close")
        await alice.post(f"/console/assessments/{world.closed}/reopen")
        second = await read_page(alice, f"/console/assessments/{world.closed}/close")

    assert "You can open it again." in first
    assert "can’t be opened again" not in first
    assert "New results are published only if they reveal nothing about a few people" in second
    assert "nobody’s answers or those of at least 6 people" in second


async def test_few_late_answers_keep_the_first_release_and_the_page_lists_the_figures(world, running):
    base = f"/console/assessments/{world.closed}"

    async with running() as come:
        alice = come("alice")
        before = await alice.get(f"{base}/figures/json")
        await alice.post(f"{base}/reopen")
        late(world, 3)
        closed = await alice.post(f"{base}/close", {"sure": "yes"})
        results = await read_page(alice, closed.headers["location"])
        page = await read_page(alice, base)
        after = await alice.get(f"{base}/figures/json")

    for text in (results, page):
        notice = text.split("The earlier results stand.")[1].split("</div>")[0]
        assert "too few people’s answers are new, changed or gone" in notice
        assert "<li>Customer service</li>" in notice
        assert "<li>Leaders and practitioners</li>" in notice
        assert not any(letter.isdigit() for letter in notice)
    assert after.content == before.content


async def test_withdrawal_is_shown_only_after_the_next_close(world, running):
    base = f"/console/assessments/{world.closed}"

    async with running() as come:
        alice = come("alice")
        await alice.post(f"{base}/reopen")
        with database.write_session(world.engine) as session:
            release_snapshots.delete_snapshots(session, AssessmentKey(world.home, world.closed))
        meanwhile = [await read_page(alice, f"{base}{end}") for end in ("", "/close", "/results")]
        await alice.post(f"{base}/close", {"sure": "yes"})
        after = await read_page(alice, base)
        refused = await alice.get(f"{base}/reopen")

    # Not at once: the pages would show that someone has just withdrawn.
    assert not any("were withdrawn" in text for text in meanwhile)
    assert "Answers behind them were withdrawn" in after
    assert "New results are published only if" not in after
    assert "/reopen" not in after
    assert refused.status_code == 409


async def test_enough_late_answers_update_page_and_report(world, running):
    base = f"/console/assessments/{world.closed}"

    async with running() as come:
        alice = come("alice")
        old = await alice.get(f"{base}/report.pdf")
        await alice.post(f"{base}/reopen")
        late(world, 60)
        closed = await alice.post(f"{base}/close", {"sure": "yes"})
        results = await read_page(alice, closed.headers["location"])
        page = await read_page(alice, base)
        new = await alice.get(f"{base}/report.pdf")

    assert "The earlier results stand." not in results
    assert "These are number 2; earlier ones stay stored." in page
    assert new.content != old.content


async def test_settings_that_affect_figures_are_locked_after_reopening(world, running):
    base = f"/console/assessments/{world.closed}"

    async with running() as come:
        alice = come("alice")
        await alice.post(f"{base}/reopen")
        text = await read_page(alice, f"{base}/settings")
        form = {"title": "Once more", "weights:marketing": "3", "revision": str(world.held(world.closed).revision)}
        saved = await alice.post(f"{base}/settings", form)

    held = world.held(world.closed)
    assert "Fixed by the first close" in text
    assert 'name="weights:marketing"' not in text
    assert 'name="targets:marketing"' not in text
    assert saved.status_code == 303
    assert (held.title, held.weights) == ("Once more", {})
