"""The live page: numbers of the last hour, as a page and as a fragment; a later closing date; told when it closes."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from assessment.services.assessments import closing_schedule
from assessment.storage import closing_notices, database, tables
from tests.web import people
from tests.web.console.conftest import send_all

HTMX = {"HX-Request": "true"}
PLAN = {"reminders": "2", "first_after_days": "4", "every_days": "5", "send_from": "10", "send_until": "16"}


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


def build_live_path(world):
    return f"/console/assessments/{world.open}/live"


def close_due(world, clock):
    clock.now = people.NOW.replace(month=12, day=13)
    closing_schedule.close_due_assessments(world.engine, clock.now, lambda _: None)


async def test_live_page_shows_counts_by_role_and_by_area_and_never_opened(world, running):
    async with running() as come:
        page = await come("alice").get(build_live_path(world))

    assert "0 of 3 have sent their answers" in page.text
    assert re.search(r"Practitioner\s*<svg", page.text)
    assert "0 of 3" in page.text
    assert re.search(r"\b(opened|clicked|read)\b", page.text) is None


@pytest.mark.parametrize(("language", "share"), [("en", "0%"), ("de", "0\N{NO-BREAK SPACE}%")])
async def test_shares_are_in_the_format_of_the_language(world, running, language, share):
    async with running() as come:
        page = await come("alice").get(build_live_path(world), **{"Accept-Language": language})

    assert f'<span class="quiet">{share}</span>' in page.text


async def test_live_page_refreshes_itself_by_htmx_and_by_a_link(world, running):
    async with running() as come:
        alice = come("alice")
        page = await alice.get(build_live_path(world))
        fragment = await alice.get(build_live_path(world), **HTMX)

    assert f'hx-get="{build_live_path(world)}"' in page.text
    assert 'hx-trigger="every 60s"' in page.text
    assert f'<a href="{build_live_path(world)}">Refresh</a>' in page.text
    assert "<html" not in fragment.text
    assert 'name="closes_on"' not in fragment.text  # a swap must not take what is typed


async def test_live_page_of_a_draft_is_refused(world, running):
    async with running() as come:
        page = await come("alice").get(f"/console/assessments/{world.draft}/live")

    assert page.status_code == 409


async def test_closing_date_is_moved_to_a_later_day_only(world, running):
    async with running() as come:
        alice = come("alice")
        same = await alice.post(build_live_path(world), {"closes_on": "2026-12-12"})
        none = await alice.post(build_live_path(world), {"closes_on": ""})
        later = await alice.post(build_live_path(world), {"closes_on": "2026-12-20"})
        page = await alice.get(later.headers["location"])

    assert (same.status_code, none.status_code, later.status_code) == (422, 422, 303)
    assert "Choose a date after the present closing date." in same.text
    assert "at the end of 20 December 2026" in page.text
    assert "30" in re.search(r"Days left</dt><dd><span class=\"value\">(\d+)", page.text)[1]


async def test_survey_is_not_extended_to_the_end_of_the_calendar(world, running):
    async with running() as come:
        response = await come("alice").post(build_live_path(world), {"closes_on": "9999-12-31"})

    assert response.status_code == 422
    assert "Choose a day in the years 2000 to 2999." in response.text
    assert 'value="9999-12-31"' in response.text


async def test_viewer_sees_the_numbers_and_can_change_nothing(world, running):
    async with running() as come:
        page = await come("bob").get(build_live_path(world))

    assert "have sent their answers" in page.text
    assert 'name="closes_on"' not in page.text


async def test_page_of_mails_is_linked_once(world, mail_app, worker, clock):
    mails = f"/console/assessments/{world.open}/mails"
    person = {"lines": "Ann Lee, ann@example.org, leader, marketing", "sure": "yes", "deliver": "mail"}

    async with mail_app() as come:
        alice = come("alice")
        await alice.post(f"/console/assessments/{world.open}/people/lines", person)
        unsent = (await alice.get(build_live_path(world))).text
        await alice.post(f"{mails}/invitations", {"number": "1"})
        await send_all(worker, clock)
        unplanned = (await alice.get(build_live_path(world))).text
        await alice.post(f"{mails}/plan", PLAN)
        planned = (await alice.get(build_live_path(world))).text

    assert "Send 1 invitation…" in unsent
    assert "Remind or plan mails…" in unplanned
    assert "Remind, plan or stop mails" in planned
    assert [page.count(f'href="{mails}') for page in (unsent, unplanned, planned)] == [1, 1, 1]


async def test_owners_are_mailed_when_it_closes_by_itself(world, mail_app, worker, clock, mailbox):
    async with mail_app():
        close_due(world, clock)
        await send_all(worker, clock)

    mail = mailbox.find("alice@example.org")[0]
    assert mailbox.addresses == ["alice@example.org"]
    assert mail.message["subject"] == "Closed: Open wave at Harbour & Reed"
    assert "has reached its closing date and closed by itself." in mail.text
    assert "Too few answers counted" in mail.text
    assert f"{people.URL}/console/assessments/{world.open}\n" in mail.text


async def test_notice_of_a_close_stays_on_the_home_page_until_dismissed(world, running, clock):
    close_due(world, clock)
    clock.now = people.NOW

    async with running() as come:
        alice = come("alice")
        before = await alice.get("/console")
        viewer = await come("bob").get("/console")
        answer = await alice.post(f"/console/notices/{world.open}/dismiss")
        after = await alice.get("/console")

    assert "closed by itself on 12 December 2026." in before.text
    assert "closed by itself" not in viewer.text
    assert answer.status_code == 303
    assert "closed by itself" not in after.text


async def test_close_by_hand_notifies_nobody(world, running):
    async with running() as come:
        await come("alice").post(f"/console/assessments/{world.open}/close", {"sure": "yes", "without_results": "yes"})

    with database.read_session(world.engine) as session:
        assert closing_notices.list_notices(session, world.home, world.ids["alice"]) == ()
        assert session.scalars(select(tables.outbox.c.kind)).all() == []


async def test_count_is_shown_in_the_time_zone_of_the_workspace(world, running, clock):
    with database.write_session(world.engine) as session:
        session.execute(tables.workspace.update().values(time_zone="Europe/Berlin"))

    async with running() as come:
        page = await come("alice").get(build_live_path(world))

    local = clock.now + timedelta(hours=1)
    assert f"20 November 2026, {local:%H:%M}." in page.text
