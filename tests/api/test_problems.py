"""Every error is a problem document, wherever it is raised."""

import httpx
import pytest

from assessment.api.http.request_bodies import MAX_CSV_BYTES, MAX_JSON_BYTES
from assessment.services.assessments import client_organisations
from tests.api.conftest import HOME
from tests.api.response_checks import check_problem, list_pointers

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    """One kind will do: none of this reaches the database."""
    return migrated_sqlite_url


@pytest.mark.parametrize(
    "path", ["/nothing", "/assessments/x/nothing", "/../v2/assessments", "/organisations/x", "/%00"]
)
async def test_unknown_path_returns_404(alice, path):
    assert "/api/docs" in check_problem(await alice.get(path), 404)["detail"]


async def test_other_api_version_returns_404(alice):
    check_problem(await alice.get(f"{HOME}/api/v2/organisations"), 404)
    check_problem(await alice.get(f"{HOME}/api/nothing"), 404)


async def test_unsupported_method_lists_allowed_ones(alice):
    answer = await alice.put("/organisations", json={})

    check_problem(answer, 405)
    assert {"GET", "POST"} <= {each.strip() for each in answer.headers["allow"].split(",")}


async def test_unacceptable_media_type_returns_406(alice):
    answer = await alice.get("/organisations", headers={"Accept": "application/xml"})

    assert "application/json" in check_problem(answer, 406)["detail"]


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
async def test_unreadable_body_returns_400(alice, body):
    check_problem(await alice.post("/organisations", content=body, headers=JSON), 400)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "json"])
async def test_body_of_other_content_type_returns_415(alice, kind):
    answer = await alice.post("/organisations", content=b'{"name": "x"}', headers={"Content-Type": kind})

    check_problem(answer, 415)


async def test_too_large_body_returns_413(alice):
    body = b'{"name": "' + b"x" * (1024 * 1024) + b'"}'

    answer = await alice.post("/organisations", content=body, headers=JSON)

    most = f"{MAX_JSON_BYTES // 1024**2} MiB of JSON, {MAX_CSV_BYTES // 1024**2} MiB of CSV"
    assert most in check_problem(answer, 413)["detail"]


async def test_too_large_chunked_body_returns_413(alice):
    async def pieces():
        for _ in range(20):
            yield b"x" * 100_000

    check_problem(await alice.post("/organisations", content=pieces(), headers=JSON), 413)


async def test_unexpected_error_reveals_no_detail(alice, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the secret plan")

    monkeypatch.setattr(client_organisations, "list_organisations", fail)

    answer = await alice.get("/organisations")

    check_problem(answer, 500)
    assert "secret" not in answer.text


async def test_unavailable_database_returns_503(alice, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise make_database_error()

    monkeypatch.setattr(client_organisations, "list_organisations", fail)

    check_problem(await alice.get("/organisations"), 503)


def make_database_error() -> Exception:
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415

    return OperationalError("SELECT 1", {}, Exception("gone"))


async def test_every_response_has_request_id_and_security_headers(alice):
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
async def test_malformed_etag_is_refused(alice, header, value):
    call = alice.get if header == "If-None-Match" else alice.post
    body = {} if header == "If-None-Match" else {"json": {"name": "x"}}

    answer = await call("/organisations", headers={header: value}, **body)

    assert list_pointers(answer) == {header.lower()}


@pytest.mark.parametrize("value", ["*", 'W/"x", *'])
async def test_wildcard_etag_is_accepted_only_alone(alice, value):
    answer = await alice.get("/organisations", headers={"If-None-Match": value})

    assert answer.status_code == (304 if value == "*" else 422)
