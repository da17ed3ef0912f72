"""Foundation of every page: headers, policies, forms, static files, errors, logs."""

import gzip
import json
import logging
import re
from pathlib import Path

import pytest
from litestar import Litestar, get
from litestar.di import NamedDependency, Provide
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assessment import access_policies
from assessment.access_policies import PUBLIC, RESPONDENT
from assessment.errors import ForbiddenError
from assessment.storage import tables
from assessment.web.http import csrf, json_logs
from tests.web import people
from tests.web.people import Person

EVERYWHERE = ("/livez", "/nowhere", "/s/none", "/survey", "/api/v1/nowhere")
GZIP = {"Accept-Encoding": "gzip"}
ASSET = re.compile(r'"(/static/[^"]+)"')


@pytest.mark.parametrize("path", EVERYWHERE)
async def test_every_response_has_the_security_headers(client, path: str):
    headers = (await client.get(path)).headers

    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["x-request-id"]
    assert "no-store" in headers["cache-control"]


async def test_pages_vary_by_htmx_request(client):
    answer = await client.get("/nowhere")

    assert "HX-Request" in answer.headers["vary"]


async def test_static_files_have_content_hash_compression_and_long_cache(visitor: Person):
    text = (await visitor.get(visitor.link)).text

    for path in ASSET.findall(text):
        answer = await visitor.client.get(path, headers=GZIP)
        again = await visitor.client.get(path, headers=GZIP | {"If-None-Match": answer.headers["etag"]})
        plain = await visitor.client.get(path)

        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"
        assert again.status_code == 304
        assert again.headers["x-content-type-options"] == "nosniff"
        assert plain.content == answer.content


async def test_static_file_with_wrong_digest_gets_404(client):
    answer = await client.get("/static/0000000000000000/base.css")

    assert answer.status_code == 404


async def test_start_page_is_small(visitor: Person):
    page = await visitor.get(visitor.link)
    files = sorted(set(ASSET.findall(page.text)))
    sizes = {"page": len(gzip.compress(page.content))}
    for path in files:
        sizes[path.rpartition("/")[2]] = int((await visitor.client.get(path)).headers["content-length"])

    print(sizes)  # noqa: T201
    assert len(sizes) <= 4
    assert sum(sizes.values()) < 30_000


@pytest.mark.parametrize(
    "path", ["/s/%ff", "/s/%00", "/survey/%ff%00", "/static/%ff/%2e%2e", "/survey/..%2f..%2f", "/%"]
)
async def test_malformed_paths_get_404(alice: Person, path: str):
    answer = await alice.get(path)

    assert answer.status_code == 404


async def test_malformed_cookies_are_not_accepted(client):
    answers = [
        await client.get("/survey", headers={"Cookie": cookie})
        for cookie in (b"respondent=\xff\xfe", b"respondent=%00", b"respondent=" + b"x" * 5000, b"=;=;respondent")
    ]

    assert {answer.status_code for answer in answers} == {401}


def test_route_without_a_policy_is_reported():
    @get("/open", sync_to_thread=False)
    def careless() -> None: ...

    assert list(access_policies.find_undeclared(Litestar([careless], openapi_config=None))) != []


def test_route_without_its_identity_dependency_is_reported():
    @get("/private", policy=RESPONDENT, sync_to_thread=False)
    def careless() -> None: ...

    assert "does not ask for `respondent`" in next(
        access_policies.find_undeclared(Litestar([careless], openapi_config=None))
    )


async def test_survey_without_a_cookie_asks_for_the_link(client):
    answer = await client.get("/survey")

    assert answer.status_code == 401
    assert "Open your link again" in answer.text


