"""One question answered in two windows: nothing is overwritten before the person has seen both answers."""

from html import unescape

import httpx
import pytest

from assessment.storage import answer_connection
from assessment.web.survey.browser_cookies import MAX_KEYS
from tests.web import people
from tests.web.people import Person

ITEM = "CS-P1"
MAX_REQUEST_HEADER = 7_000  # of the Cookie field; proxies refuse 8 KB
MAX_RESPONSE_HEADER = 4_000  # of all fields; nginx refuses 4 KB


def build_section_path(person: Person) -> str:
    return f"/survey/{person.first}"


async def read_saved_answer(person: Person) -> str:
    """The answer that is saved."""
    text = (await person.get(build_section_path(person))).text
    found = text.partition(f'id="question-{ITEM}"')[2].partition("</fieldset>")[0].partition(" checked")[0]
    return found.rpartition('value="')[2].partition('"')[0]


async def continue_in_two_windows(person: Person, **second: str) -> str:
    """Answer all questions with 4 in one window, then continue with others in one that was open before; the address."""
    old = await person.form(build_section_path(person))
    await person.answer(person.first, "4")
    answer = await person.post(
        build_section_path(person), old | dict.fromkeys(person.items(person.first), "4") | second
    )
    return answer.headers["location"]


async def choose_answer(person: Person, address: str, **choice: str) -> str:
    answer = await person.post(address, await person.form(address) | choice)
    return answer.headers["location"]


async def test_second_window_shows_both_answers(alice: Person):
    address = await continue_in_two_windows(alice, **{ITEM: "0"})

    page = unescape((await alice.get(address)).text)

    assert address == f"/survey/conflicts/{alice.first}"
    assert page.index("Mine, from this window") < page.index("No goal covers it") < page.index("The other, saved")
    assert page.count('name="mine"') == 1
    assert await read_saved_answer(alice) == "4"


async def test_keeping_my_answer_saves_it_and_continues(alice: Person):
    address = await continue_in_two_windows(alice, **{ITEM: "0"})

    following = await choose_answer(alice, address, mine=ITEM)

    assert following == f"/survey/{alice.pages[1][0].id}"
    assert await read_saved_answer(alice) == "0"


async def test_using_the_other_answer_keeps_it_and_continues(alice: Person):
    address = await continue_in_two_windows(alice, **{ITEM: "0"})

    following = await choose_answer(alice, address, other=ITEM)

    assert following == f"/survey/{alice.pages[1][0].id}"
    assert await read_saved_answer(alice) == "4"


async def test_reason_typed_in_the_second_window_is_kept(alice: Person):
    reason = "Another team – „die Technik“ – does it " + "ß" * 400
    address = await continue_in_two_windows(alice, **{ITEM: "na", f"{ITEM}:reason": reason})
    shown = unescape((await alice.get(address)).text)

    await choose_answer(alice, address, mine=ITEM)

    assert reason in shown
    assert reason in unescape((await alice.get(build_section_path(alice))).text)


def make_long_reasons(person: Person) -> dict[str, str]:
    """As many different letters as a reason may have, for each question of the first section."""
    items = person.items(person.first)
    letters = [chr(0x4E00 + (number * 7919) % 20000) for number in range(1000 * len(items))]
    return {item: "".join(letters[number * 1000 : (number + 1) * 1000]) for number, item in enumerate(items)}


def make_long_answers(person: Person) -> dict[str, str]:
    reasons = {f"{item}:reason": reason for item, reason in make_long_reasons(person).items()}
    return dict.fromkeys(person.items(person.first), "na") | reasons


async def continue_with_long_reasons(person: Person) -> httpx.Response:
    """Continue in a second window with reasons that no cookie can store; the page."""
    old = await person.form(build_section_path(person))
    await person.answer(person.first, "4")
    return await person.post(build_section_path(person), old | make_long_answers(person))


