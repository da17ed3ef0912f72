"""Setting an assessment up, changing its settings, opening it."""

import re

import pytest
from sqlalchemy import update

from assessment.services.assessments import client_organisations
from assessment.storage import database, tables

ASKER = re.compile(r'name="asker"\s+type="text"\s+value="(?P<value>[^"]*)"')

FORM = {
    "organisation": "",
    "organisation_name": "Northwind",
    "title": "Spring wave",
    "asker": "Anna Berg",
    "questionnaire": "social-media-integration",
    "confidentiality": "confidential",
    "mode": "survey",
    "closes_on": "2027-03-01",
    "minimum_group": "8",
}
PROTECTED = {"confidentiality": "confidential", "minimum_group": "6"}


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


def list_organisations(world):
    with database.read_session(world.engine) as session:
        return sorted(each.name for each in client_organisations.list_organisations(session, world.home).data)


async def test_new_assessment_creates_its_organisation(world, running):
    async with running() as come:
        alice = come("alice")

        response = await alice.post("/console/assessments/new", FORM)
        page = await alice.get(response.headers["location"])

    assert response.status_code == 303
    assert list_organisations(world) == ["Harbour & Reed", "Northwind"]
    assert "Spring wave" in page.text
    assert "smallest group shown: 8 people" in page.text
    assert "Nobody is invited yet." in page.text


async def test_new_assessment_with_a_far_closing_date_shows_the_range_and_keeps_the_form(running):
    async with running() as come:
        response = await come("alice").post("/console/assessments/new", FORM | {"closes_on": "9999-12-31"})

    assert response.status_code == 422
    assert "Choose a day in the years 2000 to 2999." in response.text
    assert 'value="Northwind"' in response.text


async def test_new_assessment_with_errors_shows_all_and_saves_nothing(world, running):
    wrong = {"title": " ", "closes_on": "soon", "minimum_group": "3", "mode": "guess"}

    async with running() as come:
        response = await come("alice").post("/console/assessments/new", FORM | wrong)

    assert response.status_code == 422
    assert "<title>Error:" in response.text
    for field in ("title", "closes_on", "minimum_group", "mode"):
        assert f'href="#{field}"' in response.text
    assert "Enter a number of people, at least 4." in response.text
    assert 'value="Northwind"' in response.text
    assert list_organisations(world) == ["Harbour & Reed"]


async def test_organisation_without_name_is_shown_with_the_other_errors(world, running):
    async with running() as come:
        response = await come("alice").post("/console/assessments/new", FORM | {"organisation_name": "", "title": ""})

    assert 'href="#organisation_name"' in response.text
    assert 'href="#title"' in response.text
    assert 'href="#organisation"' not in response.text
    assert sorted(world.titles()) == ["Draft wave", "Open wave"]


async def test_organisation_with_similar_name_is_warned_about_once(world, running):
    form = FORM | {"organisation_name": "Harbour Reed Ltd"}

    async with running() as come:
        alice = come("alice")
        warned = await alice.post("/console/assessments/new", form)
        titles = sorted(world.titles())
        added = await alice.post("/console/assessments/new", form | {"confirmed_name": "Harbour Reed Ltd"})

    assert (warned.status_code, added.status_code) == (422, 303)
    assert "“Harbour &amp; Reed” is a client already." in warned.text
    assert 'name="confirmed_name" value="Harbour Reed Ltd"' in warned.text
    assert titles == ["Draft wave", "Open wave"]
    assert list_organisations(world) == ["Harbour & Reed", "Harbour Reed Ltd"]


async def test_organisation_of_another_workspace_is_refused(world, running):
    form = FORM | {"organisation": world.organisation, "organisation_name": ""}

    async with running() as come:
        response = await come("charlie").post("/console/assessments/new", form)

    assert response.status_code == 422
    assert "There is no such organisation." in response.text


async def test_user_input_is_escaped(running):
    evil = "<script>alert(1)</script>"

    async with running() as come:
        alice = come("alice")
        made = await alice.post("/console/assessments/new", FORM | {"title": evil, "organisation_name": evil})
        pages = [(await alice.get(path)).text for path in ("/console", made.headers["location"])]

    for text in pages:
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text


