"""Whatever is sent, wherever: it is refused with a reason, or taken; never an error of ours."""

import os
import random
import re
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from msgspec import Struct

from assessment.access_policies import get_policy
from assessment.storage import database
from assessment.web.http import guards
from assessment.web.http.headers import CONTENT_SECURITY_POLICY
from tests.trust.conftest import SCOPES, Place
from tests.web import people

FACTOR = 25 if "ASSESSMENT_TEST_SOAK" in os.environ else 1
SEED = 20261122
TOKEN = re.compile(r'name="_token" value="([^"]*)"')
# What would end the tests' own session or survey, takes long, or says truly that it is not ready.
LEFT_OUT = ("/sign-out", "/close", "report.pdf", "/readyz")
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
IDS = (
    "a%00b",
    "%ED%A0%80",
    "%F0%9F%90%8C",
    "x" * 3000,
    "%27%20or%201=1",
    "%ff",
    "%",
    "..%2f..",
    "%0d%0aX:1",
    "%E2%80%AE",
)
ODD = (
    b"[", b"a b", b"http://[", b"https://[::1", b"null", b"", b"\xff\xfe", b"x" * 6000, b"evil.example/../console",
    b"127.0.0.1:99999999", b"127.0.0.1:abc", b"[::1", b"@", b"?", b"#", b"a,b", b"%00", b"\xe2\x80\xae", b'"', b";;=",
)  # fmt: skip
HEADERS = (
    "Host", "Origin", "Sec-Fetch-Site", "Cookie", "Authorization", "Accept", "Accept-Encoding", "Accept-Language",
    "Content-Type", "Content-Encoding", "If-None-Match", "If-Match", "Idempotency-Key", "HX-Request", "HX-Current-URL",
    "HX-Prompt", "HX-Target", "HX-Trigger", "HX-Boosted", "Triggering-Event", "X-Forwarded-For", "X-Forwarded-Host",
    "X-CSRF-Token", "Referer", "Range", "Expect", "X-Request-Id", "HX-Current-URL-URI-AutoEncoded",
)  # fmt: skip
TYPES = (
    FORM, JSON, "", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x",
    "text/plain", "text/csv", "application/msgpack", f"{FORM}; charset=utf-16", f"{JSON}; charset=nonsense", ";;;",
    "multipart/form-data; charset=nonsense; boundary=x",
)  # fmt: skip
BODIES = (
    b"", b"a", b"=", b"&&&", b"%", b"%ff=%ff", b"_token=%ED%A0%80", b"_token=a.%00&x=%00", b"a=1&" * 2000,
    b"--x\r\n\r\n--x--", b'--x\r\nContent-Disposition: form-data; name="_token"\r\n\r\nabc\r\n--x--\r\n',
    b'--x\r\nContent-Disposition: form-data; name="email"; filename="f"\r\n\r\nabc\r\n--x--\r\n',
    b"--x\r\nContent-Disposition: nonsense\r\n\r\nabc", b"\x81\xa1a\x01", b"\xff" * 100, b"[", b"null", b"[]", b"{}",
    b'{"a":1,"a":2}', b"[" * 100_000, b'{"a":' * 50_000, b'{"name":"\\ud800"}', b'{"name":"a\\u0000b"}', b"1e999",
    b'{"\\ud800":1}',
    b"9" * 5000, b"x" * 1_100_000, b"email=a%00b&password=%00", b"email=%ff&password=%ff", b"code=%ED%A0%80%00",
    b"\xef\xbb\xbf{}", b"respondent,role\n\x00,\xff", b"respondent,role,functions,seconds\n" + b"r,leader,x,1\n" * 500,
)  # fmt: skip


class Asked(Struct, frozen=True):
    """One request, and who sends it."""

    method: str
    path: str
    headers: dict[str, str | bytes]
    body: bytes = b""