async def test_long_reasons_of_a_whole_section_are_kept(alice: Person):
    reasons = make_long_reasons(alice)
    page = await continue_with_long_reasons(alice)
    shown = page
    for item in reasons:
        assert page.status_code == 409
        page = await alice.post(
            f"/survey/conflicts/{alice.first}", people.read_hidden_fields(page.text) | {"mine": item}
        )
        page = page if page.status_code == 409 else await alice.follow(page)

    section = await alice.get(build_section_path(alice))

    assert all(reason in shown.text for reason in reasons.values())
    assert all(reason in section.text for reason in reasons.values())


async def test_long_reasons_are_discarded_when_the_other_answer_is_chosen(alice: Person):
    page = await continue_with_long_reasons(alice)
    items = alice.items(alice.first)
    for item in items:
        page = await alice.post(
            f"/survey/conflicts/{alice.first}", people.read_hidden_fields(page.text) | {"other": item}
        )
        page = page if page.status_code == 409 else await alice.follow(page)

    section = await alice.get(build_section_path(alice))

    assert make_long_reasons(alice)[items[0]] not in section.text
    assert await read_saved_answer(alice) == "4"


async def test_long_reasons_sent_by_a_script_ask_for_the_plain_form(alice: Person):
    old = await alice.form(build_section_path(alice))
    await alice.answer(alice.first, "4")

    answer = await alice.post(build_section_path(alice), old | make_long_answers(alice), **{"HX-Request": "true"})

    assert (answer.status_code, answer.text) == (409, "")


async def test_long_reasons_of_a_lost_session_are_kept(alice: Person):
    await alice.answer(alice.first, "1")
    code = await alice.code()
    form = await alice.form(build_section_path(alice))
    await alice.answer(alice.first, "2")
    alice.client.cookies.clear()
    lost = await alice.post(build_section_path(alice), form | make_long_answers(alice))
    page = await alice.post("/survey/resume", people.read_hidden_fields(lost.text) | {"link": alice.link, "code": code})
    item = alice.items(alice.first)[0]

    chosen = await alice.post(f"/survey/conflicts/{alice.first}", people.read_hidden_fields(page.text) | {"mine": item})

    assert page.status_code == chosen.status_code == 409
    assert all(reason in page.text for reason in make_long_reasons(alice).values())
    assert make_long_reasons(alice)[item] in (await alice.get(build_section_path(alice))).text


async def test_cookies_stay_below_the_header_limit_of_proxies(
    client: httpx.AsyncClient, database_url: str, links: dict[str, str]
):
    with people.open_write_session(database_url) as session:
        more = [people.add_survey(session, f"b{number}")["practitioner"] for number in range(12)]
    for link in more:
        person = Person(client, link, "practitioner")
        await person.enter()
        await person.save(ITEM, "1")
    alice = Person(client, links["practitioner"], "practitioner")
    await alice.enter()
    responses, stored = [await continue_with_long_reasons(alice)], set()
    for length in range(50, 1000, 150):
        texts = {name: value[:length] for name, value in make_long_answers(alice).items()}
        old = await alice.form(build_section_path(alice))
        await alice.answer(alice.first, str(length % 4))
        responses.append(await alice.post(build_section_path(alice), old | texts))
        responses.append(await alice.post(build_section_path(alice), old | texts | {"_token": "stale"}))
        stored |= set(client.cookies)
        assert sum(len(name) + len(value) + 3 for name, value in client.cookies.items()) < MAX_REQUEST_HEADER

    sizes = [sum(len(name) + len(value) + 4 for name, value in answer.headers.multi_items()) for answer in responses]
    assert max(sizes) < MAX_RESPONSE_HEADER
    assert {"mine", "form"} <= stored
    assert len(client.cookies) > MAX_KEYS


async def test_each_conflict_is_chosen_separately(alice: Person):
    first, second = alice.items(alice.first)[:2]
    address = await continue_in_two_windows(alice, **{first: "0", second: "1"})

    still = await choose_answer(alice, address, mine=first)
    shown = (await alice.get(still)).text
    following = await choose_answer(alice, still, other=second)

    assert still == address
    assert f'name="mine" value="{first}"' not in shown
    assert f'name="mine" value="{second}"' in shown
    assert following == f"/survey/{alice.pages[1][0].id}"


