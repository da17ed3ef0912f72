"""Comments on survey pages: saved like answers, with and without JavaScript, and shown to their author only."""

from html import unescape

import pytest
from sqlalchemy import select

from assessment.storage import tables
from tests.web import people
from tests.web.people import Person

OPEN = "open:comment"


def key_of(person: Person, page: int = 0) -> str:
    return f"comment:{person.pages[page][0].id}"


def read_comment(text: str, key: str) -> str:
    return unescape(text.partition(f'id="{key}"')[2].partition(">\n")[2].partition("</textarea>")[0])


async def save_comment(person: Person, key: str, text: str, sequence: int = 1, section: str = "") -> str:
    return (await person.save(key, text, sequence, section)).text


def list_stored(url: str) -> dict[str, str]:
    with people.open_read_session(url) as session:
        rows = session.execute(select(tables.answer.c.item_id, tables.answer.c.reason)).all()
    return {row.item_id: row.reason for row in rows if ":" in row.item_id}


async def test_comment_is_saved_as_it_is_typed_and_shown_again(alice: Person):
    saved = await save_comment(alice, key_of(alice), "Short of people,\r\nas always <b>")

    text = (await alice.get(f"/survey/{alice.first}")).text
    assert "Saved <time" in saved
    assert read_comment(text, key_of(alice)) == "Short of people,\nas always <b>"


async def test_continue_saves_comments_without_javascript(alice: Person):
    last = alice.pages[-1][0].id

    await alice.answer(last, "dk", **{key_of(alice, -1): "On this section", OPEN: "Thank you"})

    text = (await alice.get(f"/survey/{last}")).text
    assert read_comment(text, key_of(alice, -1)) == "On this section"
    assert read_comment(text, OPEN) == "Thank you"


async def test_open_question_is_on_the_last_page_only(alice: Person):
    pages = [(await alice.get(f"/survey/{page[0].id}")).text for page in alice.pages]

    assert [OPEN in page for page in pages] == [False] * (len(pages) - 1) + [True]
    assert all(page.count("<textarea") == page.count("Your wording may give you away.") for page in pages)


async def test_emptied_comment_is_deleted(alice: Person, database_url: str):
    await alice.answer(alice.first, **{key_of(alice): "Never mind"})
    before = list_stored(database_url)

    await alice.answer(alice.first, **{key_of(alice): " "})

    assert before == {key_of(alice): "Never mind"}
    assert list_stored(database_url) == {key_of(alice): ""}


async def test_page_without_comment_stores_none(alice: Person, database_url: str):
    await alice.answer(alice.first, "2", **{key_of(alice): ""})

    assert list_stored(database_url) == {}


async def test_older_page_without_the_field_keeps_the_comment(alice: Person, database_url: str):
    old = await alice.form(f"/survey/{alice.first}")
    await save_comment(alice, key_of(alice), "Stays")

    await alice.post(f"/survey/{alice.first}", old | dict.fromkeys(alice.items(alice.first), "1"))

    assert list_stored(database_url) == {key_of(alice): "Stays"}


async def test_comment_of_another_window_is_not_overwritten(alice: Person):
    old = await alice.form(f"/survey/{alice.first}")
    await save_comment(alice, key_of(alice), "From the other window")

    answer = await alice.post(
        f"/survey/{alice.first}",
        old | dict.fromkeys(alice.items(alice.first), "1") | {key_of(alice): "From this window"},
    )
    page = unescape((await alice.get(answer.headers["location"])).text)

    assert answer.headers["location"] == f"/survey/conflicts/{alice.first}"
    assert page.index("From this window") < page.index("From the other window")
    assert "Your comment on this section" in page


async def test_comments_are_in_the_check_page_and_in_the_own_copy(alice: Person):
    await alice.answer(alice.first, **{key_of(alice): "Mine to check"})

    check = (await alice.get("/survey/check")).text
    await alice.send()
    sent = (await alice.get("/survey/sent")).text

    assert f"/survey/{alice.first}?then=check&amp;at={key_of(alice)}#question-{key_of(alice)}" in check
    assert "Mine to check" in check
    assert "Mine to check" in sent


async def test_withdrawn_comment_is_deleted(alice: Person, database_url: str):
    await alice.answer(alice.first, **{key_of(alice): "Gone"})

    await alice.withdraw()

    assert list_stored(database_url) == {}


@pytest.mark.parametrize(
    ("key", "text"), [("comment:hr-work", "x"), ("comment:", "x"), ("comment:nowhere", "x"), (OPEN, "x" * 1001)]
)
async def test_comment_elsewhere_or_too_long_is_refused(alice: Person, key: str, text: str):
    form = await alice.form(f"/survey/{alice.first}")

    answer = await alice.post(
        f"/survey/answers/{key}", form | {key: text, f"{key}:sequence": "0.40000.1"}, **{"HX-Request": "true"}
    )

    assert answer.status_code == 409


async def test_block_shows_its_stem_once_and_five_questions(alice: Person):
    section = next(page[0].id for page in alice.pages if "CS-K-email" in [item for part in page for item in part.items])

    text = (await alice.get(f"/survey/{section}")).text

    assert text.count("A customer moves from social media to another channel.") == 1
    assert text.count('id="question-CS-K-') == 5
    assert text.count("They have to explain everything again") == 5


async def test_minutes_left_are_in_text_and_title_and_fall(alice: Person):
    first, last = [(await alice.get(f"/survey/{page[0].id}")).text for page in (alice.pages[0], alice.pages[-1])]

    assert "Section 1 of 9, about 18 minutes left</title>" in first
    assert first.count("about 18 minutes left") == 2
    assert "Section 9 of 9, about 1 minute left</title>" in last


async def test_own_copy_is_downloaded_after_sending(alice: Person):
    await alice.answer(alice.first, **{key_of(alice): "Mine to keep"})
    before = await alice.get("/survey/copy")
    await alice.send()

    copy = await alice.get("/survey/copy")

    assert before.headers["location"] == "/survey/check"
    assert copy.headers["content-type"] == "text/plain; charset=utf-8"
    assert "attachment" in copy.headers["content-disposition"]
    assert "Your comment on this section\n    Mine to keep\n" in copy.text


async def test_every_page_of_the_survey_names_a_person_to_ask(alice: Person):
    paths = [*(f"/survey/{page[0].id}" for page in alice.pages), "/survey/check", "/survey/finish", "/survey/withdraw"]

    texts = [(await alice.get(path)).text for path in paths]

    assert [path for path, text in zip(paths, texts, strict=True) if "Questions? Ask Anna Berg." not in text] == []


async def test_first_section_leads_back_to_the_start_page_without_containing_the_link(alice: Person):
    page = (await alice.get(f"/survey/{alice.first}")).text
    back = await alice.get("/survey/start")

    assert '<a class="back" href="/survey/start">' in page
    assert alice.link not in page
    assert back.headers["location"] == alice.link


async def test_note_names_the_people_that_the_comment_is_pooled_with(alice: Person):
    function, whole = [(await alice.get(f"/survey/{page[0].id}")).text for page in (alice.pages[0], alice.pages[-1])]

    assert "at least ten people of your function answer" in function
    assert "at least ten people of your function answer" not in whole
    assert whole.count("only if at least ten people answer") == 2
