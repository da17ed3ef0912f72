"""Clients in the console: list, page, edit, archive with undo, erase; assessments archived and drafts deleted."""

import re

import pytest
from sqlalchemy import update

from assessment.domain.assessment import AssessmentKey
from assessment.services.assessments import client_organisations
from assessment.services.assessments.client_organisations import OrganisationPatch
from assessment.services.auth import workspace_preferences
from assessment.services.reports import report_requests
from assessment.storage import database, tables
from assessment.web.console.views import client_list
from tests.web import people
from tests.web.console.conftest import send_all

NAMES = re.compile(r'<th scope="row"><a href="/console/clients/\w+">([^<]*)</a>')
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8ffff3f0005fe02fe"
    "dccc59e70000000049454e44ae426082"
)
CONFIRMED_NAME = re.compile(r'name="confirmed_name" value="([^"]*)"')


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


def add_client(world, name):
    with database.write_session(world.engine) as session:
        return client_organisations.create_organisation(session, world.home, name, people.NOW).id


def find_client(world, organisation_id):
    with database.read_session(world.engine) as session:
        return client_organisations.get_organisation(session, world.home, organisation_id)


async def test_list_is_sorted_as_the_language_sorts(world, running):
    for name in ("Zeta", "Ärztehaus", "éclair", "Azur"):
        add_client(world, name)

    async with running() as come:
        page = (await come("bob").get("/console/clients")).text

    assert NAMES.findall(page) == ["Ärztehaus", "Azur", "éclair", "Harbour &amp; Reed", "Zeta"]


async def test_list_shows_level_and_sorts_and_filters_by_address(world, running):
    assert world.closed
    add_client(world, "Azur")

    async with running() as come:
        alice = come("alice")
        by_level = (await alice.get("/console/clients?sort=level")).text
        waiting = (await alice.get("/console/clients?status=waiting")).text
        found = (await alice.get("/console/clients?q=CLOSED+wave")).text
        odd = await alice.get("/console/clients?sort=x&status=x&page=x&q=%00")

    assert NAMES.findall(by_level) == ["Harbour &amp; Reed", "Azur"]
    assert "level withheld" in by_level  # the golden case is contested
    assert NAMES.findall(waiting) == ["Azur"]
    assert NAMES.findall(found) == ["Harbour &amp; Reed"]
    assert odd.status_code == 200


async def test_page_past_the_end_of_the_list_is_the_last_one(world, running, monkeypatch):
    monkeypatch.setattr(client_list, "PAGE_SIZE", 2)
    added = [add_client(world, name) for name in ("Azur", "Birch", "Cedar", "Dune")]

    async with running() as come:
        alice = come("alice")
        third = (await alice.get("/console/clients?page=3")).text
        with database.write_session(world.engine) as session:
            for client in added[2:]:
                client_organisations.archive_organisation(session, world.home, client, people.NOW)
        past = (await alice.get("/console/clients?page=3")).text
        none = (await alice.get("/console/clients?q=nobody&page=3")).text

    assert NAMES.findall(third) == NAMES.findall(past) == ["Harbour &amp; Reed"]
    assert "Next page" not in past
    assert '<a href="/console/clients?page=1">Previous page</a>' in past
    assert NAMES.findall(none) == []


async def test_client_page_shows_assessments_and_next_action(world, running):
    async with running() as come:
        page = (await come("alice").get(f"/console/clients/{world.organisation}")).text

    assert "Draft wave" in page
    assert f'href="/console/assessments/{world.open}/live"' in page
    assert "can’t be archived or erased" in page


async def test_client_page_names_the_next_action_of_a_survey_without_closing_date(world, running):
    endless = world.opened("Endless wave", closes_on=None)
    world.invite(endless, "staff", 1)

    async with running() as come:
        page = (await come("alice").get(f"/console/clients/{world.organisation}")).text

    assert f'href="/console/assessments/{endless}/live"' in page


async def test_added_client_with_taken_name_is_refused_with_the_form_filled_in(world, running):
    async with running() as come:
        alice = come("alice")
        refused = await alice.post("/console/clients/new", {"name": "HARBOUR & reed", "contact_name": "Ines"})
        added = await alice.post("/console/clients/new", {"name": "Azur", "contact_email": "ines@example.org"})
        page = (await alice.get(added.headers["location"])).text

    assert refused.status_code == 422
    assert "There is a client with this name already." in refused.text
    assert 'value="Ines"' in refused.text
    assert "ines@example.org" in page


