"""Cost of a page does not grow with the number of people: steps of SQLite, statements and bytes, never seconds."""

from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.services.assessments import closing
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.people import people_invitations, people_summary, response_import
from assessment.services.people.invitee_checks import Invitee
from assessment.services.results import page_cache_keys
from assessment.storage import answer_loader, database, tables
from assessment.storage.assessments import Assessment
from assessment.storage.people import people_summaries
from assessment.web.console.direct_results import DirectResults
from assessment.web.console.handlers.home import PAGE_SIZE
from assessment.web.console.views import assessment_order
from tests.web import people
from tests.web.console.conftest import Visitor, World

FEW, MANY = 200, 2000
STEP = 10  # instructions of SQLite's virtual machine between two calls of the handler
MOST_GROWTH = 1.2
HOME = "/console"
PAGES = (HOME, "/console/assessments/{id}/live", "/console/assessments/{id}/people")
CLOSE_PAGE = "/console/assessments/{id}/close"
RESULTS_PAGE = "/console/assessments/{id}/results"
IS_BACKGROUND: ContextVar[bool] = ContextVar("is_background", default=False)


@pytest.fixture
def world(migrated_sqlite_url: str) -> Iterator[World]:
    world = World(migrated_sqlite_url)
    yield world
    world.engine.dispose()


def fill(world: World, number: int, opened: str = "") -> str:
    """Add so many people to an assessment, or to a new one; half of them have sent."""
    opened = opened or world.opened("Many people")
    guests = [
        Invitee(role="staff", functions=("hr",), name=f"Person {each}", email=f"p{each}-{number}@example.org")
        for each in range(number)
    ]
    with database.write_session(world.engine) as session:
        invited = people_invitations.invite_people(
            session, AssessmentKey(world.home, opened), guests, world.catalogue, people.NOW
        )
        rows = [
            {
                "id": f"{opened}-{number}-{each}",
                "workspace_id": world.home,
                "assessment_id": opened,
                "invitation_id": linked.invitation.id,
                "draft_number": 1,
                "role": "staff",
                "functions": "hr",
                "language": "en",
                "state": "sent",
                "sent_at": people.NOW,
            }
            for each, linked in enumerate(invited[::2])
        ]
        session.execute(tables.response.insert(), rows)
    return opened


async def measure(
    world: World, folder: Path, opened: str, pages: tuple[str, ...] = (*PAGES, CLOSE_PAGE), *, views: int = 2
) -> dict[str, int]:
    """Return the steps, statements and bytes of the last view of each page: the first one may count.

    Tasks that the server starts for itself are left out: they query every few seconds, so sometimes during a view.
    """
    costs: dict[str, int] = {}
    counted, statements = [0], [0]

    def count() -> int:
        counted[0] += 1
        return 0

    def attach(connection, *_) -> None:
        connection.set_progress_handler(None if IS_BACKGROUND.get() else count, STEP)

    def count_statement(*_) -> None:
        statements[0] += not IS_BACKGROUND.get()

    app = people.make_app(str(world.engine.url), folder, people.Clock())
    starting = IS_BACKGROUND.set(True)  # tasks and threads copy the context in which they are started
    async with people.run_app(app), people.open_client(app) as client:
        IS_BACKGROUND.reset(starting)
        event.listen(app.state.engine, "checkout", attach)
        event.listen(app.state.engine, "before_cursor_execute", count_statement)
        client.cookies.set("console", world.session_of("alice"))
        for page in pages:
            for _ in range(views):
                counted[0] = statements[0] = 0
                response = await Visitor(client).get(page.format(id=opened))
                assert response.status_code == 200
            costs |= {page: counted[0], f"{page}, statements": statements[0], f"{page}, bytes": len(response.content)}
    return costs


def find_growing(few: dict[str, int], many: dict[str, int]) -> set[str]:
    return {page for page in few if many[page] > MOST_GROWTH * few[page]}


