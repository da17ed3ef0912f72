"""Authentication: only a key in the header, not revoked, with the scope, gets in."""

from datetime import timedelta

import httpx
import pytest

from assessment.services.auth import api_keys
from assessment.storage import database
from tests.api.conftest import NOON, SECRET
from tests.api.response_checks import check_problem, check_same_response


async def test_request_without_key_explains_the_header(nobody):
    answer = await nobody.get("/organisations")

    assert answer.headers["www-authenticate"] == 'Bearer realm="assessment"'
    assert "Bearer" in check_problem(answer, 401)["detail"]


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer asr_x", "Bearer asr_x_y", "Bearer ä", "asr_x_y", "Bearer a b"],
)
async def test_malformed_keys_get_the_same_response(nobody, header):
    answer = await nobody.get("/organisations", headers={"Authorization": header.encode()})

    check_problem(answer, 401)


async def test_key_outside_the_header_is_ignored(visit, new_key):
    key = new_key("alices")

    in_query = await visit().get("/organisations", params={"key": key.text, "access_token": key.text})
    in_cookie = await visit().get("/organisations", headers={"Cookie": f"key={key.text}"})

    check_problem(in_query, 401)
    check_problem(in_cookie, 401)


async def test_key_with_one_changed_character_is_refused(visit, new_key):
    key = new_key("alices").text

    for place in range(0, len(key), 7):
        changed = key[:place] + ("A" if key[place] != "A" else "B") + key[place + 1 :]
        answer = await visit().get("/organisations", headers={"Authorization": f"Bearer {changed}"})
        check_problem(answer, 401)


async def test_expired_and_revoked_keys_look_like_unknown_ones(visit, new_key, clock, engine):
    short, ended = new_key("alices", lasts=timedelta(days=1)), new_key("alices")
    assert (await visit(short).get("/organisations")).status_code == 200
    with database.write_session(engine) as session:
        holder = api_keys.authenticate_key(session, ended.text, clock(), secret=SECRET)
        api_keys.revoke_key(session, holder.workspace_id, ended.id, clock())
    clock.pass_by(days=1)

    expired, revoked = await visit(short).get("/organisations"), await visit(ended).get("/organisations")

    check_same_response(expired, revoked)
    check_same_response(expired, await visit().get("/organisations", headers={"Authorization": "Bearer asr_never_was"}))
    check_problem(expired, 401)


async def test_two_authorization_headers_are_refused(alice):
    answer = await alice.get(
        "/organisations", headers=[("Authorization", alice.headers["authorization"]), ("Authorization", "Bearer x")]
    )

    check_problem(answer, 401)


async def test_body_is_not_read_before_authentication(nobody):
    async def body():
        raise AssertionError
        yield b""

    answer = await nobody.post("/organisations", content=body(), headers={"Content-Type": "application/json"})

    check_problem(answer, 401)


async def test_key_over_rate_limit_gets_retry_after(alice, app, clock):
    for _ in range(1200):
        await app.components.api_limiter.count_request(get_key_id(alice), clock())

    answer = await alice.get("/organisations")
    clock.pass_by(seconds=int(answer.headers["retry-after"]))

    assert check_problem(answer, 429)["type"] == "/api/docs#rate-limited"
    assert answer.headers["ratelimit-remaining"] == "0"
    assert (await alice.get("/organisations")).status_code == 200


def get_key_id(client: httpx.AsyncClient) -> str:
    found: str = client.headers["authorization"].split("_")[1]
    return found


async def test_last_use_of_key_is_stored_once_per_hour(visit, new_key, clock, engine):
    key = new_key("alices")
    used = []
    for minutes in (0, 30, 31):
        clock.pass_by(minutes=minutes)
        await visit(key).get("/organisations")
        with database.read_session(engine) as session:
            used.append(api_keys.list_all_keys(session)[0].last_used_at)

    assert used == [NOON, NOON, NOON + timedelta(hours=1)]
