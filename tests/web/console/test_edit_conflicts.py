"""Someone else saves first: the form comes back filled in, with both versions and who changed it."""

import html
import re
from datetime import date

import pytest

from assessment.domain.assessment import AssessmentKey
from assessment.i18n import get_translator
from assessment.services.assessments import assessment_setup, closing
from assessment.services.assessments.assessment_fields import AssessmentPatch
from assessment.services.auth import workspaces
from assessment.services.operations import audit_trail
from assessment.services.people import invitation_changes, people_invitations
from assessment.services.people.invitation_changes import InvitationPatch
from assessment.storage import database
from assessment.storage.auth import users
from assessment.web.actors import describe_actor
from tests.web import people

SETTINGS = {"title": "Typed <first>", "closes_on": "2026-12-12", "in_benchmarks": "yes"}
PERSON = {"name": "Typed <first>", "email": "", "role": "practitioner", "functions": ["marketing"]}


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


@pytest.fixture
def ben(world):
    """Another owner of the workspace, who acts while Alice types."""
    audit_trail.attach_secret(world.engine, people.SECRET)
    return Other(world)


class Other:
    def __init__(self, world):
        self.world = world

    def act(self, service, assessment, *ids, **values):
        with database.write_session(self.world.engine) as session:
            audit_trail.set_actor(session, "ben@example.org")
            service(session, AssessmentKey(self.world.home, assessment), *ids, **values)

    def change_settings(self, assessment, **changes):
        self.act(
            assessment_setup.update_assessment,
            assessment,
            AssessmentPatch(**changes),
            self.world.catalogue,
            now=people.NOW,
        )

    def change_invitation(self, assessment, invitation, **changes):
        self.act(
            invitation_changes.update_invitation,
            assessment,
            invitation,
            InvitationPatch(**changes),
            self.world.catalogue,
            people.NOW,
        )

    def close(self, assessment):
        self.act(closing.close_assessment, assessment, people.NOW, without_results=True)


def read_revision(page):
    return re.search(r'name="revision" value="(\d+)"', page.text)[1]


def read_rows(page):
    """The table of both versions."""
    table = page.text.partition('id="versions"')[2].partition("</table>")[0]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in table.split("<tr>")[2:]]
    return [[html.unescape(" ".join(cell.split())) for cell in row] for row in cells]


async def test_settings_changed_by_another_owner_show_both_versions(world, running, ben):
    async with running() as come:
        alice = come("alice")
        path = f"/console/assessments/{world.open}/settings"
        opened = await alice.get(path)
        ben.change_settings(world.open, title="Ben's", closes_on=date(2026, 12, 19))

        conflict = await alice.post(path, SETTINGS | {"revision": read_revision(opened), "targets:marketing": "55"})
        saved = await alice.post(path, SETTINGS | {"revision": read_revision(conflict), "targets:marketing": "55"})

    assert conflict.status_code == 412
    assert "ben@example.org changed these settings while you were editing." in conflict.text
    assert 'value="Typed &lt;first&gt;"' in conflict.text
    assert 'value="55"' in conflict.text
    assert read_rows(conflict) == [
        ["Title", "Typed <first>", "Ben's", "ben@example.org"],
        ["Closing date", "12 December 2026", "19 December 2026", "ben@example.org"],
        ["Targets: Marketing", "55", "–", "you"],
        ["Count in benchmarks", "yes", "–", "you"],
    ]
    assert saved.status_code == 303
    assert world.held(world.open).title == "Typed <first>"


async def test_settings_of_an_assessment_opened_while_editing_show_locked_fields(world, running, ben):
    async with running() as come:
        alice = come("alice")
        path = f"/console/assessments/{world.draft}/settings"
        opened = await alice.get(path)
        ben.act(assessment_setup.open_assessment, world.draft, world.catalogue, people.NOW)

        typed = SETTINGS | {
            "asker": "Typed asker",
            "confidentiality": "anonymous",
            "mode": "survey",
            "promises": "asked",
        }
        conflict = await alice.post(path, typed | {"revision": read_revision(opened)})

    assert conflict.status_code == 412
    assert "ben@example.org opened this assessment." in conflict.text
    assert ["Sender name", "Typed asker", "Anna Berg", "you"] in read_rows(conflict)


