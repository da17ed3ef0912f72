"""Attacker with the console, the API and the mailboxes of everyone else learns nothing about one person (method 6.11).

Kim and Lee were invited alike. Whether nobody, Kim or Lee has sent must not show before the next hourly count; after
it, the count shows that someone has, and nothing shows who: not the pages, not the API and its ETags, not a webhook,
not the audit log, not a mail to the others. In an anonymous survey, Kim's and Lee's own mailboxes show nothing either.
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from sqlalchemy import select

from assessment.access_policies import get_policy
from assessment.domain.closed_sets import Confidentiality, WebhookEvent
from assessment.services.auth import api_keys, user_sessions
from assessment.services.delivery import mailings
from assessment.services.people import progress
from assessment.services.webhooks import subscriptions
from assessment.storage import database, tables
from assessment.storage.delivery import mailings as delivery_mailings
from assessment.storage.people import people_table
from tests.end_to_end.mailed_survey import MailedSurvey, run_mail_server
from tests.web import people
from tests.web.console.conftest import World
from tests.web.people import Clock

KIM, LEE = "kim@northwind.example", "lee@northwind.example"
OTHERS = tuple(f"p{number:02}@northwind.example" for number in range(11))
CONSOLE_PAGES = (
    "/console",
    "/console/assessments/{id}",
    "/console/assessments/{id}/live",
    "/console/assessments/{id}/close",
    "/console/assessments/{id}/feasibility",
    "/console/assessments/{id}/mails",
    "/console/assessments/{id}/people",
    "/console/assessments/{id}/people?sort=-added",
    "/console/assessments/{id}/people?state=mailed",
    "/console/assessments/{id}/people?q=kim",
    "/console/assessments/{id}/people?q=lee",
)
IDS = {"assessment", "assessment_id", "organisation", "organisation_id"}
# The consultant's own sessions and second factor; pages about one of several assessments that were made at one moment,
# with the counts of the start page.
ELSEWHERE = ("/console/workspace/account", "/console/clients")
DRAWN = (  # and whether that is done already depends on the machine
    "/download/progress",
    ".pdf",
    ".pptx",
    ".docx",
    ".xlsx",
    "/download",
    "/word-template",
    "/logo",
)  # from the result, which is compared
API_CALLS = ("/assessments/{id}", "/assessments/{id}/progress", "/assessments/{id}/invitations")
CHANGING = re.compile(
    r'(name="_(?:token|author)" value=")[^"]*|[a-z2-7]{24}|\b[0-9a-f]{16}\b|/s/[\w-]{43}|\d\d:\d\d(?::\d\d)?'
)
LEAST_READ, MOMENTS = 60, 5
ANSWERING = timedelta(minutes=30)  # more than it takes; as much passes if nobody answers
WEBHOOK = "https://hook.example/hook"  # takes nothing: what is queued for it is read from the database
Observations = dict[str, Any]


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    """Use SQLite only: pages are the same on both databases."""
    return migrated_sqlite_url


class Attack:
    """One survey, in which nobody, Kim or Lee has sent, besides everyone else."""

    def __init__(self, survey: MailedSurvey, bearer: str, mailboxes: Sequence[str]) -> None:
        self.survey, self.bearer, self.mailboxes = survey, bearer, mailboxes
        self.etags: dict[str, str] = {}

    async def set_up(self) -> None:
        await self.survey.open(*OTHERS, KIM, LEE)
        for address in OTHERS:
            self.send_answers(address)
        self.survey.clock.now += timedelta(days=3)  # from now on the button of reminders is there
        async with self._sign_in() as client:
            await client.get(f"{self.survey.path}/live")  # takes the hourly count
        await self.read_api()

    async def answer_as(self, sender: str) -> None:
        """Let Kim or Lee answer everything and send, in a browser and by their link; or let the same time pass."""
        end = self.survey.clock.now + ANSWERING
        if sender:
            async with self.survey.open_browser(self.survey.find_link(sender)) as person:
                assert "Your answers are sent" in (await self.survey.answer_and_send(person)).text
        assert self.survey.clock.now < end
        self.survey.clock.now = end

    async def read_api(self) -> Observations:
        """Return what each call answers, and whether it is unchanged since the last time (304)."""
        seen: Observations = {}
        async with people.open_client(self.survey.app) as client:
            client.headers["authorization"] = f"Bearer {self.bearer}"
            for path in API_CALLS:
                url = f"/api/v1{path.format(id=self.survey.id)}"
                if path in self.etags:
                    again = await client.get(url, headers={"if-none-match": self.etags[path]})
                    seen[f"changed {path}"] = again.status_code
                answer = await client.get(url)
                self.etags[path] = answer.headers["etag"]
                seen[f"api {path}"] = _clean(answer.text), answer.status_code
        return seen

    def read_webhooks(self) -> list[tuple[str, str]]:
        deliveries = tables.webhook_delivery
        with database.read_session(self.survey.world.engine) as session:
            rows = session.execute(select(deliveries.c.event, deliveries.c.payload).order_by(deliveries.c.created_at))
            return [(row.event, _clean(bytes(row.payload).decode())) for row in rows]

    def send_answers(self, address: str) -> None:
        """Store a response as sending leaves it."""
        now = self.survey.clock.now
        with database.write_session(self.survey.world.engine) as session:
            row = session.execute(
                select(tables.invitation).where(
                    tables.invitation.c.email == address, tables.invitation.c.assessment_id == self.survey.id
                )
            ).one()
            key = {"workspace_id": row.workspace_id}
            response = {"id": f"response-of-{row.id}", "assessment_id": row.assessment_id, "invitation_id": row.id}
            session.execute(
                tables.response.insert().values(
                    **key,
                    **response,
                    draft_number=1,
                    role=row.role,
                    functions=row.functions,
                    language="en",
                    state="sent",
                    sent_at=now,
                )
            )
            answer = {"response_id": response["id"], "item_id": "MK-P1", "value": "3", "sequence": 1, "saved_at": now}
            session.execute(tables.answer.insert().values(**key, **answer))

    async def observe_everything(self) -> Observations:
        """Return also every other page and answer about the assessment, its client and the workspace, line by line."""
        seen = await self.observe()
        client_id = self.survey.world.organisation
        ids = dict.fromkeys(("assessment", "assessment_id"), self.survey.id)
        ids |= dict.fromkeys(("organisation", "organisation_id"), client_id)
        async with self._sign_in() as client:
            client.headers["authorization"] = f"Bearer {self.bearer}"
            for path in list_readable_paths(self.survey.app):
                answer = await client.get(path.format_map(ids))
                text = _clean(answer.text).replace('"data":[', "")
                lines = (
                    text.replace("},{", "}\n{").replace("}],", "}\n],").splitlines()
                )  # lists are sorted by random ids
                seen[f"GET {path}"] = answer.status_code, sorted(line.strip("{}[]") for line in lines)
        return seen

    async def close(self) -> None:
        """Close, and read everything that is published then."""
        async with self._sign_in() as client:
            page = await client.get(f"{self.survey.path}/close")
            form = people.read_hidden_fields(page.text) | {"sure": "yes"}
            answer = await client.post(f"{self.survey.path}/close", data=form, headers=people.OWN_PAGE)
        assert answer.status_code == 303, answer.text
        await self.survey.deliver()

    async def observe(self) -> Observations:
        """Return everything that the attacker sees, without ids, times and tokens that differ by chance."""
        seen: Observations = {}
        async with self._sign_in() as client:
            for path in CONSOLE_PAGES:
                page = _clean((await client.get(path.format(id=self.survey.id))).text)
                # Assessments that were made at the same moment are listed by their random ids.
                seen[path] = sorted(page.splitlines()) if path == "/console" else page
        seen |= await self.read_api()
        seen["webhooks"] = self.read_webhooks()
        with database.read_session(self.survey.world.engine) as session:
            entries = tables.audit_entry
            columns = (entries.c.actor, entries.c.action, entries.c.details)
            acts = session.execute(select(*columns).order_by(entries.c.number))
            seen["audit"] = [_clean(str(tuple(act))) for act in acts]
        mailbox = self.survey.mailbox
        seen["mails"] = {address: [_clean(mail.text) for mail in mailbox.find(address)] for address in self.mailboxes}
        return seen

    async def act_on_both(self) -> list[Any]:
        """Remind by the API, mail the invitation again to Kim and Lee, revoke both; return what is answered."""
        url = f"/api/v1/assessments/{self.survey.id}"
        self.survey.clock.now += timedelta(days=1)
        async with people.open_client(self.survey.app) as client:
            client.headers["authorization"] = f"Bearer {self.bearer}"
            listed = (await client.get(f"{url}/invitations", params={"limit": 100})).json()["data"]
            chosen = [each for address in (KIM, LEE) for each in listed if each["email"] == address]
            assert len(chosen) == len((KIM, LEE))
            acts = [
                ("POST", "/invitations/remind", {}),
                ("POST", "/invitations/send", {"ids": [each["id"] for each in chosen]}),
            ]
            acts += [("DELETE", f"/invitations/{each['id']}", None) for each in chosen]
            answers = []
            for method, path, content in acts:
                answer = await client.request(method, f"{url}{path}", json=content)
                assert answer.is_success, answer.text
                answers.append((answer.status_code, _clean(answer.text)))
                await self.survey.deliver()
        return answers

    async def try_reminder(self) -> int:
        async with self._sign_in() as client:
            page = await client.get(f"{self.survey.path}/mails")
            token = re.search(r'name="_token" value="([^"]*)"', page.text)
            form = {"_token": token[1] if token else ""}
            answer = await client.post(f"{self.survey.path}/mails/reminders", data=form, headers=people.OWN_PAGE)
        await self.survey.deliver()
        return answer.status_code

    @asynccontextmanager
    async def _sign_in(self) -> AsyncIterator[httpx.AsyncClient]:
        user = user_sessions.AuthenticatedUser(self.survey.world.ids["alice"], self.survey.world.home)
        with database.write_session(self.survey.world.engine) as session:
            cookie = user_sessions.begin_session(session, user, self.survey.clock.now)
        async with people.open_client(self.survey.app) as client:
            client.cookies.set("console", cookie)
            yield client


def _clean(text: str) -> str:
    return CHANGING.sub(r"\1*", text)


def list_readable_paths(app: Litestar) -> list[str]:
    """List what consultants and programs can read of an assessment, client and workspace, by the app's routes."""
    return sorted(
        route.path_format
        for route in app.routes
        if isinstance(route, HTTPRoute) and set(route.path_parameters) <= IDS
        if not route.path.endswith(DRAWN) and not route.path.startswith(ELSEWHERE)
        for handler in route.route_handlers
        if "GET" in handler.http_methods and (policy := get_policy(handler)) and policy.name in ("consultant", "key")
    )


