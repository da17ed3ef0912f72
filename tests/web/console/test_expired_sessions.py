"""A session that ends while someone types: after signing in, the same form comes back, filled in and not executed."""

import html
import re
from datetime import timedelta

import pytest

from assessment.access_policies import get_policy
from assessment.web.http.csrf import SAFE_METHODS
from assessment.web.http.guards import PRESERVES_FORM
from tests.web import people
from tests.web.console.conftest import PASSWORD

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
TARGET = re.compile(r'action="([^"]+)"[^>]*data-submit')
EXPIRED = "Your session expired. Sign in to continue; what you typed is still here."
LINES = "Ann\tann@example.org\tStaff\tMarketing\nBen\tben@example.org\tStaff\tMarketing"
TYPED = {
    "console:create": {"title": "Typed & <kept>", "organisation_name": "New client"},
    "console:change-settings": {"title": "Typed & <kept>", "closes_on": "2026-12-30", "revision": "2"},
    "console:add-person": {"name": "Typed & <kept>", "role": "staff", "functions": ["marketing", "customer-service"]},
    "console:add-people": {"lines": LINES + "\nTyped & <kept>"},
    "console:replace": {"name": "Typed & <kept>", "role": "leader", "functions": ["marketing", "customer-service"]},
    "console:close": {"sure": "yes"},
    "console:extend": {"closes_on": "2026-12-30"},
    "console:choose-voices": {"voices": "none"},
    "console:change-roadmap": {"part": "remark:answer", "remarks:answer": "Typed & <kept>"},
    "console:publish-report": {"note": "Typed & <kept>", "language": "de"},
    "console:share-report": {"note": "Typed & <kept>", "audiences": ["full", "board"], "formats": ["pdf"]},
    "console:create-next-wave": {"title": "Typed & <kept>", "people": "yes"},
    "console:links": {"who": "everyone", "as": "file"},
    "console:plan-mails": {"first_after_days": "9", "sends_results": "yes"},
    "console:add-client": {"name": "Typed & <kept>", "contact_name": "", "contact_email": ""},
    "console:change-client": {"name": "Typed & <kept>", "revision": "1"},
    "console:erase-client": {"typed_name": "Typed & <kept>"},
    "console:delete-draft": {"typed_name": "Typed & <kept>"},
    "console:add-webhook": {"url": "https://hooks.example/Typed & <kept>", "events": ["assessment.closed"]},
    "console:add-user": {"email": "Typed & <kept>", "role": "viewer"},
    "console:add-key": {"name": "Typed & <kept>", "scopes": ["read:scores", "read:reports"], "days": "365"},
    "console:change-workspace": {"name": "Typed & <kept>", "time_zone": "Europe/Vienna"},
    "console:change-mail-text": {"subject": "Typed & <kept>", "body": "Typed & <kept>"},
}

ON_CLOSED = ("/voices", "/roadmap", "/reports", "/links", "/next-wave")  # pages of a closed assessment


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


def list_form_routes(app):
    """Every console route that a form can be sent to."""
    return {
        handler.name: (route.path, handler)
        for route in app.routes
        for handler in route.route_handlers
        if get_policy(handler) and get_policy(handler).name == "consultant" and handler.http_methods - SAFE_METHODS
    }


def build_path(world, template):
    assessment = world.closed if template.endswith(ON_CLOSED) else world.open
    known = {"{assessment_id:str}": assessment, "{invitation_id:str}": world.invitation, "{kind:str}": "invitation",
             "{user_id:str}": world.ids["bob"], "{report_id:str}": world.published if "{report_id" in template else "",
              "{key_id:str}": world.key_id, "{organisation_id:str}": world.organisation}  # fmt: skip
    for name, value in known.items():
        template = template.replace(name, value)
    return template


def read_hidden_fields(page):
    found = {}
    for name, value in HIDDEN.findall(page.text):
        found.setdefault(html.unescape(name), []).append(html.unescape(value))
    return found


async def submit_with_expired_session(visitor, clock, page_path, path, typed):
    """Open a page, type for longer than a session lasts, and send the form."""
    page = await visitor.get(page_path)
    own = {name: read_hidden_fields(page)[name][0] for name in ("_token", "_author")}
    clock.now += timedelta(hours=1)
    return await visitor.client.post(path, data=typed | own, headers={"Origin": "http://127.0.0.1:8000"})


async def sign_in(visitor, asked, email="alice@example.org", password=PASSWORD):
    data = read_hidden_fields(asked) | {"email": email, "password": password}
    return await visitor.client.post("/console/sign-in", data=data, headers={"Origin": "http://127.0.0.1:8000"})


