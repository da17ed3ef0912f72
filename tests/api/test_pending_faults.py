"""Faults of form and content: one response names both, and nothing that only follows from another fault."""

import base64
from datetime import timedelta

import httpx
import pytest

from assessment.api.http import pending_faults
from assessment.api.routes import ROUTE_HANDLERS
from tests.api import api_steps
from tests.api.conftest import NOON
from tests.api.response_checks import check_problem, list_pointers

WRONG_DATE = "2020-01-01"


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    """One kind will do: none of this depends on the database."""
    return migrated_sqlite_url


async def test_taken_name_is_named_with_faults_of_form(alice):
    await alice.post("/organisations", json={"name": "Northwind"})

    created = await alice.post("/organisations?x=1", json={"name": "northwind", "contact_email": 1, "nmae": "a"})
    without_name = await alice.post("/organisations", json={"contact_email": "no address", "nmae": "a"})

    assert list_pointers(created) == {"x", "/name", "/contact_email", "/nmae"}
    assert list_pointers(without_name) == {"/name", "/contact_email", "/nmae"}
    assert [one["name"] for one in (await alice.get("/organisations")).json()["data"]] == ["Northwind"]


async def test_faults_of_a_change_are_named_together_and_change_nothing(alice):
    await alice.post("/organisations", json={"name": "Southwind"})
    own = (await alice.post("/organisations", json={"name": "Northwind"})).json()

    answer = await alice.patch(
        f"/organisations/{own['id']}", json={"name": "Southwind", "contact_name": 1, "contact_email": "a@b.example"}
    )

    assert list_pointers(answer) == {"/name", "/contact_name"}
    assert (await alice.get(f"/organisations/{own['id']}")).json() == own


async def test_faults_of_a_user_are_named_together(alice):
    await alice.post("/users", json={"email": "dora@consult.example", "role": "viewer"})

    taken = await alice.post("/users", json={"email": "dora@consult.example", "role": "boss"})
    no_address = await alice.post("/users", json={"email": "nobody", "x": 1})

    assert list_pointers(taken) == {"/email", "/role"}
    assert list_pointers(no_address) == {"/email", "/role", "/x"}
    assert len((await alice.get("/users")).json()["data"]) == 1


async def test_faults_of_a_key_are_named_together(alice):
    past = (NOON - timedelta(days=1)).isoformat()
    created = await alice.post("/keys", json={"name": "", "scopes": ["read:everything"], "expires_at": past})
    key = (await alice.post("/keys", json={"name": "a", "scopes": ["read:scores"]})).json()["id"]

    changed = await alice.patch(f"/keys/{key}", json={"name": 1, "expires_at": past})

    assert list_pointers(created) == {"/name", "/scopes/0", "/expires_at"}
    assert list_pointers(changed) == {"/name", "/expires_at"}


async def test_faults_of_a_webhook_are_named_together(alice):
    created = await alice.post("/webhooks", json={"url": "http://127.0.0.1/", "events": [1], "x": 1})
    hook = {"url": "https://hooks.example.org/1", "events": ["assessment.opened"]}
    webhook = (await alice.post("/webhooks", json=hook)).json()["id"]

    changed = await alice.patch(f"/webhooks/{webhook}", json={"events": ["nothing"], "enabled": 1})

    assert list_pointers(created) == {"/url", "/events/0", "/x"}
    assert list_pointers(changed) == {"/events", "/enabled"}


async def test_faults_of_an_assessment_are_named_together(alice):
    body = {
        "organisation": "none",
        "questionnaire": api_steps.QUESTIONNAIRE,
        "title": "",
        "targets": {"marketing": 900, "moon": 5, "hr": 5},
        "domains": [1, "no domain", "gmail.com"],
        "closes_on": WRONG_DATE,
    }

    answer = await alice.post("/assessments", json=body)

    expected = {"/organisation", "/title", "/targets/marketing", "/targets/moon", "/domains/0", "/domains/1"}
    assert list_pointers(answer) == expected | {"/domains/2", "/closes_on"}


