"""A closing date at the console: it closes by itself, or ends without results; raw answers are exported."""

import asyncio
import csv
import html
import io
from datetime import timedelta

import pytest

from assessment import scheduled_work
from assessment.services.operations import audit_trail
from assessment.storage import database, tables
from tests.web import people

DAY = timedelta(days=1)


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


async def test_close_without_results_is_refused_until_confirmed(world, running):
    path = f"/console/assessments/{world.open}"

    async with running() as come:
        alice = come("alice")
        refused = await alice.post(f"{path}/close", {"sure": "yes"})
        closed = await alice.post(f"{path}/close", {"sure": "yes", "without_results": "yes"})
        page = await alice.get(closed.headers["location"])

    assert refused.status_code == 422
    assert "By the last hourly count, too few people have sent answers for any figure." in refused.text
    assert 'name="without_results" value="yes"' in refused.text
    assert closed.headers["location"] == path
    assert "Closed without results" in page.text


@pytest.mark.parametrize("end", ["results", "report.pdf", "figures/csv", "figures/json"])
async def test_results_page_without_a_release_explains_why(world, running, end):
    path = f"/console/assessments/{world.open}"

    async with running() as come:
        alice = come("alice")
        await alice.post(f"{path}/close", {"sure": "yes", "without_results": "yes"})
        page = await alice.get(f"{path}/{end}")

    assert page.status_code == 409
    assert "This assessment was closed without results" in page.text
    assert "Too few answers counted when it closed" in page.text


async def test_server_started_after_the_closing_date_closes_the_assessment(world, running, clock):
    clock.now += 60 * DAY

    async with running():
        for _ in range(100):
            if world.held(world.open).state == "closed":
                break
            await asyncio.sleep(0.1)

    assert (world.held(world.open).state, world.held(world.open).release) == ("closed", None)


async def test_page_shows_the_automatic_closing_time(world, running):
    async with running() as come:
        page = await come("alice").get(f"/console/assessments/{world.open}")

    assert "It closes by itself at the end of 12 December 2026 (UTC)." in page.text


async def test_link_is_closed_from_the_closing_time_even_before_the_server_closes(world, running, clock, monkeypatch):
    monkeypatch.setattr(scheduled_work, "close_due_or_log", lambda *_: None)
    token = world.invite(world.open, "practitioner", 1)[0].token

    async with running() as come:
        stranger = come()
        clock.now = people.NOW.replace(month=12, day=13, hour=0, minute=0)
        page = await stranger.get(f"/s/{token}")
        begun = await stranger.client.post(f"/s/{token}", headers=people.OWN_PAGE)

    assert "This survey has closed" in page.text
    assert begun.headers["location"] == f"/s/{token}"
    assert world.held(world.open).state == "open"


async def test_raw_answers_are_exported_to_an_owner_after_the_close(world, running):
    path = f"/console/assessments/{world.attributable}"

    async with running() as come:
        page = await come("alice").get(path)
        file = await come("alice").get(f"{path}/responses.csv")

    assert f'href="{path}/responses.csv"' in page.text
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(list(csv.DictReader(io.StringIO(file.text)))) > 40
    with database.read_session(world.engine) as session:
        exports = session.execute(
            tables.audit_entry.select().where(tables.audit_entry.c.action == audit_trail.RESPONSES_EXPORTED)
        ).all()
    assert [(entry.subject, entry.actor) for entry in exports] == [(world.attributable, "alice@example.org")]


async def test_raw_answers_of_confidential_assessments_are_refused(world, running):
    path = f"/console/assessments/{world.closed}"

    async with running() as come:
        page = await come("alice").get(path)
        file = await come("alice").get(f"{path}/responses.csv")

    assert "responses.csv" not in page.text
    assert file.status_code == 409


async def test_invalid_mail_domain_is_shown_at_its_field(world, running):
    form = {
        "organisation": world.organisation,
        "title": "T",
        "questionnaire": "social-media-integration",
        "confidentiality": "confidential",
        "mode": "survey",
    }

    async with running() as come:
        alice = come("alice")
        refused = await alice.post("/console/assessments/new", form | {"domains": "northwind.example\ngmail.com"})
        made = await alice.post("/console/assessments/new", form | {"domains": "Northwind.example, berg.example"})
        settings = await alice.get(f"{made.headers['location'].partition('?')[0]}/settings")

    assert refused.status_code == 422
    assert 'href="#domains"' in refused.text
    assert "Anyone can get a mailbox at gmail.com" in refused.text
    assert "berg.example\nnorthwind.example</textarea>" in settings.text


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ("confidential", "attributable", "Last time confidential, this time with your name."),
        ("attributable", "anonymous", "Last time with your name, this time anonymous."),
        ("anonymous", "confidential", "Last time anonymous, this time confidential."),
        ("confidential", "confidential", ""),
    ],
)
async def test_start_page_of_a_wave_shows_a_changed_confidentiality(world, running, before, now, said):
    first = world.opened("First", confidentiality=before)
    wave = world.opened("Second", confidentiality=now, wave_of=first)
    token = world.invite(wave, "practitioner", 1)[0].token

    async with running() as come:
        page = " ".join((await come().get(f"/s/{token}")).text.split())

    assert (said in page) if said else ("Last time" not in page)


async def test_start_page_of_an_attributable_survey_mentions_the_export(world, running):
    wave = world.opened("Named", confidentiality="attributable")
    token = world.invite(wave, "practitioner", 1)[0].token

    async with running() as come:
        page = html.unescape((await come().get(f"/s/{token}")).text)

    assert "After the close your answers can be downloaded with your name." in page
    assert "Copies taken before you withdraw can’t be recalled." in page
