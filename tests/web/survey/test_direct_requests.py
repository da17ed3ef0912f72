"""Requests served directly: the same responses as by the framework, and everything unusual is left to it."""

import re
from datetime import date, timedelta

import httpx
import pytest
from sqlalchemy import delete, select, update

from assessment.errors import UnavailableError
from assessment.storage import tables
from assessment.storage.answer_connection import SectionParameters
from assessment.storage.answer_writer import AnswerWriter
from assessment.web.http import page_slots
from assessment.web.survey import direct_requests
from tests.web import people
from tests.web.people import Clock, Person

ITEM = "CS-P1"
HTMX = {"HX-Request": "true"}
RANDOM = re.compile(r'(name="_token"\s+value="|\d\.)[^"]*"')  # the token's salt, and the window's number
CHANGING_HEADERS = ("x-request-id",)


async def leave_all_to_framework(*_: object) -> bool:
    return False


def leave_all_and_note(outcomes: list[bool]):
    async def serve(*_: object) -> bool:
        outcomes.append(False)
        return False

    return serve


def list_parts(response: httpx.Response) -> tuple[int, dict[str, str], str]:
    headers = {name: value for name, value in response.headers.items() if name not in CHANGING_HEADERS}
    text = RANDOM.sub("", response.text)
    return response.status_code, headers | {"content-length": ""}, text


async def send_autosave(person: Person, changes: int, **more: str) -> httpx.Response:
    form = await person.form(f"/survey/{person.first}")
    fields = form | {ITEM: "3", f"{ITEM}:sequence": f"{form[f'{ITEM}:sequence']}.{changes}"} | more
    return await person.post(f"/survey/answers/{ITEM}", fields, **HTMX)


async def test_autosave_response_equals_the_frameworks(
    alice: Person, outcomes: list[bool], monkeypatch: pytest.MonkeyPatch
):
    direct = await send_autosave(alice, 1)
    assert outcomes[-1]
    monkeypatch.setattr(direct_requests, "serve_directly", leave_all_to_framework)

    assert list_parts(await send_autosave(alice, 2)) == list_parts(direct)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
async def test_section_page_equals_the_frameworks(
    alice: Person, outcomes: list[bool], monkeypatch: pytest.MonkeyPatch, language: str
):
    first, items = alice.first, alice.items(alice.first)
    await alice.get(f"/survey/{first}?lang={language}")  # the first display, and the cookie of the language
    pages = [await alice.get(f"/survey/{first}")]
    await alice.save(items[0], "na", **{f"{items[0]}:reason": '"<b>] & }'})
    await alice.save(items[1], "3", **{f"{items[1]}:evidence": "document"})
    await alice.save(f"comment-{first}", "\nTwo <lines>")
    pages.append(await alice.get(f"/survey/{first}"))
    assert outcomes[-1]
    monkeypatch.setattr(direct_requests, "serve_directly", leave_all_to_framework)

    rendered = await alice.get(f"/survey/{first}")

    assert list_parts(rendered) == list_parts(pages[1])
    assert list_parts(rendered) != list_parts(pages[0])


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "<Other> & title"},
        {"asker": ""},
        {"confidentiality": "attributable"},
        {"mode": "consensus", "confidentiality": "attributable"},
    ],
    ids=["title", "no asker", "named", "team"],
)
async def test_cached_section_page_follows_the_assessment(
    alice: Person, outcomes: list[bool], monkeypatch: pytest.MonkeyPatch, database_url: str, changes: dict[str, str]
):
    await alice.get(f"/survey/{alice.first}")
    await alice.get(f"/survey/{alice.first}")
    with people.open_write_session(database_url) as session:
        session.execute(update(tables.assessment).values(**changes))

    direct = await alice.get(f"/survey/{alice.first}")

    assert outcomes[-1]
    monkeypatch.setattr(direct_requests, "serve_directly", leave_all_to_framework)
    assert list_parts(await alice.get(f"/survey/{alice.first}")) == list_parts(direct)


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (tables.invitation, {"revoked_on": date(2026, 11, 20)}),
        (tables.respondent_session, {"moved_on": date(2026, 11, 20)}),
        (tables.response, {"state": "withdrawn"}),
        (tables.response, {"state": "sent"}),
        (tables.assessment, {"closes_at": people.NOW}),
        (tables.assessment, {"confidentiality": "anonymous"}),
    ],
    ids=["revoked", "moved", "withdrawn", "sent", "closed", "anonymous"],
)
async def test_section_page_of_another_state_is_left_to_the_framework(
    alice: Person, outcomes: list[bool], database_url: str, table, values
):
    await alice.get(f"/survey/{alice.first}")
    await alice.get(f"/survey/{alice.first}")
    assert outcomes[-1]

    with people.open_write_session(database_url) as session:
        session.execute(update(table).values(**values))
    await alice.get(f"/survey/{alice.first}")

    assert not outcomes[-1]