async def test_faults_that_depend_on_a_faulty_field_are_not_named(alice):
    earlier = await api_steps.create_draft(alice)
    body = {"organisation": 1, "questionnaire": 1, "title": "a", "targets": {"moon": 5}, "wave_of": earlier["id"]}

    answer = await alice.post("/assessments", json=body | {"closes_on": WRONG_DATE})

    assert list_pointers(answer) == {"/organisation", "/questionnaire", "/closes_on"}


async def test_unknown_questionnaire_is_named_with_other_faults(alice):
    body = {"organisation": "none", "questionnaire": "none", "title": "a", "closes_on": WRONG_DATE}
    draft = await api_steps.create_draft(alice)

    created = await alice.post("/assessments", json=body)
    changed = await alice.patch(f"/assessments/{draft['id']}", json={"questionnaire": "none", "closes_on": WRONG_DATE})

    assert list_pointers(created) == {"/organisation", "/questionnaire", "/closes_on"}
    assert list_pointers(changed) == {"/questionnaire", "/closes_on"}


async def test_name_of_an_open_client_is_named_with_other_faults(alice):
    opened = await api_steps.create_open_assessment(alice)
    organisation = (await alice.get(f"/assessments/{opened}")).json()["organisation"]

    answer = await alice.patch(f"/organisations/{organisation}", json={"name": "New", "contact_email": "none"})

    assert list_pointers(answer) == {"/name", "/contact_email"}


async def test_faults_of_a_list_of_people_are_at_their_places(alice):
    draft = (await api_steps.create_draft(alice))["id"]
    people = [
        "nobody",
        {"role": "boss", "functions": ["hr"], "email": 1},
        {"role": "staff", "functions": [1, "hr"], "email": "kim@example.org"},
        {"role": 1, "functions": ["moon"], "email": "kim@example.org"},
    ]

    answer = await alice.post(f"/assessments/{draft}/invitations", json=people)

    expected = {"/0", "/1/role", "/1/email", "/2/functions/0", "/3/role", "/3/functions", "/3/email"}
    assert list_pointers(answer) == expected
    assert (await alice.get(f"/assessments/{draft}/invitations")).json()["data"] == []


async def test_faults_of_limit_and_cursor_are_named_together(alice):
    for number in range(2):
        await api_steps.create_draft(alice, title=f"{number}")
    cursor = (await alice.get("/assessments?limit=1&sort=title")).json()["next_cursor"]

    both = await alice.get("/assessments?limit=0&cursor=abc&x=1")
    other_list = await alice.get(f"/organisations?limit=0&cursor={cursor}")
    unknown_list = await alice.get(f"/assessments?sort=x&cursor={cursor}")

    assert list_pointers(both) == {"limit", "cursor", "x"}
    assert list_pointers(other_list) == {"limit", "cursor"}
    assert list_pointers(unknown_list) == {"sort"}


async def test_faults_of_the_query_of_a_report_are_named_together(alice):
    closed = await api_steps.create_closed_assessment(alice)
    chart = (await alice.get(f"/assessments/{closed}/charts")).json()["data"][0]["name"]

    answers = [
        await alice.get(f"/assessments/{closed}/report.pdf?audience=moon&language=xx&x=1"),
        await alice.get(f"/assessments/{closed}/charts/{chart}/svg?language=xx&x=1"),
        await alice.get("/figures?format=doc&x=1"),
    ]

    expected = [{"audience", "language", "x"}, {"language", "x"}, {"format", "x"}]
    assert [list_pointers(answer) for answer in answers] == expected


async def test_faults_of_a_file_and_of_the_query_are_named_together(alice):
    assessment = await api_steps.create_open_assessment(alice)
    content = b"respondent,role,functions,seconds,XX-1\nr-1,boss,hr,,3\n"

    answer = await alice.post(f"/assessments/{assessment}/responses?x=1", content=content, headers=api_steps.CSV)

    faults = check_problem(answer, 422)["errors"]
    assert {fault.get("parameter", fault.get("line")) for fault in faults} >= {"x", 1}
    nothing = await alice.post(
        f"/assessments/{assessment}/responses?x=1",
        content=(api_steps.GOLDEN / "plain-24.csv").read_bytes(),
        headers=api_steps.CSV,
    )
    assert list_pointers(nothing) == {"x"}
    assert (await alice.get(f"/assessments/{assessment}/progress")).json()["total"]["sent"] in (0, None)


