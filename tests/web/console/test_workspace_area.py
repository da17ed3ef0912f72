"""The settings area: users, own account, API keys, workspace, audit log."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from assessment.services.delivery import mail_texts, mailings, reminder_plans
from assessment.services.operations import audit_trail
from assessment.storage import database, tables
from assessment.web.console.views import audit_sentences
from assessment.web.http.browser_names import describe_browser
from tests.web import people
from tests.web.console.conftest import PASSWORD

NEW_PASSWORD = "copper meadow lantern 9"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"
LINK = re.compile(r'value="http://127\.0\.0\.1:8000(/console/password/[\w-]+)"')
KEY = re.compile(r'value="(asr_[\w-]+)"')


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


async def sign_in(visitor, email, password):
    return await visitor.client.post(
        "/console/sign-in",
        data={"email": email, "password": password},
        headers={"Origin": "http://127.0.0.1:8000", "User-Agent": FIREFOX},
    )


async def post_own(visitor, path, data=None):
    """Send a form of the settings area."""
    token = await visitor.token("/console/workspace/account")
    headers = {"Origin": "http://127.0.0.1:8000"}
    return await visitor.client.post(path, data={"_token": token} | (data or {}), headers=headers)


async def test_added_user_sets_a_password_with_the_link_and_signs_in(running):
    async with running() as come:
        alice, eve = come("alice"), come()
        added = await post_own(alice, "/console/workspace/users", {"email": "Eve@Example.org", "role": "editor"})
        path = LINK.search(added.text)[1]
        users_page = await alice.get("/console/workspace/users")
        opened = [await eve.get(path) for _ in range(2)]  # a mail scanner opens links too
        passwords = {"new_password": NEW_PASSWORD, "repeated_password": NEW_PASSWORD}
        different = await eve.post(path, passwords | {"repeated_password": "another"})
        weak = await eve.post(path, dict.fromkeys(passwords, "short"))

        stored = await eve.post(path, passwords)
        again = await eve.post(path, passwords)
        signed_in = await sign_in(eve, "eve@example.org", NEW_PASSWORD)

    assert "No password yet" in added.text
    assert "set-password" not in users_page.text
    assert [page.status_code for page in opened] == [200, 200]
    assert (different.status_code, weak.status_code, again.status_code) == (422, 422, 404)
    assert stored.headers["location"] == "/console/sign-in"
    assert signed_in.status_code == 303


async def test_owner_changes_role_disables_enables_and_removes(world, running):
    bob = f"/console/workspace/users/{world.ids['bob']}"
    async with running() as come:
        alice, visitor = come("alice"), come("bob")
        changed = await post_own(alice, f"{bob}/role", {"role": "editor"})
        as_editor = await visitor.get("/console/assessments/new")
        disabled = await post_own(alice, f"{bob}/disable")
        as_disabled = await visitor.get("/console")
        await post_own(alice, f"{bob}/enable")
        signed_in = await sign_in(come(), "bob@example.org", PASSWORD)
        asked = await alice.get(f"{bob}/remove")
        removed = await post_own(alice, f"{bob}/remove")
        last = await post_own(alice, f"/console/workspace/users/{world.ids['alice']}/remove")
        listed = (await alice.get("/console/workspace/users")).text

    assert changed.cookies["notice"] == "role-changed"
    assert as_editor.status_code == 200
    assert disabled.cookies["notice"] == "user-disabled"
    assert as_disabled.headers["location"].startswith("/console/sign-in")
    assert signed_in.status_code == 303
    assert "Remove bob@example.org" in asked.text
    assert removed.cookies["notice"] == "user-removed"
    assert last.status_code == 409
    assert "bob@example.org" not in listed


async def test_new_password_ends_other_sessions_and_keeps_this_browser(running):
    fields = {"current_password": PASSWORD, "new_password": NEW_PASSWORD, "repeated_password": NEW_PASSWORD}
    path = "/console/workspace/account/password"
    async with running() as come:
        bob, elsewhere = come("bob"), come("bob")
        before = bob.client.cookies["console"]
        wrong = await post_own(bob, path, fields | {"current_password": "not the right one"})
        different = await post_own(bob, path, fields | {"repeated_password": "something else"})
        weak = await post_own(bob, path, fields | dict.fromkeys(("new_password", "repeated_password"), "short"))
        still = await elsewhere.get("/console")

        changed = await post_own(bob, path, fields)

        assert (wrong.status_code, different.status_code, weak.status_code) == (422, 422, 422)
        assert still.status_code == 200
        assert (changed.headers["location"], changed.cookies["notice"]) == (
            "/console/workspace/account",
            "password-changed",
        )
        assert changed.cookies["console"] != before
        bob.client.cookies.clear()
        bob.client.cookies.set("console", changed.cookies["console"])
        assert (await bob.get("/console")).status_code == 200
        assert (await elsewhere.get("/console")).status_code == 303
        assert (await sign_in(come(), "bob@example.org", NEW_PASSWORD)).status_code == 303


async def test_guesses_of_the_current_password_are_limited(running):
    fields = {"current_password": "a guess of mine", "new_password": "x", "repeated_password": "x"}
    async with running() as come:
        bob = come("bob")
        for _ in range(10):
            await post_own(bob, "/console/workspace/account/password", fields)

        refused = await post_own(bob, "/console/workspace/account/password", fields | {"current_password": PASSWORD})

    assert "Too many attempts" in refused.text


async def test_own_sessions_are_listed_and_ended(running):
    async with running() as come:
        here, there, third = come(), come(), come()
        for visitor in (here, there, third):
            await sign_in(visitor, "bob@example.org", PASSWORD)
        alice = come("alice")
        page = (await here.get("/console/workspace/account")).text
        ends = re.findall(r"/console/workspace/account/sessions/(\w+)/end", page)
        foreign = await post_own(alice, f"/console/workspace/account/sessions/{ends[0]}/end")

        one = await post_own(here, f"/console/workspace/account/sessions/{ends[0]}/end")
        states = sorted([(await visitor.get("/console")).status_code for visitor in (there, third)])
        others = await post_own(here, "/console/workspace/account/end-other-sessions")

        assert page.count("Firefox, Linux") >= 3
        assert len(ends) == 2
        assert foreign.status_code == 404
        assert (one.status_code, others.status_code) == (303, 303)
        assert states == [200, 303]
        assert [(await visitor.get("/console")).status_code for visitor in (here, there, third)] == [200, 303, 303]
        assert (await alice.get("/console")).status_code == 200


async def ask_api(visitor, key, path="/api/v1/assessments"):
    return (await visitor.client.get(path, headers={"Authorization": f"Bearer {key}"})).status_code


async def test_key_is_shown_once_rotated_with_overlap_and_revoked(running, clock):
    async with running() as come:
        alice, program = come("alice"), come()
        fields = {"name": "Dashboard", "scopes": ["read:assessments"], "days": "90"}
        first = KEY.search((await post_own(alice, "/console/workspace/keys", fields)).text)[1]
        listed = (await alice.get("/console/workspace/keys")).text
        own = f"/console/workspace/keys/{first.split('_')[1]}"
        second = KEY.search((await post_own(alice, f"{own}/rotate", {"overlap": "1"})).text)[1]
        both = [await ask_api(program, key) for key in (first, second)]
        clock.now += timedelta(hours=1)
        alice.client.cookies.clear()
        await sign_in(alice, "alice@example.org", PASSWORD)
        later = [await ask_api(program, key) for key in (first, second)]
        revoked = await post_own(alice, f"/console/workspace/keys/{second.split('_')[1]}/revoke")
        ended = await ask_api(program, second)
        scores = await ask_api(program, second, "/api/v1/benchmarks")

    assert first not in listed
    assert "Dashboard" in listed
    assert both == [200, 200]
    assert later == [401, 200]
    assert revoked.cookies["notice"] == "key-revoked"
    assert (ended, scores) == (401, 401)


async def test_key_without_name_or_scope_shows_both_errors(running):
    async with running() as come:
        answer = await post_own(come("alice"), "/console/workspace/keys", {"name": " "})

    assert answer.status_code == 422
    assert "Give a name" in answer.text
    assert "Give one or more of" in answer.text


async def test_workspace_is_renamed_and_gets_a_time_zone(running):
    path = "/console/workspace"
    async with running() as come:
        alice = come("alice")
        wrong = await post_own(alice, path, {"name": "Elsewhere", "time_zone": "Europe/Wien"})
        saved = await post_own(
            alice, path, {"name": "Berg & Partner", "time_zone": "Pacific/Auckland", "languages": ["en"]}
        )
        page = (await alice.get("/console/workspace")).text
        account = (await alice.get("/console/workspace/account")).text

    assert wrong.status_code == 422
    assert "Another workspace has this name." in wrong.text
    assert "There is no time zone Europe/Wien." in wrong.text
    assert (saved.headers["location"], saved.cookies["notice"]) == ("/console/workspace", "saved")
    assert "Berg &amp; Partner" in page
    assert "This server sends no mail." in page
    assert "03:03" in account  # 14:03 UTC


async def test_workspace_page_shows_the_sender(running):
    async with running(smtp_url="smtp://127.0.0.1:9", mail_from="office@example.org") as come:
        page = (await come("alice").get("/console/workspace")).text

    assert "office@example.org" in page


async def test_audit_log_shows_filters_and_exports_entries(world, running):
    async with running() as come:
        alice = come("alice")
        await post_own(alice, "/console/workspace/keys", {"name": "=1+1", "scopes": ["read:scores"], "days": "30"})
        await post_own(alice, f"/console/workspace/users/{world.ids['bob']}/remove")
        page = html.unescape((await alice.get("/console/workspace/audit")).text)
        filtered = (await alice.get("/console/workspace/audit?group=accounts&actor=alice%40example.org")).text
        none = (await alice.get("/console/workspace/audit?until=2020-01-01")).text
        today = (await alice.get("/console/workspace/audit?since=2026-11-20&until=2026-11-20")).text
        forged = await alice.get("/console/workspace/audit?below=x&since=yesterday&group=nothing&actor=%00")
        export = await alice.get("/console/workspace/audit/entries.csv?group=keys")

    assert "Made the API key “=1+1”: read:scores" in page
    assert "Removed the user bob@example.org" in page
    assert "Removed the user" in filtered
    assert "Made the API key" not in filtered
    assert "No entry matches." in none
    assert "Removed the user" in today
    assert forged.status_code == 200
    assert export.headers["content-type"].startswith("text/csv")
    assert " - 2026-11-20 - audit log.csv" in export.headers["content-disposition"]
    assert export.text.count("\r\n") == 2
    assert "alice@example.org,key.added" in export.text


async def test_audit_log_names_changed_settings_and_a_replaced_key(world, running):
    async with running() as come:
        alice = come("alice")
        fields = {"name": "Dashboard", "scopes": ["read:scores", "read:reports"], "days": "30"}
        key = KEY.search((await post_own(alice, "/console/workspace/keys", fields)).text)[1]
        await post_own(alice, f"/console/workspace/keys/{key.split('_')[1]}/rotate", {"overlap": "1"})
        await post_own(alice, "/console/workspace/logo")
        settings = {"name": "Berg Consulting", "time_zone": "UTC", "languages": ["de", "en", "es", "fr"]}
        await post_own(alice, "/console/workspace", settings | {"sender_name": "Anna Berg", "retention_months": "24"})
        page = html.unescape((await alice.get("/console/workspace/audit")).text)

    assert "Made the API key “Dashboard”: read:scores and read:reports" in page
    assert "Replaced the API key “Dashboard”" in page
    assert "Changed the workspace: Sender name (Anna Berg) and Months until answers are due for deletion (24)" in page


async def test_key_was_never_used_before_it_was_made(running, clock):
    clock.now += timedelta(minutes=20)  # use is stored by the hour
    async with running() as come:
        alice, program = come("alice"), come()
        fields = {"name": "Dashboard", "scopes": ["read:assessments"], "days": "90"}
        await ask_api(program, KEY.search((await post_own(alice, "/console/workspace/keys", fields)).text)[1])
        page = (await alice.get("/console/workspace/keys")).text

    assert 'data-label="Last used">20 Nov 2026, 14:23' in page


async def test_settings_with_a_single_page_show_no_menu(running):
    async with running() as come:
        pages = [(await come(name).get("/console/workspace/account")).text for name in ("alice", "dora")]

    assert ['<nav class="kinds"' in page for page in pages] == [True, False]


async def test_audit_log_is_paged(world, running):
    audit_trail.attach_secret(world.engine, people.SECRET)
    with database.write_session(world.engine) as session:
        for number in range(60):
            audit_trail.record_event(session, world.home, people.NOW, audit_trail.KEY_REVOKED, f"number-{number}")
    async with running() as come:
        alice = come("alice")
        first = (await alice.get("/console/workspace/audit")).text
        older = re.search(r'href="(/console/workspace/audit\?below=\d+)"', first)[1]
        second = (await alice.get(older)).text

    shown = [set(re.findall(r"number-\d+", page)) for page in (first, second)]
    assert [len(numbers) for numbers in shown] == [50, 10]
    assert shown[0].isdisjoint(shown[1])


async def test_check_of_the_audit_log_reports_an_altered_entry(world, running):
    async with running() as come:
        alice = come("alice")
        for name in ("One", "Two"):
            await post_own(alice, "/console/workspace/keys", {"name": name, "scopes": ["read:scores"], "days": "30"})
        intact = (await alice.get("/console/workspace/audit/check")).text
        with database.write_session(world.engine) as session:
            session.execute(update(tables.audit_entry).where(tables.audit_entry.c.number == 2).values(actor="charlie"))
        altered = (await alice.get("/console/workspace/audit/check")).text

    assert "All 2 entries match their signatures" in intact
    assert "Entry 2 does not match its signature" in altered


def test_every_recorded_action_has_a_sentence():
    modules = (audit_trail, mailings, mail_texts, reminder_plans)
    pattern = re.compile(r"[a-z-]+\.[a-z-]+")
    actions = {
        value
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and pattern.fullmatch(value)
    }

    assert actions - set(audit_sentences.BY_ACTION) == set()


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1",
            "Safari, iOS",
        ),
        ("curl/8.5", ""),
        ("", ""),
    ],
)
def test_browser_is_named_by_program_and_system(user_agent, name):
    assert describe_browser(user_agent) == name