async def attack(
    url: str, folder: Path, sender: str, *, is_thorough: bool = False, is_anonymous: bool = False
) -> list[Observations]:
    """Run a survey in which `sender` (or nobody) sends; return what is seen at once, an hour later, and after mails.

    Thoroughly: every page and answer; and again after acts on Kim and Lee, and after the close.
    """
    world, clock = World(url.replace(".sqlite3", f"-{folder.name}.sqlite3")), Clock()
    try:
        with run_mail_server(world, str(world.engine.url), folder, clock) as (mailbox, worker, app):
            async with people.run_app(app):
                confidentiality = Confidentiality.ANONYMOUS if is_anonymous else Confidentiality.CONFIDENTIAL
                survey = MailedSurvey(
                    world, app, worker, mailbox, clock, minimum_group=3, confidentiality=confidentiality
                )
                with database.write_session(world.engine) as session:
                    scopes = list(api_keys.SCOPES)
                    key = api_keys.add_key(session, world.home, "k", scopes, clock.now, secret=people.SECRET)
                    events = list(WebhookEvent)
                    subscriptions.add_webhook(session, world.home, WEBHOOK, events, clock.now, secret=people.SECRET)
                attacker = Attack(survey, key.text, (*OTHERS, KIM, LEE) if is_anonymous else OTHERS)
                await attacker.set_up()
                clock.now += timedelta(minutes=10)
                await attacker.answer_as(sender)
                look = attacker.observe_everything if is_thorough else attacker.observe
                moments = [await look()]
                clock.now += timedelta(hours=1)
                moments.append(await look())
                assert await attacker.try_reminder() == 303
                moments.append(await look())
                if is_thorough:
                    answers = await attacker.act_on_both()
                    moments.append({**await attacker.observe(), "acts": answers})
                    await attacker.close()
                    moments.append(await look())
                return moments
    finally:
        world.engine.dispose()