async def submit_carried_form(visitor, resumed):
    path = html.unescape(TARGET.search(resumed.text)[1])
    return await visitor.client.post(
        path, data=read_hidden_fields(resumed), headers={"Origin": "http://127.0.0.1:8000"}
    )


@pytest.mark.parametrize("name", ["console:change-workspace", "console:plan-mails"])
async def test_form_restored_after_sign_in_still_knows_what_it_was_made_from(name, world, running, clock):
    async with running(smtp_url="smtp://127.0.0.1:9") as come:
        alice = come("alice")
        path = build_path(world, list_form_routes(come.app)[name][0])

        asked = await submit_with_expired_session(
            alice, clock, "/console/assessments/new", path, TYPED[name] | {"mark": "0123456789abcdef"}
        )
        form = await submit_carried_form(alice, await sign_in(alice, asked))

    assert read_hidden_fields(form)["mark"] == ["0123456789abcdef"]


async def test_table_covers_every_form_with_fields(running):
    async with running() as come:
        kept = {name for name, (_, handler) in list_form_routes(come.app).items() if handler.opt.get(PRESERVES_FORM)}

    assert kept == set(TYPED)


@pytest.mark.parametrize("name", sorted(TYPED))
async def test_form_sent_with_expired_session_is_restored_after_sign_in(name, world, running, clock):
    async with running(smtp_url="smtp://127.0.0.1:9") as come:
        alice = come("alice")
        path = build_path(world, list_form_routes(come.app)[name][0])
        before = (world.held(world.open), world.invited(world.open), world.titles())

        asked = await submit_with_expired_session(alice, clock, "/console/assessments/new", path, TYPED[name])
        wrong = await sign_in(alice, asked, password="not the right one at all")
        resumed = await sign_in(alice, wrong)
        form = await submit_carried_form(alice, resumed)
        again = await submit_carried_form(alice, resumed)

    assert asked.status_code == 401
    assert EXPIRED in html.unescape(asked.text)
    assert (wrong.status_code, resumed.status_code, form.status_code, again.status_code) == (401, 200, 200, 200)
    for text in ("Typed & <kept>", "Ann\tann@example.org", "2026-12-30"):
        if text in str(TYPED[name].values()).replace("\\t", "\t"):
            assert text in html.unescape(form.text)
            assert "<kept>" not in form.text
    if "functions" in TYPED[name]:
        assert form.text.count("checked") >= 3
    if name == "console:close":
        assert re.search(r'name="sure"\s+value="yes"', form.text)
    if name == "console:plan-mails":
        assert '<option value="9" selected>' in form.text
    assert "Nothing is saved yet." in form.text
    assert (world.held(world.open), world.invited(world.open), world.titles()) == before


async def test_restored_form_can_be_sent(world, running, clock):
    async with running() as come:
        alice = come("alice")
        path = f"/console/assessments/{world.open}/people/lines"
        asked = await submit_with_expired_session(
            alice, clock, f"/console/assessments/{world.open}/people", path, {"lines": LINES}
        )
        form = await submit_carried_form(alice, await sign_in(alice, asked))
        token = read_hidden_fields(form)["_token"][-1]

        await alice.client.post(
            path, data={"_token": token, "lines": LINES, "sure": "yes"}, headers={"Origin": "http://127.0.0.1:8000"}
        )

    assert [each.name for each in world.invited(world.open)][-2:] == ["Ann", "Ben"]


async def test_form_is_not_restored_for_another_user(world, running, clock):
    async with running() as come:
        visitor = come("alice")
        path = f"/console/assessments/{world.open}/people/lines"
        asked = await submit_with_expired_session(visitor, clock, "/console", path, {"lines": LINES})

        answer = await sign_in(visitor, asked, email="charlie@example.org")

    assert (answer.status_code, answer.headers["location"]) == (303, "/console")
    assert "Ann" not in answer.text


async def test_form_without_author_signature_is_not_carried(world, running):
    async with running() as come:
        stranger = come()
        asked = await stranger.post(f"/console/assessments/{world.open}/people/lines", {"lines": LINES})

        answer = await sign_in(stranger, asked)

    assert "ann@example.org" not in asked.text
    assert answer.status_code == 303


async def test_restored_form_of_another_author_is_refused(world, running, clock):
    async with running() as come:
        visitor = come("alice")
        path = f"/console/assessments/{world.open}/settings"
        asked = await submit_with_expired_session(visitor, clock, "/console", path, {"title": "Typed"})
        resumed = await sign_in(visitor, asked)
        alien = read_hidden_fields(resumed)["_author"][0]
        clock.now = people.NOW
        charlie = come("charlie")
        own = f"/console/assessments/{world.charlies}/settings"

        answer = await charlie.post(own, {"title": "Typed", "_author": alien, "_returned": "yes"})

    assert answer.status_code == 403
    assert "Another user typed this form." in answer.text