async def test_settings_accept_decimal_commas_and_empty_fields(world, running):
    path = f"/console/assessments/{world.draft}/settings"
    form = {"title": "Renamed", "asker": "A", "confidentiality": "confidential", "mode": "survey", "revision": "1"}
    numbers = {"targets:hr": "62,5", "weights:hr": "2", "contacts:hr:email": "3", "contacts:hr:phone": "1"}

    async with running() as come:
        response = await come("alice").post(path, form | numbers)

    held = world.held(world.draft)
    assert response.status_code == 303
    assert (held.title, held.targets, held.weights) == ("Renamed", {"hr": 62.5}, {"hr": 2.0})
    assert held.contacts == {"hr": {"email": 3.0, "phone": 1.0}}


@pytest.mark.parametrize(("language", "shown"), [("en", "62.5"), ("de", "62,5"), ("fr", "62,5"), ("es", "62,5")])
async def test_numbers_are_formatted_by_language_and_parsed_back_unchanged(world, running, language, shown):
    path = f"/console/assessments/{world.draft}/settings"
    form = {"title": "T", "asker": "A", "mode": "survey", "revision": "1"} | PROTECTED
    numbers = {
        "targets:hr": "62.5",
        "weights:hr": "1.1250",
        "weights:marketing": "12345678",
        "contacts:hr:email": "0,3",
    }

    async with running() as come:
        alice = come("alice")
        alice.client.headers["accept-language"] = language
        await alice.post(path, form | numbers)
        page = (await alice.get(path)).text
        fields = dict(re.findall(r'name="((?:targets|weights|contacts):[^"]+)"[^>]*?value="([^"]+)"', page))
        again = await alice.post(path, form | fields | {"revision": "2"})

    held = world.held(world.draft)
    assert fields["targets:hr"] == shown
    assert again.status_code == 303
    assert (held.targets, held.weights) == ({"hr": 62.5}, {"hr": 1.125, "marketing": 12345678.0})
    assert held.contacts == {"hr": {"email": 0.3}}


@pytest.mark.parametrize("text", ["1.000", "12,500", "1.000.000"])
async def test_ambiguous_number_is_refused(world, running, text):
    path = f"/console/assessments/{world.draft}/settings"
    form = {"title": "T", "asker": "A", "mode": "survey", "revision": "1"} | PROTECTED

    async with running() as come:
        response = await come("alice").post(path, form | {"contacts:hr:email": text})

    assert response.status_code == 422
    assert "Write thousands without a mark between them: 1000." in response.text


async def test_settings_with_errors_change_nothing(world, running):
    path = f"/console/assessments/{world.draft}/settings"
    form = {"title": "Renamed", "asker": "A", "confidentiality": "confidential", "mode": "survey", "revision": "1"}

    async with running() as come:
        response = await come("alice").post(path, form | {"targets:hr": "120", "weights:hr": "many"})

    assert response.status_code == 422
    assert 'href="#targets:hr"' in response.text
    assert 'href="#weights:hr"' in response.text
    assert world.held(world.draft).title == "Draft wave"


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("confidentiality", "Choose “Confidential”, “Anonymous” or “Attributable”."),
        ("mode", "Choose “Individual survey” or “Team consensus”."),
        ("questionnaire", "Choose a questionnaire from the list."),
    ],
)
async def test_missing_choice_names_what_to_choose_in_words(world, running, field, message):
    async with running() as come:
        refused = await come("alice").post("/console/assessments/new", FORM | {field: ""})

    assert refused.status_code == 422
    assert message in refused.text
    assert "Known are" not in refused.text


async def test_settings_changed_while_editing_are_not_overwritten(world, running):
    path = f"/console/assessments/{world.draft}/settings"
    form = {"title": "Mine", "asker": "A", "confidentiality": "confidential", "mode": "survey"}

    async with running() as come:
        alice = come("alice")
        await alice.post(path, form | {"revision": "1"})

        response = await alice.post(path, form | {"title": "Late", "revision": "1"})

    assert response.status_code == 412
    assert world.held(world.draft).title == "Mine"


