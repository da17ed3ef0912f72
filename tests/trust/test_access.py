"""Every route of the program x everyone who could come x what is theirs, a neighbour's, or not there."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from datetime import timedelta

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.access_policies import AccessPolicy, get_policy
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import MemberRole
from assessment.services.auth import api_keys, user_sessions
from assessment.services.auth.principals import Consultant, KeyHolder
from assessment.storage import assessments
from assessment.storage.assessments import Assessment
from assessment.web.console import authentication
from assessment.web.http.csrf import SAFE_METHODS, make_token
from tests.trust.conftest import SCOPES, Place
from tests.web import people

ABSENT = "aaaaaaaaaaaaaaaaaaaaaaaa"
IDS = {
    "organisation",
    "organisation_id",
    "assessment",
    "assessment_id",
    "invitation",
    "invitation_id",
    "user_id",
    "key_id",
    "session_id",
}
IDS |= {"questionnaire_id", "webhook", "webhook_id", "delivery", "delivery_id", "job", "job_id"}
CELLS_LEAST = 1100
# Ends the session of who was let in; says no to everybody who does not know a password.
LOST = ("/survey/problem?kind=lost", "/survey/resume")  # where a form goes that has no session
BODIES = {  # valid ones, where an empty object is refused before anything is looked up
    "/invitations": b'[{"role": "staff", "functions": ["hr"]}]',
    "/report.docx": b'{"template": "UEsDBA=="}',
    "/report.pptx": b'{"template": "UEsDBA=="}',
    "/reports/{report}/links": b'{"audiences": ["full"], "formats": ["pdf"], "expires_on": "2026-12-31"}',
}
EVERYONE = frozenset({"owner", "editor", "viewer"})
WITHIN_ANOTHER = ("invitation", "delivery", "job_id", "report", "link")  # an id below one of the caller's own
LEFT_OUT = ("/console/sign-out", "/console/sign-in", "/console/sign-in/code", "/survey/finish", "/forget")


class Way(Struct, frozen=True):
    """One method of one route."""

    method: str
    path: str
    policy: AccessPolicy
    names: frozenset[str]
    roles: frozenset[str] = EVERYONE  # of consultants who may come

    def to(self, **ids: str) -> str:
        known = {
            "role": "leader", "functions": "marketing", "section": "marketing-purpose-people", "item": "CS-P1",
            "digest": "0", "name": "base.css", "questionnaire": "social-media-integration", "version": "1.1.0",
        }  # fmt: skip
        return self.path.format_map(dict.fromkeys(self.names, "none") | known | ids)


class Who(Struct, frozen=True):
    """Someone who comes: what they show, and which policies let them in."""

    name: str
    cookie: str = ""
    kind: str = ""
    bearer: str = ""
    scopes: frozenset[str] = frozenset()
    is_live: bool = True
    role: str = "owner"

    def headers(self, way: Way) -> dict[str, str]:
        shown = {"Origin": people.URL}
        if self.bearer:
            shown["Authorization"] = f"Bearer {self.bearer}"
        if self.cookie:
            shown["Cookie"] = f"{self.kind}={self.cookie}"
            shown["X-CSRF-Token"] = make_token(people.make_settings("sqlite://", people.Path()), self.cookie)
        if way.policy.name == "key" and way.method not in SAFE_METHODS:
            shown["Content-Type"] = "text/csv" if way.path.endswith("responses") else "application/json"
        return shown

    def may(self, way: Way) -> bool:
        """Return True if the policy lets them in at all."""
        if way.policy.name == "public":
            return True
        if way.policy.name == "key":
            return self.is_live and bool(self.bearer) and (way.policy.scope is None or way.policy.scope in self.scopes)
        lets = self.is_live and self.kind == way.policy.cookie
        return lets and (way.policy.name == "respondent" or self.role in way.roles)


def ways(app: Litestar) -> Iterator[Way]:
    for route in app.routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            for method in sorted(handler.http_methods - {"OPTIONS"}):
                policy = get_policy(handler)
                assert policy, route.path
                yield Way(
                    method, route.path_format, policy, frozenset(route.path_parameters), roles_of(method, handler.opt)
                )


def roles_of(method: str, opt: dict[str, object]) -> frozenset[str]:
    """The roles of consultants that a route admits: a viewer changes nothing, an editor manages nothing."""
    if opt.get("owners"):
        return frozenset({"owner"})
    looks = not opt.get("editors") if method in SAFE_METHODS else opt.get("viewers")
    return EVERYONE if looks else EVERYONE - {"viewer"}


def everyone(place: Place) -> list[Who]:
    """All principals; the last are those who must not come in anywhere."""
    holders = [Who(f"key {scope}", bearer=place.key(place.home, scope), scopes=frozenset({scope})) for scope in SCOPES]
    ended = {"bearer": place.key(place.home, *SCOPES, revoked=True), "is_live": False}
    late = place.key(place.home, *SCOPES, span=timedelta(seconds=1))
    return [
        Who("anonymous"),
        Who("respondent", place.enter(place.links[0]), "respondent"),
        Who("revoked respondent", place.revoked_respondent(), "respondent"),
        Who("made-up respondent", "made-up", "respondent", is_live=False),
        Who("owner", place.session_of("alice"), "console"),
        Who("editor", place.session_of("dora"), "console", role="editor"),
        Who("viewer", place.session_of("bob"), "console", role="viewer"),
        Who("former member", place.outsider(), "console", is_live=False),
        Who("respondent's cookie at the console", place.enter(place.links[1]), "console", is_live=False),
        Who("consultant's cookie in the survey", place.session_of("alice"), "respondent", is_live=False),
        *holders,
        Who("revoked key", **ended),
        Who("expired key", bearer=late, is_live=False),
        Who("altered key", bearer=f"{place.key(place.home, *SCOPES)}x", is_live=False),
    ]


async def ask(client: httpx.AsyncClient, who: Who, way: Way, path: str) -> httpx.Response:
    content = None
    if way.policy.name == "key" and way.method not in SAFE_METHODS:
        content = next((body for ending, body in BODIES.items() if way.path.endswith(ending)), b"{}")
    answer = await client.request(way.method, path, headers=who.headers(way), content=content)
    client.cookies.clear()
    return answer


def is_shut(answer: httpx.Response, way: Way) -> bool:
    """Return True for a refusal: sign in, open your link, you may not."""
    places = LOST if way.policy.name == "respondent" else ("/console/sign-in",)
    away = answer.headers.get("location", "").startswith(places)
    return answer.status_code in (401, 403) or (answer.status_code == 303 and away)


async def intruders(
    place: Place, app: Litestar, client: httpx.AsyncClient, clock: people.Clock
) -> AsyncGenerator[str | None]:
    """Ask every route as everyone; yield one value per question: None, or where the answer is not as declared.

    Objects do not exist here: who is let in gets as far as "there is nothing here", so that nothing changes.
    """
    who = everyone(place)
    clock.now += timedelta(seconds=2)
    for way in ways(app):
        for each in who:
            expects_in = each.may(way)
            if expects_in and way.path in LEFT_OUT:
                continue
            answer = await ask(client, each, way, way.to(**dict.fromkeys(IDS, ABSENT)))
            if is_shut(answer, way) == expects_in:
                yield f"{each.name}: {way.method} {way.path} {answer.status_code}"
            else:
                yield None


async def find_first(cells: AsyncIterator[str | None]) -> str | None:
    async for found in cells:
        if found:
            return found
    return None


async def test_every_route_admits_only_the_principals_of_its_policy(
    place: Place, app: Litestar, client: httpx.AsyncClient, clock: people.Clock
):
    cells = [found async for found in intruders(place, app, client, clock)]

    print(len(cells))  # noqa: T201
    assert len(cells) >= CELLS_LEAST
    assert [found for found in cells if found] == []


async def strangers_see(place: Place, app: Litestar, client: httpx.AsyncClient) -> AsyncGenerator[str | None]:
    """Ask for every id as someone of another workspace: what is Alice's must look as what is not there.

    Yields one value per question: None, or where the two answers differ.
    """
    charlie = [
        Who("charlie", place.session_of("charlie"), "console"),
        Who("charlie's key", bearer=place.key(place.elsewhere, *SCOPES), scopes=frozenset(SCOPES)),
    ]
    swaps = {
        "organisation": place.organisation, "organisation_id": place.organisation,
        "assessment": place.open, "assessment_id": place.open,
        "invitation": place.invitation, "invitation_id": place.invitation,
        "user_id": place.ids["bob"], "key_id": place.key_id,
        "webhook": place.webhook_id, "webhook_id": place.webhook_id,
        "delivery": place.delivery_id, "delivery_id": place.delivery_id, "job": place.job_id,
        "job_id": place.import_id, **dict.fromkeys(("report", "report_id"), place.published),
        **dict.fromkeys(("link", "link_id"), place.shared_link_id),
    }  # fmt: skip
    own = dict.fromkeys(("assessment", "assessment_id"), place.charlies)
    own |= dict.fromkeys(("webhook", "webhook_id"), place.charlies_webhook) | {"job": place.charlies_job}
    for way in ways(app):
        for each in charlie:
            if way.policy.name in ("public", "respondent") or not each.may(way):
                continue
            for name in way.names & set(swaps):
                rest = (own if name.startswith(WITHIN_ANOTHER) else swaps) | {}
                foreign = await ask(client, each, way, way.to(**(rest | {name: swaps[name]})))
                absent = await ask(client, each, way, way.to(**(rest | {name: ABSENT})))
                # An assessment that is not closed has no reports to share, whatever the id.
                refused = (404, 409) if name == "report_id" else (404,)
                if foreign.status_code not in refused or seen(foreign, swaps[name]) != seen(absent, ABSENT):
                    yield f"{each.name}: {way.method} {way.path} {name} {foreign.status_code}"
                else:
                    yield None


def seen(answer: httpx.Response, asked: str) -> tuple[object, ...]:
    """All that could tell two answers apart, but for their own number and the id that was asked for."""
    own = answer.headers["x-request-id"]
    passing = {"x-request-id", "date", "content-length", "ratelimit-remaining", "ratelimit-reset"}
    headers = {name: value for name, value in answer.headers.items() if name not in passing}
    return answer.status_code, headers, answer.text.replace(own, "").replace(asked, "")


async def test_ids_of_another_workspace_look_like_absent_ones(place: Place, app: Litestar, client: httpx.AsyncClient):
    cells = [found async for found in strangers_see(place, app, client)]

    print(len(cells))  # noqa: T201
    assert len(cells) >= 36
    assert [found for found in cells if found] == []


async def test_foreign_ids_in_bodies_and_queries_have_no_effect(place: Place, client: httpx.AsyncClient):
    headers = {"Authorization": f"Bearer {place.key(place.elsewhere, *SCOPES)}"}
    body = {"organisation": place.charlies_organisation, "questionnaire": "social-media-integration", "title": "T"}

    async def said(method: str, path: str, json: dict[str, str] | None = None) -> tuple[int, str]:
        answer = await client.request(method, f"/api/v1{path}", headers=headers, json=json)
        return answer.status_code, answer.text.replace(answer.headers["x-request-id"], "")

    for foreign, field in ((place.organisation, "organisation"), (place.open, "wave_of")):
        made = await said("POST", "/assessments", body | {field: foreign})
        absent = await said("POST", "/assessments", body | {field: ABSENT})
        changed = await said("PATCH", f"/assessments/{place.charlies}", {field: foreign})
        changed_absent = await said("PATCH", f"/assessments/{place.charlies}", {field: ABSENT})

        assert (made[0], changed[0]) == (422, 422)
        assert made == absent
        assert changed == changed_absent
    assert await said("GET", f"/assessments?organisation={place.organisation}") == await said(
        "GET", f"/assessments?organisation={ABSENT}"
    )


@pytest.mark.parametrize("guard", ["scope", "viewer", "owner", "session"])
async def test_access_matrix_detects_a_removed_guard(
    place: Place,
    app: Litestar,
    client: httpx.AsyncClient,
    clock: people.Clock,
    monkeypatch: pytest.MonkeyPatch,
    guard: str,
):
    if guard == "scope":
        everything = KeyHolder("k", place.home, frozenset(SCOPES))
        monkeypatch.setattr(api_keys, "check_key", lambda *_, **__: everything)
    elif guard == "viewer":
        monkeypatch.setattr(authentication, "_is_open_to_viewers", lambda _: True)
    elif guard == "owner":
        monkeypatch.setattr(authentication, "_is_for_owners", lambda _: False)
    else:
        alice = Consultant("u", "a@b", place.home, "w", role=MemberRole.OWNER, admin=False, seen_at=clock())
        monkeypatch.setattr(user_sessions, "load_consultant", lambda *_: alice)

    # Up to the first one: the rest of the matrix would only take time.
    async with aclosing(intruders(place, app, client, clock)) as cells:
        caught = await find_first(cells)

    assert caught is not None


async def test_id_swap_detects_a_removed_workspace_filter(
    place: Place, app: Litestar, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
):
    kept = assessments.find_assessment
    assert place.job_id != place.charlies_job  # made before the filter is removed

    def find_anywhere(session: Session, key: AssessmentKey, **named: bool) -> Assessment:
        return kept(session, AssessmentKey(place.home, key.assessment_id), **named)

    monkeypatch.setattr(assessments, "find_assessment", find_anywhere)

    async with aclosing(strangers_see(place, app, client)) as cells:
        caught = await find_first(cells)

    assert caught is not None
