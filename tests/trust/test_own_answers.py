"""Promise 5a: only the respondent opens a respondent's answers; an attacker has every link and every old code."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar
from msgspec import Struct
from sqlalchemy import select, update

from assessment.domain.assessment import AssessmentKey
from assessment.services.assessments import closing, reopening
from assessment.services.people import invitation_changes, people_invitations
from assessment.services.people.invitation_changes import InvitationPatch
from assessment.services.survey import draft_keys, draft_transfer, survey_entry
from assessment.storage import tables
from assessment.web.survey.handlers import lost_session
from tests.trust.survey_requests import ABSENT, SurveyRequest, list_survey_requests
from tests.web import mutants, people
from tests.web.people import Person

CHOICES = ("", "continue", "empty", "me", "not-me")
PATHS = ("/survey", "/survey/check", "/survey/sent", "/survey/withdraw", "/survey/finish", "/survey/results")
INVITATION = "i-practitioner"
REASON = "reason-of-the-victim"
LINKS_LEAST = 8
ROLE_PAGE = "/role"  # shows the role that the link was made for
REQUIRED = {("GET", "/survey/copy"), ("GET", "/survey/conflicts/{section}"), ("POST", "/survey/resume")}


@pytest.fixture(params=["confidential", "anonymous"])
def links(request: pytest.FixtureRequest, database_url: str) -> dict[str, str]:
    """An open assessment, shared results included, and a link for each role."""
    return people.prepare_database(database_url, confidentiality=request.param, share_results=True)


@pytest.fixture
async def app(database_url: str, links: dict[str, str], tmp_path: Path, clock: people.Clock) -> AsyncIterator[Litestar]:
    assert links
    async with people.serve_app(database_url, tmp_path, clock) as app:
        yield app


class Known(Struct):
    """Input of the attacker: every link made so far, and codes that were valid once."""

    url: str
    links: list[str]
    codes: list[str]

    def make_links(self) -> None:
        """Make links as a consultant, a key and a mail merge do: for one invitation, and for everyone."""
        with people.open_write_session(self.url) as session:
            self.links.append(people_invitations.create_link(session, AssessmentKey("w", "a"), INVITATION, people.NOW))
            merged = people_invitations.create_links(session, AssessmentKey("w", "a"), people.NOW, everyone=True)
        self.links += [each.token for each in merged if each.invitation.id == INVITATION]

    def replace_person(self) -> None:
        """Invite the person again, with another name, as a consultant corrects an invitation; take the new link."""
        patch, catalogue = InvitationPatch(name="Someone else"), people.load_catalogue()
        with people.open_write_session(self.url) as session:
            made = invitation_changes.replace_invitation(
                session, AssessmentKey("w", "a"), INVITATION, patch, catalogue, people.NOW
            )
            self.links.append(people_invitations.create_link(session, AssessmentKey("w", "a"), made.id, people.NOW))

    def reopen(self) -> bool:
        """Open the assessment again; False for an anonymous one, which can't be."""
        with people.open_write_session(self.url) as session:
            if session.scalar(select(tables.assessment.c.confidentiality)) == "anonymous":
                return False
            reopening.reopen_assessment(session, AssessmentKey("w", "a"), people.NOW)
        return True

    def stored(self) -> dict[str, tuple[Any, ...]]:
        """Return every response that has answers or was sent, with all that is in it."""
        answer, response = tables.answer, tables.response
        with people.open_read_session(self.url) as session:
            found = {row.id: (row.state, row.sent_at) for row in session.execute(select(response))}
            rows = session.execute(select(answer).order_by(answer.c.response_id, answer.c.item_id)).all()
        for row in rows:
            found[row.response_id] += (row.item_id, row.value, row.reason, row.evidence, row.sequence)
        return {id_: row for id_, row in found.items() if len(row) > 2}  # state and moment


def shows(answer: httpx.Response) -> bool:
    """Return True if a page has an answer on it: something chosen, or the words that were given."""
    return (people.count_chosen(answer.text) > 0 and not answer.url.path.endswith(ROLE_PAGE)) or REASON in answer.text