async def test_forged_cookie_is_not_accepted(client):
    answer = await client.get("/survey", headers={"Cookie": "respondent=made-up"})

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": people.URL},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_form_from_another_site_is_refused(visitor: Person, headers: dict[str, str]):
    answer = await visitor.client.post(visitor.link, headers=headers)

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_form_without_csrf_token_is_refused(alice: Person, bob: Person):
    form = await alice.form(f"/survey/{alice.first}")
    foreign = (await bob.form(f"/survey/{bob.first}"))["_token"]

    answers = [
        await alice.post(f"/survey/{alice.first}", {name: value for name, value in form.items() if name != "_token"}),
        await alice.post(f"/survey/{alice.first}", form | {"_token": foreign}),
        await alice.post(f"/survey/{alice.first}", form | {"_token": "é"}),
    ]

    assert [answer.headers["location"] for answer in answers] == ["/survey/resume"] * 3
    assert people.count_chosen((await alice.get(f"/survey/{alice.first}")).text) == 0


async def test_form_from_another_site_is_accepted_without_the_guard(visitor: Person, monkeypatch: pytest.MonkeyPatch):
    async def let_all_in(*_: object) -> None: ...

    monkeypatch.setattr(csrf, "check_request", let_all_in)

    answer = await visitor.client.post(visitor.link, headers={"Origin": "https://evil.example"})

    assert answer.status_code == 303


def test_csrf_token_is_bound_to_its_session_and_unique(sqlite_url: str, tmp_path: Path):
    settings = people.make_settings(sqlite_url, tmp_path)

    first, second = csrf.make_token(settings, "a"), csrf.make_token(settings, "a")

    assert first != second
    assert csrf.is_valid_token(settings, "a", first)
    assert not csrf.is_valid_token(settings, "b", first)


async def test_unexpected_error_reveals_no_details(sqlite_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    @get("/broken", policy=PUBLIC, sync_to_thread=False)
    def broken() -> None:
        raise ValueError("what-somebody-wrote")

    app = people.make_app(sqlite_url, tmp_path)
    app.register(broken)

    async with app.lifespan(), people.open_client(app) as client:
        answer = await client.get("/broken")

    lines = [json_logs.JsonFormatter().format(record) for record in caplog.records]
    assert answer.status_code == 500
    assert "what-somebody-wrote" not in answer.text
    assert any("ValueError" in line for line in lines)
    assert not any("what-somebody-wrote" in line for line in lines)


async def test_access_log_has_route_templates_and_no_tokens(visitor: Person, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, logger="assessment.access")

    await visitor.enter()

    lines = [
        json.loads(json_logs.JsonFormatter().format(each))
        for each in caplog.records
        if each.name == "assessment.access"
    ]
    assert lines[-1]["route"] == "/s/{token}"
    assert lines[-1]["status"] == 303
    assert visitor.link.removeprefix("/s/") not in json.dumps(lines)


async def test_refused_request_leaves_no_transaction_open(database_url: str, tmp_path: Path):
    people.prepare_database(database_url)

    def refuse(write_session: NamedDependency[Session]) -> None:
        write_session.connection()
        raise ForbiddenError

    @get("/refused", policy=PUBLIC, sync_to_thread=False, dependencies={"who": Provide(refuse, sync_to_thread=True)})
    def refused(who: NamedDependency[None]) -> None: ...

    app = people.make_app(database_url, tmp_path)
    app.register(refused)

    async with app.lifespan(), people.open_client(app) as client:
        answers = [await client.get("/refused") for _ in range(60)]

    assert {answer.status_code for answer in answers} == {403}
    with people.open_write_session(database_url):
        pass


@pytest.mark.parametrize("fails", [True, False])
async def test_writes_of_a_handler_are_committed_unless_it_raises(database_url: str, tmp_path: Path, *, fails: bool):
    people.prepare_database(database_url)

    @get("/writes", policy=PUBLIC, sync_to_thread=True)
    def writes(write_session: NamedDependency[Session]) -> None:
        write_session.execute(tables.workspace.insert().values(id="new", name="New", created_at=people.NOW))
        if fails:
            raise ForbiddenError

    app = people.make_app(database_url, tmp_path)
    app.register(writes)

    async with app.lifespan(), people.open_client(app) as client:
        await client.get("/writes")

    with people.open_read_session(database_url) as session:
        assert session.scalar(select(func.count()).select_from(tables.workspace)) == (1 if fails else 2)
