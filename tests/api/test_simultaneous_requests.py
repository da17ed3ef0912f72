"""Requests at the same moment under one key: done once, on each kind of database."""

import asyncio


async def test_twenty_simultaneous_posts_under_one_key_make_one_object(alice):
    answers = await asyncio.gather(
        *(
            alice.post("/organisations", json={"name": "Northwind"}, headers={"Idempotency-Key": "one"})
            for _ in range(20)
        )
    )

    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    others = [answer.json()["type"] for answer in answers if answer.status_code != 201]
    assert len(made) == 1
    assert set(others) <= {"/api/docs#idempotency-in-progress"}
    assert len((await alice.get("/organisations")).json()["data"]) == 1
