"""The machine's clock jumps while someone answers: nothing is refused, and the newest answer counts."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, update

from assessment.storage import tables
from tests.trust.conftest import Place
from tests.web import people

JUMPS = (timedelta(hours=-25), timedelta(days=3), timedelta(minutes=-1), timedelta(hours=2))
ITEM = "MK-P1"


class Respondent(people.Person):
    """Someone who answers one question of the first section again and again."""

    section = ""

    async def change(self, value: str, sequence: int) -> httpx.Response:
        return await self.save(ITEM, value, sequence, self.section)


async def enter_survey(place: Place, client: httpx.AsyncClient) -> Respondent:
    person = Respondent(client, place.links[0], "practitioner")
    await person.enter()
    person.section = (await person.get("/survey")).headers["location"].rpartition("/")[2]
    return person


def find_value(place: Place) -> str | None:
    with people.open_read_session(place.url) as session:
        return session.scalar(select(tables.answer.c.value).where(tables.answer.c.item_id == ITEM))


async def test_answers_are_saved_in_order_whatever_the_clock_says(
    place: Place, client: httpx.AsyncClient, clock: people.Clock
):
    alice = await enter_survey(place, client)

    outcomes = []
    for sequence, jump in enumerate(JUMPS, start=1):
        clock.now += jump
        saved = await alice.change(str(sequence), sequence)
        outcomes.append((saved.status_code, find_value(place)))

    assert outcomes == [(200, str(sequence)) for sequence in range(1, len(JUMPS) + 1)]


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(days=400)])
async def test_readiness_survives_a_jump(place: Place, client: httpx.AsyncClient, clock: people.Clock, jump: timedelta):
    clock.now += jump

    answer = await client.get("/readyz")

    assert (answer.status_code, answer.json()["writes"]) == (200, "ok")


async def test_closing_time_counts_even_if_the_clock_went_back_before(
    place: Place, client: httpx.AsyncClient, clock: people.Clock
):
    alice = await enter_survey(place, client)
    end = clock.now + timedelta(hours=1)
    with people.open_write_session(place.url) as session:
        table = tables.assessment
        session.execute(update(table).where(table.c.id == place.open).values(closes_at=end, closes_on=end.date()))
    clock.now -= timedelta(days=1)
    before = await alice.change("2", 1)
    clock.now = end + timedelta(seconds=1)

    after = await alice.change("3", 2)

    assert before.status_code == 200
    assert after.status_code != 200
    assert find_value(place) == "2"