def find_differences(one: Observations, other: Observations) -> set[str]:
    return {name for name in one if one[name] != other[name]}


async def test_nothing_shows_who_of_two_people_has_sent(database_url: str, tmp_path: Path):
    nobody = await attack(database_url, tmp_path / "nobody", "", is_thorough=True)
    kim = await attack(database_url, tmp_path / "kim", KIM, is_thorough=True)
    lee = await attack(database_url, tmp_path / "lee", LEE, is_thorough=True)

    assert len(kim[0]) >= LEAST_READ
    assert find_differences(nobody[0], kim[0]) == set()
    assert [find_differences(*pair) for pair in zip(kim, lee, strict=True)] == [set()] * MOMENTS
    # Otherwise nothing was compared.
    assert [kim[0][f"changed {path}"] for path in API_CALLS] == [HTTPStatus.NOT_MODIFIED] * len(API_CALLS)
    assert find_differences(nobody[1], kim[1]) >= {"api /assessments/{id}/progress", "webhooks"}


async def test_nothing_shows_who_of_two_people_has_sent_anonymously(database_url: str, tmp_path: Path):
    nobody = await attack(database_url, tmp_path / "nobody", "", is_anonymous=True)
    kim = await attack(database_url, tmp_path / "kim", KIM, is_anonymous=True)
    lee = await attack(database_url, tmp_path / "lee", LEE, is_anonymous=True)

    assert find_differences(nobody[0], kim[0]) == set()
    assert [find_differences(*pair) for pair in zip(kim, lee, strict=True)] == [set()] * len(kim)
    assert all(len(texts) == len(("invitation", "reminder")) for texts in kim[-1]["mails"].values())