async def test_faults_of_a_template_and_its_language_are_named_together(alice):
    closed = await api_steps.create_closed_assessment(alice)
    template = base64.b64encode(b"no package").decode()

    content = await alice.post(f"/assessments/{closed}/report.docx", json={"template": template, "language": "xx"})
    form = await alice.post(f"/assessments/{closed}/report.docx", json={"template": 1, "language": "xx"})

    assert list_pointers(content) == {"/template", "/language"}
    assert list_pointers(form) == {"/template", "/language"}


async def test_missing_object_comes_after_faults_of_form(alice):
    wrong = await alice.patch("/organisations/none", json={"name": 1})
    right = await alice.patch("/organisations/none", json={"name": "a"})

    assert list_pointers(wrong) == {"/name"}
    check_problem(right, 404)


async def test_end_of_a_key_and_its_faults_come_before_its_state(alice):
    key = (await alice.post("/keys", json={"name": "a", "scopes": ["read:scores"]})).json()["id"]
    await alice.delete(f"/keys/{key}")

    wrong = await alice.patch(f"/keys/{key}", json={"name": 1})

    assert list_pointers(wrong) == {"/name"}
    assert check_problem(await alice.patch(f"/keys/{key}", json={"name": "b"}), 409)["type"].endswith("#key-ended")


async def test_unknown_parameter_is_refused_by_every_operation(alice, closed_ids):
    """A handler that forgot to raise what is pending would answer as if nothing were wrong."""
    accepted = []
    for handler in ROUTE_HANDLERS:
        example = handler.opt["operation"].request_example
        body = {"content": example, "headers": api_steps.CSV} if isinstance(example, str) else {"json": example}
        path = fill_path(next(iter(handler.paths)), closed_ids)
        method = str(next(iter(handler.http_methods)))

        answer = await alice.request(method, f"{path}?x=1", **(body if example else {}))

        if "x" not in list_pointers(answer):
            accepted.append((method, path, answer.text))
    assert accepted == []


@pytest.fixture
async def closed_ids(alice: httpx.AsyncClient) -> dict[str, str]:
    """Ids of objects that exist, by the name of the path's parameter."""
    closed = await api_steps.create_closed_assessment(alice)
    report = (await alice.post(f"/assessments/{closed}/reports", json={})).json()["id"]
    link = {"audiences": ["full"], "formats": ["pdf"], "expires_on": "2026-12-01"}
    hook = {"url": "https://hooks.example.org/1", "events": ["assessment.opened"]}
    user = {"email": "dora@consult.example", "role": "viewer"}
    return {
        "assessment": closed,
        "report": report,
        "link": (await alice.post(f"/assessments/{closed}/reports/{report}/links", json=link)).json()["id"],
        "organisation": (await alice.get(f"/assessments/{closed}")).json()["organisation"],
        "webhook": (await alice.post("/webhooks", json=hook)).json()["id"],
        "user_id": (await alice.post("/users", json=user)).json()["id"],
        "key_id": (await alice.post("/keys", json={"name": "a", "scopes": ["read:scores"]})).json()["id"],
        "advice": (await alice.get(f"/assessments/{closed}/roadmap")).json()["actions"][0]["advice"],
        "finding": (await alice.get(f"/assessments/{closed}/findings")).json()["findings"][0]["id"],
        "name": (await alice.get(f"/assessments/{closed}/charts")).json()["data"][0]["name"],
    }


def fill_path(path: str, ids: dict[str, str]) -> str:
    parts = [part.strip("{}").partition(":")[0] if part.startswith("{") else "" for part in path.split("/")]
    return "/".join(ids.get(name, "none") if name else part for name, part in zip(parts, path.split("/"), strict=True))


@pytest.mark.parametrize(
    ("pointer", "expected"), [("", ()), ("/a~1b/0", ("a/b", "0")), ("/a~0b", ("a~b",)), ("/a//b", ("a", "", "b"))]
)
def test_pointer_is_split_into_names(pointer, expected):
    assert pending_faults.split_pointer(pointer) == expected
