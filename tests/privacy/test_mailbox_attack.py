"""Attacker with the console, the API and the mailboxes of everyone else learns nothing about one person (method 6.11).

Kim and Lee were invited alike. Whether nobody, Kim or Lee has sent must not show before the next hourly count; after
it, the count shows that someone has, and nothing shows who: not the pages, not the API, not a mail to the others.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from assessment.services.auth import api_keys, user_sessions
from assessment.services.delivery import mailings
from assessment.services.people import progress
from assessment.storage import database, tables
from assessment.storage.survey import people_table
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
API_CALLS = ("/assessments/{id}", "/assessments/{id}/progress", "/assessments/{id}/invitations")
CHANGING = re.compile(r'(name="_(?:token|author)" value=")[^"]*|[a-z2-7]{24}|/s/[\w-]{43}|\d\d:\d\d(?::\d\d)?')
Observations = dict[str, Any]


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    """What is shown is the same on both."""
    return migrated_sqlite_url


class Attack:
    """One survey, in which nobody, Kim or Lee has sent, besides everyone else."""

    def __init__(self, survey: MailedSurvey, bearer: str) -> None:
        self.survey, self.bearer = survey, bearer

    async def set_up(self) -> None:
        await self.survey.open(*OTHERS, KIM, LEE)
        for address in OTHERS:
            self.send_answers(address)
        self.survey.clock.now += timedelta(days=3)  # from now on the button of reminders is there
        async with self._sign_in() as client:
            await client.get(f"{self.survey.path}/live")  # takes the hourly count

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

    async def observe(self) -> Observations:
        """Return everything that the attacker sees, without ids, times and tokens that differ by chance."""
        seen: Observations = {}
        async with self._sign_in() as client:
            for path in CONSOLE_PAGES:
                page = _clean((await client.get(path.format(id=self.survey.id))).text)
                # Assessments that were made at the same moment are listed by their random ids.
                seen[path] = sorted(page.splitlines()) if path == "/console" else page
        async with people.open_client(self.survey.app) as client:
            client.headers["authorization"] = f"Bearer {self.bearer}"
            for path in API_CALLS:
                answer = await client.get(f"/api/v1{path.format(id=self.survey.id)}")
                seen[f"api {path}"] = _clean(answer.text), answer.status_code
        with database.read_session(self.survey.world.engine) as session:
            entries = tables.audit_entry
            columns = (entries.c.actor, entries.c.action, entries.c.details)
            acts = session.execute(select(*columns).order_by(entries.c.number))
            seen["audit"] = [_clean(str(tuple(act))) for act in acts]
        mailbox = self.survey.mailbox
        seen["mails"] = {address: [_clean(mail.text) for mail in mailbox.find(address)] for address in OTHERS}
        return seen

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


async def attack(url: str, folder: Path, sender: str) -> list[Observations]:
    """Run a survey in which `sender` (or nobody) sends; return what is seen at once, an hour later, and after mails."""
    world, clock = World(url.replace(".sqlite3", f"-{folder.name}.sqlite3")), Clock()
    try:
        with run_mail_server(world, str(world.engine.url), folder, clock) as (mailbox, worker, app):
            async with people.run_app(app):
                survey = MailedSurvey(world, app, worker, mailbox, clock, minimum_group=3)
                with database.write_session(world.engine) as session:
                    scopes = ["read:assessments"]
                    key = api_keys.add_key(session, world.home, "k", scopes, clock.now, secret=people.SECRET)
                    bearer = key.text
                attacker = Attack(survey, bearer)
                await attacker.set_up()
                clock.now += timedelta(minutes=10)
                if sender:
                    attacker.send_answers(sender)
                at_once = await attacker.observe()
                clock.now += timedelta(hours=1)
                hour_later = await attacker.observe()
                assert await attacker.try_reminder() == 303
                return [at_once, hour_later, await attacker.observe()]
    finally:
        world.engine.dispose()


def find_differences(one: Observations, other: Observations) -> set[str]:
    return {name for name in one if one[name] != other[name]}


async def test_nothing_shows_who_of_two_people_has_sent(database_url: str, tmp_path: Path):
    nobody = await attack(database_url, tmp_path / "nobody", "")
    kim = await attack(database_url, tmp_path / "kim", KIM)
    lee = await attack(database_url, tmp_path / "lee", LEE)

    assert find_differences(nobody[0], kim[0]) == set()
    assert [find_differences(*pair) for pair in zip(kim, lee, strict=True)] == [set(), set(), set()]
    assert "api /assessments/{id}/progress" in find_differences(nobody[1], kim[1])  # otherwise nothing was compared


def count_recipients(session: Any, assessment: Any) -> int:
    return len(mailings._find_reminded(session, assessment, people.NOW.date() + timedelta(days=9)))


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
