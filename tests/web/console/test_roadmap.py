"""Findings and roadmap: the consultant's contribution entered in the console, part by part."""

import re

import msgspec
import pytest

from assessment.domain.assessment import AssessmentKey
from assessment.domain.report.comments import Comments
from assessment.services.results import consultant_comments
from assessment.storage import database
from assessment.storage.results import comments as stored_comments
from tests.web import people

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


def list_action_ids(page):
    return re.findall(r'id="action-([a-z-]+)"', page.text)


async def test_action_saved_by_a_plain_form_is_on_the_page_and_in_the_revision(running, path, load):
    async with running() as come:
        visitor = come("alice")
        first = list_action_ids(await visitor.get(path))[0]
        fields = {
            f"actions:{first}:title": "Look at ten cases",
            f"actions:{first}:owner": "Marta Reyes",
            f"actions:{first}:due": "2027-03-31",
            f"actions:{first}:status": "under-way",
        }

        answer = await visitor.post(path, {"part": f"action:{first}", "revision": "0", **fields})

        page = await visitor.get(answer.headers["location"])
    assert answer.status_code == 303
    saved = load()
    assert saved.saved_by == "alice@example.org"
    assert saved.comments.actions[first].owner == "Marta Reyes"
    assert all(words in page.text for words in ("Look at ten cases", "Marta Reyes", "31 March 2027", "under way"))


async def test_htmx_save_returns_line_with_new_revision(running, path, load):
    async with running() as come:
        visitor = come("alice")
        form = {"part": "remark:answer", "revision": "0", "remarks:answer": "Two shifts walked."}

        answer = await visitor.post(path, form, **HTMX)

    assert answer.status_code == 200
    assert 'name="revision" value="1"' in answer.text
    assert "<html" not in answer.text
    assert load().comments.remarks == {"answer": "Two shifts walked."}


async def test_two_consultants_who_edit_different_parts_keep_both(running, path, load):
    async with running() as come:
        alice, dora = come("alice"), come("dora")
        await alice.post(path, {"part": "remark:answer", "revision": "0", "remarks:answer": "Hers."})

        answer = await dora.post(path, {"part": "remark:gap", "revision": "0", "remarks:gap": "Also hers."})

    assert answer.status_code == 303
    assert load().comments.remarks == {"answer": "Hers.", "gap": "Also hers."}


@pytest.mark.parametrize(("headers", "status"), [({}, 412), (HTMX, 409)])
async def test_conflict_about_one_part_shows_both_versions_and_who(running, path, load, headers, status):
    async with running() as come:
        alice, dora = come("alice"), come("dora")
        await alice.post(path, {"part": "remark:answer", "revision": "0", "remarks:answer": "Words of Alice."})

        answer = await dora.post(
            path, {"part": "remark:answer", "revision": "0", "remarks:answer": "Words of Dora."}, **headers
        )

    assert answer.status_code == status
    assert all(words in answer.text for words in ("Words of Alice.", "Words of Dora.", "alice@example.org"))
    assert 'name="revision" value="1"' in answer.text
    assert load().comments.remarks == {"answer": "Words of Alice."}


async def test_action_moved_up_starts_the_order_of_the_consultant(running, path):
    async with running() as come:
        visitor = come("alice")
        before = list_action_ids(await visitor.get(path))

        await visitor.post(path, {"part": "order", "revision": "0", "move": f"up:{before[1]}"})

        after = list_action_ids(await visitor.get(path))
    assert after[:3] == [before[1], before[0], before[2]]


async def test_action_left_out_needs_a_reason_and_can_be_brought_back(running, path, load):
    async with running() as come:
        visitor = come("alice")
        first = list_action_ids(await visitor.get(path))[0]
        drop = {"part": f"dropped:{first}", "revision": "0"}

        dropped = await visitor.post(path, drop | {f"dropped:{first}": "Decided for 2028."})
        page = await visitor.get(path)
        returned = await visitor.post(path, drop | {"revision": "1", "clear": "yes"})

    assert (dropped.status_code, returned.status_code) == (303, 303)
    assert first not in list_action_ids(page)
    assert "Decided for 2028." in page.text
    assert load().comments.dropped == {}