def count_recipients(session: Any, assessment: Any) -> int:
    mailed = {*delivery_mailings.list_mailed_ids(session, assessment.key, date.max)}
    return len(mailed - delivery_mailings.find_sent_invitations(session, assessment.key))


def put_senders_first(query: Any) -> tuple[Any, ...]:
    response, invitation = tables.response, tables.invitation
    has_sent = select(response.c.id).where(response.c.invitation_id == invitation.c.id).exists()
    return has_sent, invitation.c.sort_key, invitation.c.id


MUTANTS = {
    "counts at once": (progress, "COUNT_INTERVAL", timedelta(0), ("", KIM), 0),
    "true number of reminders": (mailings, "_count_shown", count_recipients, ("", KIM), 0),
    "senders first": (people_table, "_list_order", put_senders_first, (KIM, LEE), 1),
}


@pytest.mark.parametrize("mutant", MUTANTS)
async def test_mutant_that_shows_what_one_person_did_is_caught(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mutant: str
):
    module, name, replacement, senders, moment = MUTANTS[mutant]
    monkeypatch.setattr(module, name, replacement)

    seen = [await attack(database_url, tmp_path / f"world{number}", sender) for number, sender in enumerate(senders)]

    assert find_differences(seen[0][moment], seen[1][moment]) != set()
