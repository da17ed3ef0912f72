"""Steps on the way to a result, each through the API itself."""

from pathlib import Path
from typing import Any

import httpx

GOLDEN = Path(__file__).parents[1] / "golden"
QUESTIONNAIRE = "social-media-integration"
CSV = {"Content-Type": "text/csv"}
STAFF = {"role": "staff", "functions": ["hr"]}


async def create_organisation(client: httpx.AsyncClient, name: str = "Northwind") -> str:
    answer = await client.post("/organisations", json={"name": name})
    for number in range(2, 20):
        if answer.status_code == 201:
            break
        answer = await client.post("/organisations", json={"name": f"{name} {number}"})  # the name is taken
    found: str = answer.json()["id"]
    return found


async def create_draft(client: httpx.AsyncClient, **fields: object) -> dict[str, Any]:
    body = {"organisation": await create_organisation(client), "questionnaire": QUESTIONNAIRE, "title": "2026"}
    answer = await client.post("/assessments", json=body | fields)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def create_open_assessment(client: httpx.AsyncClient, **fields: object) -> str:
    assessment: str = (await create_draft(client, **fields))["id"]
    answer = await client.post(f"/assessments/{assessment}/open")
    assert answer.status_code == 200, answer.text
    return assessment


async def create_closed_assessment(client: httpx.AsyncClient, case: str = "plain-24", **fields: object) -> str:
    assessment = await create_open_assessment(client, **fields)
    await import_responses(client, assessment, (GOLDEN / f"{case}.csv").read_text("utf-8"))
    answer = await client.post(f"/assessments/{assessment}/close")
    assert answer.status_code == 200, answer.text
    return assessment


async def import_responses(client: httpx.AsyncClient, assessment: str, text: str) -> None:
    taken = await client.post(f"/assessments/{assessment}/responses", content=text.encode(), headers=CSV)
    assert taken.status_code == 201, taken.text


async def invite_people(client: httpx.AsyncClient, assessment: str, *people: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await client.post(f"/assessments/{assessment}/invitations", json=list(people) or [STAFF])
    assert answer.status_code == 201, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found
