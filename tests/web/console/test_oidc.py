"""Sign-in by OpenID Connect, against a provider in a process of its own."""

import html
import re
from datetime import UTC, datetime, timedelta

import httpx
import pyotp
import pytest
from authlib.oidc.core import IDToken

from assessment.services.auth import members, oidc_sign_in, second_factor
from assessment.services.auth.oidc_sign_in import OidcProvider
from assessment.settings import OidcSettings
from assessment.storage import database
from assessment.storage.tables import metadata
from tests import oidc_provider
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET
from tests.web import people
from tests.web.console.test_expired_sessions import HIDDEN, submit_carried_form, submit_with_expired_session

CARRYING_FORM = re.compile(r'<form method="post" action="(/console/assessments/new)">(.*?)</form>', re.DOTALL)
ALICE = {"email": "Alice@example.org", "email_verified": True}


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


@pytest.fixture(scope="module")
def issuer():
    with oidc_provider.run_provider() as address:
        yield address


@pytest.fixture
def come_in(running, issuer, clock):
    """Opens the app, which knows the provider; its clock is the provider's."""
    clock.now = datetime.now(UTC)
    return lambda **changes: running(
        oidc=OidcSettings(
            **{"issuer": issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "name": "Login"} | changes
        )
    )


async def visit_provider(visitor, then=""):
    """Go to the provider, and return where it sends the browser."""
    begun = await visitor.get(f"/console/sign-in/oidc?then={then}")
    assert begun.status_code == 303, begun.text
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(begun.headers["location"])
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


async def sign_in(visitor, then=""):
    return await visitor.get(await visit_provider(visitor, then))


async def test_user_with_a_verified_address_is_signed_in(come_in, issuer):
    oidc_provider.set_user(issuer, claims=ALICE)
    async with come_in() as come:
        alice = come()
        form = await alice.get("/console/sign-in?then=/console/benchmarks")
        answer = await sign_in(alice, "/console/benchmarks")
        home = await alice.get("/console")

    assert 'href="/console/sign-in/oidc?then=/console/benchmarks"' in form.text
    assert "Sign in with Login" in form.text
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/benchmarks")
    assert "alice@example.org" in home.text


async def test_nothing_of_the_provider_is_stored(come_in, issuer, database_url):
    oidc_provider.set_user(issuer, claims={"sub": "subject-of-alice"} | ALICE, profile={"name": "Profile of Alice"})
    async with come_in() as come:
        answer = await sign_in(come(), "/console/benchmarks")

    assert answer.headers["location"] == "/console/benchmarks"
    with people.open_read_session(database_url) as session:
        stored = [str(session.execute(table.select()).all()) for table in metadata.sorted_tables]
    assert "alice@example.org" in "".join(stored)
    for text in ("an access token", "subject-of-alice", "Profile of Alice", issuer):
        assert [rows for rows in stored if text in rows] == [], text


async def test_address_from_the_profile_is_used_if_the_token_has_none(come_in, issuer):
    oidc_provider.set_user(issuer, profile={"sub": "1"} | ALICE)
    async with come_in() as come:
        right = await sign_in(come())
    oidc_provider.set_user(issuer, profile={"sub": "2"} | ALICE)
    async with come_in() as come:
        wrong = await sign_in(come())

    assert (right.status_code, wrong.status_code) == (303, 401)


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        ({"claims": {"email": "stranger@example.org", "email_verified": True}}, "There is no account for stranger@"),
        ({"claims": {"email": "alice@example.org", "email_verified": False}}, "does not confirm"),
        ({"claims": {"email": "alice@example.org", "email_verified": "true"}}, "does not confirm"),
        ({"claims": {"email": "alice@example.org"}}, "does not confirm"),
        ({"claims": {}}, "does not confirm"),
        ({"claims": ALICE, "denies": True}, "was cancelled or refused"),
        ({"claims": ALICE | {"nonce": "of another sign-in"}}, "took too long"),
        ({"claims": ALICE | {"nonce": None}}, "took too long"),
        ({"claims": ALICE | {"aud": "another client"}}, "took too long"),
        ({"claims": ALICE | {"aud": [CLIENT_ID, "another client"], "azp": "another client"}}, "took too long"),
        ({"claims": ALICE | {"iss": "https://login.example.org"}}, "took too long"),
        ({"claims": ALICE | {"exp": 1_700_000_000}}, "took too long"),
        ({"claims": ALICE, "signed": "strange"}, "took too long"),
        ({"claims": ALICE, "signed": "none"}, "took too long"),
        ({"claims": ALICE, "signed": "symmetric"}, "took too long"),
    ],
    ids=str,
)
async def test_answer_of_the_provider_that_proves_nothing_is_refused(come_in, issuer, user, reason):
    oidc_provider.set_user(issuer, **user)
    async with come_in() as come:
        visitor = come()
        answer = await sign_in(visitor)
        home = await visitor.get("/console")

    assert answer.status_code == 401
    assert reason in answer.text
    assert home.status_code == 303


async def test_disabled_user_is_refused(come_in, issuer, world):
    oidc_provider.set_user(issuer, claims={"email": "bob@example.org", "email_verified": True})
    with database.write_session(world.engine) as session:
        members.disable_member(session, world.home, world.ids["bob"], people.NOW)
    async with come_in() as come:
        answer = await sign_in(come())

    assert answer.status_code == 401


async def test_user_without_a_password_signs_in(come_in, issuer, world):
    oidc_provider.set_user(issuer, claims={"email": "eve@example.org", "email_verified": True})
    with database.write_session(world.engine) as session:
        members.add_member(session, world.home, "eve@example.org", "editor", people.NOW)
    async with come_in() as come:
        answer = await sign_in(come())

    assert answer.status_code == 303


