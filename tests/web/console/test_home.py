"""Home page: assessments by client, what to do next, search and filter in the address."""

import re
from datetime import date

import pytest

from assessment.services.people.progress import Counts
from assessment.web.console.setup_tasks import NextAction
from assessment.web.console.views import assessment_list
from assessment.web.console.views.assessment_list import AssessmentListEntry

ROW = re.compile(r'<th scope="row"><a href="[^"]+">([^<]+)</a>')
CLIENT = re.compile(r'<th scope="rowgroup" colspan="5"><a class="client-name" href="/console/clients/\w+">([^<]*)</a>')
TASK = re.compile(r'<ol class="todo">.*?</ol>', re.DOTALL)


async def read_titles(visitor, query=""):
    return ROW.findall((await visitor.get(f"/console{query}")).text)


async def test_assessments_are_grouped_by_client(world, running):
    async with running() as come:
        page = (await come("alice").get("/console")).text

    assert CLIENT.findall(page) == ["Harbour &amp; Reed"]
    assert set(ROW.findall(page)) == {"Draft wave", "Open wave"}


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("?q=draft", ["Draft wave"]),
        ("?q=harbour", ["Draft wave", "Open wave"]),
        ("?q=%25", []),
        ("?status=open", ["Open wave"]),
        ("?status=open&q=draft", []),
        ("?status=nonsense", ["Draft wave", "Open wave"]),
        ("?q=%00", ["Draft wave", "Open wave"]),
    ],
)
async def test_search_and_status_in_the_address_choose_assessments(world, running, query, titles):
    async with running() as come:
        assert sorted(await read_titles(come("alice"), query)) == titles


async def test_search_without_match_offers_all_assessments(world, running):
    async with running() as come:
        page = (await come("alice").get("/console?q=nowhere")).text

    assert "Nothing matches" in page
    assert 'value="nowhere"' in page
    assert "No assessment yet" not in page


async def test_draft_without_people_is_next_with_its_reason(world, running):
    async with running() as come:
        page = (await come("alice").get("/console")).text
        filtered = (await come("alice").get("/console?status=draft")).text

    tasks = TASK.search(page)
    assert tasks is not None
    assert f'href="/console/assessments/{world.draft}/people"' in tasks[0]
    assert "Nobody is invited yet." in tasks[0]
    assert TASK.search(filtered) is None


async def test_viewer_is_not_asked_to_do_what_viewers_cannot(world, running):
    async with running() as come:
        page = (await come("bob").get("/console")).text

    assert "Invite people" not in page
    assert "New assessment" not in page


def make_entry(world_assessment, action, today, sent=0):
    return AssessmentListEntry(world_assessment, Counts(10, sent, sent), NextAction(action, "/x"), today)


@pytest.mark.parametrize(
    ("today", "left", "is_soon", "is_overdue"),
    [
        (date(2026, 12, 4), 8, False, False),
        (date(2026, 12, 5), 7, True, False),
        (date(2026, 12, 12), 0, True, False),
        (date(2026, 12, 13), -1, False, True),
    ],
)
def test_days_left_mark_the_last_week(world, today, left, is_soon, is_overdue):
    entry = make_entry(world.held(world.open), "watch", today)

    assert (entry.days_left, entry.is_due_soon, entry.is_overdue) == (left, is_soon, is_overdue)


def test_open_assessment_is_urgent_only_in_its_last_week_while_answers_are_missing(world):
    held = world.held(world.open)

    assert make_entry(held, "watch", date(2026, 12, 10), sent=9).is_urgent
    assert not make_entry(held, "watch", date(2026, 12, 10), sent=10).is_urgent
    assert not make_entry(held, "watch", date(2026, 11, 10), sent=9).is_urgent


def test_urgent_assessments_are_few_and_the_nearest_date_comes_first(world):
    held, today = world.held(world.open), date(2026, 12, 10)
    entries = [make_entry(held, action, today) for action in ("invite", "open", "watch", "send")]

    urgent = assessment_list.list_urgent(entries)

    assert [entry.next_action.name for entry in urgent] == ["send", "watch", "open"]


def test_share_of_those_who_sent_is_all_only_when_all_have(world):
    held = world.held(world.open)
    entry = AssessmentListEntry(held, Counts(200, 199, 199), NextAction("watch", "/x"), date(2026, 12, 1))

    assert entry.sent_percent == 99
