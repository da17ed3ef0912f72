"""Every route of the console, asked by everyone: Alice owns, Dora edits, Bob looks, Charlie must get nothing."""

import pytest

from assessment.access_policies import get_policy
from assessment.services.auth import workspace_preferences
from assessment.storage import assessments, database
from assessment.web.console import authentication
from tests.web import people
from tests.web.console.access_table import ABSENT, OWNER_OBJECT_ROUTES, OWNER_ROUTES, ROUTES, build_path


async def send_request(visitor, method, path):
    return await (visitor.get(path) if method == "GET" else visitor.post(path))


def normalise_response(response, *ids):
    """All of an answer that could tell two apart, but for the request's own number and the path asked for."""
    own = response.headers["x-request-id"]
    text = response.text.replace(own, "")
    for id_ in ids:
        text = text.replace(id_, "")
    passing = {"x-request-id", "date", "content-length"}  # the last for what the number adds when compressed
    return response.status_code, text, {k: v for k, v in response.headers.items() if k not in passing}


async def list_routes_open_to_bob(world, come):
    """Routes that Bob gets through, though he may not."""
    bob = come("bob")
    found = []
    for method, path, state, for_viewers in ROUTES:
        if not for_viewers:
            response = await send_request(bob, method, build_path(path, world, state))
            if response.status_code != 403:
                found.append((method, path, response.status_code))
    return found


async def list_routes_that_differ_for_charlie(world, come):
    """Routes where what is Alice's looks different, to Charlie, from what is not there."""
    charlie = come("charlie")
    found = []
    for method, path, state, _ in ROUTES:
        if not state:
            continue
        foreign = await send_request(charlie, method, build_path(path, world, state))
        absent = await send_request(charlie, method, build_path(path, world, state, ABSENT))
        ids = (getattr(world, state), ABSENT)
        if foreign.status_code != 404 or normalise_response(foreign, *ids) != normalise_response(absent, *ids):
            found.append((method, path, foreign.status_code))
    return found


async def test_access_table_lists_every_console_route(running):
    async with running() as come:
        asked = {
            (method, split_path_pattern(route.path))
            for route in come.app.routes
            if route.path.startswith("/console")
            for handler in route.route_handlers
            if get_policy(handler) and get_policy(handler).name == "consultant"
            for method in handler.http_methods - {"OPTIONS", "HEAD"}
        }

    listed = [*((method, path) for method, path, _, _ in ROUTES), *OWNER_ROUTES, *OWNER_OBJECT_ROUTES]
    assert asked == {(method, split_path_pattern(path)) for method, path in listed}


def split_path_pattern(path):
    """How long a path is and the words in it that are not ids."""
    return tuple(
        "*" if "{" in part or part in ("leader", "marketing") else part for part in path.rstrip("/").split("/")
    )


async def test_anonymous_request_is_sent_to_sign_in(world, running):
    async with running() as come:
        stranger = come()

        for method, path, state, _ in ROUTES:
            response = await send_request(stranger, method, build_path(path, world, state))

            assert response.status_code == (303 if method == "GET" else 401), path
            if method == "GET":
                assert response.headers["location"].startswith("/console/sign-in"), path
            assert "Harbour" not in response.text


async def test_owner_alice_reaches_all_routes(world, running):
    async with running() as come:
        alice = come("alice")

        for method, path, state, _ in ROUTES:
            if method == "GET" and "{section}" not in path:
                response = await alice.get(build_path(path, world, state))
                if "/download/progress" in response.headers.get("location", ""):  # where the file takes long
                    response = await alice.get(response.headers["location"])

                assert response.status_code == 200, path


async def list_owner_routes_open_to(name, world, come):
    visitor = come(name)
    paths = [(method, build_path(path, world, "")) for method, path in (*OWNER_ROUTES, *OWNER_OBJECT_ROUTES)]
    return [(method, path) for method, path in paths if (await send_request(visitor, method, path)).status_code != 403]


async def test_owner_alice_reaches_all_pages_of_the_settings(world, running):
    with database.write_session(world.engine) as session:
        workspace_preferences.change_logo(session, world.home, b"a picture", people.NOW)
    async with running() as come:
        alice = come("alice")
        codes = {
            path: (await alice.get(build_path(path, world, ""))).status_code
            for method, path in OWNER_ROUTES
            if method == "GET"
        }

    assert set(codes.values()) == {200}, codes


@pytest.mark.parametrize("name", ["dora", "bob"])
async def test_settings_of_the_workspace_are_for_owners_only(name, world, running):
    async with running() as come:
        assert await list_owner_routes_open_to(name, world, come) == []
        pages = [(await come(name).get(path)).text for path in ("/console", "/console/workspace/account")]

    assert not any("/console/workspace/users" in page for page in pages)


async def test_settings_test_fails_without_the_guard(world, running, monkeypatch):
    monkeypatch.setattr(authentication, "_is_for_owners", lambda _: False)

    async with running() as come:
        assert await list_owner_routes_open_to("dora", world, come) != []


async def test_users_and_keys_of_another_workspace_look_like_absent_ones(world, running):
    async with running() as come:
        charlie = come("charlie")
        for method, path in OWNER_ROUTES:
            for name, id_ in (("user", world.ids["bob"]), ("key", world.key_id), ("client", world.organisation)):
                if f"{{{name}}}" not in path:
                    continue
                foreign = await send_request(charlie, method, path.format_map({name: id_}))
                absent = await send_request(charlie, method, path.format_map({name: ABSENT}))

                assert foreign.status_code == 404, path
                assert normalise_response(foreign, id_) == normalise_response(absent, ABSENT), path