async def test_settings_of_an_assessment_closed_while_editing_show_the_typed_values(world, running, ben):
    async with running() as come:
        alice = come("alice")
        path = f"/console/assessments/{world.open}/settings"
        opened = await alice.get(path)
        ben.close(world.open)

        conflict = await alice.post(path, SETTINGS | {"revision": read_revision(opened)})

    assert conflict.status_code == 409
    assert "ben@example.org closed this assessment." in conflict.text
    assert "Typed &lt;first&gt;" in conflict.text


async def test_invitation_changed_by_another_owner_shows_both_versions(world, running, ben):
    made = world.invite(world.draft, "practitioner", 1)[0].invitation
    async with running() as come:
        alice = come("alice")
        path = f"/console/assessments/{world.draft}/people/{made.id}/replacement"
        opened = await alice.get(path)
        ben.change_invitation(world.draft, made.id, name="Ben's", role="leader")

        conflict = await alice.post(path, PERSON | {"revision": read_revision(opened)})
        saved = await alice.post(path, PERSON | {"revision": read_revision(conflict)})

    assert conflict.status_code == 412
    assert "ben@example.org changed this invitation while you were editing." in conflict.text
    assert 'value="Typed &lt;first&gt;"' in conflict.text
    assert read_rows(conflict) == [
        ["Name", "Typed <first>", "Ben's", "ben@example.org"],
        ["Role", "Practitioner", "Leader", "ben@example.org"],
    ]
    assert saved.status_code == 303


async def test_invitation_replaced_while_editing_shows_the_typed_values(world, running, ben):
    async with running() as come:
        alice = come("alice")
        path = f"/console/assessments/{world.open}/people/{world.invitation}/replacement"
        ben.act(
            invitation_changes.replace_invitation,
            world.open,
            world.invitation,
            InvitationPatch(role="leader"),
            world.catalogue,
            people.NOW,
        )

        conflict = await alice.post(path, PERSON | {"role": "staff"})

    assert conflict.status_code == 409
    assert "ben@example.org replaced this invitation." in conflict.text
    assert "Typed &lt;first&gt;" in conflict.text


async def test_close_after_changed_settings_asks_for_confirmation_again(world, running, ben):
    async with running() as come:
        alice = come("alice")
        path = f"/console/assessments/{world.open}/close"
        typed = {"sure": "yes", "without_results": "yes"}
        opened = await alice.get(path)
        ben.change_settings(world.open, title="Ben's")

        conflict = await alice.post(path, typed | {"revision": read_revision(opened)})
        state = world.held(world.open).state
        closed = await alice.post(path, typed | {"revision": read_revision(conflict)})

    assert (conflict.status_code, state) == (412, "open")
    assert "ben@example.org changed these settings while you were editing." in conflict.text
    assert re.search(r'name="sure"\s+value="yes"', conflict.text)
    assert closed.status_code == 303


async def test_close_of_a_closed_assessment_names_the_actor(world, running, ben):
    ben.close(world.open)
    async with running() as come:
        conflict = await come("alice").post(f"/console/assessments/{world.open}/close", {"sure": "yes"})

    assert conflict.status_code == 409
    assert "ben@example.org closed this assessment." in conflict.text


