"""A person says that the invitation has the wrong role or function; the consultant sees it, and nothing changes."""

import re

import pytest
from sqlalchemy import func, select, update

from assessment.services.people import respondent_data
from assessment.storage import tables
from tests.web import people
from tests.web.people import SECRET, Person

ITEM_NAME = re.compile(r'name="([A-Z]{2}-[^":]+)"')
RIGHT = {"role": "leader", "function:marketing": "1"}


def load_reports(url: str) -> list[tuple[str, str, str]]:
    with people.open_read_session(url) as session:
        rows = session.execute(select(tables.role_report)).all()
    return [(row.invitation_id, row.role, row.functions) for row in rows]


async def test_role_form_shows_the_role_of_the_invitation(visitor: Person):
    text = (await visitor.get(f"{visitor.link}/role")).text

    assert 'value="practitioner" checked' in text
    assert text.count(" checked") == 1 + len(("customer-service", "marketing"))
    assert "Anna Berg sees that this came from your link, but nothing of your answers." in text


async def test_reported_role_is_stored_and_shown_on_the_start_page(visitor: Person, database_url: str):
    answer = await visitor.post(f"{visitor.link}/role", RIGHT)
    page = await visitor.follow(answer)

    assert load_reports(database_url) == [("i-practitioner", "leader", "marketing")]
    assert "You told Anna Berg on 20 November 2026: role Leader, function Marketing." in page.text


async def test_reported_role_is_shown_to_everyone_with_the_link(visitor: Person, app):
    await visitor.post(f"{visitor.link}/role", RIGHT)
    async with people.open_client(app) as client:
        other = await client.get(visitor.link)

    assert "You told Anna Berg on 20 November 2026: role Leader, function Marketing." in other.text


async def test_reported_role_changes_no_question_and_starts_nothing(visitor: Person, database_url: str):
    await visitor.enter()
    asked = ITEM_NAME.findall((await visitor.get(f"/survey/{visitor.first}")).text)
    await visitor.post(f"{visitor.link}/role", RIGHT)

    assert ITEM_NAME.findall((await visitor.get(f"/survey/{visitor.first}")).text) == asked
    assert asked
    with people.open_read_session(database_url) as session:
        invitation = session.execute(select(tables.invitation).where(tables.invitation.c.id == "i-practitioner")).one()
        assert session.scalar(select(func.count()).select_from(tables.response)) == 1
    assert (invitation.role, invitation.revision) == ("practitioner", 1)


async def test_reporting_the_role_of_the_invitation_takes_the_report_back(visitor: Person, database_url: str):
    await visitor.post(f"{visitor.link}/role", RIGHT)
    stored = {"role": "practitioner", "function:customer-service": "1", "function:marketing": "1"}
    page = await visitor.follow(await visitor.post(f"{visitor.link}/role", stored))

    assert load_reports(database_url) == []
    assert "You told" not in page.text


@pytest.mark.parametrize(
    ("form", "message", "target"),
    [
        ({"role": "owner", "function:marketing": "1"}, "Choose a role.", "#role"),
        ({"role": "leader"}, "Choose at least one function.", "#functions"),
        ({"role": "leader", "function:shipping": "1"}, "Choose at least one function.", "#functions"),
    ],
)
async def test_incomplete_role_form_is_shown_again_with_the_problem(
    visitor: Person, database_url: str, form: dict[str, str], message: str, target: str
):
    page = await visitor.follow(await visitor.post(f"{visitor.link}/role", form))

    assert page.status_code == 422
    assert f'<a href="{target}">{message}</a>' in page.text
    assert load_reports(database_url) == []


@pytest.mark.parametrize(
    "change",
    [
        {"state": "draft", "opened_on": None},
        {"state": "closed", "closed_on": people.NOW.date(), "results_on": people.NOW.date()},
        {"mode": "consensus"},
    ],
    ids=["draft", "closed", "consensus"],
)
async def test_role_can_be_reported_only_while_people_answer_for_themselves(
    visitor: Person, database_url: str, change: dict[str, object]
):
    known = {name: value for name, value in change.items() if name in tables.assessment.c}
    with people.open_write_session(database_url) as session:
        session.execute(update(tables.assessment).values(**known))

    form = await visitor.get(f"{visitor.link}/role")
    answer = await visitor.post(f"{visitor.link}/role", RIGHT)

    assert (form.status_code, answer.status_code) == (303, 303)
    assert f"{visitor.link}/role" not in (await visitor.get(visitor.link)).text
    assert load_reports(database_url) == []


async def test_revoked_invitation_takes_no_role_report(visitor: Person, database_url: str):
    with people.open_write_session(database_url) as session:
        session.execute(update(tables.invitation).values(revoked_on=people.NOW.date()))

    await visitor.post(f"{visitor.link}/role", RIGHT)

    assert load_reports(database_url) == []


async def test_unknown_link_leads_to_the_page_that_says_so(visitor: Person):
    page = await visitor.follow(await visitor.post("/s/nobody/role", RIGHT))

    assert page.status_code == 404


async def test_role_report_is_exported_and_erased_with_the_person(visitor: Person, database_url: str):
    await visitor.post(f"{visitor.link}/role", RIGHT)

    with people.open_write_session(database_url) as session:
        person = respondent_data.find_person(session, "i-practitioner")
        exported = respondent_data.export_person(session, person, people.NOW, SECRET)
        respondent_data.erase_person(session, person, people.NOW, SECRET)

    (invitation,) = exported["invitations"]
    assert [(report["role"], report["functions"]) for report in invitation["role_reports"]] == [("leader", "marketing")]
    assert load_reports(database_url) == []