async def test_editor_dora_can_read_and_change(world, running):
    person = {"name": "Ann", "role": "practitioner", "functions": ["marketing"]}
    async with running() as come:
        dora = come("dora")
        read = [
            (await dora.get(build_path(path, world, state))).status_code
            for method, path, state, _ in ROUTES
            if method == "GET" and "{section}" not in path
        ]
        page = await dora.get(f"/console/assessments/{world.open}/people")

        added = await dora.post(f"/console/assessments/{world.open}/people", person)

    assert set(read) == {200}
    assert added.status_code == 303
    assert "Ann" in [invitation.name for invitation in world.invited(world.open)]
    assert "dora@example.org · editor" in page.text
    assert f'action="/console/assessments/{world.open}/people"' in page.text


async def test_viewer_bob_can_read_but_not_change(world, running):
    async with running() as come:
        bob = come("bob")
        read = [
            (await bob.get(build_path(path, world, state))).status_code
            for method, path, state, for_viewers in ROUTES
            if method == "GET" and for_viewers and "{section}" not in path
        ]

        assert set(read) == {200}
        assert await list_routes_open_to_bob(world, come) == []

    assert world.held(world.open).state == "open"
    assert world.held(world.draft).state == "draft"
    assert world.held(world.closed).state == "closed"
    assert [each.revoked_on for each in world.invited(world.open)] == [None] * 3
    assert sorted(world.titles()) == ["Closed wave", "Draft wave", "Importing wave", "Open wave", "With names"]


async def test_viewer_bob_sees_no_forbidden_actions(world, running):
    async with running() as come:
        bob = come("bob")

        pages = [
            (await bob.get(path)).text
            for path in (
                "/console",
                f"/console/assessments/{world.draft}",
                f"/console/assessments/{world.open}",
                f"/console/assessments/{world.open}/people",
                f"/console/assessments/{world.closed}",
            )
        ]

    for text in pages:
        assert text.count('method="post"') == 1  # signing out
        assert "/settings" not in text
        assert "/close" not in text
        assert "/reopen" not in text


async def test_charlie_of_another_workspace_gets_404(world, running):
    async with running() as come:
        assert await list_routes_that_differ_for_charlie(world, come) == []


async def test_home_of_charlie_lists_no_assessment_of_alice(running):
    async with running() as come:
        text = (await come("charlie").get("/console")).text

    assert "Harbour" not in text
    assert "Charlie&#39;s wave" in text


async def test_invitation_under_another_assessment_gets_404(world, running):
    async with running() as come:
        charlie = come("charlie")

        for method, end in (("POST", "link"), ("GET", "revoke"), ("POST", "revoke")):
            base = f"/console/assessments/{world.charlies}/people"
            foreign = await send_request(charlie, method, f"{base}/{world.invitation}/{end}")
            absent = await send_request(charlie, method, f"{base}/{ABSENT}/{end}")

            assert foreign.status_code == 404
            assert normalise_response(foreign, world.invitation) == normalise_response(absent, ABSENT)


@pytest.mark.parametrize("id_", ["a%00b", "%ED%A0%80", "%F0%9F%90%8C", "x" * 2000, "%27%20or%201=1"])
async def test_unknown_id_gets_404(running, id_):
    async with running() as come:
        response = await come("alice").get(f"/console/assessments/{id_}")

    assert response.status_code == 404


async def test_viewer_test_fails_without_the_guard(world, running, monkeypatch):
    monkeypatch.setattr(authentication, "_is_open_to_viewers", lambda _: True)

    async with running() as come:
        assert await list_routes_open_to_bob(world, come) != []


async def test_workspace_test_fails_without_the_guard(world, running, monkeypatch):
    kept = assessments.find_assessment
    monkeypatch.setattr(
        assessments,
        "find_assessment",
        lambda session, key, **named: kept(session, key._replace(workspace_id=world.home), **named),
    )

    async with running() as come:
        assert await list_routes_that_differ_for_charlie(world, come) != []


@pytest.mark.parametrize("act", ["open", "close", "reopen"])
async def test_form_of_another_session_is_refused(world, running, act):
    where = world.closed if act == "reopen" else world.open
    before = world.held(where).state

    async with running() as come:
        form = {"_token": "from.elsewhere", "sure": "yes"}
        response = await come("alice").post(f"/console/assessments/{where}/{act}", form)

    assert response.status_code == 403
    assert world.held(where).state == before


async def test_form_from_another_site_is_refused(world, running):
    async with running() as come:
        alice = come("alice")
        form = {"_token": await alice.token(), "sure": "yes"}

        response = await alice.client.post(
            f"/console/assessments/{world.open}/close", data=form, headers={"Sec-Fetch-Site": "cross-site"}
        )

    assert response.status_code == 403
    assert world.held(world.open).state == "open"


@pytest.mark.parametrize("field", ["organisation", "organisation_name", "title", "questionnaire", "mode"])
async def test_unstorable_character_is_refused(world, running, field):
    form = {"organisation": world.organisation, "title": "T", "questionnaire": "social-media-integration"}

    async with running() as come:
        response = await come("alice").post("/console/assessments/new", form | {field: "a\0b"})

    assert response.status_code == 400