class Asking:
    """Sends requests, and keeps what must not be."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.seen: Counter[int] = Counter()
        self.wrong: list[tuple[int, str, str]] = []

    async def ask(self, asked: Asked) -> None:
        answer = await self.client.request(
            asked.method, asked.path, headers={**asked.headers}, content=asked.body or None, follow_redirects=False
        )
        self.client.cookies.clear()
        self.seen[answer.status_code] += 1
        bears = (
            answer.headers.get("content-security-policy") == CONTENT_SECURITY_POLICY
            and "x-request-id" in answer.headers
        )
        if answer.status_code >= 500 or not bears or "cache-control" not in answer.headers:
            self.wrong.append((answer.status_code, f"{asked.method} {asked.path[:80]}", f"{asked.headers}"[:300]))


async def insiders(place: Place, client: httpx.AsyncClient) -> dict[str, dict[str, str | bytes]]:
    """The headers of those who are let in, by the policy that lets them."""
    console, respondent = place.session_of("alice"), place.enter(place.links[0])
    found: dict[str, dict[str, str | bytes]] = {
        "public": {},
        "key": {"Authorization": f"Bearer {place.key(place.home, *SCOPES)}"},
    }
    for policy, cookie, page in (
        ("consultant", f"console={console}", "/console"),
        ("respondent", f"respondent={respondent}", "/survey/check"),
    ):
        token = TOKEN.search((await client.get(page, headers={"Cookie": cookie})).text)
        assert token
        found[policy] = {"Cookie": cookie, "X-CSRF-Token": token[1]}
    return found


def routes(app: Litestar, place: Place) -> Iterator[tuple[str, str, str]]:
    """Each route of the program: its policy, a method, a path that exists where there is one."""
    known = {
        "assessment": place.open, "assessment_id": place.open, "invitation": place.invitation,
        "invitation_id": place.invitation, "token": place.links[1], "questionnaire": "social-media-integration",
        "version": "1.1.0", "role": "leader", "functions": "marketing", "section": "marketing-purpose-people",
        "item": "CS-P1", "digest": "0", "name": "base.css",
    }  # fmt: skip
    for route in app.routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            policy = get_policy(handler)
            for method in sorted(handler.http_methods - {"OPTIONS"}) if policy else ():
                yield policy.name, method, route.path_format.format_map(Defaults(known))


class Defaults(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "none"


def strange_paths(found: list[tuple[str, str, str]], who: dict[str, dict[str, str | bytes]]) -> Iterator[Asked]:
    for policy, method, path in found:
        parts = path.split("/")
        for position in range(2, len(parts)):
            for odd in IDS:
                body = b"{}" if policy == "key" and method in ("POST", "PATCH") else b""
                kind = {"Content-Type": JSON} if body else {}
                yield Asked(
                    method, "/".join([*parts[:position], odd, *parts[position + 1 :]]), who[policy] | kind, body
                )
        for odd in IDS:
            for name in ("after", "done", "then", "again", "cursor", "organisation", "limit", "language", "audience"):
                if method == "GET":
                    yield Asked(method, f"{path}?{name}={odd}", who[policy])


def strange_headers(found: list[tuple[str, str, str]], who: dict[str, dict[str, str | bytes]]) -> Iterator[Asked]:
    for policy, method, path in [*found, ("public", "GET", "/nowhere"), ("public", "PUT", "/console")]:
        for name in HEADERS:
            for odd in ODD:
                form: dict[str, str | bytes] = {"Content-Type": FORM} if method == "POST" else {}
                yield Asked(method, path, {**who[policy], **form, name: odd}, b"a=b" if method == "POST" else b"")


def strange_bodies(found: list[tuple[str, str, str]], who: dict[str, dict[str, str | bytes]]) -> Iterator[Asked]:
    for policy, method, path in found:
        for kind in TYPES if method in ("POST", "PATCH", "DELETE") else ():
            for body in BODIES:
                yield Asked(method, path, {**who[policy], "Content-Type": kind}, body)


@pytest.mark.parametrize(
    ("strange", "everyday"),
    [(strange_paths, 250), (strange_headers, 250), (strange_bodies, 300)],
    ids=["paths", "headers", "bodies"],
)
async def test_no_input_causes_a_server_error(place: Place, app: Litestar, strange, everyday: int):
    async with people.open_client(app) as client:
        asking = Asking(client)
        who = await insiders(place, client)
        found = [each for each in routes(app, place) if not each[2].endswith(LEFT_OUT)]
        every = list(strange(found, who))

        for asked in random.Random(SEED).sample(every, min(len(every), everyday * FACTOR)):  # noqa: S311  # no secret
            await asking.ask(asked)

    print(strange.__name__, len(every), dict(asking.seen))  # noqa: T201
    assert sum(asking.seen.values()) >= everyday
    assert asking.wrong == []


async def test_invalid_host_header_causes_no_server_error(client: httpx.AsyncClient):
    for host in ("127.0.0.1:abc", "127.0.0.1:99999999", "[", "evil.example/../console"):
        for path in ("/nowhere", "/console", "/survey", "/api/v1/nowhere"):
            answer = await client.get(path, headers={"Host": host})

            assert answer.status_code < 500, (host, path)


async def test_foreign_origin_is_refused(place: Place, client: httpx.AsyncClient):
    for origin in ("http://[", "null", "", "https://127.0.0.1:8000.evil.example", "http://127.0.0.1"):
        answer = await client.post(f"/s/{place.links[0]}", headers={"Origin": origin})

        assert answer.status_code == 403, origin


async def test_nul_in_a_search_is_not_found(place: Place, client: httpx.AsyncClient):
    key = {"Authorization": f"Bearer {place.key(place.home, *SCOPES)}"}

    by_path = await client.get("/api/v1/assessments/a%00b", headers=key)
    by_query = await client.get("/api/v1/assessments?organisation=a%00b", headers=key)

    assert by_path.status_code == 404
    assert by_query.status_code in (200, 422)


async def test_mutant_without_guards_fails_on_a_nul(postgres_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path):
    place = Place(postgres_url)
    monkeypatch.setattr(guards, "is_storable", lambda _: True)
    monkeypatch.setattr(database, "DataError", ())
    key = {"Authorization": f"Bearer {place.key(place.home, *SCOPES)}"}
    app = people.make_app(postgres_url, tmp_path)

    async with people.run_app(app), people.open_client(app) as client:
        answer = await client.get("/api/v1/assessments/a%00b", headers=key)

    place.engine.dispose()
    assert answer.status_code == 500
