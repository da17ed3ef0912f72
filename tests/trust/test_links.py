"""Links and cookies can't be forged, and say nothing but what is meant; nothing of them is in the logs."""

import json
import logging
import random
import re
import string
from collections.abc import Callable
from contextlib import suppress

import httpx
import pytest

from assessment.errors import NotFoundError
from assessment.services.reports import report_requests
from assessment.services.survey import survey_links
from assessment.web.console.handlers.sign_in_pages import sign_in
from assessment.web.http import json_logs
from assessment.web.http.headers import CONTENT_SECURITY_POLICY
from tests.trust.conftest import SCOPES, Place
from tests.web import people
from tests.web.console.conftest import PASSWORD

FORGED, FORGED_IN_ALL = 300, 10_000
SEED = 7
LETTERS = string.ascii_letters + string.digits + "-_"
EVIL = "evil.example"
NAMES = (
    "Host", "X-Forwarded-Host", "X-Host", "X-Forwarded-Server", "X-Original-Host", "X-HTTP-Host-Override",
    "X-Real-Host", "X-Backend-Host", "Forwarded-Host", "X-Forwarded-For", "X-Real-IP", "Via", "Referer",
    "X-Remote-Host",
)  # fmt: skip
HOSTS = (
    *({name: EVIL} for name in NAMES),
    *({"Host": text} for text in (f"{EVIL}:443", f"app.example@{EVIL}", f"app.example:@{EVIL}", EVIL.upper(), "[::1]",
                                  "127.0.0.1:1", f"{EVIL}.", f"app.example.{EVIL}", "localhost", "")),
    *({"X-Forwarded-Host": text} for text in (f"{EVIL}, app.example", f"app.example, {EVIL}", f"{EVIL}/x", EVIL[:-1])),
    *({"Forwarded": text} for text in (f"host={EVIL};proto=http", f'for="[::1]";host="{EVIL}"', f"host={EVIL}, a=x")),
    *({"X-Forwarded-Proto": text} for text in ("http", "javascript", "http,https")),
    {"X-Forwarded-Scheme": "http"}, {"X-Forwarded-Port": "80"}, {"X-Forwarded-Ssl": "off"}, {"X-Original-URL": "/evil"},
    {"X-Rewrite-URL": "/evil"}, {"X-Forwarded-Prefix": f"//{EVIL}"}, {"X-Script-Name": f"//{EVIL}"},
    {"Origin": people.URL}, {"X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "http", "Host": EVIL},
)  # fmt: skip
ELSEWHERE = (
    "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "/console//evil", "/console/..//evil.example", "/console\n//evil", "%2f%2fevil", "/console@evil.example", "console",
    "/survey", " /console?", "/console?x=//evil", "/console#//evil", "/console/\t/evil", "///evil",
    "/console/%2e%2e//evil", "data:text/html,x",
)  # fmt: skip
STARTS = (
    "", "/", "//", "///", "/\\", "\\", "/console//", "/console\\", "/console\t", "/console/../", "\t", " ", "/%09/",
    "/%2f", "/./", "/%5c",
)  # fmt: skip
TARGETS = (
    "evil.example", "/evil.example", "//evil.example", "https://evil.example", "https:evil.example", "@evil.example",
    "javascript:alert(1)", "\\\\evil.example", "%2f%2fevil.example", "http:\\\\evil.example", "evil.example%00/console",
    "evil.example/console", "\u2044evil.example",
)  # fmt: skip
KINDS = (
    ("OPTIONS", "/console", 403), ("PUT", "/console/sign-in", 405), ("GET", "/static/0000000000000000/base.css", 404),
    ("POST", "/static/0/base.css", 405), ("POST", "/withdraw", 413), ("POST", "/api/v1/organisations", 401),
    ("DELETE", "/api/v1/organisations", 405), ("GET", "/livez", 200), ("HEAD", "/livez", 405),
    ("GET", "/api/docs", 200), ("GET", "/api/v1/openapi.json", 200),
)  # fmt: skip


JSON = {"Content-Type": "application/json"}


def forged(link: str, count: int = FORGED) -> list[str]:
    """Links that were nobody's, each one step away from one that is."""
    chance = random.Random(SEED)  # noqa: S311  # no secret
    found = [link[:-1], link + "A", link.swapcase(), link[::-1], "", "null", "*", "%25", link.lower()]
    while len(found) < count:
        at = chance.randrange(len(link))
        found.append(link[:at] + chance.choice(LETTERS.replace(link[at], "")) + link[at + 1 :])
    return [each for each in found if each != link]


async def test_link_that_differs_in_one_character_is_not_found(place: Place, client: httpx.AsyncClient):
    opened = {(await client.get(f"/s/{each}")).status_code for each in forged(place.links[0])}
    entered = [await client.post(f"/s/{each}", headers=people.OWN_PAGE) for each in forged(place.links[0])]
    led_to = {
        (await client.get(each.headers["location"])).status_code for each in entered if each.has_redirect_location
    }

    assert opened == {404}
    assert {answer.status_code for answer in entered} <= {303, 404, 405}
    assert led_to == {404}
    assert not any("set-cookie" in answer.headers for answer in entered)


def test_ten_thousand_forged_links_are_not_found(place: Place):
    """Without the pages around, which would take minutes."""
    forgeries = forged(place.links[0], FORGED_IN_ALL)
    opened = []

    with people.open_read_session(place.url) as session:
        assert survey_links.find_link(session, place.links[0]).row
        for link in forgeries:
            with suppress(NotFoundError):
                survey_links.find_link(session, link)
                opened.append(link)

    assert len(forgeries) == FORGED_IN_ALL
    assert opened == []


async def test_links_use_the_configured_address_regardless_of_the_host_header(place: Place, client: httpx.AsyncClient):
    key = {"Authorization": f"Bearer {place.key(place.home, *SCOPES)}"}
    somebody = [{"role": "staff", "functions": ["hr"]}]
    path = f"/api/v1/assessments/{place.open}/invitations"

    made = [await client.post(path, json=somebody, headers=key | forwarded) for forwarded in HOSTS]

    assert {answer.status_code for answer in made} == {201}
    assert all(answer.json()["data"][0]["link"].startswith(f"{people.URL}/s/") for answer in made)
    assert not any("evil" in answer.text for answer in made)


async def follow_sign_in(client: httpx.AsyncClient, then: str) -> tuple[list[str], str]:
    """Return the destination of the sign-in page for a wish, and that of signing in."""
    form = {"email": "alice@example.org", "password": PASSWORD, "then": then}
    shown = await client.get("/console/sign-in", params={"then": then})
    answer = await client.post("/console/sign-in", data=form, headers=people.OWN_PAGE)
    client.cookies.clear()

    assert "<form" in shown.text, then
    assert answer.status_code == 303, then
    return list_addresses_elsewhere(shown.text), answer.headers["location"].removesuffix("?begun=1")


def list_addresses_elsewhere(page: str) -> list[str]:
    """List links, targets of forms and the page after signing in, except those on this server."""
    addresses = re.findall(r'(?:href|action|name="then" value)="([^"]*)"', page)
    return [address for address in addresses if address and not re.match(r"[?#]|/(?!/)", address)]


async def test_sign_in_redirects_to_own_pages_only(place: Place, client: httpx.AsyncClient):
    assert place.home

    for then in ELSEWHERE:
        assert await follow_sign_in(client, then) == ([], "/console"), then


async def test_sign_in_page_offers_none_of_200_addresses_elsewhere(place: Place, client: httpx.AsyncClient):
    assert place.home
    elsewhere = {start + target for start in STARTS for target in TARGETS}
    assert len(elsewhere) >= 200

    for then in elsewhere:
        shown = await client.get("/console/sign-in", params={"then": then})
        assert "<form" in shown.text, then
        assert list_addresses_elsewhere(shown.text) == [], then


@pytest.mark.parametrize(
    ("mutant", "then"),
    [
        (lambda then: then, "https://evil.example"),
        (lambda then: then if then.startswith("/") else "", "//evil.example"),
        (lambda then: then.strip(), " /console?"),
    ],
    ids=["anything", "any path", "stripped"],
)
async def test_mutant_with_an_open_redirect_is_caught(
    place: Place, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, mutant: Callable[[str], str], then: str
):
    assert place.home
    monkeypatch.setattr(sign_in, "validate_redirect_path", mutant)

    assert await follow_sign_in(client, then) != ([], "/console")


async def test_session_fixation_fails_at_sign_in(place: Place, client: httpx.AsyncClient):
    chosen = place.session_of("bob")
    form = {"email": "alice@example.org", "password": PASSWORD}

    signed = await client.post("/console/sign-in", data=form, headers=people.OWN_PAGE | {"Cookie": f"console={chosen}"})
    client.cookies.clear()
    before = await client.get("/console", headers={"Cookie": f"console={chosen}"})

    assert signed.cookies["console"] != chosen
    assert before.status_code == 303


async def test_every_kind_of_response_has_the_security_headers(client: httpx.AsyncClient):
    headers = people.OWN_PAGE | {"Content-Type": "application/x-www-form-urlencoded"}

    for method, path, status in KINDS:
        body = b"code=" + b"x" * 1_100_000 if status == 413 else None
        answer = await client.request(method, path, headers=headers, content=body)

        assert answer.status_code == status, path
        assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY, path
        assert answer.headers["x-content-type-options"] == "nosniff", path


async def send_further_canaries(
    place: Place, client: httpx.AsyncClient, shown: dict[str, str], canaries: dict[str, str]
) -> None:
    """Put texts where a log could take them from: paths, header fields, bodies that are refused, files."""
    api, assessment = "/api/v1", f"/api/v1/assessments/{place.open}"
    fields = {"Referer": f"https://x/{canaries['referer']}", "X-Forwarded-For": canaries["address"]}
    await client.get(f"/{canaries['path']}", headers=fields)
    await client.get("/survey", headers={"Cookie": f"respondent={canaries['cookie']}"})
    await client.get(f"{api}/assessments", headers={"Authorization": f"Bearer {canaries['bearer']}"})
    await client.get(assessment, headers=shown | {"If-None-Match": f'"{canaries["etag"]}"'})
    new = {"name": canaries["client"]}
    await client.post(f"{api}/organisations", json=new, headers=shown | {"Idempotency-Key": canaries["retry"]})
    await client.post(f"{api}/organisations", json={canaries["field"]: 1}, headers=shown)
    await client.post(f"{api}/organisations", content=f'{{"name": {canaries["json"]}', headers=shown | JSON)
    await client.post(
        f"{api}/webhooks", json={"url": f"https://x.invalid/{canaries['hook']}", "events": []}, headers=shown
    )
    csv = f"role,functions\n{canaries['upload']},hr\n"
    await client.post(f"{assessment}/responses", content=csv, headers=shown | {"Content-Type": "text/csv"})
    await client.post(f"{api}/questionnaires", content=canaries["file"], headers=shown | {"Content-Type": "text/plain"})
    await client.post(f"{assessment}/mails", json={"subject": canaries["subject"]}, headers=shown)
    await client.post(f"{api}/users", json={"email": canaries["member"], "role": "editor"}, headers=shown)
    await client.post(f"/s/{canaries['token']}", data={"note": canaries["form"]}, headers=people.OWN_PAGE)


async def list_leaks(
    place: Place, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Return what of a journey with canaries everywhere is in the logs."""
    caplog.set_level(logging.DEBUG)
    key, cookie = place.key(place.home, *SCOPES), place.enter(place.links[0])
    canaries = {
        "mail": "canary.mail@example.org", "name": "Canary Name", "password": "canary-password-1",
        "title": "Canary title", "reason": "canary-reason", "code": "CANA-RYCO-DE", "query": "canary-query",
        "agent": "canary-agent", "fault": "canary-fault", "client": "Canary Client", "path": "canary-path",
        "referer": "canary-referer", "address": "203.0.113.77", "cookie": "canary-cookie", "retry": "canary-retry-key",
        "bearer": "asr_canary_secret", "field": "canary-field", "hook": "canary-hook", "file": "canary-file",
        "upload": "canary-upload", "subject": "Canary subject", "token": "canary-token-of-nobody",
        "form": "canary-form", "member": "canary.member@example.org", "etag": "canary-etag", "json": "canary-json",
    }  # fmt: skip
    shown = {"Authorization": f"Bearer {key}", "User-Agent": canaries["agent"]}
    guest = {"email": canaries["mail"], "name": canaries["name"], "role": "staff", "functions": ["hr"]}
    await client.post(f"/api/v1/assessments/{place.open}/invitations", json=[guest], headers=shown)
    await client.patch(f"/api/v1/assessments/{place.draft}", json={"title": canaries["title"]}, headers=shown)
    await client.get(f"/api/v1/assessments?organisation={canaries['query']}", headers=shown)
    await client.post("/withdraw", data={"code": canaries["code"]}, headers=people.OWN_PAGE)
    form = {"email": canaries["mail"], "password": canaries["password"]}
    await client.post("/console/sign-in", data=form, headers=people.OWN_PAGE)
    await send_further_canaries(place, client, shown, canaries)
    await client.get(f"/s/{place.links[1]}")
    first = (await client.get("/survey", headers={"Cookie": f"respondent={cookie}"})).headers["location"]
    text = (await client.get(first, headers={"Cookie": f"respondent={cookie}"})).text
    answers = people.read_hidden_fields(text) | {"CS-P1": "na", "CS-P1:reason": canaries["reason"]}
    await client.post(first, data=answers, headers=people.OWN_PAGE | {"Cookie": f"respondent={cookie}"})

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(canaries["fault"])

    monkeypatch.setattr(report_requests, "request_report", broken)
    failed = await client.get(f"/api/v1/assessments/{place.open}/report.pdf", headers=shown)

    lines = "\n".join(
        json_logs.JsonFormatter().format(record) for record in caplog.records if record.name.startswith("assessment")
    )
    secrets = [*canaries.values(), key, cookie, *place.links]

    assert json.loads(lines.split("\n", 1)[0])
    assert (failed.status_code, "RuntimeError" in lines, "canary-fault" in failed.text) == (500, True, False)
    assert len(secrets) >= 30
    assert lines.count('"route"') >= 20
    return [secret for secret in secrets if secret in lines]


async def test_logs_contain_no_names_secrets_or_answers(
    place: Place, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    assert await list_leaks(place, client, caplog, monkeypatch) == []


async def test_mutant_that_logs_the_text_of_errors_is_caught(
    place: Place, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(json_logs, "describe_exception", lambda error: {"error": repr(error)})

    assert await list_leaks(place, client, caplog, monkeypatch) == ["canary-fault"]