@pytest.mark.parametrize(
    ("end", "typed"),
    [("/lines", {"lines": "Typed <first>\t\tStaff\tMarketing"}), ("", PERSON), ("/links", {"who": "everyone"})],
)
async def test_people_added_to_a_closed_assessment_show_the_typed_values(end, typed, world, running, ben):
    ben.close(world.open)
    async with running() as come:
        conflict = await come("alice").post(f"/console/assessments/{world.open}/people{end}", typed | {"sure": "yes"})

    assert conflict.status_code == 409
    assert "ben@example.org closed this assessment." in conflict.text
    assert ("Typed &lt;first&gt;" in conflict.text) == (end != "/links")
    assert all(each.name != "Typed <first>" for each in world.invited(world.open))


async def test_conflict_without_audit_log_names_no_actor(world, running):
    async with running() as come:
        alice = come("alice")
        path = f"/console/assessments/{world.open}/settings"
        opened = await alice.get(path)
        Other(world).change_settings(world.open, title="Ben's")

        conflict = await alice.post(path, SETTINGS | {"revision": read_revision(opened)})

    assert "These settings were changed while you were editing." in conflict.text
    assert ["Title", "Typed <first>", "Ben's", "–"] in read_rows(conflict)


@pytest.mark.parametrize("by_script", [True, False])
async def test_link_of_an_invitation_revoked_meanwhile_names_who_revoked_it(world, running, ben, by_script):
    async with running() as come:
        alice = come("alice")
        path = f"/console/assessments/{world.open}/people"
        await alice.get(path)
        ben.act(people_invitations.revoke_invitation, world.open, world.invitation, people.NOW)

        headers = {"HX-Request": "true"} if by_script else {}
        conflict = await alice.post(f"{path}/{world.invitation}/link", **headers)

    assert conflict.status_code == 409
    assert "ben@example.org revoked this invitation." in conflict.text
    assert ("<html" in conflict.text) is not by_script


def test_api_key_named_like_a_person_or_the_server_is_not_shown_as_one():
    translator = get_translator("en")

    shown = [describe_actor(translator, f"{audit_trail.KEY_ACTOR}{name}") for name in ("server", "ben@example.org")]

    assert shown == ["API key “server”", "API key “ben@example.org”"]
    assert describe_actor(translator, audit_trail.SERVER_ACTOR) == "The server"
    assert describe_actor(translator, "ben@example.org") == "ben@example.org"


def read_mark(page):
    return re.search(r'name="mark" value="(\w+)"', page.text)[1]


async def test_workspace_settings_changed_by_another_owner_show_both_versions(world, running, ben):
    typed = {"name": "Berg Consulting", "time_zone": "UTC", "languages": ["en", "de", "es", "fr"], "accent": "#0B3D63"}
    async with running() as come:
        alice = come("alice")
        opened = await alice.get("/console/workspace")
        with database.write_session(world.engine) as session:
            audit_trail.set_actor(session, "ben@example.org")
            workspaces.set_time_zone(session, world.home, "Europe/Vienna", people.NOW)

        conflict = await alice.post("/console/workspace", typed | {"mark": read_mark(opened)})
        with database.read_session(world.engine) as session:
            kept = users.find_workspace(session, world.home).time_zone
        saved = await alice.post("/console/workspace", typed | {"mark": read_mark(conflict)})

    assert conflict.status_code == 412
    assert "ben@example.org changed these settings while you were editing." in conflict.text
    assert ["Time zone", "UTC", "Europe/Vienna", "ben@example.org"] in read_rows(conflict)
    assert kept == "Europe/Vienna"
    assert saved.status_code == 303


async def test_workspace_settings_sent_twice_are_no_conflict(world, running):
    typed = {"name": "Berg", "time_zone": "Europe/Vienna", "languages": ["de", "en"], "accent": "#0B3D63"}
    async with running() as come:
        alice = come("alice")
        mark = read_mark(await alice.get("/console/workspace"))

        sent = [await alice.post("/console/workspace", typed | {"mark": mark}) for _ in range(2)]
        other = await alice.post("/console/workspace", typed | {"mark": mark, "name": "Hill"})

    assert [response.status_code for response in sent] == [303, 303]
    assert other.status_code == 412
