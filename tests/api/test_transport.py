"""Transport of every request: one spelling of a path, HEAD, OPTIONS, compression, conditional requests."""

import gzip

import pytest

from assessment.api.http.rate_limit import ApiRateLimiter
from assessment.services.auth import api_keys
from assessment.services.operations.token_buckets import TokenBucket
from tests.api import api_steps
from tests.api.conftest import HOME, NOON
from tests.api.response_checks import check_problem, list_pointers

GZIP = {"Accept-Encoding": "gzip"}
PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    """One kind will do: none of this depends on the database."""
    return migrated_sqlite_url


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/organisations/",
        "/api/v1//organisations",
        "//api/v1/organisations",
        "/api/v1/Organisations",
        "/API/v1/organisations",
        "/api/v1/%6frganisations",
        "/api%2Fv1/organisations",
        "/api/docs/",
    ],
)
async def test_other_spelling_of_a_path_returns_404(alice, path):
    check_problem(await alice.get(f"{HOME}{path}"), 404)


@pytest.mark.parametrize("path", ["/organisations", "/openapi.json", "/nothing", "/../docs"])
async def test_head_has_the_headers_of_get_without_body(alice, path):
    got = await alice.get(path, headers=PLAIN)

    head = await alice.head(path, headers=PLAIN)

    own = ("x-request-id", "ratelimit-remaining", "ratelimit-reset")
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert {name: text for name, text in head.headers.items() if name not in own} == {
        name: text for name, text in got.headers.items() if name not in own
    }


async def test_options_lists_methods_with_head(alice):
    answer = await alice.options("/organisations")

    assert answer.status_code == 204
    assert {each.strip() for each in answer.headers["allow"].split(",")} == {"GET", "HEAD", "OPTIONS", "POST"}


async def test_large_response_is_compressed_on_request(alice):
    plain = await alice.get("/openapi.json", headers=PLAIN)

    packed = await alice.get("/openapi.json", headers=GZIP)

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content  # httpx has unpacked it
    assert int(packed.headers["content-length"]) < len(plain.content) / 5
    assert packed.headers["etag"] != plain.headers["etag"]
    assert "Accept-Encoding" in packed.headers["vary"]


async def test_small_response_is_not_compressed(alice):
    answer = await alice.get("/organisations", headers=GZIP)

    assert "content-encoding" not in answer.headers


async def test_etag_of_compressed_response_works_in_conditions(alice):
    for number in range(20):
        await alice.post("/organisations", json={"name": f"Client {number}"})
    tag = (await alice.get("/organisations", headers=GZIP)).headers["etag"]

    unchanged = await alice.get("/organisations", headers=GZIP | {"If-None-Match": tag})
    created = await alice.post("/organisations", json={"name": "one more"}, headers={"If-Match": tag})

    assert (unchanged.status_code, unchanged.headers["etag"]) == (304, tag)
    assert created.status_code == 201


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate"])
async def test_compressed_body_is_refused(alice, encoding):
    body = gzip.compress(b'{"name": "x"}')
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}

    answer = await alice.post("/organisations", content=body, headers=headers)

    assert check_problem(answer, 415)["type"] == "/api/docs#content-encoding"
    assert answer.headers["accept-encoding"] == "identity"


async def test_created_resources_name_their_place_and_tag(alice):
    organisation = await alice.post("/organisations", json={"name": "Northwind"})
    draft = await alice.post(
        "/assessments",
        json={"organisation": organisation.json()["id"], "questionnaire": api_steps.QUESTIONNAIRE, "title": "2026"},
    )
    invitations = f"/assessments/{draft.json()['id']}/invitations"
    one = await alice.post(invitations, json=[api_steps.STAFF])
    two = await alice.post(invitations, json=[api_steps.STAFF, api_steps.STAFF])
    link = await alice.post(f"{invitations}/{one.json()['data'][0]['id']}/links")

    for created in (draft, one, two, link):
        read = await alice.get(f"{HOME}{created.headers['location']}")
        assert (read.status_code, read.headers["etag"]) == (200, created.headers["etag"])


async def test_repeated_request_gets_the_headers_of_the_first(alice):
    headers = {"Idempotency-Key": "once"}
    first = await alice.post("/organisations", json={"name": "Northwind"}, headers=headers)

    again = await alice.post("/organisations", json={"name": "Northwind"}, headers=headers)

    assert [again.headers[name] for name in ("location", "etag")] == [
        first.headers[name] for name in ("location", "etag")
    ]


async def test_repeated_patch_is_done_once(alice):
    draft = (await api_steps.create_draft(alice))["id"]
    headers = {"Idempotency-Key": "patch-1"}
    first = await alice.patch(f"/assessments/{draft}", json={"title": "A"}, headers=headers)
    await alice.patch(f"/assessments/{draft}", json={"title": "B"})

    again = await alice.patch(f"/assessments/{draft}", json={"title": "A"}, headers=headers)

    assert (again.json()["title"], again.headers["etag"]) == ("A", first.headers["etag"])
    assert (await alice.get(f"/assessments/{draft}")).json()["title"] == "B"


async def test_every_fault_of_a_request_is_in_one_answer(alice):
    answer = await alice.post(
        "/organisations?limit=0&x=1",
        json={"nmae": "a", "name": ""},
        headers={"If-Match": "unquoted", "Idempotency-Key": ""},
    )

    assert list_pointers(answer) == {"limit", "x", "if-match", "Idempotency-Key", "/nmae", "/name"}
    codes = {fault["code"] for fault in answer.json()["errors"]}
    assert codes == {"unknown-parameter", "wrong-format", "unknown-field", "too-short"}