async def attack(app: Litestar, known: Known) -> list[str]:
    """Try every link and code in browsers without a cookie; return what was seen or done of an existing response.

    The oldest and the newest link also make every request: the links between them are of the same kinds.
    """
    before, found, requests = known.stored(), [], list_survey_requests(app)
    for link in known.links:
        tried = requests if link in (known.links[0], known.links[-1]) else ()
        for choice in CHOICES:
            async with people.open_client(app) as client:
                found += await try_link(Person(client, link, "practitioner"), choice, tried, before)
        for code in known.codes:
            async with people.open_client(app) as client:
                found += await try_code(Person(client, link, "practitioner"), code)
    after = known.stored()
    return found + [f"{before[each][0]}: changed" for each in before if after.get(each) != before[each]]


async def try_link(person: Person, choice: str, requests: Sequence[SurveyRequest], others: Iterable[str]) -> list[str]:
    """Open a link, choose, and look; after a start, also make the requests under every id."""
    seen = [await person.get(person.link), await person.client.head(person.link), await person.enter(choice)]
    seen += [await person.get(f"{person.link}{tail}") for tail in ("?empty=1", "/code?then=withdraw")]
    seen += [await person.get(path) for path in (f"/survey/{person.first}", "/survey/check", "/survey/sent")]
    if requests and not choice:
        seen += await make_requests(person, requests, others)
    return [f"{choice or 'start'}: {each.url.path} showed an answer" for each in seen if shows(each)]


async def make_requests(
    person: Person, requests: Sequence[SurveyRequest], others: Iterable[str], code: str = ""
) -> list[httpx.Response]:
    """Make every request of the survey, each form once for every response id; delete what was begun by it."""
    seen = []
    for response in others or (ABSENT,):
        await person.enter()
        own = await person.form(f"/survey/{person.first}")
        seen += [await request.send(person, response, own, code) for request in requests]
        form = await person.form("/survey/withdraw")
        seen.append(await person.post("/survey/withdraw", form))
    return seen


async def try_code(person: Person, code: str) -> list[str]:
    """Enter a code that was valid once."""
    if (await person.move(code)).headers["location"].endswith("/code"):
        return []
    seen = [await person.get(path) for path in PATHS]
    return ["a dead code opened the answers", *("a dead code showed them" for each in seen if shows(each))]


async def answer_and_move(app: Litestar, client: httpx.AsyncClient, known: Known) -> Person:
    """Answer a section in one browser, and go on in another one by the code, which is dead from then on."""
    async with people.open_client(app) as first:
        earlier = Person(first, known.links[0], "practitioner")
        await earlier.enter()
        form = await earlier.form(f"/survey/{earlier.first}")
        given = dict.fromkeys(earlier.items(earlier.first), "na")
        reasons = {f"{item}:reason": REASON for item in given}
        await earlier.post(f"/survey/{earlier.first}", form | given | reasons)
        known.codes.append(await earlier.code())
    person = Person(client, known.links[0], "practitioner")
    await person.move(known.codes[0])
    return person


async def walk(app: Litestar, known: Known) -> AsyncIterator[list[str]]:
    """Attack before, while and after someone answers, also revoked, replaced, closed and open again.

    Yields the findings after each step.
    """
    known.make_links()
    yield await attack(app, known)
    async with people.open_client(app) as client:
        person = await answer_and_move(app, client, known)
        known.make_links()
        yield await attack(app, known)
        sent = await person.send()
        yield [] if sent.headers.get("location") == "/survey/sent" else ["the person could not send"]
        known.make_links()
        yield await attack(app, known)
        yield [] if shows(await person.get("/survey/sent")) else ["the person lost the answers"]
        with people.open_write_session(known.url) as session:
            people_invitations.revoke_invitation(session, AssessmentKey("w", "a"), INVITATION, people.NOW)
        yield await attack(app, known)
        known.replace_person()
        yield await attack(app, known)
        with people.open_write_session(known.url) as session:
            closing.close_assessment(session, AssessmentKey("w", "a"), people.NOW, without_results=True)
        yield await attack(app, known)
        yield ["answers after the close" for path in PATHS if shows(await person.get(path))]
        if known.reopen():
            yield await attack(app, known)
            yield ["answers without the code after reopening" for path in PATHS if shows(await person.get(path))]


async def is_caught(app: Litestar, known: Known, *wanted: str) -> bool:
    """Walk until each of these has been found: the steps after that would only take time."""
    found: list[str] = []
    async with aclosing(walk(app, known)) as steps:
        async for findings in steps:
            found += findings
            if all(any(part in each for each in found) for part in wanted):
                return True
    return False


