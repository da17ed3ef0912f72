"""Each state that does not allow a request has its own type of problem."""

import ast
from pathlib import Path

import pytest

from assessment import services
from assessment.services.questionnaires import workspace_questionnaires
from tests.api import api_steps
from tests.api.response_checks import check_problem
from tests.api.test_workspace_questionnaires import FILES

SERVICES = Path(services.__file__).parent
# The survey and commands of the operator; the second step of signing in, which only people have.
NOT_IN_THE_API = ("survey/", "operations/", "auth/second_factor.py")


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    """One kind will do: none of this depends on the database."""
    return migrated_sqlite_url


def read_type(answer) -> str:
    found: str = check_problem(answer, 409)["type"]
    return found.removeprefix("/api/docs#")


async def test_open_assessment_is_named_by_what_it_hinders(alice):
    opened = await api_steps.create_open_assessment(alice)
    organisation = (await alice.get(f"/assessments/{opened}")).json()["organisation"]

    answers = [
        await alice.post(f"/organisations/{organisation}/archive"),
        await alice.delete(f"/organisations/{organisation}"),
        await alice.post(f"/assessments/{opened}/archive"),
        await alice.post(f"/assessments/{opened}/next-wave", json={}),
        await alice.delete(f"/assessments/{opened}"),
    ]

    expected = ["open-assessment", "open-assessment", "not-closed", "not-closed", "not-draft"]
    assert [read_type(answer) for answer in answers] == expected


async def test_draft_is_not_open_instead_of_closed(alice):
    draft = (await api_steps.create_draft(alice))["id"]
    await api_steps.invite_people(alice, draft)
    content = (api_steps.GOLDEN / "plain-24.csv").read_bytes()

    answers = [
        await alice.post(f"/assessments/{draft}/close"),
        await alice.post(f"/assessments/{draft}/responses", content=content, headers=api_steps.CSV),
    ]

    assert [read_type(answer) for answer in answers] == ["not-open", "not-open"]


async def test_archived_client_and_withdrawn_report_are_named(alice):
    draft = await api_steps.create_draft(alice)
    await alice.post(f"/organisations/{draft['organisation']}/archive")
    closed = await api_steps.create_closed_assessment(alice)
    report = (await alice.post(f"/assessments/{closed}/reports", json={})).json()["id"]
    await alice.post(f"/assessments/{closed}/reports/{report}/withdraw")
    link = {"audiences": ["full"], "formats": ["pdf"], "expires_on": "2026-12-01"}

    opening = await alice.post(f"/assessments/{draft['id']}/open")
    sharing = await alice.post(f"/assessments/{closed}/reports/{report}/links", json=link)

    assert (read_type(opening), read_type(sharing)) == ("client-archived", "report-withdrawn")


async def test_limit_of_questionnaires_is_named(alice, monkeypatch):
    monkeypatch.setattr(workspace_questionnaires, "MAX_UPLOADS", 0)

    answer = await alice.post("/questionnaires", json={"files": FILES})

    assert read_type(answer) == "limit-reached"


def test_services_of_the_api_raise_no_conflict_without_a_type_of_its_own():
    bare = [
        f"{path.relative_to(SERVICES)}:{node.lineno}"
        for path in sorted(SERVICES.rglob("*.py"))
        if not str(path.relative_to(SERVICES)).startswith(NOT_IN_THE_API)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ConflictError"
    ]

    assert bare == []
