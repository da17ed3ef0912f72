"""Start, check and sent pages served directly: the same responses as by the framework."""

from datetime import date

import pytest
from litestar import Litestar
from sqlalchemy import update

from assessment.errors import UnavailableError
from assessment.storage import tables
from assessment.web.survey import direct_requests
from assessment.web.survey.handlers import sending, start_page
from tests.web import people
from tests.web.people import Person
from tests.web.survey.test_direct_requests import leave_all_to_framework, list_parts

LANGUAGES = ["en", "de", "fr", "es"]
ASSESSMENT_CHANGES = [
    {"title": "<Other> & title"},
    {"asker": ""},
    {"closes_on": date(2027, 1, 31)},
    {"domains": ["example.org"]},
    {"share_results": True},
    {"minimum_group": 7},
    {"confidentiality": "anonymous"},
    {"confidentiality": "attributable"},
    {"mode": "consensus", "confidentiality": "attributable"},
]
CHANGE_NAMES = ["title", "no asker", "date", "domains", "shared", "group", "anonymous", "named", "team"]


def change_assessment(url: str, changes: dict[str, object]) -> None:
    with people.open_write_session(url) as session:
        session.execute(update(tables.assessment).values(**changes))


async def answer_all(person: Person, value: str = "3") -> None:
    for page in person.pages:
        await person.answer(page[0].id, value)


