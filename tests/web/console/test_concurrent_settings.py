"""Two consultants who save the same settings at the same moment, on PostgreSQL: the second one sees a conflict."""

import asyncio
import re

import pytest
from sqlalchemy import text

from assessment.domain.assessment import AssessmentKey
from assessment.services.delivery import reminder_plans
from assessment.storage import database
from assessment.storage.auth import users
from tests.web import people

SECONDS = 20
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
TYPED = {"name": "Berg Consulting", "time_zone": "UTC", "languages": ["en", "de", "es", "fr"], "accent": "#0B3D63"}
PLAN = {"reminders": "2", "first_after_days": "4", "every_days": "5", "send_from": "9", "send_until": "17"}


@pytest.fixture
def database_url(migrated_postgres_url):
    return migrated_postgres_url


def read_mark(page):
    return re.search(r'name="mark" value="(\w+)"', page.text)[1]


async def wait_for_lock(engine):
    """Wait until another connection waits for the lock of a row."""
    with engine.connect() as connection:
        while not connection.execute(text(WAITING)).scalar_one():
            connection.rollback()
            await asyncio.sleep(0.02)


async def post_while_locked(visitor, path, form, world, change):
    """Send a form while another transaction has made its change, and commit that once the form waits for it."""
    mark, token = read_mark(await visitor.get(path.partition("/plan")[0])), await visitor.token()
    async with asyncio.timeout(SECONDS):
        with database.write_session(world.engine) as session:
            change(session)
            fields = form | {"mark": mark, "_token": token}
            sending = asyncio.create_task(visitor.client.post(path, data=fields, headers=people.OWN_PAGE))
            await wait_for_lock(world.engine)
        return await sending


async def test_workspace_settings_saved_at_the_same_moment_are_a_conflict(world, running):
    async with running() as come:
        response = await post_while_locked(
            come("alice"),
            "/console/workspace",
            TYPED,
            world,
            lambda session: users.update_workspace(session, world.home, time_zone="Europe/Vienna"),
        )

    with database.read_session(world.engine) as session:
        stored = users.find_workspace(session, world.home)
    assert response.status_code == 412
    assert stored.time_zone == "Europe/Vienna"


async def test_plan_stopped_at_the_same_moment_is_not_started_again(world, mail_app):
    key = AssessmentKey(world.home, world.open)
    async with mail_app() as come:
        alice = come("alice")
        await alice.post(f"/console/assessments/{world.open}/mails/plan", PLAN)

        response = await post_while_locked(
            alice,
            f"/console/assessments/{world.open}/mails/plan",
            PLAN | {"reminders": "1"},
            world,
            lambda session: reminder_plans.stop_plan(session, key, people.NOW),
        )

    with database.read_session(world.engine) as session:
        plan = reminder_plans.load_plan(session, key)
    assert response.status_code == 412
    assert plan.is_stopped
    assert plan.reminders == 2
