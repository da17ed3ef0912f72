"""Signing in and out."""

import html
import re
from datetime import timedelta

import pytest

from assessment.storage import database, tables
from assessment.web.console.redirect_paths import validate_redirect_path
from tests.web.console.conftest import PASSWORD


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


async def sign_in(visitor, email="alice@example.org", password=PASSWORD, **more):
    return await visitor.post("/console/sign-in", {"email": email, "password": password} | more)


async def test_sign_in_with_correct_password_redirects_home(running):
    async with running() as come:
        alice = come()

        response = await sign_in(alice)

        assert (response.status_code, response.headers["location"]) == (303, "/console?begun=1")
        assert "HttpOnly" in response.headers["set-cookie"]
        assert "SameSite=lax" in response.headers["set-cookie"]
        assert (await alice.get("/console")).status_code == 200


async def test_sign_in_redirects_to_the_requested_page(world, running):
    async with running() as come:
        alice = come()
        asked = await alice.get(f"/console/assessments/{world.open}")
        form = await alice.get(asked.headers["location"])

        response = await sign_in(alice, then=f"/console/assessments/{world.open}")

    assert f'value="/console/assessments/{world.open}"' in form.text
    assert response.headers["location"] == f"/console/assessments/{world.open}?begun=1"


@pytest.mark.parametrize("then", ["", "/console/benchmarks"])
async def test_sign_in_with_blocked_cookies_says_so(then, running):
    async with running() as come:
        visitor = come()
        pages = [await sign_in(visitor, then=then)]
        while pages[-1].has_redirect_location:
            visitor.client.cookies.clear()
            pages.append(await visitor.get(pages[-1].headers["location"]))
        visitor.client.cookies.set("language", "en")
        allowed = await visitor.get(str(pages[-1].url))

    assert [page.status_code for page in pages] == [303, 303, 200]
    assert "Did you just sign in? Then your browser blocks cookies" in pages[-1].text
    assert "allow cookies for this site in its settings" in pages[-1].text
    assert f'name="then" value="{then}"' in pages[-1].text
    assert "blocks cookies" not in allowed.text


async def test_wrong_password_and_unknown_account_look_the_same(running):
    async with running() as come:
        wrong = await sign_in(come(), password="not the right one at all")
        unknown = await sign_in(come(), email="nobody@example.org", password="not the right one at all")

    def same(response, email):
        return response.status_code, response.text.replace(email, "")

    assert wrong.status_code == 401
    assert same(wrong, "alice@example.org") == same(unknown, "nobody@example.org")


async def test_sign_in_starts_a_new_session(running):
    async with running() as come:
        alice = come("alice")
        before = alice.client.cookies["console"]

        response = await sign_in(alice)
        after = response.cookies["console"]
        alice.client.cookies.clear()
        alice.client.cookies.set("console", before)

        assert after != before
        assert (await alice.get("/console")).status_code == 303


async def test_sign_in_ignores_a_session_set_by_the_client(running):
    async with running() as come:
        visitor = come()
        visitor.client.cookies.set("console", "chosen-by-somebody-else")

        response = await visitor.client.post(
            "/console/sign-in",
            data={"email": "alice@example.org", "password": PASSWORD},
            headers={"Origin": "http://127.0.0.1:8000"},
        )

    assert response.cookies["console"] != "chosen-by-somebody-else"


async def test_sign_out_ends_the_session_on_the_server(running):
    async with running() as come:
        alice = come("alice")
        cookie = alice.client.cookies["console"]

        response = await alice.post("/console/sign-out")
        alice.client.cookies.clear()
        alice.client.cookies.set("console", cookie)

        assert response.headers["location"] == "/console/sign-in"
        assert (await alice.get("/console")).status_code == 303


async def test_signed_out_person_is_told_so_once(running):
    async with running() as come:
        alice = come("alice")
        response = await alice.post("/console/sign-out")
        pages = [(await alice.get(response.headers["location"])).text for _ in range(2)]

    assert ["You are signed out." in page for page in pages] == [True, False]


async def test_person_whose_session_has_ended_is_told_why_they_sign_in_again(running, clock):
    async with running() as come:
        alice, stranger = come("alice"), come()
        clock.now += timedelta(hours=13)

        answers = [await visitor.get("/console/clients") for visitor in (alice, stranger)]
        pages = [
            (await visitor.get(answer.headers["location"])).text
            for visitor, answer in zip((alice, stranger), answers, strict=True)
        ]

    assert {answer.headers["location"] for answer in answers} == {"/console/sign-in?then=/console/clients"}
    assert ["Your session has ended. Sign in to continue." in page for page in pages] == [True, False]


async def test_session_expires_after_half_an_hour_without_requests(running, clock):
    async with running() as come:
        alice = come("alice")

        clock.now += timedelta(minutes=20)
        assert (await alice.get("/console")).status_code == 200
        clock.now += timedelta(minutes=20)
        assert (await alice.get("/console")).status_code == 200
        clock.now += timedelta(minutes=31)
        assert (await alice.get("/console")).status_code == 303


