"""Someone else saves first: the form comes back filled in, with both versions and who changed it."""

import html
import re
from datetime import date

import pytest

from assessment.services import assessing, auditing, closing, inviting
from assessment.services.assessing import Changes
from assessment.services.inviting import Mended
from assessment.storage import database
from assessment.web.actors import describe_actor
from assessment.wording import wording
from tests.web import people

SETTINGS = {"title": "Typed <first>", "closes_on": "2026-12-12", "in_benchmarks": "yes"}
PERSON = {"name": "Typed <first>", "email": "", "role": "practitioner", "functions": ["marketing"]}


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


@pytest.fixture
def ben(world):
    """Another owner of the workspace, who acts while Alice types."""
    auditing.attach_secret(world.engine, people.SECRET)
    return Other(world)


class Other:
    def __init__(self, world):
        self.world = world

    def act(self, service, *ids, **values):
        with database.writing(self.world.engine) as session:
            auditing.set_actor(session, "ben@example.org")
            service(session, self.world.home, *ids, **values)

    def change_settings(self, assessment, **changes):
        self.act(assessing.change, assessment, Changes(**changes), self.world.library, now=people.NOW)

    def change_invitation(self, assessment, invitation, **changes):
        self.act(inviting.change, assessment, invitation, Mended(**changes), self.world.library, people.NOW)

    def close(self, assessment):
        self.act(closing.close, assessment, people.NOW, without_results=True)


def revision(page):
    return re.search(r'name="revision" value="(\d+)"', page.text)[1]


def rows(page):
    """The table of both versions."""
    table = page.text.partition('id="versions"')[2].partition("</table>")[0]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in table.split("<tr>")[2:]]
    return [[html.unescape(" ".join(cell.split())) for cell in row] for row in cells]


async def test_settings_changed_by_another_owner_come_back_with_both_versions(world, running, ben):
    async with running() as come:
        alice = come("alice")
        path = f"/console/assessments/{world.open}/settings"
        opened = await alice.get(path)
        ben.change_settings(world.open, title="Ben's", closes_on=date(2026, 12, 19))

        conflict = await alice.post(path, SETTINGS | {"revision": revision(opened), "targets:marketing": "55"})
        saved = await alice.post(path, SETTINGS | {"revision": revision(conflict), "targets:marketing": "55"})

    assert conflict.status_code == 412
    assert "ben@example.org changed these settings while you were editing." in conflict.text
    assert 'value="Typed &lt;first&gt;"' in conflict.text
    assert 'value="55"' in conflict.text
    assert rows(conflict) == [
        ["Title", "Typed <first>", "Ben's", "ben@example.org"],
        ["Closing date", "12 December 2026", "19 December 2026", "ben@example.org"],
        ["Targets: Marketing", "55", "–", "you"],
        ["Count in benchmarks", "yes", "–", "you"],
    ]
    assert saved.status_code == 303
    assert world.held(world.open).title == "Typed <first>"


async def test_settings_of_an_assessment_that_was_opened_meanwhile_show_what_is_fixed(world, running, ben):
    async with running() as come:
        alice = come("alice")
        path = f"/console/assessments/{world.draft}/settings"
        opened = await alice.get(path)
        ben.act(assessing.open_assessment, world.draft, world.library, people.NOW)

        typed = SETTINGS | {
            "asker": "Typed asker",
            "confidentiality": "anonymous",
            "mode": "survey",
            "promises": "asked",
        }
        conflict = await alice.post(path, typed | {"revision": revision(opened)})

    assert conflict.status_code == 412
    assert "ben@example.org opened this assessment." in conflict.text
    assert ["Sender name", "Typed asker", "Anna Berg", "you"] in rows(conflict)


async def test_settings_typed_for_an_assessment_closed_meanwhile_are_shown_to_be_copied(world, running, ben):
    async with running() as come:
        alice = come("alice")
        path = f"/console/assessments/{world.open}/settings"
        opened = await alice.get(path)
        ben.close(world.open)

        conflict = await alice.post(path, SETTINGS | {"revision": revision(opened)})

    assert conflict.status_code == 409
    assert "ben@example.org closed this assessment." in conflict.text
    assert "Typed &lt;first&gt;" in conflict.text