async def test_more_than_200_faults_are_counted(alice):
    assessment = (await api_steps.create_draft(alice))["id"]

    answer = await alice.post(f"/assessments/{assessment}/invitations", json=[{"role": 1, "functions": []}] * 250)

    problem = check_problem(answer, 422)
    assert (len(problem["errors"]), problem["further_errors"]) == (200, 300)
    many = await alice.post(f"/assessments/{assessment}/invitations", json=[{"role": 1, "functions": []}] * 2100)
    assert check_problem(many, 422)["further_errors"] == 1800


@pytest.mark.parametrize("name", ["\u200b", "a\u200bb", "a\u0007b", "\u0085", "\ufeffa"])
async def test_invisible_and_control_characters_are_refused(alice, name):
    answer = await alice.post("/organisations", json={"name": name})

    assert check_problem(answer, 422)["errors"][0]["code"] == "invalid-character"


async def test_line_break_in_a_name_is_refused(alice):
    answer = await alice.post("/organisations", json={"name": "a\nb"})

    assert check_problem(answer, 422)["errors"][0]["code"] == "wrong-format"


async def test_cursor_of_another_list_is_refused(alice):
    for number in range(3):
        await api_steps.create_draft(alice, title=f"{number}")
    cursor = (await alice.get("/assessments?limit=1")).json()["next_cursor"]

    next_page = await alice.get(f"/assessments?limit=2&cursor={cursor}")
    others = [
        await alice.get(f"{path}cursor={cursor}")
        for path in ("/organisations?", "/assessments?state=draft&", "/assessments?sort=title&")
    ]

    assert len(next_page.json()["data"]) == 2
    assert [check_problem(answer, 422)["errors"][0]["code"] for answer in others] == ["invalid-cursor"] * 3


async def test_every_answer_has_rate_limit_headers(alice, nobody):
    answers = [
        await alice.get("/organisations"),
        await alice.get("/nothing"),
        await alice.put("/organisations"),
        await alice.options("/organisations"),
        await nobody.get("/organisations"),
        await nobody.get("/openapi.json"),
    ]

    for answer in answers:
        assert answer.headers["ratelimit-limit"] == "1200"
        assert answer.headers["ratelimit-policy"] == "1200;w=60"
        assert int(answer.headers["ratelimit-remaining"]) <= 1200
    assert answers[0].headers["ratelimit-remaining"] == "1199"


async def test_requests_without_key_are_limited_by_address(nobody, app, clock):
    for _ in range(1200):
        await app.components.address_limiter.count_request("127.0.0.1", clock())

    answer = await nobody.get("/organisations")

    assert check_problem(answer, 429)["type"] == "/api/docs#rate-limited"


async def test_refused_request_has_no_requests_left(alice, app, clock):
    async def take_last_token(_key, wanted):
        return TokenBucket(tokens=0, updated_at=wanted.moment, taken=int(clock() == NOON))

    app.components.api_limiter = ApiRateLimiter(take_shared=take_last_token)
    admitted = await alice.get("/organisations")
    clock.pass_by(seconds=0.2)  # in which the bucket would get four

    refused = await alice.get("/organisations")

    assert (admitted.status_code, refused.status_code) == (200, 429)
    assert refused.headers["ratelimit-remaining"] == "0"


async def test_lists_are_filtered_and_sorted(alice):
    for title in ("b", "c", "a"):
        await api_steps.create_draft(alice, title=title)
    opened = await api_steps.create_open_assessment(alice, title="d")
    people = [{"role": "leader", "functions": ["hr"], "email": "Kim@Example.org"}, api_steps.STAFF]
    await api_steps.invite_people(alice, opened, *people)

    async def list_values(path: str, field: str) -> list[object]:
        return [row[field] for row in (await alice.get(path)).json()["data"]]

    assert await list_values("/assessments?sort=title", "title") == ["a", "b", "c", "d"]
    assert await list_values("/assessments?sort=-title&state=draft", "title") == ["c", "b", "a"]
    assert await list_values("/organisations?sort=name", "name") == sorted(await list_values("/organisations", "name"))
    assert await list_values(f"/assessments/{opened}/invitations?email=kim@example.org", "role") == ["leader"]
    assert await list_values(f"/assessments/{opened}/invitations?role=staff", "role") == ["staff"]
    assert await list_values(f"/assessments/{opened}/invitations?function=hr&sort=-created_on", "role") == [
        "staff",
        "leader",
    ]
    assert await list_values(f"/assessments/{opened}/invitations?function=h", "role") == []
    assert list_pointers(await alice.get("/assessments?sort=colour&state=lost")) == {"sort", "state"}


@pytest.mark.parametrize(
    ("query", "accept", "status", "kind"),
    [
        ("", "*/*", 200, "text/csv"),
        ("", "application/json", 200, "application/json"),
        ("?format=json", "application/json", 200, "application/json"),
        ("?format=json", "text/csv", 406, "application/problem+json"),
        ("?format=csv", "text/*", 200, "text/csv"),
        ("", "text/html", 406, "application/problem+json"),
        ("?format=pdf", "*/*", 422, "application/problem+json"),
    ],
)
async def test_export_negotiates_its_format(closed, query, accept, status, kind):
    client, assessment = closed

    answer = await client.get(f"/assessments/{assessment}/export{query}", headers={"Accept": accept})

    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (status, kind)


@pytest.fixture
async def closed(visit, new_key):
    client = visit(new_key("alices", *api_keys.SCOPES))
    return client, await api_steps.create_closed_assessment(client)