async def test_answer_for_another_browser_or_sign_in_is_refused(come_in, issuer, clock):
    oidc_provider.set_user(issuer, claims=ALICE)
    async with come_in() as come:
        thief, victim, late = come(), come(), come()
        link = await visit_provider(thief)
        without_cookie = await victim.get(link)
        await visit_provider(victim)
        with_another = await victim.get(link)
        used = await sign_in(thief)
        again = await thief.get(link)
        slow = await visit_provider(late)
        clock.now += timedelta(minutes=10)
        too_late = await late.get(slow)

    assert (without_cookie.status_code, with_another.status_code) == (401, 401)
    assert used.status_code == 303
    assert (again.status_code, too_late.status_code) == (401, 401)


async def test_second_step_is_asked_for_after_the_provider(come_in, issuer, world, clock):
    oidc_provider.set_user(issuer, claims=ALICE)
    app = pyotp.TOTP(second_factor.generate_secret())
    with database.write_session(world.engine) as session:
        second_factor.set_up(
            session, world.ids["alice"], app.secret, app.at(clock.now), clock.now, server_secret=people.SECRET
        )
    async with come_in() as come:
        visitor = come()
        asked = await sign_in(visitor)
        before = await visitor.get("/console")
        step = asked.text.partition('name="step" value="')[2].partition('"')[0]
        clock.now += timedelta(minutes=2)
        answer = await visitor.client.post(
            "/console/sign-in/code", data={"step": step, "code": app.at(clock.now)}, headers=people.OWN_PAGE
        )

    assert "Enter your code" in asked.text
    assert before.status_code == 303
    assert answer.status_code == 303


@pytest.mark.parametrize("changes", [{"client_secret": "wrong"}, {"issuer": "http://127.0.0.1:9"}], ids=str)
async def test_provider_that_can_not_be_used_is_reported(come_in, issuer, changes):
    oidc_provider.set_user(issuer, claims=ALICE)
    async with come_in(**changes) as come:
        visitor = come()
        if "issuer" in changes:
            answer = await visitor.get("/console/sign-in/oidc")
        else:
            answer = await sign_in(visitor)

    assert answer.status_code == 401
    assert "Login does not answer as it should." in answer.text


@pytest.mark.parametrize("document", [[], {}, {"issuer": 3}, None], ids=str)
async def test_discovery_document_of_another_form_is_reported(come_in, monkeypatch, document):
    monkeypatch.setattr(OidcProvider, "_fetch_json", lambda *_: document)
    async with come_in() as come:
        answer = await come().get("/console/sign-in/oidc")

    assert answer.status_code == 401
    assert "Login does not answer as it should." in answer.text


async def test_without_a_provider_there_is_no_button_and_no_route(running):
    async with running() as come:
        visitor = come()
        form = await visitor.get("/console/sign-in")
        answers = [await visitor.get(f"/console/sign-in/oidc{path}") for path in ("", "/return?code=x&state=y")]

    assert "/console/sign-in/oidc" not in form.text
    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("guard", ["nonce", "state"])
async def test_refusals_fail_without_the_guard(come_in, issuer, monkeypatch, guard):
    """Each guard is removed in turn: the refused answer is then accepted."""
    if guard == "nonce":
        monkeypatch.setattr(IDToken, "validate_nonce", lambda _: None)
        oidc_provider.set_user(issuer, claims=ALICE | {"nonce": "of another sign-in"})
        async with come_in() as come:
            answer = await sign_in(come())
    else:
        monkeypatch.setattr(oidc_sign_in.hmac, "compare_digest", lambda *_: True)
        oidc_provider.set_user(issuer, claims=ALICE)
        async with come_in() as come:
            visitor = come()
            link = await visit_provider(visitor)
            answer = await visitor.get(link.partition("&state=")[0] + "&state=another")

    assert answer.status_code == 303


async def send_carried_form(visitor, page):
    """Press the button of the sign-in page that sends the typed form again."""
    action, fields = CARRYING_FORM.search(page.text).groups()
    data = {name: html.unescape(value) for name, value in HIDDEN.findall(fields)}
    return await visitor.client.post(action, data=data, headers={"Origin": people.URL})


async def test_form_of_an_expired_session_comes_back_after_a_sign_in_in_another_tab(world, come_in, issuer, clock):
    oidc_provider.set_user(issuer, claims=ALICE)
    typed = {"title": "Typed & <kept>", "organisation_name": "New client"}
    async with come_in() as come:
        alice = come()
        alice.client.cookies.set("console", world.session_of("alice"))
        clock.now = people.NOW  # when that session began
        path = "/console/assessments/new"
        asked = await submit_with_expired_session(alice, clock, path, path, typed)
        early = await send_carried_form(alice, asked)
        clock.now = datetime.now(UTC)
        await sign_in(alice)
        resumed = await send_carried_form(alice, early)
        form = await submit_carried_form(alice, resumed)

    assert 'href="/console/sign-in/oidc" target="_blank"' in asked.text
    assert (asked.status_code, early.status_code, resumed.status_code, form.status_code) == (401, 401, 403, 200)
    assert 'value="Typed &amp; &lt;kept&gt;"' in form.text
    assert "Typed & <kept>" not in world.titles()


async def test_carried_form_of_another_site_is_dropped(come_in):
    async with come_in() as come:
        wrong = {
            "email": "alice@example.org",
            "password": "wrong",
            "kept:path": "https://evil.example/",
            "kept:name": "x",
        }
        page = await come().post("/console/sign-in", wrong)

    assert page.status_code == 401
    assert "evil.example" not in page.text