@pytest.mark.parametrize(
    ("fields", "headers", "status"),
    [
        ({}, {}, 303),
        ({"_token": "forged"}, HTMX, 403),
        ({"response": "another"}, HTMX, 409),
        ({ITEM: "9"}, HTMX, 409),
        ({}, HTMX | {"Origin": "https://evil.example"}, 403),
        ({}, HTMX | {"Sec-Fetch-Site": "cross-site"}, 403),
        ({}, HTMX | {"Host": "evil example"}, 400),
        ({}, HTMX | {"Content-Type": "text/plain"}, 200),
    ],
)
async def test_unusual_save_is_left_to_the_framework(
    alice: Person, outcomes: list[bool], fields: dict[str, str], headers: dict[str, str], status: int
):
    form = await alice.form(f"/survey/{alice.first}")

    response = await alice.post(f"/survey/answers/{ITEM}", form | {ITEM: "3"} | fields, **headers)

    assert (outcomes[-1], response.status_code) == (False, status)


async def test_failed_save_is_not_tried_again_by_the_framework(alice: Person, monkeypatch: pytest.MonkeyPatch):
    await alice.get(f"/survey/{alice.first}")  # the first display, which is saved too
    tries = []

    async def fail(*_: object) -> None:
        tries.append(1)
        raise UnavailableError

    monkeypatch.setattr(AnswerWriter, "save_and_wait", fail)

    response = await send_autosave(alice, 1)

    assert (response.status_code, len(tries)) == (503, 1)


async def test_page_cache_is_bounded(alice: Person, monkeypatch: pytest.MonkeyPatch, app):
    monkeypatch.setattr(page_slots, "MAX_CACHED_PAGES", 1)

    for page in alice.pages[:3]:
        await alice.get(f"/survey/{page[0].id}")
        await alice.get(f"/survey/{page[0].id}")

    assert len(app.state.section_pages._cache._pages) == 1


def read_section_times(url: str) -> list[tuple[str, object, float | None]]:
    with people.open_read_session(url) as session:
        columns = (tables.section_time.c.section, tables.section_time.c.shown_at, tables.section_time.c.seconds)
        return [tuple(row) for row in session.execute(select(*columns))]


@pytest.mark.parametrize("script", ["", "htmx"])
@pytest.mark.parametrize("confidentiality", ["confidential", "anonymous"])
async def test_continue_saves_and_redirects_as_the_framework_does(
    alice: Person,
    outcomes: list[bool],
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
    clock: Clock,
    script: str,
    confidentiality: str,
):
    headers = HTMX if script else {}
    with people.open_write_session(database_url) as session:
        session.execute(update(tables.assessment).values(confidentiality=confidentiality))
    results = []
    for value in ("2", "3"):
        form = await alice.form(f"/survey/{alice.first}")
        clock.now += timedelta(seconds=20)
        fields = form | dict.fromkeys(alice.items(alice.first), value)
        response = await alice.post(f"/survey/{alice.first}", fields, **headers)
        saved = people.count_chosen((await alice.get(f"/survey/{alice.first}")).text)
        results.append((list_parts(response), saved, read_section_times(database_url)))
        assert outcomes[-2] is (value == "2")
        with people.open_write_session(database_url) as session:
            session.execute(delete(tables.section_time))
        clock.now -= timedelta(seconds=20)
        monkeypatch.setattr(direct_requests, "serve_directly", leave_all_and_note(outcomes))

    assert results[0] == results[1]
    assert results[0][2][0][2] == 20


async def test_section_time_of_finished_response_is_not_stored(alice: Person, app, database_url: str, clock: Clock):
    with people.open_write_session(database_url) as session:
        response_id = session.scalar(select(tables.response.c.id))
        session.execute(update(tables.response).values(state="withdrawn"))

    display = SectionParameters("w", response_id, alice.first, clock.now)
    app.state.writer.save_together([display])[0].result(20)

    assert read_section_times(database_url) == []