async def test_links_and_old_codes_neither_open_nor_change_a_response(
    app: Litestar, links: dict[str, str], database_url: str
):
    known = Known(database_url, [links["practitioner"]], [])

    found = [each async for findings in walk(app, known) for each in findings]

    assert len(known.links) >= LINKS_LEAST
    assert found == []


async def test_request_list_of_the_attacker_has_every_survey_route(app: Litestar):
    requests = {(each.method, each.path) for each in list_survey_requests(app)}

    routes = {route.path_format for route in app.routes}
    survey = {path for path in routes if path.split("/")[1] in ("s", "survey", "withdraw", "finished", "forget")}
    assert {path for _, path in requests} == survey
    assert requests >= REQUIRED


@pytest.mark.parametrize("links", ["confidential"], indirect=True)
async def test_mutant_with_a_link_that_opens_answers_without_a_cookie_is_caught(
    app: Litestar, links: dict[str, str], database_url: str, monkeypatch: pytest.MonkeyPatch
):
    """As it was: every link leads to the one response of its invitation."""
    monkeypatch.setattr(survey_entry, "_begin_draft", mutants.open_newest_response)

    known = Known(database_url, [links["practitioner"]], [])

    assert await is_caught(app, known, "showed an answer", "changed")


@pytest.mark.parametrize("links", ["confidential"], indirect=True)
async def test_mutant_that_resumes_the_response_of_a_form_without_cookie_or_code_is_caught(
    app: Litestar, links: dict[str, str], database_url: str, monkeypatch: pytest.MonkeyPatch
):
    """Only the list of routes tries this form: no page of the survey leads there."""
    monkeypatch.setattr(lost_session, "_enter_response", mutants.open_response_of_form)

    known = Known(database_url, [links["practitioner"]], [])

    assert await is_caught(app, known, "changed")


async def test_mutant_with_a_code_valid_after_a_transfer_is_caught(
    app: Litestar, links: dict[str, str], database_url: str, monkeypatch: pytest.MonkeyPatch
):
    """The hash of the code stays what it was."""

    def unchanged(*_: Any) -> bytes:
        with people.open_read_session(database_url) as session:
            answered = tables.response.c.id == tables.answer.c.response_id
            kept = session.scalar(select(tables.response.c.code_hash).join(tables.answer, answered).limit(1))
        return bytes(kept)

    monkeypatch.setattr(draft_transfer, "hash_session_code", unchanged)

    known = Known(database_url, [links["practitioner"]], [])

    assert await is_caught(app, known, "a dead code opened the answers")


@pytest.mark.parametrize("links", ["anonymous"], indirect=True)
async def test_two_anonymous_invitations_send_two_responses_at_most(
    app: Litestar, links: dict[str, str], database_url: str
):
    """Anyone who has several links can't free one by withdrawing what was sent by another one."""
    with people.open_write_session(database_url) as session:
        session.execute(update(tables.invitation).values(role="practitioner"))
    async with people.open_client(app) as client, people.open_client(app) as other:
        mine, hers = (
            Person(each, links[role], "practitioner") for each, role in ((client, "staff"), (other, "leader"))
        )
        for person in (mine, hers):
            await person.enter()
            await person.answer(person.first, "3")
        codes = [await person.code() for person in (mine, hers)]
        await hers.send()
        await mine.send()
        name = next(each for each in client.cookies if each.startswith("r-"))
        session_, _, seen, signature = client.cookies[name].split("~")
        client.cookies.set(name, "~".join((session_, links["leader"], seen, signature)))
        stolen = await hers.post(f"{mine.link}/code", {"code": codes[1]})

        await mine.withdraw()

    async with people.open_client(app) as client:
        again = Person(client, links["leader"], "practitioner")
        await again.enter()
        await again.answer(again.first, "2")
        refused = await again.send()

    assert stolen.headers["location"] == f"{mine.link}/code"
    assert refused.headers["location"] == "/survey/sent-elsewhere"


@pytest.mark.parametrize("links", ["anonymous"], indirect=True)
async def test_mutant_whose_anonymous_cookie_is_not_tied_to_a_person_is_caught(
    app: Litestar, links: dict[str, str], database_url: str, monkeypatch: pytest.MonkeyPatch
):
    """Anyone who writes another link into the cookie could delete the mark of its person, and send again."""
    monkeypatch.setattr(draft_keys, "is_signed", lambda *_: True)

    with pytest.raises(AssertionError):
        await test_two_anonymous_invitations_send_two_responses_at_most(app, links, database_url)
