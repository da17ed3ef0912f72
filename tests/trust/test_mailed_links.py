"""Promise 5a with mail: links of mails, unsubscribe pages and pages about mails don't depend on what a person did."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assessment.errors import NotFoundError
from assessment.services.auth import api_keys
from assessment.services.delivery import mailings, unsubscription
from assessment.services.survey import start_page
from assessment.storage import database, tables
from assessment.storage.delivery import mailings as delivery_mailings
from assessment.storage.survey import responses
from tests.end_to_end import mailed_survey
from tests.end_to_end.mailed_survey import DOMAIN, MailedSurvey, MailedSurveys
from tests.web import people
from tests.web.survey.test_drafts import extract_visible_response

pytestmark = pytest.mark.slow

KIM, LEE = f"kim@{DOMAIN}", f"lee@{DOMAIN}"
CONSOLE_PAGES = ("", "/people", "/mails", "/mails/progress", "/close", "/feasibility")
API_PATHS = ("", "/invitations", "/progress", "/feasibility")
VOLATILE = re.compile(r'name="_\w+" value="[^"]*"')
ENDINGS = ("", "/code", "/unsubscribe", "/unsubscribed")
Look = dict[str, tuple[object, ...]]


@pytest.fixture
async def surveys(migrated_url: str, tmp_path: Path) -> AsyncIterator[MailedSurveys]:
    async with mailed_survey.run_mailed_surveys(migrated_url, tmp_path) as surveys:
        yield surveys


async def open_links(survey: MailedSurvey, links: list[str]) -> Look:
    """Open every link by GET and HEAD, and its pages, in a browser without cookies."""
    looks: Look = {}
    for link in links:
        for ending in ENDINGS:
            async with people.open_client(survey.app) as client:
                looks[f"GET {link}{ending}"] = extract_visible_response(await client.get(f"{link}{ending}"))
                looks[f"HEAD {link}{ending}"] = extract_visible_response(await client.head(f"{link}{ending}"))
    return looks


async def read_insider_pages(survey: MailedSurvey, key: str) -> Look:
    """Read all that a consultant and a program see of people, mails and counts; ETags included."""
    looks: Look = {}
    async with survey.sign_in() as alice:
        for path in CONSOLE_PAGES:
            response = await alice.get(f"{survey.path}{path}")
            looks[path] = (response.status_code, VOLATILE.sub("", response.text))
    headers = {"Authorization": f"Bearer {key}"}
    async with people.open_client(survey.app) as client:
        for path in API_PATHS:
            response = await client.get(f"/api/v1/assessments/{survey.id}{path}", headers=headers)
            looks[f"API {path}"] = (response.status_code, response.headers.get("etag"), response.text)
    return looks


def add_key(survey: MailedSurvey) -> str:
    with database.write_session(survey.world.engine) as session:
        made = api_keys.add_key(
            session, survey.world.home, "k", api_keys.SCOPES, survey.clock.now, secret=people.SECRET
        )
    return made.text


async def look_in_every_state(surveys: MailedSurveys, confidentiality: str) -> list[Look]:
    """Look before someone starts, and after each step up to the withdrawal; the last hourly count stays the same."""
    survey = surveys.make(confidentiality=confidentiality)
    await survey.open(KIM, LEE)
    await survey.remind()
    links = [survey.find_link(KIM, 0), survey.find_link(KIM)]
    key = add_key(survey)
    looks = []

    async def look() -> None:
        looks.append(await open_links(survey, links) | await read_insider_pages(survey, key))

    await look()
    async with survey.open_browser(links[1]) as person:
        await person.enter()
        await look()
        await person.answer(person.first, "3")
        await look()
        sent = await person.send()
        assert sent.headers["location"] == "/survey/sent"
        await look()
        await person.withdraw()
        await look()
    return looks


@pytest.mark.parametrize("confidentiality", ["confidential", "anonymous"])
async def test_mailed_links_and_insider_pages_look_the_same_in_every_state(
    surveys: MailedSurveys, confidentiality: str
):
    looks = await look_in_every_state(surveys, confidentiality)

    assert [find_differences(looks[0], look) for look in looks[1:]] == [[]] * 4
    assert {look[0] for name, look in looks[0].items() if not name.startswith("HEAD")} == {200}


def find_differences(first: Look, second: Look) -> list[str]:
    return [name for name in first if first[name] != second[name]]


async def test_mutant_unsubscribe_page_that_shows_who_has_sent_is_caught(
    surveys: MailedSurveys, monkeypatch: pytest.MonkeyPatch
):
    real = unsubscription.load_unsubscribe_page

    def load(session: Session, *link: Any) -> Any:
        if "sent" in session.scalars(select(tables.response.c.state)).all():
            raise NotFoundError
        return real(session, *link)

    monkeypatch.setattr(unsubscription, "load_unsubscribe_page", load)

    looks = await look_in_every_state(surveys, "confidential")

    assert all("unsubscribe" in name for name in find_differences(looks[0], looks[3]))
    assert find_differences(looks[0], looks[3])


async def test_mutant_start_page_that_shows_drafts_without_a_cookie_is_caught(
    surveys: MailedSurveys, monkeypatch: pytest.MonkeyPatch
):
    real = start_page._get_entry_state

    def get_state(session: Session, link: Any, now: Any) -> str:
        begun = responses.find_newest_response(session, link.row.workspace_id, link.row.id)
        return "revoked" if begun else real(session, link, now)

    monkeypatch.setattr(start_page, "_get_entry_state", get_state)

    looks = await look_in_every_state(surveys, "confidential")

    assert find_differences(looks[0], looks[1])


async def remind_with_kim(surveys: MailedSurveys, *, sent: bool) -> tuple[list[Look], int]:
    """Send a reminder where Kim has sent or not; return what insiders see, and the number of reminders to Kim."""
    survey = surveys.make()
    await survey.open(KIM, LEE)
    survey.clock.now += timedelta(days=mailings.FIRST_REMINDER_DAYS)
    key = add_key(survey)
    await read_insider_pages(survey, key)  # the hourly count, before anything is sent
    if sent:
        async with survey.open_browser(survey.find_link(KIM)) as person:
            await person.enter()
            await person.answer(person.first, "3")
            assert (await person.send()).headers["location"] == "/survey/sent"
    before = count_reminders(survey)
    looks = []
    await survey.act("mails/reminders")
    looks.append(await read_insider_pages(survey, key))
    await survey.deliver()
    looks.append(await read_insider_pages(survey, key))
    looks.append(await mail_again(survey, KIM))
    await survey.deliver()  # the next survey uses the same mailbox
    return [make_comparable(survey, look) for look in looks], count_reminders(survey) - before


def count_reminders(survey: MailedSurvey) -> int:
    return sum("Reminder" in mail.message["subject"] for mail in survey.mailbox.find(KIM))


async def mail_again(survey: MailedSurvey, address: str) -> Look:
    """Mail the invitation once more, as the consultant may, whatever the person has done."""
    person = next(each for each in survey.world.invited(survey.id) if each.email == address)
    response: httpx.Response = await survey.act(f"people/{person.id}/mail")
    return {"mailed again": (response.status_code, (await survey.get_page("/mails")))}


def make_comparable(survey: MailedSurvey, look: Look) -> Look:
    """Replace random ids, times and ETags made of them."""
    text = {
        name: re.sub(r"\b[a-z2-7]{24}\b", "ID", str(value).replace(survey.id, "ID")) for name, value in look.items()
    }
    clock = re.compile(r"\d\d:\d\d(:\d\d(\.\d+)?)?|\d{4}-\d\d-\d\d|\d\d? (Nov|Dec)(ember)? 2026|W?/?\"[\w-]{8,}\"")
    return {name: (clock.sub("", VOLATILE.sub("", value)),) for name, value in text.items()}


async def test_reminder_looks_the_same_to_insiders_whether_one_person_has_sent(
    surveys: MailedSurveys, monkeypatch: pytest.MonkeyPatch
):
    waiting, reminders_waiting = await remind_with_kim(surveys, sent=False)
    sent, reminders_sent = await remind_with_kim(surveys, sent=True)
    monkeypatch.setattr(mailings, "_count_shown", count_recipients)
    mutant, _ = await remind_with_kim(surveys, sent=True)

    assert (reminders_waiting, reminders_sent) == (1, 0)
    assert [find_differences(*pair) for pair in zip(waiting, sent, strict=True)] == [[]] * 3
    assert any(find_differences(*pair) for pair in zip(waiting, mutant, strict=True))


def count_recipients(session: Session, assessment: Any) -> int:
    """Count the true recipients, as no page may show them."""
    mailed = {*delivery_mailings.list_mailed_ids(session, assessment.key, date.max)}
    return len(mailed - delivery_mailings.find_sent_invitations(session, assessment.key))
