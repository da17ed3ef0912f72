"""Codes and cookies of the survey with one rule removed: the checks must catch each."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from litestar import Litestar

from assessment.services.survey import draft_keys
from assessment.web.survey import browser_cookies
from assessment.web.survey.handlers import code_page
from tests.web import people
from tests.web.people import Clock, Person
from tests.web.survey import test_drafts, test_sending

ELSEWHERE = "198.51.100.7"
WRONG = "ABCD-EFGH-JKMN"
LIMIT = code_page.MAX_WRONG_CODES


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    """Use SQLite only: mutants are caught the same way on both databases."""
    return migrated_sqlite_url


@asynccontextmanager
async def open_client_at(app: Litestar, address: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 50_000))
    async with httpx.AsyncClient(transport=transport, base_url=people.URL) as client:
        yield client


async def try_wrong_codes(app: Litestar, links: dict[str, str]) -> tuple[int, int, int]:
    """Use up the tries of one address and link; return what it gets then, at another link, and from elsewhere."""
    async with people.open_client(app) as here, open_client_at(app, ELSEWHERE) as there:
        first = Person(here, links["practitioner"], "practitioner")
        places = (first, Person(here, links["leader"], "leader"), Person(there, links["practitioner"], "practitioner"))
        for _ in range(LIMIT):
            await first.move(WRONG)
        answers = [await place.follow(await place.move(WRONG)) for place in places]
    used_up, other_link, other_address = (answer.status_code for answer in answers)
    return used_up, other_link, other_address


async def test_wrong_codes_use_up_the_tries_of_one_address_at_one_link(app: Litestar, links: dict[str, str]):
    assert await try_wrong_codes(app, links) == (429, 422, 422)


@pytest.mark.parametrize(
    "build_key",
    [lambda address, _: address, lambda _, token: token, lambda *_: secrets.token_hex()],
    ids=["by address", "by link", "not at all"],
)
async def test_mutant_that_limits_codes_otherwise_is_caught(
    app: Litestar, links: dict[str, str], monkeypatch: pytest.MonkeyPatch, build_key: Any
):
    monkeypatch.setattr(code_page, "_build_limit_key", build_key)

    assert await try_wrong_codes(app, links) != (429, 422, 422)


@pytest.mark.parametrize("name", ["is_expired", "set_expiry"])
async def test_mutant_whose_sent_session_does_not_expire_is_caught(
    alice: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch, name: str
):
    """Mutants: the expiry is not compared with the clock; sending sets none."""
    monkeypatch.setattr(draft_keys, name, {"is_expired": lambda *_: False, "set_expiry": lambda old, _: old}[name])

    with pytest.raises(AssertionError):
        await test_sending.test_old_cookie_opens_nothing_an_hour_after_sending(alice, clock)


async def test_mutant_whose_sent_cookie_stays_in_the_browser_is_caught(alice: Person, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(browser_cookies, "_limit_cookie_age", lambda cookie, _: cookie)

    with pytest.raises(AssertionError):
        await test_drafts.test_cookies_of_sent_answers_expire_in_an_hour(alice)