async def test_restored_form_of_a_route_without_restoring_is_not_executed(world, running):
    async with running() as come:
        alice = come("alice")

        answer = await alice.post(f"/console/assessments/{world.draft}/open", {"_returned": "yes"})

    assert answer.status_code == 403
    assert world.held(world.draft).state == "draft"


async def test_form_of_an_earlier_session_is_restored_if_its_author_is_signed_in(world, running):
    async with running() as come:
        alice = come("alice")
        path = f"/console/assessments/{world.open}/people/lines"
        own = {name: read_hidden_fields(await alice.get("/console"))[name][0] for name in ("_token", "_author")}
        alice.client.cookies.set("console", world.session_of("alice"))

        resumed = await alice.client.post(
            path, data={"lines": LINES} | own, headers={"Origin": "http://127.0.0.1:8000"}
        )
        form = await submit_carried_form(alice, resumed)

    assert "Ann\tann@example.org" in html.unescape(form.text)


@pytest.mark.parametrize("lines", ["x" * 1_000_000, "é" * 160_000, "a, b\r\n" * 80_000], ids=["ascii", "é", "lines"])
async def test_form_near_the_size_limit_is_restored_after_sign_in(lines, world, running, clock):
    async with running() as come:
        alice = come("alice")
        path = f"/console/assessments/{world.open}/people/lines"
        asked = await submit_with_expired_session(alice, clock, "/console", path, {"lines": lines})

        resumed = await sign_in(alice, asked)
        form = await submit_carried_form(alice, resumed)

    assert (asked.status_code, resumed.status_code, form.status_code) == (401, 200, 200)
    assert EXPIRED in html.unescape(asked.text)
    assert read_hidden_fields(resumed)["lines"] == [lines]
    assert lines[:1000].strip() in html.unescape(form.text)


@pytest.mark.parametrize("fields", [{"lines": "é" * 200_000}, {f"field{number}": "long" for number in range(1990)}])
async def test_form_too_long_to_be_carried_is_shown_to_be_copied(fields, world, running, clock):
    async with running() as come:
        alice = come("alice")
        path = f"/console/assessments/{world.open}/people/lines"

        asked = await submit_with_expired_session(alice, clock, "/console", path, fields)
        signed = await sign_in(alice, asked)

    assert (asked.status_code, signed.status_code) == (401, 303)
    assert EXPIRED not in html.unescape(asked.text)
    assert "Copy it from the box below" in asked.text
    box = re.search(r'<textarea id="typed"[^>]*readonly>\n([^<]*)</textarea>', asked.text)
    assert box[1] == "\n\n".join(fields.values())


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("console:open", "/console/assessments/{assessment_id:str}"),
        ("console:reopen", "/console/assessments/{assessment_id:str}/reopen"),
        ("console:link", "/console/assessments/{assessment_id:str}/people"),
        ("console:revoke", "/console/assessments/{assessment_id:str}/people/{invitation_id:str}/revoke"),
        ("console:change-password", "/console/workspace/account"),
        ("console:set-up-second-step", "/console/workspace/account/second-step"),
        ("console:remove-user", "/console/workspace/users"),
    ],
)
async def test_button_pressed_with_expired_session_returns_to_its_page(name, page, world, running, clock):
    async with running() as come:
        alice = come("alice")
        path = build_path(world, list_form_routes(come.app)[name][0])
        asked = await submit_with_expired_session(alice, clock, "/console", path, {})

        answer = await sign_in(alice, asked)

    assert "Your session expired. Sign in to continue; nothing was changed." in html.unescape(asked.text)
    assert answer.headers["location"] == build_path(world, page)


async def test_every_button_route_declares_its_page_except_sign_out(running):
    async with running() as come:
        forms = list_form_routes(come.app)

    bare = {name for name, (_, handler) in forms.items() if not handler.opt.get(PRESERVES_FORM)}
    assert {name for name in bare if not forms[name][1].opt.get("page")} == {"console:sign-out"}


async def test_htmx_button_pressed_with_expired_session_returns_to_its_page(world, running):
    async with running() as come:
        page = f"/console/assessments/{world.open}/people"

        answer = await come().post(
            f"{page}/{world.invitation}/link",
            **{"HX-Request": "true", "HX-Current-URL": f"http://127.0.0.1:8000{page}"},
        )

    assert answer.headers["hx-redirect"] == f"/console/sign-in?then={page}"