async def test_invitation_changed_by_another_owner_comes_back_with_both_versions(world, running, ben):
    made = world.invite(world.draft, "practitioner", 1)[0].invitation
    async with running() as come:
        alice = come("alice")
        path = f"/console/assessments/{world.draft}/people/{made.id}/replacement"
        opened = await alice.get(path)
        ben.change_invitation(world.draft, made.id, name="Ben's", role="leader")

        conflict = await alice.post(path, PERSON | {"revision": revision(opened)})
        saved = await alice.post(path, PERSON | {"revision": revision(conflict)})

    assert conflict.status_code == 412
    assert "ben@example.org changed this invitation while you were editing." in conflict.text
    assert 'value="Typed &lt;first&gt;"' in conflict.text
    assert rows(conflict) == [
        ["Name", "Typed <first>", "Ben's", "ben@example.org"],
        ["Role", "Practitioner", "Leader", "ben@example.org"],
    ]
    assert saved.status_code == 303


async def test_replacement_typed_for_an_invitation_replaced_meanwhile_is_shown_to_be_copied(world, running, ben):
    async with running() as come:
        alice = come("alice")
        path = f"/console/assessments/{world.open}/people/{world.invitation}/replacement"
        ben.act(inviting.replace, world.open, world.invitation, Mended(role="leader"), world.library, people.NOW)

        conflict = await alice.post(path, PERSON | {"role": "staff"})

    assert conflict.status_code == 409
    assert "ben@example.org replaced this invitation." in conflict.text
    assert "Typed &lt;first&gt;" in conflict.text


async def test_close_after_settings_were_changed_asks_again(world, running, ben):
    async with running() as come:
        alice = come("alice")
        path = f"/console/assessments/{world.open}/close"
        typed = {"sure": "yes", "without_results": "yes"}
        opened = await alice.get(path)
        ben.change_settings(world.open, title="Ben's")

        conflict = await alice.post(path, typed | {"revision": revision(opened)})
        state = world.held(world.open).state
        closed = await alice.post(path, typed | {"revision": revision(conflict)})

    assert (conflict.status_code, state) == (412, "open")
    assert "ben@example.org changed these settings while you were editing." in conflict.text
    assert re.search(r'name="sure"\s+value="yes"\s+checked', conflict.text)
    assert closed.status_code == 303


async def test_close_of_an_assessment_closed_meanwhile_names_who_closed_it(world, running, ben):
    ben.close(world.open)
    async with running() as come:
        conflict = await come("alice").post(f"/console/assessments/{world.open}/close", {"sure": "yes"})

    assert conflict.status_code == 409
    assert "ben@example.org closed this assessment." in conflict.text


@pytest.mark.parametrize(
    ("end", "typed"),
    [("/lines", {"lines": "Typed <first>\t\tStaff\tMarketing"}), ("", PERSON), ("/links", {"who": "everyone"})],
)
async def test_people_typed_for_an_assessment_closed_meanwhile_are_shown_to_be_copied(end, typed, world, running, ben):
    ben.close(world.open)
    async with running() as come:
        conflict = await come("alice").post(f"/console/assessments/{world.open}/people{end}", typed | {"sure": "yes"})

    assert conflict.status_code == 409
    assert "ben@example.org closed this assessment." in conflict.text
    assert ("Typed &lt;first&gt;" in conflict.text) == (end != "/links")
    assert all(each.name != "Typed <first>" for each in world.invited(world.open))


async def test_change_without_an_audit_log_names_nobody(world, running):
    async with running() as come:
        alice = come("alice")
        path = f"/console/assessments/{world.open}/settings"
        opened = await alice.get(path)
        Other(world).change_settings(world.open, title="Ben's")

        conflict = await alice.post(path, SETTINGS | {"revision": revision(opened)})

    assert "These settings were changed while you were editing." in conflict.text
    assert ["Title", "Typed <first>", "Ben's", "–"] in rows(conflict)


@pytest.mark.parametrize("by_script", [True, False])
async def test_link_of_an_invitation_revoked_meanwhile_names_who_revoked_it(world, running, ben, by_script):
    async with running() as come:
        alice = come("alice")
        path = f"/console/assessments/{world.open}/people"
        await alice.get(path)
        ben.act(inviting.revoke, world.open, world.invitation, people.NOW)

        headers = {"HX-Request": "true"} if by_script else {}
        conflict = await alice.post(f"{path}/{world.invitation}/link", **headers)

    assert conflict.status_code == 409
    assert "ben@example.org revoked this invitation." in conflict.text
    assert ("<html" in conflict.text) is not by_script


def test_api_key_named_like_a_person_or_the_server_is_not_shown_as_one():
    words = wording("en")

    shown = [describe_actor(words, f"{auditing.KEY_ACTOR}{name}") for name in ("server", "ben@example.org")]

    assert shown == ["API key “server”", "API key “ben@example.org”"]
    assert describe_actor(words, auditing.SERVER) == "The server"
    assert describe_actor(words, "ben@example.org") == "ben@example.org"