async def test_open_button_appears_after_people_are_invited(world, running):
    path = f"/console/assessments/{world.draft}"

    async with running() as come:
        alice = come("alice")
        before = (await alice.get(path)).text
        world.invite(world.draft, "leader", 2)
        after = (await alice.get(path)).text
        opened = await alice.post(f"{path}/open")

    assert "Missing" in before
    assert "Open for answers" not in before
    assert "Open for answers" in after
    assert opened.status_code == 303
    assert world.held(world.draft).state == "open"


async def test_opening_with_domains_the_server_can_t_mail_names_what_to_do(world, running):
    world.invite(world.draft, "leader", 2)
    with database.write_session(world.engine) as session:
        held = tables.assessment.c.id == world.draft
        session.execute(update(tables.assessment).where(held).values(domains=["northwind.example"]))

    async with running() as come:
        response = await come("alice").post(f"/console/assessments/{world.draft}/open")

    assert response.status_code == 422
    assert "nobody would count" in response.text
    assert "Remove the mail domains in the settings" in response.text
    assert world.held(world.draft).state == "draft"


async def test_open_after_the_closing_date_is_refused_with_the_reason(world, running):
    late = world.late_draft("Late wave")

    async with running() as come:
        response = await come("alice").post(f"/console/assessments/{late}/open")

    assert response.status_code == 422
    assert "The closing date is past." in response.text
    assert world.held(late).state == "draft"


async def test_settings_page_has_anonymity_and_shared_results(world, running):
    path = f"/console/assessments/{world.draft}/settings"
    form = {"title": "Mine", "asker": "A", "confidentiality": "anonymous", "mode": "survey", "revision": "1"}

    async with running() as come:
        alice = come("alice")
        await alice.post(path, form | {"sharing": "asked", "share_results": "yes"})
        again = (await alice.get(path)).text
        page = (await alice.get(f"/console/assessments/{world.draft}")).text

    held = world.held(world.draft)
    assert (held.confidentiality, held.share_results) == ("anonymous", True)
    assert again.count("checked") == 3
    assert "anonymous" in page


@pytest.mark.parametrize(
    ("shares", "told"), [(True, "Every link shows the published results."), (False, "No link shows the results.")]
)
async def test_shared_results_setting_is_locked_after_opening(world, running, shares, told):
    survey = world.opened("Begun", share_results=shares)
    path = f"/console/assessments/{survey}/settings"

    async with running() as come:
        alice = come("alice")
        page = (await alice.get(path)).text
        saved = await alice.post(path, {"title": "Mine", "asker": "A", "mode": "survey", "revision": "2"} | PROTECTED)

    assert told in page
    assert "the start page tells people who sees what" in page
    assert 'name="share_results"' not in page
    assert saved.status_code == 303
    assert world.held(survey).share_results is shares


async def test_settings_form_rendered_before_opening_is_refused_after_it(world, running):
    path = f"/console/assessments/{world.open}/settings"
    form = {"title": "Mine", "asker": "Anna Berg", "mode": "survey", "revision": "2", "promises": "asked"}

    async with running() as come:
        refused = await come("alice").post(path, form | PROTECTED | {"share_results": "yes"})

    assert refused.status_code == 409
    assert "it was fixed when the assessment opened" in refused.text
    assert world.held(world.open).share_results is False


async def test_sender_name_is_empty_for_an_unnamed_workspace(world, running):
    async with running() as come:
        alice = come("alice")
        named = await alice.get("/console/assessments/new")
        with database.write_session(world.engine) as session:
            session.execute(tables.workspace.update().values(name="main").where(tables.workspace.c.id == world.home))
        unnamed = await alice.get("/console/assessments/new")

    assert ASKER.search(named.text)["value"]
    assert ASKER.search(unnamed.text)["value"] == ""


async def test_404_page_keeps_the_console_header(running):
    async with running() as come:
        page = await come("alice").get("/console/assessments/nothing")

    assert page.status_code == 404
    assert 'class="bar"' in page.text
