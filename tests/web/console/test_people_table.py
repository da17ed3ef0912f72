"""The list of people: searched, filtered, sorted and paged by its URL; acts on several people at once."""

import html
import re

import pytest

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import DeliveryMode
from assessment.services.people import people_invitations
from assessment.services.people.people_invitations import Invitee
from assessment.storage import database
from tests.web import people
from tests.web.console.conftest import send_all

NAMES = ("Zoe Adam", "Ñora Ruiz", "nils Berg", "Ärne Öst", "Otto Nu", "Anna Zorn")


@pytest.fixture
def database_url(migrated_url):
    return migrated_url


def build_people_path(world):
    return f"/console/assessments/{world.open}/people"


def invite_names(world, names=NAMES, role="leader", **values):
    guests = [Invitee(role=role, functions=("hr",), name=name, **values) for name in names]
    with database.write_session(world.engine) as session:
        return people_invitations.create_invitations(
            session, AssessmentKey(world.home, world.open), guests, world.catalogue, people.NOW
        )


def list_names(page):
    rows = re.findall(r'<th scope="row" hx-disable>([^<]*)', page.text)
    return [html.unescape(row).strip() for row in rows]


async def test_list_is_sorted_by_the_rules_of_the_readers_language(world, running):
    invite_names(world)

    async with running() as come:
        alice = come("alice")
        english = list_names(await alice.get(f"{build_people_path(world)}?role=leader"))
        alice.client.headers["accept-language"] = "es"
        spanish = list_names(await alice.get(f"{build_people_path(world)}?role=leader"))
        backwards = list_names(await alice.get(f"{build_people_path(world)}?role=leader&sort=-name"))

    assert english == ["Anna Zorn", "Ärne Öst", "nils Berg", "Ñora Ruiz", "Otto Nu", "Zoe Adam"]
    assert spanish == ["Anna Zorn", "Ärne Öst", "nils Berg", "Ñora Ruiz", "Otto Nu", "Zoe Adam"]
    assert backwards == spanish[::-1]


async def test_enye_follows_all_of_n_in_spanish_only(world, running):
    invite_names(world, ("Ña", "Nz"))

    async with running() as come:
        alice = come("alice")
        english = list_names(await alice.get(f"{build_people_path(world)}?role=leader"))
        alice.client.headers["accept-language"] = "es"
        spanish = list_names(await alice.get(f"{build_people_path(world)}?role=leader"))

    assert (english, spanish) == (["Ña", "Nz"], ["Nz", "Ña"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=nora", ["Ñora Ruiz"]),
        ("q=OST", ["Ärne Öst"]),
        ("q=guest+2", ["Guest 2"]),
        ("q=100%25", []),
        ("role=leader&function=marketing", []),
        ("state=handed-out&q=guest", ["Guest 0", "Guest 1", "Guest 2"]),
        ("state=no-link&q=anna", ["Anna Zorn"]),
        ("state=revoked", []),
        ("state=nonsense&role=nobody&sort=upwards&page=x&q=zoe", ["Zoe Adam"]),
    ],
)
async def test_search_and_filters_choose_people(world, running, query, expected):
    invite_names(world)

    async with running() as come:
        page = await come("alice").get(f"{build_people_path(world)}?{query}")

    assert page.status_code == 200
    assert list_names(page) == expected


async def test_pages_have_fifty_people_and_keep_the_filters(world, running):
    invite_names(world, [f"Person {number:03}" for number in range(120)])
    path = f"{build_people_path(world)}?q=person&sort=-name"

    async with running() as come:
        alice = come("alice")
        first = await alice.get(path)
        following = html.unescape(re.search(r'href="([^"]+)">Next page', first.text)[1])
        second = await alice.get(following)
        last = await alice.get(f"{path}&page=3")

    assert list_names(first)[:2] == ["Person 119", "Person 118"]
    assert list_names(second)[0] == "Person 069"
    assert len(list_names(last)) == 20
    assert "101 to 120 of 120" in last.text
    assert "Next page" not in last.text