async def test_added_client_with_similar_name_is_warned_about_once(world, running):
    form = {"name": "Harbour and Reed GmbH", "contact_name": "Ines"}
    async with running() as come:
        alice = come("alice")
        warned = await alice.post("/console/clients/new", form)
        of_another = await alice.post("/console/clients/new", form | {"confirmed_name": "Azur"})
        confirmed = CONFIRMED_NAME.search(warned.text)[1]
        added = await alice.post("/console/clients/new", form | {"confirmed_name": confirmed})

    assert (warned.status_code, of_another.status_code, added.status_code) == (422, 422, 303)
    assert "“Harbour &amp; Reed” is a client already." in warned.text
    assert 'value="Ines"' in warned.text


async def test_change_that_another_one_saved_first_shows_both_versions(world, running):
    client = add_client(world, "Azur")
    with database.write_session(world.engine) as session:
        patch = OrganisationPatch(contact_name="Theirs")
        client_organisations.update_organisation(session, world.home, client, patch, now=people.NOW)

    async with running() as come:
        form = {"name": "Azur", "contact_name": "Mine", "revision": "1"}
        answer = await come("alice").post(f"/console/clients/{client}/edit", form)

    assert answer.status_code == 412
    assert "Theirs" in answer.text
    assert "Mine" in answer.text
    assert find_client(world, client).contact_name == "Theirs"


async def test_archived_client_is_restored_by_the_undo_of_the_notice(world, running):
    client = add_client(world, "Azur")

    async with running() as come:
        alice = come("alice")
        archived = await alice.post(f"/console/clients/{client}/archive")
        page = (await alice.get(archived.headers["location"])).text
        again = (await alice.get(archived.headers["location"])).text
        listed = (await alice.get("/console/clients")).text
        undo = re.search(r'id="done".*?action="([^"]*)"', page, re.DOTALL)[1]
        await alice.post(undo)

    assert archived.headers["location"] == f"/console/clients/{client}"  # the notice is not in the address
    assert "Nothing is deleted." in page
    assert 'id="done"' not in again
    assert "Azur" not in listed
    assert find_client(world, client).archived_on is None


async def test_notice_in_an_address_is_not_shown(running):
    async with running() as come:
        page = (await come("alice").get("/console?done=user-removed")).text

    assert 'id="done"' not in page


async def test_erasure_needs_the_typed_name_and_an_owner(world, running):
    client = add_client(world, "Azur")
    path = f"/console/clients/{client}/erase"

    async with running() as come:
        editor = await come("dora").get(path)
        alice = come("alice")
        asked = (await alice.get(path)).text
        refused = await alice.post(path, {"typed_name": "Azure"})
        erased = await alice.post(path, {"typed_name": "azur"})
        gone = await alice.get(f"/console/clients/{client}")

    assert editor.status_code == 403
    assert "What goes" in asked
    assert refused.status_code == 422
    assert erased.headers["location"] == "/console/clients"
    assert gone.status_code == 404


async def test_archived_assessment_leaves_home_and_comes_back(world, running):
    path = f"/console/assessments/{world.closed}"

    async with running() as come:
        alice = come("alice")
        await alice.post(f"{path}/archive")
        home = (await alice.get("/console")).text
        archived = (await alice.get("/console?status=archived")).text
        results = await alice.get(f"{path}/results")
        await alice.post(f"{path}/restore")

    assert "Closed wave" not in home
    assert "Closed wave" in archived
    assert results.status_code == 200
    assert world.held(world.closed).archived_on is None


async def test_draft_is_deleted_once_its_title_is_typed(world, running):
    path = f"/console/assessments/{world.draft}/delete"

    async with running() as come:
        alice = come("alice")
        asked = (await alice.get(path)).text
        refused = await alice.post(path, {"typed_name": ""})
        deleted = await alice.post(path, {"typed_name": "Draft wave"})
        opened = await alice.get(f"/console/assessments/{world.open}/delete")

    assert "Type the title of the draft: Draft wave" in asked
    assert refused.status_code == 422
    assert deleted.headers["location"] == f"/console/clients/{world.organisation}"
    assert opened.status_code == 409
    assert "Draft wave" not in world.titles()


async def test_assessment_closed_for_longer_than_the_retention_is_marked(world, running):
    with database.write_session(world.engine) as session:
        session.execute(
            update(tables.assessment)
            .where(tables.assessment.c.id == world.closed)
            .values(closed_on=people.NOW.date().replace(year=people.NOW.year - 2))
        )
        session.execute(update(tables.workspace).values(retention_months=25))

    async with running() as come:
        before = (await come("alice").get(f"/console/clients/{world.organisation}")).text
        with database.write_session(world.engine) as session:
            session.execute(update(tables.workspace).values(retention_months=24))
        at_limit = (await come("alice").get(f"/console/clients/{world.organisation}")).text

    assert "due for deletion" not in before
    assert "due for deletion" in at_limit