async def test_moderated_score_without_reason_is_refused_with_the_typed_value(running, path, load):
    async with running() as come:
        visitor = come("alice")

        answer = await visitor.post(
            path, {"part": "moderation", "revision": "0", "figure": "functions.hr", "moderated": "55", "reason": ""}
        )

    assert answer.status_code == 422
    assert 'value="55"' in answer.text
    assert "A moderated score without a reason." in answer.text
    assert load().revision == 0


async def test_undo_brings_back_the_version_before(running, path, load):
    async with running() as come:
        visitor = come("alice")
        for revision, text in enumerate(("First.", "Second.")):
            await visitor.post(path, {"part": "remark:answer", "revision": str(revision), "remarks:answer": text})

        answer = await visitor.post(f"{path}/undo", {"number": "1", "revision": "2"})

    assert answer.status_code == 303
    assert (load().revision, load().comments.remarks["answer"]) == (3, "First.")


async def test_undo_after_a_save_of_someone_else_is_refused(running, path, load):
    async with running() as come:
        alice, dora = come("alice"), come("dora")
        await alice.post(path, {"part": "remark:answer", "revision": "0", "remarks:answer": "First."})
        await dora.post(path, {"part": "remark:gap", "revision": "1", "remarks:gap": "Newer."})

        answer = await alice.post(f"{path}/undo", {"number": "0", "revision": "1"})

    assert answer.status_code == 412
    assert load().revision == 2


async def test_viewer_reads_the_page_and_gets_no_form(running, path, world, load):
    async with running() as come:
        visitor = come("bob")

        page = await visitor.get(path)
        answer = await visitor.post(path, {"part": "remark:answer", "revision": "0", "remarks:answer": "Mine."})

    assert page.status_code == 200
    assert 'name="part"' not in page.text
    assert answer.status_code == 403
    assert load().revision == 0


async def test_unknown_part_is_not_found(running, path):
    async with running() as come:
        answer = await come("alice").post(path, {"part": "nonsense", "revision": "0"})

    assert answer.status_code == 404


@pytest.fixture
def store_far_start(world):
    """Store a start of the plan that earlier versions accepted, as revision 1."""
    values = {
        "number": 1,
        "content": msgspec.json.encode(Comments(start="9999-12-31")),
        "logo": None,
        "logo_number": None,
        "release": None,
        "user_id": world.ids["alice"],
        "key_id": None,
        "saved_at": people.NOW,
    }
    with database.write_session(world.engine) as session:
        stored_comments.add_comments(session, AssessmentKey(world.home, world.closed), values)


@pytest.mark.parametrize("day", ["9999-12-31", "1999-12-31"])
async def test_far_start_of_the_plan_is_refused_with_the_range_and_stays_typed(running, path, load, day):
    async with running() as come:
        answer = await come("alice").post(path, {"part": "about", "revision": "0", "start": day})

    assert answer.status_code == 422
    assert "Choose a day in the years 2000 to 2999." in answer.text
    assert f'value="{day}"' in answer.text
    assert load().comments.start == ""


@pytest.mark.usefixtures("store_far_start")
async def test_far_start_stored_by_an_earlier_version_leaves_pages_readable_and_can_be_replaced(running, path, load):
    async with running() as come:
        visitor = come("alice")
        pages = [await visitor.get(path), await visitor.get(path.replace("/roadmap", "/results"))]

        saved = await visitor.post(path, {"part": "about", "revision": "1", "start": "2027-01-11"})

    assert [page.status_code for page in pages] == [200, 200]
    assert saved.status_code == 303
    assert load().comments.start == "2027-01-11"


@pytest.mark.usefixtures("store_far_start")
async def test_far_start_stored_by_an_earlier_version_can_be_undone(running, path, load):
    async with running() as come:
        answer = await come("alice").post(f"{path}/undo", {"number": "0", "revision": "1"})

    assert answer.status_code == 303
    assert load().comments.start == ""