async def test_totals_are_links_that_filter(world, running):
    invite_names(world)

    async with running() as come:
        page = await come("alice").get(build_people_path(world))

    assert re.search(r'state=handed-out">Handed out <span class="quiet">3<', page.text)
    assert re.search(r'state=no-link">No link yet <span class="quiet">6<', page.text)


async def test_ticked_people_are_revoked_after_a_question(world, running):
    added = invite_names(world)
    chosen = {"chosen": [each.id for each in added[:2]], "act": "revoke"}

    async with running() as come:
        alice = come("alice")
        question = await alice.post(f"{build_people_path(world)}/chosen", chosen)
        before = [each.revoked_on for each in world.invited(world.open)]
        answer = await alice.post(f"{build_people_path(world)}/chosen", chosen | {"sure": "yes"})

    assert "Revoke 2 invitations" in question.text
    assert "Zoe Adam" in question.text
    assert set(before) == {None}
    assert answer.status_code == 303
    assert sum(each.revoked_on is not None for each in world.invited(world.open)) == 2


async def test_ticked_people_are_mailed_and_those_handed_out_left_out(world, mail_app, worker, clock, mailbox):
    invite_names(world, ("Ann",), email="ann@example.org", deliver=DeliveryMode.MAIL)
    invite_names(world, ("Kim",), email="kim@example.org", deliver=DeliveryMode.MAIL)
    everyone = [each.id for each in world.invited(world.open)]

    async with mail_app() as come:
        alice = come("alice")
        answer = await alice.post(f"{build_people_path(world)}/chosen", {"chosen": everyone, "act": "mail"})
        page = await alice.get(answer.headers["location"])
        again = await alice.post(f"{build_people_path(world)}/chosen", {"chosen": everyone, "act": "mail"})
        await send_all(worker, clock)

    assert "2 invitations queued." in page.text
    assert again.status_code == 422
    assert mailbox.addresses == ["ann@example.org", "kim@example.org"]


@pytest.mark.parametrize("act", ["mail", "revoke"])
async def test_action_without_chosen_people_shows_an_error_at_the_list(world, running, act):
    async with running() as come:
        page = await come("alice").post(f"{build_people_path(world)}/chosen", {"act": act})

    assert page.status_code == 422
    assert "tick the boxes in the list" in page.text


async def test_ids_of_another_assessment_are_ignored(world, running):
    with database.write_session(world.engine) as session:
        guest = Invitee(role="leader", functions=("hr",))
        (other,) = people_invitations.create_invitations(
            session, AssessmentKey(world.home, world.draft), [guest], world.catalogue, people.NOW
        )

    async with running() as come:
        page = await come("alice").post(
            f"{build_people_path(world)}/chosen", {"act": "revoke", "sure": "yes", "chosen": other.id}
        )

    assert page.status_code == 422
    assert world.invited(world.draft)[0].revoked_on is None


async def test_changed_delivery_is_a_replacement_even_in_a_draft(world, mail_app):
    with database.write_session(world.engine) as session:
        guest = Invitee(role="leader", functions=("hr",), name="Ann", email="ann@example.org")
        (ann,) = people_invitations.create_invitations(
            session, AssessmentKey(world.home, world.draft), [guest], world.catalogue, people.NOW
        )
    form = {"name": "Ann", "email": "ann@example.org", "role": "leader", "functions": "hr"}

    async with mail_app() as come:
        answer = await come("alice").post(
            f"/console/assessments/{world.draft}/people/{ann.id}/replacement",
            form | {"deliver": "mail", "revision": "1"},
        )

    before, after = world.invited(world.draft)
    assert answer.status_code == 303
    assert (before.deliver, before.revoked_on) == ("link", people.NOW.date())
    assert (after.deliver, after.replaces) == ("mail", ann.id)
