"""The next wave takes over settings and people, and shows who left and who is new."""

import re
from datetime import timedelta

import pytest

from assessment.domain.assessment import AssessmentKey
from assessment.services.assessments import assessment_setup, closing
from assessment.services.assessments.assessment_fields import AssessmentPatch
from assessment.services.people import people_invitations
from assessment.services.people.people_invitations import Invitee
from assessment.storage import database
from assessment.web.console.handlers.next_wave import propose_title
from tests.web import people

SETTING_ROW = re.compile(
    r'<th scope="row">([^<]*)</th>\s*<td data-label="Then">([^<]*)</td>\s*<td data-label="Now">([^<]*)</td>'
)


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


@pytest.fixture
def closed(world):
    """A closed assessment with three people and without results."""
    made = world.opened("First wave", targets={"hr": 60.0}, weights={"hr": 2.0}, minimum_group=6)
    guests = [
        Invitee(role="staff", functions=("hr",), email=f"{name}@client.example") for name in ("ann", "ben", "cas")
    ]
    key = AssessmentKey(world.home, made)
    with database.write_session(world.engine) as session:
        people_invitations.invite_people(session, key, guests, world.catalogue, people.NOW)
        closing.close_assessment(session, key, people.NOW, without_results=True)
    return made


@pytest.mark.parametrize(
    ("title", "proposed"),
    [
        ("Social media at work, 2025", "Social media at work, 2026"),
        ("2024: first look", "2026: first look"),
        ("Spring 2026", "Spring 2026"),
        ("Season 2025/26", "Season 2025/26"),
        ("2025–2028", "2025–2028"),
        ("Wave 12025", "Wave 12025"),
        ("2024 and 2025 together", "2024 and 2025 together"),
    ],
)
def test_proposed_title_names_this_year_instead_of_one_earlier_year(title, proposed):
    assert propose_title(title, 2026) == proposed


async def test_form_of_the_next_wave_proposes_a_title(world, running):
    made = world.opened("Looked at in 2025")
    world.close(made)
    async with running() as come:
        page = await come("alice").get(f"/console/assessments/{made}/next-wave")

    assert 'value="Looked at in 2026"' in page.text


async def test_next_wave_takes_over_settings_and_people_without_links(world, running, closed):
    async with running() as come:
        answer = await come("alice").post(
            f"/console/assessments/{closed}/next-wave", {"title": "Second wave", "people": "yes"}
        )

    created = answer.headers["location"].partition("?")[0].rpartition("/")[2]
    wave = world.held(created)
    assert (wave.state, wave.wave_of, wave.title) == ("draft", closed, "Second wave")
    assert (wave.targets, wave.weights, wave.minimum_group) == ({"hr": 60.0}, {"hr": 2.0}, 6)
    assert {person.email for person in world.invited(created)} == {
        "ann@client.example", "ben@client.example", "cas@client.example",
    }  # fmt: skip
    with database.read_session(world.engine) as session:
        assert people_invitations.count_links_by_invitation(session, world.home, world.invited(created)) == {}


async def test_differences_name_who_left_and_who_is_new(world, running, closed):
    async with running() as come:
        visitor = come("alice")
        answer = await visitor.post(f"/console/assessments/{closed}/next-wave", {"title": "Second", "people": "yes"})
        created = answer.headers["location"].partition("?")[0].rpartition("/")[2]
        left = next(person for person in world.invited(created) if person.email == "ann@client.example")
        key = AssessmentKey(world.home, created)
        with database.write_session(world.engine) as session:
            people_invitations.revoke_invitation(session, key, left.id, people.NOW)
            new = [Invitee(role="leader", functions=("hr",), email="dan@client.example")]
            people_invitations.invite_people(session, key, new, world.catalogue, people.NOW)

        page = await visitor.get(f"/console/assessments/{created}/differences")

    assert "Left: 1" in page.text
    assert "ann@client.example" in page.text
    assert "New: 1" in page.text
    assert "dan@client.example" in page.text
    assert "ben@client.example" not in page.text


async def test_differences_show_each_setting_then_and_now(world, running, closed):
    async with running() as come:
        visitor = come("alice")
        answer = await visitor.post(f"/console/assessments/{closed}/next-wave", {"title": "Second", "people": "yes"})
        created = answer.headers["location"].partition("?")[0].rpartition("/")[2]
        key = AssessmentKey(world.home, created)
        changes = AssessmentPatch(
            targets={"hr": 70.5},
            weights={},
            minimum_group=8,
            importance={"calibrate-first": 5},
            share_results=True,
            language="de",
            closes_on=people.NOW.date() + timedelta(days=9),
        )
        with database.write_session(world.engine) as session:
            assessment_setup.update_assessment(session, key, changes, world.catalogue, now=people.NOW)

        page = await visitor.get(f"/console/assessments/{created}/differences")

    advice = people.load_shipped_questionnaire().text("en").rules["calibrate-first"].title
    assert SETTING_ROW.findall(page.text) == [
        ("Title", "First wave", "Second"),
        ("Targets: HR", "60", "70.5"),
        ("Weights: HR", "2", "–"),
        ("Smallest group shown", "7", "9"),
        ("Show the results to the people invited", "no", "yes"),
        ("Language", "English", "Deutsch"),
        (f"Importance of advice: {advice}", "–", "5"),
    ]


async def test_next_wave_of_an_open_assessment_is_refused(world, running):
    async with running() as come:
        answer = await come("alice").post(f"/console/assessments/{world.open}/next-wave", {"title": "Too early"})

    assert answer.status_code == 409
    assert "Too early" not in world.titles()


async def test_viewer_can_not_set_up_the_next_wave(running, closed):
    async with running() as come:
        visitor = come("bob")
        page = await visitor.get(f"/console/assessments/{closed}/next-wave")
        answer = await visitor.post(f"/console/assessments/{closed}/next-wave", {"title": "Mine"})

    assert (page.status_code, answer.status_code) == (403, 403)
