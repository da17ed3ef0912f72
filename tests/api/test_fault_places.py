"""Faults of requests: in words of the API, at the place in body or file, on routes without a body too."""

import base64
import gzip

import httpx
import pytest

from tests.api import api_steps
from tests.api.conftest import HOME
from tests.api.response_checks import check_problem, list_pointers

MANY_DIGITS = "1" * 5000


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    """One kind will do: none of this depends on the database."""
    return migrated_sqlite_url


async def test_number_of_many_digits_is_refused_in_own_words(alice):
    body = f'{{"name": {MANY_DIGITS}}}'.encode()

    answer = await alice.post("/organisations", content=body, headers={"Content-Type": "application/json"})

    detail = check_problem(answer, 400)["detail"]
    assert detail == "The body is not JSON: a number has more than 4000 digits."


@pytest.mark.parametrize(
    "path", ["/assessments/none/open", "/assessments/none/archive", "/assessments/none/invitations/remind"]
)
async def test_compressed_body_is_refused_where_none_is_needed(alice, path):
    answer = await alice.post(path, content=gzip.compress(b"{}"), headers={"Content-Encoding": "gzip"})

    assert check_problem(answer, 415)["type"] == "/api/docs#content-encoding"


async def test_compressed_body_of_a_delete_is_refused(alice):
    headers = {"Content-Encoding": "gzip"}
    answer = await alice.request("DELETE", "/assessments/none", content=gzip.compress(b"{}"), headers=headers)

    assert check_problem(answer, 415)["type"] == "/api/docs#content-encoding"


@pytest.mark.parametrize(("lines", "status"), [(1, 422), (0, 400)])
async def test_fault_of_a_whole_csv_has_a_line(alice, lines, status):
    assessment = await api_steps.create_open_assessment(alice)
    content = b"".join((api_steps.GOLDEN / "plain-24.csv").read_bytes().splitlines(keepends=True)[:lines])

    answer = await alice.post(f"/assessments/{assessment}/responses", content=content, headers=api_steps.CSV)

    faults = check_problem(answer, status)["errors"]
    assert [fault["line"] for fault in faults] == [1]


async def test_options_of_the_whole_server_are_not_found(app):
    async def ask_for_star(scope, receive, send):
        await app(scope | {"path": "*", "raw_path": b"*"}, receive, send)

    transport = httpx.ASGITransport(ask_for_star, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=HOME) as client:
        answer = await client.options("/")

    assert answer.status_code == 404


async def test_unknown_language_of_a_published_report_points_to_its_field(alice):
    assessment = await api_steps.create_closed_assessment(alice)

    answer = await alice.post(f"/assessments/{assessment}/reports", json={"language": "xx"})

    assert list_pointers(answer) == {"/language"}


@pytest.mark.parametrize("name", ["report.docx", "report.pptx"])
async def test_faults_of_a_template_point_to_their_fields(alice, name):
    assessment = await api_steps.create_closed_assessment(alice)
    path = f"/assessments/{assessment}/{name}"
    template = base64.b64encode(b"no package").decode()

    unknown = await alice.post(path, json={"template": template, "language": "xx", "audience": "moon"})
    unusable = await alice.post(path, json={"template": template})

    assert list_pointers(unknown) == {"/template", "/language", "/audience"}
    assert list_pointers(unusable) == {"/template"}


async def test_faults_of_an_action_point_into_the_body(alice):
    assessment = await api_steps.create_closed_assessment(alice)
    advice = (await alice.get(f"/assessments/{assessment}/roadmap")).json()["actions"][0]["advice"]
    change = {"start": "2027-03-31", "due": "2027-03-01"}

    answer = await alice.patch(f"/assessments/{assessment}/roadmap/{advice}", json=change)

    assert list_pointers(answer) == {"/due"}