async def test_downloads_are_named_by_client_title_and_date(world, running):
    async with running() as come:
        answer = await come("alice").get(f"/console/assessments/{world.closed}/figures/csv")

        portfolio = await come("alice").get("/console/benchmarks/figures/csv")

    name = "Harbour & Reed - Closed wave - 2026-11-20 - figures.csv"
    assert answer.headers["content-disposition"].startswith(f"attachment; filename=\"{name}\"; filename*=UTF-8''")
    assert f" - {people.NOW.date()} - figures.csv" in portfolio.headers["content-disposition"]


async def test_logo_of_the_workspace_is_redrawn_shown_and_removed(running):
    path = "/console/workspace/logo"

    async with running() as come:
        alice = come("alice")

        async def upload(content):
            token = {"_token": await alice.token()}
            return await alice.client.post(
                path, data=token, files={"logo": ("logo.png", content)}, headers=people.OWN_PAGE
            )

        none = await alice.get(path)
        broken = await upload(b"no picture")
        stored = await upload(PNG)
        shown = await alice.get(path)
        removed = await alice.post(path, {"act": "remove"})
        gone = await alice.get(path)

    assert [each.status_code for each in (none, broken, stored, shown, removed, gone)] == [404, 422, 303, 200, 303, 404]
    assert shown.content.startswith(b"\x89PNG")
    assert shown.headers["content-type"] == "image/png"


async def test_workspace_languages_limit_what_new_assessments_offer(running):
    form = {"name": "Berg Consulting", "time_zone": "UTC", "sender_name": "Anna Berg", "retention_months": "x"}

    async with running() as come:
        alice = come("alice")
        refused = await alice.post("/console/workspace", form)
        saved = await alice.post("/console/workspace", form | {"languages": ["de", "fr"], "retention_months": "36"})
        page = (await alice.get("/console/assessments/new")).text

    assert "Choose at least one of the languages." in refused.text
    assert "Give a whole number." in refused.text
    assert saved.status_code == 303
    assert re.findall(r'<option value="(\w\w)"', page) == ["de", "fr"]
    assert 'value="Anna Berg"' in page


async def test_logo_of_the_workspace_is_in_reports_without_their_own(world):
    key = AssessmentKey(world.home, world.closed)
    with database.write_session(world.engine) as session:
        workspace_preferences.change_logo(session, world.home, PNG, people.NOW)

    with database.read_session(world.engine) as session:
        details = report_requests.request_report(session, key).job.contents.details

    assert details.logo == PNG


async def test_added_user_gets_the_link_by_mail_from_the_sender_name(world, mail_app, worker, clock, mailbox):
    with database.write_session(world.engine) as session:
        session.execute(update(tables.workspace).values(sender_name="Anna Berg"))

    async with mail_app() as come:
        alice = come("alice")
        added = await alice.post("/console/workspace/users", {"email": "eve@example.org", "role": "editor"})
        page = (await alice.get(added.headers["location"])).text
        await send_all(worker, clock)

    (mail,) = mailbox.find("eve@example.org")
    assert "/console/password/" in mail.text
    assert mail.message["From"].startswith("Anna Berg <")
    assert "/console/password/" not in page
    assert "on its way by mail" in page


async def test_address_of_the_server_leads_to_the_console(running):
    async with running() as come:
        answer = await come().get("/")

    assert (answer.status_code, answer.headers["location"]) == (303, "/console")


async def test_report_is_prepared_by_the_workspace_unless_it_names_someone(world, running):
    key = AssessmentKey(world.home, world.closed)
    form = {"name": "Berg Consulting", "time_zone": "UTC", "languages": ["de", "en"], "prepared_by": "Berg & Partner"}
    async with running() as come:
        alice = come("alice")
        saved = await alice.post("/console/workspace", form)
        with database.read_session(world.engine) as session:
            first = report_requests.request_report(session, key).job.contents.details.author
        own = {"part": "about", "revision": "0", "author": "Anna Berg"}
        await alice.post(f"/console/assessments/{world.closed}/roadmap", own)

    with database.read_session(world.engine) as session:
        second = report_requests.request_report(session, key).job.contents.details.author
    assert saved.status_code == 303
    assert (first, second) == ("Berg & Partner", "Anna Berg")
