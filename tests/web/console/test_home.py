"""Home page: assessments by client, what to do next, search and filter in the address."""

import re
from datetime import date, timedelta

import msgspec
import pytest

from assessment.domain.closed_sets import AssessmentState
from assessment.services.delivery.mail_states import DeliveryTotals
from assessment.services.people.address_warnings import AddressWarnings
from assessment.services.people.people_summary import PeopleSummary
from assessment.services.people.progress import Counts
from assessment.storage import database, tables
from assessment.storage.assessment_ranking import RankingRow
from assessment.storage.people.invitation_counts import GroupCount
from assessment.web.console.handlers.home import PAGE_SIZE
from assessment.web.console.setup_tasks import NextAction
from assessment.web.console.views import assessment_order
from assessment.web.console.views.assessment_list import AssessmentListEntry
from tests.web import people

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


def make_entry(world_assessment, today):
    return AssessmentListEntry(world_assessment, Counts(10, 0, 0), NextAction("watch", "/x"), today)


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
    entry = make_entry(world.held(world.open), today)

    assert (entry.days_left, entry.is_due_soon, entry.is_overdue) == (left, is_soon, is_overdue)


def make_row(  # all that ranks an assessment
    name, state="open", *, closes_on=None, closed_on=None, invited=10, sent=0, mail=None
):
    """A row as the database has it: so many people, of whom so many have sent; `mail` are totals of mails."""
    totals = dict.fromkeys(DeliveryTotals.__struct_fields__, 0) | (mail or {})
    summary = PeopleSummary(
        invited=(GroupCount(name, "staff", "hr", invited, 0, 0),) if invited else (),
        groups=(),
        totals=DeliveryTotals(**totals),
        to_mail=totals["unmailed"],
        mailed=totals["mailed"],
        link_people=0,
        addresses=AddressWarnings((), (), 0, 0),
        first_mailed_on=None,
    )
    return RankingRow(
        name,
        AssessmentState(state),
        closes_on,
        closed_on,
        people.NOW,
        "UTC",
        has_release=closed_on is not None,
        people=msgspec.json.encode(summary),
        responses=msgspec.json.encode({"total": {"begun": sent, "sent": sent}}),
    )


def rank(*rows, can_change=True, has_mail=True):
    return assessment_order.rank_assessments(rows, people.NOW, can_change=can_change, has_mail=has_mail)


def day(number):
    return people.NOW.date() + timedelta(days=number)


def test_assessments_are_ordered_by_what_cannot_wait():
    rows = [
        make_row("running", closes_on=day(30)),
        make_row("old results", "closed", closed_on=day(-60)),
        make_row("empty draft", "draft", invited=0),
        make_row("ready draft", "draft"),
        make_row("new results", "closed", closed_on=day(-2)),
        make_row("due in five days", closes_on=day(5)),
        make_row("due tomorrow", closes_on=day(1)),
        make_row("not mailed", mail={"unmailed": 4}, closes_on=day(20)),
        make_row("refused", mail={"refused": 1, "mailed": 9}, closes_on=day(20)),
        make_row("all sent", sent=10, closes_on=day(20)),
        make_row("over", closes_on=day(-1)),
    ]

    ranked = rank(*rows)

    assert [each.row.id for each in ranked] == [
        "over",
        "all sent",
        "refused",
        "not mailed",
        "due tomorrow",
        "due in five days",
        "new results",
        "ready draft",
        "empty draft",
        "running",
        "old results",
    ]
    assert [each.is_urgent for each in ranked] == [True] * 9 + [False] * 2
    assert assessment_order.list_urgent_ids(ranked) == ["over", "all sent", "refused"]


def test_people_without_mail_do_not_wait_where_the_server_sends_none():
    row = make_row("not mailed", mail={"unmailed": 4}, closes_on=day(20))

    assert rank(row, has_mail=False)[0].next_action.name == "watch"


def test_addresses_that_could_not_be_reached_are_the_next_action():
    row = make_row("failed", mail={"failed": 1})

    assert rank(row)[0].next_action == NextAction("correct", "/console/assessments/failed/people?state=failed")


def test_nothing_open_is_urgent_for_a_viewer():
    row = make_row("over", closes_on=day(-1))

    assert not rank(row, can_change=False)[0].is_urgent


async def test_urgent_assessment_stands_first_although_fifty_are_newer(world, running):
    urgent = world.opened("All have sent", closes_on=None)
    world.invite(urgent, "staff", 1)
    with database.write_session(world.engine) as session:
        table, count = tables.assessment, tables.hourly_count
        long_ago = people.NOW - timedelta(days=900)
        session.execute(table.update().where(table.c.id == urgent).values(created_at=long_ago))
        content = msgspec.json.encode({"total": {"begun": 1, "sent": 1}, "by_role": {}, "by_function": {}})
        row = {"workspace_id": world.home, "assessment_id": urgent, "counted_at": people.NOW, "content": content}
        session.execute(count.insert(), [row])
    for number in range(PAGE_SIZE):
        world.opened(f"Newer {number}")

    async with running() as come:
        alice = come("alice")
        page = (await alice.get("/console")).text
        first, newest = await read_titles(alice), await read_titles(alice, "?sort=newest")
        rest = await read_titles(alice, "?page=2")

    tasks = TASK.search(page)
    assert tasks is not None
    assert f'href="/console/assessments/{urgent}/close"' in tasks[0]
    assert "All have sent" in first
    assert "All have sent" not in newest
    assert len(first) == len(newest) == PAGE_SIZE
    assert len({*first, *rest}) == PAGE_SIZE + 3


async def test_page_after_the_last_shows_the_last(world, running):
    async with running() as come:
        assert set(await read_titles(come("alice"), "?page=9")) == {"Draft wave", "Open wave"}


def test_share_of_those_who_sent_is_all_only_when_all_have(world):
    held = world.held(world.open)
    entry = AssessmentListEntry(held, Counts(200, 199, 199), NextAction("watch", "/x"), date(2026, 12, 1))

    assert entry.sent_percent == 99
