"""Number of statements for each request of a respondent, those of the driver included."""

from collections.abc import Iterator
from datetime import date

import pytest
from litestar import Litestar
from sqlalchemy import event, update

from assessment.storage import tables
from assessment.storage.prepared_reads import PreparedRead
from tests.web import people
from tests.web.people import Person

SAVE_KINDS = ["SELECT", "BEGIN", "SELECT", "INSERT", "COMMIT"]
PREPARATIONS = ("PRAGMA", "--")  # of a connection; statements of a trigger or a foreign key
VIEW_KINDS = ["SELECT"] * 3  # the respondent, facts about the page, the answers
RECORDED_DISPLAY = ["BEGIN", "SELECT", "INSERT", "COMMIT"]
RECORDED_CONTINUE = ["BEGIN", "SELECT", "SELECT", "UPDATE", "COMMIT"]
MOST_OF_A_PAGE = {"/survey/check": 10, "/survey/sent": 7}
MOST_OF_A_START = 14


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    """SQLite reports every statement."""
    return migrated_sqlite_url


@pytest.fixture
def statements(app: Litestar) -> Iterator[list[str]]:
    """Every statement that SQLite runs, from the first word on."""
    run: list[str] = []
    engine = app.state.engine

    def trace(connection, _entry) -> None:
        connection.set_trace_callback(run.append)

    event.listen(engine, "connect", trace)
    engine.dispose()  # connections opened before are not traced
    yield run
    event.remove(engine, "connect", trace)


def list_kinds(statements: list[str]) -> list[str]:
    return [statement.split()[0].upper() for statement in statements if not statement.startswith(PREPARATIONS)]


async def save_once(alice: Person, form: dict[str, str], item: str, value: str, changes: int) -> int:
    sequence = f"{form[f'{item}:sequence'].partition('.')[0]}.40000.{changes}"
    answer = form | {item: value, f"{item}:sequence": sequence}
    response = await alice.post(f"/survey/answers/{item}", answer, **{"HX-Request": "true"})
    return response.status_code


async def test_autosave_runs_two_selects_and_one_transaction(statements: list[str], alice: Person):
    form, item = await alice.form(f"/survey/{alice.first}"), alice.items(alice.first)[0]
    await save_once(alice, form, item, "3", 1)
    statements.clear()

    status = await save_once(alice, form, item, "2", 2)

    assert status == 200
    assert list_kinds(statements) == SAVE_KINDS


async def test_continue_without_changes_runs_one_transaction(statements: list[str], alice: Person):
    form = await alice.form(f"/survey/{alice.first}")
    answers = dict.fromkeys(alice.items(alice.first), "3")
    await alice.post(f"/survey/{alice.first}", form | answers)
    form = await alice.form(f"/survey/{alice.first}")
    statements.clear()

    await alice.post(f"/survey/{alice.first}", form | answers)

    assert list_kinds(statements) == ["SELECT", "SELECT", "BEGIN", "SELECT", "SELECT", "COMMIT"]


async def test_first_view_and_continue_run_one_transaction_each(statements: list[str], alice: Person):
    await alice.get(f"/survey/{alice.pages[1][0].id}")  # opens the connections
    statements.clear()

    page = await alice.get(f"/survey/{alice.first}")
    expected = ["SELECT", "SELECT", *RECORDED_DISPLAY, "SELECT"]
    assert list_kinds(statements)[: len(expected)] == expected
    statements.clear()

    answers = dict.fromkeys(alice.items(alice.first), "3")
    await alice.post(f"/survey/{alice.first}", people.read_hidden_fields(page.text) | answers)

    kinds = list_kinds(statements)
    assert kinds.count("COMMIT") == 1
    own_kinds = kinds[: kinds.index("COMMIT") + 1]  # afterwards, a worker may look for mails to send
    assert [kind for kind in own_kinds if kind != "INSERT"] == ["SELECT", "SELECT", *RECORDED_CONTINUE]
    assert kinds.count("INSERT") == len(answers)


async def test_check_and_sent_page_run_few_statements(statements: list[str], alice: Person):
    await alice.answer(alice.first)
    counts = {}
    for path in MOST_OF_A_PAGE:
        await alice.get(path)
        statements.clear()
        await alice.get(path)
        counts[path] = len([kind for kind in list_kinds(statements) if kind == "SELECT"])
        await alice.send()

    assert {path: count <= MOST_OF_A_PAGE[path] for path, count in counts.items()} == dict.fromkeys(counts, True), (
        counts
    )


async def test_start_page_runs_few_statements(statements: list[str], alice: Person):
    await alice.get(alice.link)
    statements.clear()

    await alice.get(alice.link)

    assert len([kind for kind in list_kinds(statements) if kind == "SELECT"]) <= MOST_OF_A_START, statements


@pytest.mark.parametrize("invited", [0, 50])
async def test_section_view_reads_the_same_however_many_are_invited(
    statements: list[str], alice: Person, database_url: str, invited: int
):
    with people.open_write_session(database_url) as session:
        for number in range(invited):
            session.execute(
                tables.invitation.insert().values(
                    id=f"more-{number}",
                    workspace_id="w",
                    assessment_id="a",
                    position=100 + number,
                    role="practitioner",
                    functions="marketing",
                    created_on=people.NOW.date(),
                    revision=1,
                )
            )
    await alice.get(f"/survey/{alice.first}")
    statements.clear()

    await alice.get(f"/survey/{alice.first}")

    kinds = list_kinds(statements)
    assert kinds == VIEW_KINDS


async def test_change_by_another_process_is_noticed_at_the_next_save(alice: Person, database_url: str):
    form, item = await alice.form(f"/survey/{alice.first}"), alice.items(alice.first)[0]
    await save_once(alice, form, item, "3", 1)

    with people.open_write_session(database_url) as session:
        session.execute(update(tables.respondent_session).values(moved_on=date(2026, 11, 20)))

    assert await save_once(alice, form, item, "2", 2) == 409


async def test_lookup_with_a_cache_misses_the_change(alice: Person, database_url: str, monkeypatch: pytest.MonkeyPatch):
    find, cache = PreparedRead.find_without_waiting, {}

    def find_cached(read, *, cookie_hash):
        if cookie_hash not in cache:
            cache[cookie_hash] = find(read, cookie_hash=cookie_hash)
        return cache[cookie_hash]

    monkeypatch.setattr(PreparedRead, "find_without_waiting", find_cached)
    form, item = await alice.form(f"/survey/{alice.first}"), alice.items(alice.first)[0]
    await save_once(alice, form, item, "3", 1)

    with people.open_write_session(database_url) as session:
        session.execute(update(tables.respondent_session).values(moved_on=date(2026, 11, 20)))

    assert await save_once(alice, form, item, "2", 2) == 200