async def check_page_equals_the_frameworks(
    person: Person, path: str, outcomes: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compare the second direct response, whose page is cached."""
    await person.get(path)
    direct = await person.get(path)
    assert outcomes[-1]

    with monkeypatch.context() as patch:
        patch.setattr(direct_requests, "serve_directly", leave_all_to_framework)
        assert list_parts(await person.get(path)) == list_parts(direct)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_start_page_equals_the_frameworks(
    visitor: Person, outcomes: list[bool], monkeypatch: pytest.MonkeyPatch, language: str
):
    await visitor.get(f"{visitor.link}?lang={language}")  # the cookie of the language

    await check_page_equals_the_frameworks(visitor, visitor.link, outcomes, monkeypatch)


@pytest.mark.parametrize("changes", ASSESSMENT_CHANGES, ids=CHANGE_NAMES)
async def test_cached_start_page_follows_the_assessment(
    visitor: Person,
    outcomes: list[bool],
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
    changes: dict[str, object],
):
    before = await visitor.get(visitor.link)
    change_assessment(database_url, changes)

    await check_page_equals_the_frameworks(visitor, visitor.link, outcomes, monkeypatch)
    assert (await visitor.get(visitor.link)).text != before.text


@pytest.mark.parametrize(
    "values",
    [
        {"email": "berg@example.org", "deliver": "mail"},
        {"revoked_on": date(2026, 11, 20)},
        {"is_late": True},
    ],
    ids=["mailed", "revoked", "late"],
)
async def test_cached_start_page_follows_the_invitation(
    visitor: Person, outcomes: list[bool], monkeypatch: pytest.MonkeyPatch, database_url: str, values: dict[str, object]
):
    before = await visitor.get(visitor.link)
    with people.open_write_session(database_url) as session:
        session.execute(update(tables.invitation).values(**values))

    await check_page_equals_the_frameworks(visitor, visitor.link, outcomes, monkeypatch)
    assert (await visitor.get(visitor.link)).text != before.text


async def test_start_page_of_two_links_names_each_ones_own(visitor: Person, links: dict[str, str]):
    first = (await visitor.get(visitor.link)).text
    second = (await visitor.get(f"/s/{links['leader']}")).text

    assert f'action="{visitor.link}"' in first
    assert f'action="/s/{links["leader"]}"' in second


async def test_start_page_of_a_browser_with_a_draft_equals_the_frameworks(
    alice: Person, outcomes: list[bool], monkeypatch: pytest.MonkeyPatch
):
    await check_page_equals_the_frameworks(alice, alice.link, outcomes, monkeypatch)
    await answer_all(alice)
    await check_page_equals_the_frameworks(alice, alice.link, outcomes, monkeypatch)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_check_and_sent_page_equal_the_frameworks(
    alice: Person, outcomes: list[bool], monkeypatch: pytest.MonkeyPatch, language: str
):
    first, items = alice.first, alice.items(alice.first)
    await alice.get(f"/survey/{first}?lang={language}")  # the cookie of the language
    await answer_all(alice)
    await check_page_equals_the_frameworks(alice, "/survey/check", outcomes, monkeypatch)
    plain = (await alice.get("/survey/check")).text

    await alice.save(items[0], "na", **{f"{items[0]}:reason": '"<b>] & }'})
    await alice.save(items[1], "3", **{f"{items[1]}:evidence": "document"})
    await alice.save(items[2], "dk")
    await alice.save(f"comment-{first}", "\nTwo <lines>")
    await check_page_equals_the_frameworks(alice, "/survey/check", outcomes, monkeypatch)
    assert (await alice.get("/survey/check")).text != plain
    await alice.send()
    await check_page_equals_the_frameworks(alice, "/survey/sent", outcomes, monkeypatch)


async def test_check_and_sent_page_with_open_questions_equal_the_frameworks(
    alice: Person, outcomes: list[bool], monkeypatch: pytest.MonkeyPatch
):
    await alice.answer(alice.first)

    await check_page_equals_the_frameworks(alice, "/survey/check", outcomes, monkeypatch)
    await alice.send()
    await check_page_equals_the_frameworks(alice, "/survey/sent", outcomes, monkeypatch)


@pytest.mark.parametrize("changes", ASSESSMENT_CHANGES, ids=CHANGE_NAMES)
async def test_cached_check_page_follows_the_assessment(
    alice: Person, outcomes: list[bool], monkeypatch: pytest.MonkeyPatch, database_url: str, changes: dict[str, object]
):
    await answer_all(alice)
    await alice.get("/survey/check")
    change_assessment(database_url, changes)

    await check_page_equals_the_frameworks(alice, "/survey/check", outcomes, monkeypatch)


async def test_cached_check_page_shows_a_revoked_invitation(
    alice: Person, outcomes: list[bool], monkeypatch: pytest.MonkeyPatch, database_url: str
):
    await answer_all(alice)
    await alice.get("/survey/check")
    with people.open_write_session(database_url) as session:
        session.execute(update(tables.invitation).values(revoked_on=date(2026, 11, 20)))

    await check_page_equals_the_frameworks(alice, "/survey/check", outcomes, monkeypatch)
    assert "20 November 2026" in (await alice.get("/survey/check")).text


async def test_check_pages_of_two_people_show_their_own_answers(alice: Person, bob: Person):
    await answer_all(alice, "1")
    await answer_all(bob, "2")

    pages = [(await person.get("/survey/check")).text for person in (alice, bob, alice)]

    assert pages[0] != pages[1]
    assert [people.read_hidden_fields(page)["response"] for page in pages].count(
        people.read_hidden_fields(pages[0])["response"]
    ) == 2


async def test_entering_and_sending_redirect_as_the_framework_does(
    app: Litestar, links: dict[str, str], outcomes: list[bool], monkeypatch: pytest.MonkeyPatch
):
    direct = await enter_and_send(app, links["practitioner"], "practitioner")
    assert outcomes.count(False) == 0
    monkeypatch.setattr(direct_requests, "serve_directly", leave_all_to_framework)

    assert await enter_and_send(app, links["leader"], "leader") == direct


async def enter_and_send(app: Litestar, link: str, role: str) -> list[tuple[int, str, list[str]]]:
    async with people.open_client(app) as client:
        person = Person(client, link, role)
        entered = await person.enter("start")
        begun = await person.follow(entered)
        await person.answer(begun.headers["location"].rpartition("/")[2])
        responses = (entered, begun, await person.send())
    return [(one.status_code, one.headers["location"], list_shapes(one)) for one in responses]


def list_shapes(response) -> list[str]:
    """Return the attributes of each cookie, and the names of all other headers with what is the same for everyone."""
    cookies = [value.partition(";")[2] for value in response.headers.get_list("set-cookie")]
    changing = {"x-request-id", "content-length", "location", "set-cookie"}
    return cookies + sorted(f"{name}: {value}" for name, value in response.headers.items() if name not in changing)


@pytest.mark.parametrize("fields", [{"_token": "forged"}, {"response": "another"}], ids=["token", "response"])
async def test_unusual_sending_is_left_to_the_framework(alice: Person, outcomes: list[bool], fields: dict[str, str]):
    await answer_all(alice)
    form = await alice.form("/survey/check")

    await alice.post("/survey/check", form | fields)

    assert not outcomes[-1]


@pytest.mark.parametrize(("module", "name", "path"), [(sending, "_send", "/survey/check"), (start_page, "_enter", "")])
async def test_failed_transaction_is_not_tried_again_by_the_framework(
    alice: Person, monkeypatch: pytest.MonkeyPatch, module, name: str, path: str
):
    await alice.answer(alice.first)
    form, tries = await alice.form("/survey/check"), []

    def fail(*_: object) -> None:
        tries.append(1)
        raise UnavailableError

    monkeypatch.setattr(module, name, fail)

    response = await alice.post(path or alice.link, form)

    assert (response.status_code, len(tries)) == (503, 1)
