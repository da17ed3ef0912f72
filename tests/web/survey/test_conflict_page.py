"""One question answered in two windows: nothing is overwritten before the person has seen both answers."""

from html import unescape

import pytest

from assessment.storage import answer_connection
from tests.web import people
from tests.web.people import Person

ITEM = "CS-P1"


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


async def test_long_reasons_of_a_whole_section_are_kept(alice: Person):
    items = alice.items(alice.first)
    letters = [chr(0x4E00 + (number * 7919) % 20000) for number in range(2500)]
    reasons = {item: "".join(letters[number * 500 : number * 500 + 500]) for number, item in enumerate(items)}
    values = dict.fromkeys(items, "na") | {f"{item}:reason": reason for item, reason in reasons.items()}

    shown = (await alice.get(await continue_in_two_windows(alice, **values))).text

    assert all(reason in shown for reason in reasons.values())


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
    alice.client.cookies.set("mine0", cookie)

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