@pytest.mark.parametrize("page", ["live", "progress", "mails/progress"])
async def test_session_expires_although_an_open_page_refreshes_itself(world, running, clock, page):
    path = f"/console/assessments/{world.open}/{page}"
    async with running() as come:
        alice = come("alice")
        for _ in range(3):
            clock.now += timedelta(minutes=9)
            assert (await alice.get(path, **{"HX-Request": "true"})).status_code == 200

        clock.now += timedelta(minutes=4)
        ended = await alice.get(path, **{"HX-Request": "true"})

    assert ended.status_code == 401
    assert ended.headers["hx-redirect"].startswith("/console/sign-in")


async def test_too_many_sign_ins_are_refused_for_a_limited_time(running, clock):
    async with running() as come:
        visitor = come()
        for _ in range(10):
            await sign_in(visitor, password="not the right one at all")

        refused = await sign_in(visitor)
        clock.now += timedelta(minutes=16)
        later = await sign_in(visitor)

    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert "Wait 16 minutes" in refused.text
    assert later.status_code == 303


async def test_form_sent_with_expired_session_says_that_nothing_was_changed(world, running):
    async with running() as come:
        response = await come().post(f"/console/assessments/{world.open}/close", {"sure": "yes"})

    assert response.status_code == 401
    assert "nothing was changed" in response.text
    assert world.held(world.open).state == "open"


async def test_htmx_request_without_session_gets_a_redirect_header(world, running):
    async with running() as come:
        path = f"/console/assessments/{world.open}/progress"

        response = await come().get(path, **{"HX-Request": "true"})

    assert response.headers["hx-redirect"] == "/console/sign-in"


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/console",
        "//evil.example/console",
        "/console/../../evil",
        "/\\evil.example",
        "/consolez",
        "javascript:alert(1)",
        "/console\n/x",
        "//[",
        "/console?x=//evil.example",
        "/console/..",
        "/console/./people",
        "/console/.../people",
        "/console/%2e%2e/evil",
        "/console?x=\\evil",
        "/console?x=a\tb",
        "/console?x=a b",
        "/console?x=%0d%0aLocation:evil",
        "/console?x=%00",
        "/console?x=\u0661",
        "/console#//evil.example",
        "/console#x",
        "/console@evil.example/x.pdf",
        "/console.evil.example",
        "?x=1",
        "//console?x=1",
        "https:/console?x=1",
        "https:console",
        f"/console?x={'a' * 1500}",
        f"/console?begun={'a' * 1500}",
        f"/console?x={'$' * 1000}",
        "/console?" + "&".join(f"x{number}=1" for number in range(60)),
    ],
)
def test_sign_in_never_redirects_to_another_site(path):
    assert validate_redirect_path(path) == ""


@pytest.mark.parametrize(
    ("then", "path"),
    [
        ("/console/clients?q=M%C3%BCller+%26+Co&page=2", "/console/clients?q=M%C3%BCller+%26+Co&page=2"),
        ("/console/clients?q=a%2F%2Fb&status=", "/console/clients?q=a%2F%2Fb&status="),
        ("/console/questionnaires/pulse-ab12/1.2.0", "/console/questionnaires/pulse-ab12/1.2.0"),
        ("/console/benchmarks?", "/console/benchmarks"),
        ("/console/clients?done=client-erased&page=2&begun=1", "/console/clients?page=2"),
    ],
)
def test_query_and_dots_of_a_page_stay_and_notices_do_not(then, path):
    assert validate_redirect_path(then) == path
    assert validate_redirect_path(path) == path


async def test_sign_in_leads_to_the_edition_that_was_asked_for(world, running):
    path = f"/console/assessments/{world.open}/report.pdf?audience=board&language=de"
    async with running() as come:
        alice = come()
        asked = await alice.get(path)
        form = await alice.get(asked.headers["location"])
        then = html.unescape(re.search(r'name="then" value="([^"]*)"', form.text)[1])

        response = await sign_in(alice, then=then)

    assert then == path
    assert response.headers["location"] == f"{path}&begun=1"


async def test_page_without_script_and_with_it_keep_the_search_over_a_sign_in(running):
    path = "/console/clients?q=Acme&page=2"
    async with running() as come:
        by_link = await come().get(path)
        by_script = await come().get(
            "/console/clients", **{"HX-Request": "true", "HX-Current-URL": f"http://127.0.0.1:8000{path}"}
        )

    address = "/console/sign-in?then=/console/clients%3Fq%3DAcme%26page%3D2"
    assert by_link.headers["location"] == address
    assert by_script.headers["hx-redirect"] == address


async def test_query_that_cannot_be_carried_is_dropped_at_sign_in(running):
    async with running() as come:
        asked = await come().get(f"/console/clients?q={'a' * 2000}")

    assert asked.headers["location"] == "/console/sign-in?then=/console/clients"


async def test_sign_in_page_without_any_user_explains_how_to_make_the_first(world, running):
    with database.write_session(world.engine) as session:
        session.execute(tables.user.delete())
    async with running() as come:
        page = await come().get("/console/sign-in")

    assert "assessment user add you@example.org --admin --workspace" in page.text
    assert 'name="password"' not in page.text
