"""Computed findings changed in the console: words, comment, order, left out with a reason; conflict and undo."""

import re

import pytest

from assessment.domain.assessment import AssessmentKey
from assessment.services.results import consultant_comments
from assessment.storage import database

HTMX = {"HX-Request": "true"}


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


@pytest.fixture
def load(world):
    def load():
        with database.read_session(world.engine) as session:
            return consultant_comments.load_comments(session, AssessmentKey(world.home, world.closed))

    return load


@pytest.fixture
def path(world):
    return f"/console/assessments/{world.closed}/roadmap"


def list_finding_ids(page):
    return re.findall(r'name="part" value="finding:([a-z.-]+)"', page.text)


async def test_reworded_finding_stands_on_both_pages_with_its_computed_words(running, path, load):
    async with running() as come:
        visitor = come("alice")
        first = list_finding_ids(await visitor.get(path))[0]
        form = {"part": f"finding:{first}", "revision": "0"}
        fields = {f"finding_edits:{first}:text": "Two rules", f"finding_edits:{first}:note": "Since May."}

        answer = await visitor.post(path, form | fields, **HTMX)

        page, results = await visitor.get(path), await visitor.get(path.replace("/roadmap", "/results"))
    assert answer.status_code == 200
    assert 'name="revision" value="1"' in answer.text
    assert load().comments.finding_edits[first].note == "Since May."
    assert "Finding: " in page.text
    for text in (page.text, results.text):
        assert "Two rules" in text
        assert "Since May." in text
    assert "The consultant words this finding as “Two rules”; computed:" in results.text


async def test_finding_moved_and_left_out_changes_the_page_and_undo_brings_it_back(running, path, load):
    async with running() as come:
        visitor = come("alice")
        before = list_finding_ids(await visitor.get(path))
        drop = {"part": f"dropped-finding:{before[0]}", "revision": "1"}

        moved = await visitor.post(path, {"part": "finding-order", "revision": "0", "move": f"up:{before[1]}"})
        after_move = list_finding_ids(await visitor.get(path))
        dropped = await visitor.post(path, drop | {f"dropped_findings:{before[0]}": "Known already."})
        after_drop = await visitor.get(path)
        await visitor.post(f"{path}/undo", {"revision": "2", "number": "1"})

        after_undo = list_finding_ids(await visitor.get(path))
    assert (moved.status_code, dropped.status_code) == (303, 303)
    assert after_move[:2] == [before[1], before[0]]
    assert before[0] not in list_finding_ids(after_drop)
    assert "Known already." in after_drop.text
    assert after_undo == after_move
    assert load().comments.dropped_findings == {}


async def test_finding_left_out_without_a_reason_is_refused(running, path, load):
    async with running() as come:
        visitor = come("alice")
        first = list_finding_ids(await visitor.get(path))[0]
        form = {"part": f"dropped-finding:{first}", "revision": "0", f"dropped_findings:{first}": "  "}

        answer = await visitor.post(path, form)

    assert answer.status_code == 422
    assert "Say why, for your colleagues." in answer.text
    assert load().comments.dropped_findings == {}


async def test_conflict_about_a_finding_shows_both_versions(running, path, load):
    async with running() as come:
        alice, dora = come("alice"), come("dora")
        first = list_finding_ids(await alice.get(path))[0]
        form = {"part": f"finding:{first}", "revision": "0"}
        await alice.post(path, form | {f"finding_edits:{first}:text": "Words of Alice"})

        answer = await dora.post(path, form | {f"finding_edits:{first}:text": "Words of Dora"})

    assert answer.status_code == 412
    assert all(words in answer.text for words in ("Words of Alice", "Words of Dora", "alice@example.org"))
    assert load().comments.finding_edits[first].text == "Words of Alice"