async def measure_both(world: World, folder: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Measure with few people, then the same assessment's pages with many more in it."""
    opened = fill(world, FEW)
    few = await measure(world, folder, opened)
    fill(world, MANY - FEW, opened)
    return few, await measure(world, folder, opened)


async def test_work_of_pages_does_not_grow_with_people(world: World, tmp_path: Path):
    few, many = await measure_both(world, tmp_path)

    print(few, many)  # noqa: T201
    assert find_growing(few, many) == set()


FURTHER = 60  # assessments
STEPS_PER_ASSESSMENT = 10  # in calls of the handler; loading an assessment with its counts takes more


def open_many(world: World, number: int) -> None:
    for each in range(number):
        world.opened(f"Wave {each}")


async def measure_assessments(world: World, folder: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Measure the home page with one more page than it shows, then with many more assessments."""
    open_many(world, PAGE_SIZE)
    few = await measure(world, folder, world.open, (HOME,), views=3)
    open_many(world, FURTHER)
    return few, await measure(world, folder, world.open, (HOME,), views=3 + FURTHER // assessment_order.MAX_REFRESHED)


async def test_home_ranks_all_assessments_in_one_statement(world: World, tmp_path: Path):
    few, many = await measure_assessments(world, tmp_path)

    print(few, many)  # noqa: T201
    assert many[f"{HOME}, statements"] == few[f"{HOME}, statements"]
    assert many[HOME] - few[HOME] < FURTHER * STEPS_PER_ASSESSMENT


async def test_mutant_that_counts_each_assessment_for_the_order_is_caught(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(people_summaries, "save_summary", lambda *_: None)
    monkeypatch.setattr(assessment_order, "MAX_REFRESHED", PAGE_SIZE + FURTHER)

    few, many = await measure_assessments(world, tmp_path)

    assert many[f"{HOME}, statements"] > few[f"{HOME}, statements"]


async def test_mutant_that_counts_people_at_each_view_is_caught(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(people_summaries, "save_summary", lambda *_: None)

    few, many = await measure_both(world, tmp_path)

    assert find_growing(few, many) >= set(PAGES)


def close_with(world: World, number: int) -> str:
    """Close a new assessment of so many people."""
    opened = world.opened(f"{number} answers")
    key = AssessmentKey(world.home, opened)
    rows = "".join(f"r{each},staff,hr,,{1 + each % 3}\n" for each in range(number))
    with database.write_session(world.engine) as session:
        response_import.import_responses(session, key, "respondent,role,functions,seconds,HR-P1\n" + rows, people.NOW)
    with database.write_session(world.engine) as session:
        closing.close_assessment(session, key, people.NOW)
    return opened


async def measure_results(world: World, folder: Path, *, views: int = 2) -> tuple[dict[str, int], dict[str, int]]:
    few, many = close_with(world, FEW), close_with(world, MANY)
    return (
        await measure(world, folder, few, (RESULTS_PAGE,), views=views),
        await measure(world, folder, many, (RESULTS_PAGE,), views=views),
    )


@pytest.mark.parametrize("views", [1, 2])  # the first one renders the page
async def test_work_of_the_results_page_does_not_grow_with_people(world: World, tmp_path: Path, views: int):
    few, many = await measure_results(world, tmp_path, views=views)

    print(few, many)  # noqa: T201
    assert find_growing(few, many) == set()


@pytest.mark.parametrize("views", [1, 2])
async def test_mutant_that_loads_answers_for_the_results_page_is_caught(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, views: int
):
    make_key = page_cache_keys.make_page_key

    def load_answers_too(session: Session, assessment: Assessment, *languages: str) -> bytes:
        answer_loader.load_answers(session, assessment.key, load_questionnaire(session, assessment))
        return make_key(session, assessment, *languages)

    monkeypatch.setattr(page_cache_keys, "make_page_key", load_answers_too)
    monkeypatch.setattr(DirectResults, "_find_page", lambda *_: None)  # the framework serves it, by that key

    few, many = await measure_results(world, tmp_path, views=views)

    assert RESULTS_PAGE in find_growing(few, many)


def test_counts_of_a_change_that_is_committed_meanwhile_are_outdated(world: World, monkeypatch: pytest.MonkeyPatch):
    count = people_summary._count_people

    def count_while_someone_invites(*values):
        counted = count(*values)
        world.invite(world.open, "staff", 1)
        return counted

    with database.read_session(world.engine) as session:
        before = people_summary.load_summary(session, AssessmentKey(world.home, world.open))
    monkeypatch.setattr(people_summary, "_count_people", count_while_someone_invites)
    people_summary.refresh_summaries(world.engine, world.home, [world.open])
    monkeypatch.undo()

    with database.read_session(world.engine) as session:
        after = people_summary.load_summary(session, AssessmentKey(world.home, world.open))

    assert sum(row.invited for row in after.invited) == sum(row.invited for row in before.invited) + 1
