"""Every error is a problem document, whoever raises it."""

import httpx
import pytest

from assessment.api.bodies import CSV_MOST, JSON_MOST
from assessment.services import organising
from tests.api.checks import pointers, problem
from tests.api.conftest import HOME

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind will do: none of this reaches the database."""
    return sqlite_url


@pytest.mark.parametrize(
    "path", ["/nothing", "/assessments/x/nothing", "/../v2/assessments", "/organisations/x", "/%00"]
)
async def test_an_address_that_is_not_there(alice, path):
    assert "/api/docs" in problem(await alice.get(path), 404)["detail"]


async def test_what_lies_beside_the_first_version_is_not_there_either(alice):
    problem(await alice.get(f"{HOME}/api/v2/organisations"), 404)
    problem(await alice.get(f"{HOME}/api/nothing"), 404)


async def test_a_method_that_is_not_offered_says_which_are(alice):
    answer = await alice.put("/organisations", json={})

    problem(answer, 405)
    assert {"GET", "POST"} <= {each.strip() for each in answer.headers["allow"].split(",")}


async def test_a_representation_that_is_not_offered(alice):
    answer = await alice.get("/organisations", headers={"Accept": "application/xml"})

    assert "application/json" in problem(answer, 406)["detail"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'{"name": "a", "name": "b"}',
        b'{"name": NaN}',
        b'{"name": 1e999}',
        b"[" * 100_000,
        b'{"name": ' + b'{"a": ' * 5000,
    ],
)
async def test_a_body_that_cannot_be_read(alice, body):
    problem(await alice.post("/organisations", content=body, headers=JSON), 400)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "json"])
async def test_a_body_of_another_kind(alice, kind):
    answer = await alice.post("/organisations", content=b'{"name": "x"}', headers={"Content-Type": kind})

    problem(answer, 415)


async def test_a_body_that_is_too_large(alice):
    body = b'{"name": "' + b"x" * (1024 * 1024) + b'"}'

    answer = await alice.post("/organisations", content=body, headers=JSON)

    most = f"{JSON_MOST // 1024**2} MiB of JSON, {CSV_MOST // 1024**2} MiB of CSV"
    assert most in problem(answer, 413)["detail"]


async def test_a_body_that_is_too_large_and_comes_in_pieces(alice):
    async def pieces():
        for _ in range(20):
            yield b"x" * 100_000

    problem(await alice.post("/organisations", content=pieces(), headers=JSON), 413)


async def test_what_nobody_expected_gives_nothing_away(alice, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError("the secret plan")

    monkeypatch.setattr(organising, "list_organisations", fail)

    answer = await alice.get("/organisations")

    problem(answer, 500)
    assert "secret" not in answer.text


async def test_a_database_that_does_not_answer_is_a_503(alice, monkeypatch):
    def fail(*_: object) -> None:
        raise database_gone()

    monkeypatch.setattr(organising, "list_organisations", fail)

    problem(await alice.get("/organisations"), 503)


def database_gone() -> Exception:
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415

    return OperationalError("SELECT 1", {}, Exception("gone"))


async def test_every_answer_bears_its_request_id_and_the_headers_of_the_site(alice):
    answers: list[httpx.Response] = [
        await alice.get("/organisations"),
        await alice.get("/nothing"),
        await alice.put("/organisations"),
    ]

    assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)
    assert all("default-src 'none'" in answer.headers["content-security-policy"] for answer in answers)
    assert all(answer.headers["x-content-type-options"] == "nosniff" for answer in answers)


@pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize("value", ["", "unquoted", '"a", b', '"', "**"])
async def test_tags_that_are_none_are_refused(alice, header, value):
    call = alice.get if header == "If-None-Match" else alice.post
    body = {} if header == "If-None-Match" else {"json": {"name": "x"}}

    answer = await call("/organisations", headers={header: value}, **body)

    assert pointers(answer) == {header.lower()}


@pytest.mark.parametrize("value", ["*", 'W/"x", *'])
async def test_any_tag_at_all(alice, value):
    answer = await alice.get("/organisations", headers={"If-None-Match": value})

    assert answer.status_code == (304 if value == "*" else 422)
