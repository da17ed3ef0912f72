"""The survey in other languages: every page and state, from the first link to the last thanks."""

import re
from html import unescape

import pytest
from sqlalchemy import update

from assessment.storage import tables
from tests import pseudo_language
from tests.web import people
from tests.web.people import Person

LANGUAGES = ("de", "en", "es", "fr")
TYPED = ("Berg Consulting", "Anna Berg", "Harbour & Reed", "Social media, autumn 2026")
CODE = re.compile(r'withdraw-code">([A-Z2-7-]+)<')


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    return migrated_sqlite_url


@pytest.fixture
def _pseudo(monkeypatch: pytest.MonkeyPatch):
    pseudo_language.use_pseudo_language(monkeypatch)
    yield
    pseudo_language.clear_translation_caches()


class Walk:
    """Somebody who goes through the survey in one language and keeps every page."""

    def __init__(self, person: Person, language: str) -> None:
        self.person = person
        self.pages: dict[str, str] = {}
        person.client.headers["accept-language"] = language

    async def see(self, name: str, path: str) -> None:
        response = await self.person.get(path)
        self.keep(f"{name} {response.status_code}", response.text)

    def keep(self, name: str, text: str) -> None:
        if text:
            self.pages[name] = text


async def visit_pages(visitor: Person, database_url: str, language: str) -> dict[str, str]:
    """Every page and state of a survey that a respondent comes by."""
    walk, first = Walk(visitor, language), f"/survey/{visitor.first}"
    await walk.see("not entered", "/survey")
    await walk.see("no such link", "/s/there-is-no-such-link")
    await walk.see("start", visitor.link)
    for path in ("role", "code", "unsubscribe", "unsubscribed"):
        await walk.see(path, f"{visitor.link}/{path}")
    entered = await visitor.post(visitor.link, people.read_hidden_fields(walk.pages["start 200"]))
    await walk.see("entered", entered.headers["location"])
    for page in visitor.pages:
        await walk.see(page[0].id, f"/survey/{page[0].id}")
    await walk.see("no such section", "/survey/nothing")
    walk.keep("nothing answered", (await visitor.answer(visitor.first, "")).text)
    walk.keep("a wrong answer", (await visitor.answer(visitor.first, "7")).text)
    reason = {f"{item}:reason": "7" * 5000 for item in visitor.items(visitor.first)}
    walk.keep("too long a reason", (await visitor.answer(visitor.first, "na", **reason)).text)
    item = visitor.items(visitor.first)[0]
    walk.keep("saved", (await visitor.save(item, "3", 9)).text)
    walk.keep("answered in another window", (await visitor.save(item, "2", 1)).text)
    old = await visitor.form(first)
    await visitor.answer(visitor.first, "4")
    walk.keep(
        "changed elsewhere", (await visitor.post(first, old | dict.fromkeys(visitor.items(visitor.first), "0"))).text
    )
    walk.keep("of another link", (await visitor.post(first, old | {"response": "another"})).text)
    walk.keep("from another visit", (await visitor.post(first, old | {"_token": "another"})).text)
    await visitor.answer(visitor.first, "na", **dict.fromkeys(reason, "7"))
    await walk.see("to check", "/survey/check")
    await walk.see("before sending", "/survey/sent")
    await walk.see("to withdraw", "/survey/withdraw")
    await walk.see("by code", "/withdraw")
    walk.keep("by a wrong code", (await visitor.follow(await visitor.post("/withdraw", {"code": "7"}))).text)
    await visitor.post("/survey/check", await visitor.form("/survey/check"))
    await walk.see("sent", "/survey/sent")
    await walk.see("sent again", "/survey/sent?again=1")
    await walk.see("link after sending", visitor.link)
    walk.keep(
        "saved after sending",
        (await visitor.post(f"/survey/answers/{item}", old | {item: "1"}, **{"HX-Request": "true"})).text,
    )
    await walk.see("results before the close", "/survey/results")
    code = CODE.search(walk.pages["sent 200"])
    await visitor.post("/withdraw", {"code": code[1] if code else ""})
    await walk.see("withdrawn", "/withdraw/done")
    await walk.see("link after withdrawing", visitor.link)
    for state, closed_on in (("draft", None), ("closed", people.NOW.date())):
        with people.open_write_session(database_url) as session:
            session.execute(update(tables.assessment).values(state=state, closed_on=closed_on))
        await walk.see(state, visitor.link)
        await walk.see(f"{state} inside", first)
    return walk.pages


CONFIDENTIALITIES = ("confidential", "anonymous", "attributable")


@pytest.fixture(params=CONFIDENTIALITIES)
def links(request: pytest.FixtureRequest, database_url: str) -> dict[str, str]:
    return people.prepare_database(database_url, confidentiality=request.param)


@pytest.mark.usefixtures("_pseudo")
async def test_survey_pages_have_no_untranslated_text(visitor: Person, database_url: str):
    pages = await visit_pages(visitor, database_url, pseudo_language.LANGUAGE)

    left = {name: pseudo_language.find_untranslated_texts(page, TYPED) for name, page in pages.items()}
    assert {name: texts for name, texts in left.items() if texts} == {}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_survey_pages_have_the_right_lang_attribute(visitor: Person, database_url: str, language: str):
    pages = await visit_pages(visitor, database_url, language)

    whole = {name: page for name, page in pages.items() if "<html" in page}
    assert {name for name, page in whole.items() if f'<html lang="{language}">' not in page} == set()


async def test_french_survey_pages_have_a_space_before_each_colon(visitor: Person, database_url: str):
    pages = await visit_pages(visitor, database_url, "fr")

    faults = {name: re.findall(r"\w+: .{1,20}", read_visible_text(page)) for name, page in pages.items()}
    assert {name: found for name, found in faults.items() if found} == {}


def read_visible_text(page: str) -> str:
    """Text of the main part, without tags and what only screen readers say."""
    main = re.sub(r'.*<main[^>]*>|</main>.*|<span class="hidden-visually">.*?</span>', "", page, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", "", main))
