"""Signing in behind proxies: split cookies, addresses as proxies write them, and strangers who guess."""

import pytest
from msgspec.structs import replace

from assessment.app import create_app
from tests.web import people
from tests.web.console.conftest import PASSWORD

WRONG = "not the right one at all"
STRANGERS = 50
TRIES = 10
FORMATS = ["203.0.113.8:{}", "[2001:db8::1]:{}", '"[2001:db8::1]:{}"', "_hidden{}"]


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


@pytest.fixture
async def app(world, database_url, tmp_path):
    app = create_app(replace(people.make_settings(database_url, tmp_path), proxies=1), people.Clock())
    async with people.run_app(app):
        yield app


@pytest.fixture
async def browser(app):
    """Make a browser with cookies of its own."""
    clients = []

    def make():
        clients.append(people.open_client(app))
        return clients[-1]

    yield make
    for client in clients:
        await client.aclose()


async def sign_in(client, password, *forwarded, email="alice@example.org"):
    headers = [("origin", people.URL), *(("x-forwarded-for", each) for each in forwarded)]
    return await client.post("/console/sign-in", data={"email": email, "password": password}, headers=headers)


async def test_cookies_in_several_header_fields_are_one_session(world, browser):
    cookie = world.session_of("alice")
    headers = [("cookie", "language=en"), ("cookie", f"console={cookie}"), ("cookie", "other=1")]

    response = await browser().get("/console", headers=headers)

    assert response.status_code == 200


@pytest.mark.parametrize("written", FORMATS)
async def test_password_guessing_is_limited_after_ten_tries_on_any_port(browser, written):
    client = browser()

    statuses = [
        (await sign_in(client, WRONG, written.format(50_000 + number))).status_code for number in range(TRIES + 1)
    ]

    assert statuses == [401] * TRIES + [429]


async def test_last_forwarded_header_field_is_of_the_proxy(browser):
    client = browser()

    statuses = [
        (await sign_in(client, WRONG, f"192.0.2.{number}", "203.0.113.8:9")).status_code for number in range(TRIES + 1)
    ]

    assert statuses == [401] * TRIES + [429]


async def test_failed_sign_ins_of_others_do_not_lock_out_a_known_browser(browser):
    alice, stranger = browser(), browser()
    await sign_in(alice, PASSWORD, "203.0.113.8")
    for number in range(STRANGERS):
        await sign_in(
            stranger, WRONG, "203.0.113.8", email="alice@example.org" if number < TRIES else f"{number}@example.org"
        )
    unknown = await sign_in(browser(), PASSWORD, "203.0.113.8")

    known = await sign_in(alice, PASSWORD, "203.0.113.8")

    assert unknown.status_code == 429
    assert known.status_code == 303


async def test_known_browser_is_limited_too(browser):
    alice = browser()
    await sign_in(alice, PASSWORD, "203.0.113.8")

    statuses = [(await sign_in(alice, WRONG, f"203.0.113.{number}")).status_code for number in range(TRIES + 1)]

    assert statuses == [401] * TRIES + [429]


async def test_forged_device_cookie_is_not_known(browser):
    alice, forger = browser(), browser()
    name, _, signature = (await sign_in(alice, PASSWORD, "203.0.113.8")).cookies["device"].partition(".")

    statuses = []
    for number in range(TRIES + 1):
        forger.cookies.set("device", f"{name}{number}.{signature}")
        statuses.append((await sign_in(forger, WRONG, "203.0.113.9")).status_code)

    assert statuses == [401] * TRIES + [429]


async def test_device_cookie_is_valid_for_one_account_only(browser):
    bob = browser()
    await sign_in(bob, PASSWORD, "203.0.113.8", email="bob@example.org")
    for _ in range(TRIES):
        await sign_in(bob, WRONG, "203.0.113.8")

    response = await sign_in(bob, PASSWORD, "203.0.113.8")

    assert response.status_code == 429


async def test_one_ipv6_site_does_not_lock_out_a_consultant_elsewhere(browser):
    stranger = browser()
    for number in range(100):
        await sign_in(stranger, WRONG, f"2001:db8:1:{number:x}::1")

    response = await sign_in(browser(), PASSWORD, "2001:db8:2::1")

    assert response.status_code == 303


async def test_one_ipv6_site_is_limited_across_its_networks(browser):
    stranger = browser()

    statuses = [(await sign_in(stranger, WRONG, f"[2001:db8:1:{number:x}::1]:443")).status_code for number in range(40)]

    assert statuses == [401] * 30 + [429] * 10
