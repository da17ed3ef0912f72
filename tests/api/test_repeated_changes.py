"""Every PATCH route of the description: done once under one key, and its faults come before a wrong `If-Match`."""

import json
from pathlib import Path

import pytest

from tests.api import api_steps
from tests.api.response_checks import check_problem

DESCRIPTION = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text("utf-8"))
PREFIX = "/api/v1"
CHANGES = {
    path.removeprefix(PREFIX): methods["patch"]["requestBody"]["content"]["application/json"]["example"]
    for path, methods in DESCRIPTION["paths"].items()
    if "patch" in methods
}
# Where the example of the description is about another questionnaire, or gives a scope that the key lacks.
OWN_CHANGES = {"/assessments/{assessment}": {"title": "2027"}, "/keys/{key_id}": {"scopes": ["read:scores"]}}
# What has the right form, and can't be stored.
FAULTS = {
    "/organisations/{organisation}": {"name": "Contoso"},
    "/assessments/{assessment}": {"targets": {"nothing": 80}},
    "/assessments/{assessment}/roadmap/{advice}": {"start": "2027-03-31", "due": "2027-03-01"},
    "/webhooks/{webhook}": {"url": "ftp://hooks.example.org"},
}


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    """One kind will do: the stored answers are tested on both elsewhere."""
    return migrated_sqlite_url


@pytest.fixture
async def paths(alice) -> dict[str, str]:
    """The paths of objects that can be changed, by the path of the description."""
    organisation = await api_steps.create_organisation(alice)
    await api_steps.create_organisation(alice, "Contoso")
    draft = (await api_steps.create_draft(alice))["id"]
    open_id = await api_steps.create_open_assessment(alice)
    invitation = (await api_steps.invite_people(alice, open_id))[0]["id"]
    closed = await api_steps.create_closed_assessment(alice)
    findings = (await alice.get(f"/assessments/{closed}/findings")).json()["findings"]
    actions = (await alice.get(f"/assessments/{closed}/roadmap")).json()["actions"]
    hook = {"url": "https://hooks.example.org/1", "events": ["assessment.opened"]}
    webhook = (await alice.post("/webhooks", json=hook)).json()["id"]
    key = (await alice.post("/keys", json={"name": "x", "scopes": ["read:scores"]})).json()["id"]
    user = (await alice.post("/users", json={"email": "dora@consult.example", "role": "editor"})).json()["id"]
    return {
        "/organisations/{organisation}": f"/organisations/{organisation}",
        "/assessments/{assessment}": f"/assessments/{draft}",
        "/assessments/{assessment}/invitations/{invitation}": f"/assessments/{open_id}/invitations/{invitation}",
        "/assessments/{assessment}/findings/{finding}": f"/assessments/{closed}/findings/{findings[0]['id']}",
        "/assessments/{assessment}/roadmap/{advice}": f"/assessments/{closed}/roadmap/{actions[0]['advice']}",
        "/webhooks/{webhook}": f"/webhooks/{webhook}",
        "/keys/{key_id}": f"/keys/{key}",
        "/users/{user_id}": f"/users/{user}",
        "/workspace": "/workspace",
    }


async def test_every_patch_is_done_once_under_one_key(alice, paths):
    assert set(paths) == set(CHANGES)
    for number, (described, path) in enumerate(paths.items()):
        headers = {"Idempotency-Key": f"patch-{number}"}
        change = OWN_CHANGES.get(described, CHANGES[described])
        first = await alice.patch(path, json=change, headers=headers)

        again = await alice.patch(path, json=change, headers=headers)

        assert first.status_code == 200, (described, first.text)
        assert again.headers.get("idempotency-replayed") == "true", described
        assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])


async def test_every_patch_names_faults_before_a_wrong_if_match(alice, paths):
    for described, fault in FAULTS.items():
        answer = await alice.patch(paths[described], json=fault, headers={"If-Match": '"other"'})

        assert answer.status_code == 422, (described, answer.text)


async def test_key_of_another_query_is_refused(alice):
    assessment = await api_steps.create_open_assessment(alice)
    headers = {"Idempotency-Key": "close-1"}
    path = f"/assessments/{assessment}/close"
    closed = await alice.post(f"{path}?without_results=true", headers=headers)

    other = await alice.post(path, headers=headers)

    assert closed.status_code == 200, closed.text
    assert check_problem(other, 422)["type"] == "/api/docs#idempotency-mismatch"