async def test_third_answer_is_shown_before_mine_replaces_it(alice: Person):
    address = await continue_in_two_windows(alice, **{ITEM: "0"})
    old = await alice.form(address)
    await alice.save(ITEM, "2")

    answer = await alice.post(address, old | {"mine": ITEM})

    assert answer.headers["location"] == address
    assert await read_saved_answer(alice) == "2"


async def test_section_page_links_to_its_open_conflicts(alice: Person):
    address = await continue_in_two_windows(alice, **{ITEM: "0"})

    page = await alice.get(build_section_path(alice))

    assert f'href="{address}"' in page.text


async def test_conflict_after_a_change_link_returns_to_the_check_page(alice: Person):
    address = await continue_in_two_windows(alice, **{ITEM: "0", "then": "check", "at": ITEM})

    following = await choose_answer(alice, address, mine=ITEM)

    assert address == f"/survey/conflicts/{alice.first}?then=check&at={ITEM}"
    assert following == f"/survey/check#answer-{ITEM}"


async def test_finish_on_this_device_deletes_open_conflicts(alice: Person):
    await continue_in_two_windows(alice, **{ITEM: "na", f"{ITEM}:reason": "secret"})

    await alice.finish()

    assert dict(alice.client.cookies) == {}


async def test_conflict_of_another_response_is_not_shown(alice: Person, links: dict[str, str]):
    await continue_in_two_windows(alice, **{ITEM: "0"})
    other = Person(alice.client, links["leader"], "leader")
    await other.enter()

    page = await other.get(f"/survey/{other.first}")

    assert "in doubt" not in page.text


@pytest.mark.parametrize("cookie", ["x", "eJw", "%00", "é".encode().hex(), "A" * 3500])
async def test_forged_conflict_cookie_is_ignored(alice: Person, cookie: str):
    alice.client.cookies.set("mine", cookie)

    answer = await alice.get(f"/survey/conflicts/{alice.first}")

    assert answer.status_code == 303


async def test_unchanged_question_is_no_conflict(alice: Person):
    old = await alice.form(build_section_path(alice))
    await alice.answer(alice.first, "4")
    untouched = {f"{item}:sequence": old[f"{item}:sequence"] + ".0" for item in alice.items(alice.first)}

    answer = await alice.post(build_section_path(alice), old | untouched | dict.fromkeys(alice.items(alice.first), "1"))

    assert answer.headers["location"] == f"/survey/{alice.pages[1][0].id}"
    assert await read_saved_answer(alice) == "4"


async def test_many_changes_in_the_second_window_do_not_overwrite_the_first(alice: Person):
    number = (await alice.form(build_section_path(alice)))[f"{ITEM}:sequence"]
    await alice.save(ITEM, "4")

    answers = [
        await alice.save(ITEM, str(value), **{f"{ITEM}:sequence": f"{number}.{changes}"})
        for changes, value in enumerate((0, 1, 2), start=1)
    ]

    assert {answer.status_code for answer in answers} == {409}
    assert await read_saved_answer(alice) == "4"


async def test_second_window_overwrites_the_first_without_window_numbers(
    alice: Person, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(answer_connection, "IS_NEWER", "excluded.sequence > answer.sequence")
    number = (await alice.form(build_section_path(alice)))[f"{ITEM}:sequence"]
    await alice.save(ITEM, "4")

    await alice.save(ITEM, "0", **{f"{ITEM}:sequence": f"{number}.9"})

    assert await read_saved_answer(alice) == "0"


async def test_repeated_continue_of_one_page_is_no_conflict(alice: Person):
    form = await alice.form(build_section_path(alice)) | dict.fromkeys(alice.items(alice.first), "3")

    answers = [await alice.post(build_section_path(alice), form) for _ in range(2)]

    assert {answer.headers["location"] for answer in answers} == {f"/survey/{alice.pages[1][0].id}"}
    assert people.count_chosen((await alice.get(build_section_path(alice))).text) == len(alice.items(alice.first))
