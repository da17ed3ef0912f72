"""Who gets in: a key in the header, alive, with the scope; nothing else."""

from datetime import timedelta

import httpx
import pytest

from assessment.api import routes
from assessment.api.rates import Rates
from assessment.services import keys
from assessment.storage import database
from tests.api.checks import alike, problem
from tests.api.conftest import NOON, SECRET


async def test_who_shows_no_key_is_told_how(nobody):
    answer = await nobody.get("/organisations")

    assert answer.headers["www-authenticate"] == 'Bearer realm="assessment"'
    assert "Bearer" in problem(answer, 401)["detail"]


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer asr_x", "Bearer asr_x_y", "Bearer ä", "asr_x_y", "Bearer a b"],
)
async def test_what_is_no_key_is_refused_alike(nobody, header):
    answer = await nobody.get("/organisations", headers={"Authorization": header.encode()})

    problem(answer, 401)


async def test_a_key_counts_in_the_header_only(visit, new_key):
    key = new_key("alices")

    in_query = await visit().get("/organisations", params={"key": key.text, "access_token": key.text})
    in_cookie = await visit().get("/organisations", headers={"Cookie": f"key={key.text}"})

    problem(in_query, 401)
    problem(in_cookie, 401)


async def test_every_single_change_of_a_key_makes_it_worthless(visit, new_key):
    key = new_key("alices").text

    for place in range(0, len(key), 7):
        changed = key[:place] + ("A" if key[place] != "A" else "B") + key[place + 1 :]
        answer = await visit().get("/organisations", headers={"Authorization": f"Bearer {changed}"})
        problem(answer, 401)


async def test_an_expired_and_a_revoked_key_look_like_one_that_never_was(visit, new_key, clock, engine):
    short, ended = new_key("alices", lasts=timedelta(days=1)), new_key("alices")
    assert (await visit(short).get("/organisations")).status_code == 200
    with database.writing(engine) as session:
        holder = keys.key_holder(session, ended.text, clock(), secret=SECRET)
        keys.revoke(session, holder.workspace_id, ended.id, clock())
    clock.pass_by(days=1)

    expired, revoked = await visit(short).get("/organisations"), await visit(ended).get("/organisations")

    alike(expired, revoked)
    alike(expired, await visit().get("/organisations", headers={"Authorization": "Bearer asr_never_was"}))
    problem(expired, 401)


async def test_two_keys_at_once_are_none(alice):
    answer = await alice.get(
        "/organisations", headers=[("Authorization", alice.headers["authorization"]), ("Authorization", "Bearer x")]
    )

    problem(answer, 401)


async def test_nothing_of_a_body_is_read_before_the_key(nobody):
    async def body():
        raise AssertionError
        yield b""

    answer = await nobody.post("/organisations", content=body(), headers={"Content-Type": "application/json"})

    problem(answer, 401)


async def test_a_key_that_asks_too_often_is_told_to_wait(alice, app, clock):
    for _ in range(1200):
        rates_of(app).take(key_id(alice), clock())

    answer = await alice.get("/organisations")
    clock.pass_by(seconds=int(answer.headers["retry-after"]))

    problem(answer, 429)
    assert (await alice.get("/organisations")).status_code == 200


def rates_of(app) -> Rates:
    """Return the buckets of the application's own guard."""
    route = next(route for route in app.routes if route.path == f"{routes.PREFIX}/v1/organisations")
    guards = [each for handler in route.route_handlers for each in handler.resolve_guards()]
    cells = [cell.cell_contents for each in guards for cell in getattr(unwrapped(each), "__closure__", None) or ()]
    return next(each for each in cells if isinstance(each, Rates))


def unwrapped(guard: object) -> object:
    return getattr(guard, "func", guard)


def key_id(client: httpx.AsyncClient) -> str:
    found: str = client.headers["authorization"].split("_")[1]
    return found


async def test_the_use_of_a_key_is_stored_to_the_hour_and_once_an_hour(visit, new_key, clock, engine):
    key = new_key("alices")
    used = []
    for minutes in (0, 30, 31):
        clock.pass_by(minutes=minutes)
        await visit(key).get("/organisations")
        with database.reading(engine) as session:
            used.append(keys.list_all_keys(session)[0].last_used_at)

    assert used == [NOON, NOON, NOON + timedelta(hours=1)]
