"""Two-step sign-in from set-up to recovery, as a browser does it."""

import re
from datetime import timedelta

import pyotp
import pytest

from assessment.services.auth import second_factor
from tests.web import people
from tests.web.console.conftest import PASSWORD

PAGE = "/console/workspace/account/second-step"
SECRET = re.compile(r'name="secret" value="(\w+)"')
STEP = re.compile(r'name="step" value="([^"]+)"')
RECOVERY = re.compile(r"<li><code>([\w-]+)</code></li>")


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


async def post_form(visitor, path, data):
    return await visitor.client.post(path, data=data, headers=people.OWN_PAGE)


async def enter_password(visitor, **more):
    page = await post_form(visitor, "/console/sign-in", {"email": "bob@example.org", "password": PASSWORD} | more)
    return STEP.search(page.text)[1]


async def enter_code(visitor, step, code, **more):
    return await post_form(visitor, "/console/sign-in/code", {"step": step, "code": code} | more)


async def set_up(visitor, clock):
    """Turn it on for Bob; return his app and the recovery codes."""
    app = pyotp.TOTP(SECRET.search((await visitor.get(PAGE)).text)[1])
    token = await visitor.token("/console/workspace/account")
    form = {"_token": token, "secret": app.secret, "code": app.at(clock.now), "current_password": PASSWORD}
    page = await post_form(visitor, PAGE, form)
    clock.now += timedelta(minutes=2)
    return app, RECOVERY.findall(page.text)


async def test_sign_in_asks_for_a_code_which_works_once(running, clock):
    async with running() as come:
        app, codes = await set_up(come("bob"), clock)
        phone, thief = come(), come()
        step = await enter_password(phone, then="/console/benchmarks")
        before = await phone.get("/console")
        wrong = await enter_code(phone, step, "000000")
        code = app.at(clock.now)
        right = await enter_code(phone, step, code, then="/console/benchmarks")
        again = await enter_code(thief, await enter_password(thief), code)
        away = await enter_code(phone, step, app.at(clock.now + timedelta(seconds=30)), then="https://evil.example")

        assert len(codes) == 10
        assert before.status_code == 303
        assert (wrong.status_code, again.status_code) == (401, 401)
        assert (right.status_code, right.headers["location"]) == (303, "/console/benchmarks?begun=1")
        assert (await phone.get("/console")).status_code == 200
        assert (await thief.get("/console")).status_code == 303
        assert away.headers["location"] == "/console"


async def test_recovery_code_signs_in_once_and_is_counted(running, clock):
    async with running() as come:
        _, codes = await set_up(come("bob"), clock)
        visitor = come()
        step = await enter_password(visitor)

        first = await enter_code(visitor, step, codes[3])
        second = await enter_code(come(), step, codes[3])
        page = await visitor.get("/console/workspace/account")

    assert (first.status_code, second.status_code) == (303, 401)
    assert "9 recovery codes are left." in page.text


async def test_guessing_codes_is_limited_and_a_known_browser_has_tries_of_its_own(running, clock):
    async with running() as come:
        app, _ = await set_up(come("bob"), clock)
        owner, thief = come(), come()
        await enter_code(owner, await enter_password(owner), app.at(clock.now))
        step = await enter_password(thief)
        guesses = [(await enter_code(thief, step, "000000")).status_code for _ in range(second_factor.CODE_TRIES)]
        clock.now += timedelta(minutes=2)

        refused = await enter_code(thief, step, app.at(clock.now))
        owners = await enter_code(owner, await enter_password(owner), app.at(clock.now))

    assert set(guesses) == {401}
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert owners.status_code == 303


async def test_late_or_forged_step_starts_again(running, clock):
    async with running() as come:
        app, _ = await set_up(come("bob"), clock)
        visitor = come()
        step = await enter_password(visitor)
        forged = await enter_code(visitor, step[:-3] + "abc", app.at(clock.now))
        clock.now += timedelta(minutes=10)
        late = await enter_code(visitor, step, app.at(clock.now))

    assert (forged.status_code, late.status_code) == (401, 401)
    assert "That took too long" in late.text


async def test_changes_of_the_second_step_ask_for_the_password(running, clock):
    async with running() as come:
        bob = come("bob")
        secret = SECRET.search((await bob.get(PAGE)).text)[1]
        token = await bob.token("/console/workspace/account")
        form = {"_token": token, "secret": secret, "code": pyotp.TOTP(secret).at(clock.now)}
        refused = await post_form(bob, PAGE, form | {"current_password": "not it at all"})
        await set_up(bob, clock)
        kept = await post_form(bob, f"{PAGE}/off", {"_token": token, "current_password": "not it at all"})
        renewed = await post_form(bob, f"{PAGE}/codes", {"_token": token, "current_password": PASSWORD})
        off = await post_form(bob, f"{PAGE}/off", {"_token": token, "current_password": PASSWORD})
        signed_in = await post_form(come(), "/console/sign-in", {"email": "bob@example.org", "password": PASSWORD})

    assert (refused.status_code, kept.status_code) == (422, 422)
    assert secret in refused.text
    assert len(RECOVERY.findall(renewed.text)) == 10
    assert (off.headers["location"], off.cookies["notice"]) == ("/console/workspace/account", "second-step-off")
    assert signed_in.status_code == 303


async def test_form_of_an_expired_session_survives_both_steps(world, running, clock):
    async with running() as come:
        bob = come("bob")
        app, _ = await set_up(bob, clock)
        carried = {"kept:path": "/console/workspace/account", "kept:_author": "x", "kept:name": "Typed"}

        page = await post_form(bob, "/console/sign-in", {"email": "bob@example.org", "password": PASSWORD} | carried)
        again = await enter_code(bob, STEP.search(page.text)[1], "000000", **carried)

    for text in (page.text, again.text):
        assert 'name="kept:name" value="Typed"' in text
    assert app
    assert world
